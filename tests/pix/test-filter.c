#include "pix/filter.h"
#include "base/parallel.h"
#include "check.h"
#include "random.h"

/* The Gaussian of algorithm.md §3.6 with x on its own length, as one table. */
static void table(double *g, size_t ny, size_t nx, double sigma) {
  double sum = 0;
  for (size_t i = 0; i < ny; i++)
    for (size_t j = 0; j < nx; j++) {
      double y = -(double)ny / 2 + (ny > 1 ? (double)i * ((double)ny + 1) / ((double)ny - 1) : 0);
      double x = -(double)nx / 2 + (nx > 1 ? (double)j * ((double)nx + 1) / ((double)nx - 1) : 0);
      sum += g[i * nx + j] = exp(-(y * y + x * x) / (2 * sigma * sigma));
    }
  for (size_t i = 0; i < ny * nx; i++)
    g[i] /= sum;
}

/* Circular correlation with the whole kernel, then the roll by half the size. */
static void slow_filter(const float *x, size_t ny, size_t nx, double sharpen, double smooth,
                        double *out) {
  double *k = calloc(ny * nx, sizeof *k), *g = malloc(ny * nx * sizeof *g);
  if (smooth > 0) {
    table(g, ny, nx, smooth);
    for (size_t i = 0; i < ny * nx; i++)
      k[i] += g[i];
  }
  if (sharpen > 0) {
    table(g, ny, nx, sharpen);
    for (size_t i = 0; i < ny * nx; i++)
      k[i] -= g[i];
    if (!(smooth > 0))
      k[ny / 2 * nx + nx / 2] = 1;
  }
  for (size_t r = 0; r < ny; r++)
    for (size_t c = 0; c < nx; c++) {
      double sum = 0;
      for (size_t i = 0; i < ny; i++)
        for (size_t j = 0; j < nx; j++)
          sum += k[i * nx + j] * (double)x[(r + i) % ny * nx + (c + j) % nx];
      out[(r + ny / 2) % ny * nx + (c + nx / 2) % nx] = sum;
    }
  free(k);
  free(g);
}

static double compare(size_t ny, size_t nx, double sharpen, double smooth) {
  size_t n = ny * nx;
  float *x = malloc(2 * n * sizeof *x), *y = malloc(2 * n * sizeof *y);
  double *expected = malloc(n * sizeof *expected), worst = 0;
  uint32_t state = 11;
  for (size_t i = 0; i < 2 * n; i++)
    y[i] = x[i] = (float)(random_unit(&state) * 4000);
  CytoError err = {0};
  if (!cyto_filter(y, 2, ny, nx, sharpen, smooth, NULL, &err))
    printf("# %s\n", err.text);
  for (size_t c = 0; c < 2; c++) {
    slow_filter(x + c * n, ny, nx, sharpen, smooth, expected);
    for (size_t i = 0; i < n; i++)
      worst = fmax(worst, fabs((double)y[c * n + i] - expected[i]) / 4000);
  }
  free(x);
  free(y);
  free(expected);
  return worst;
}

static void like_the_definition(void) {
  static const size_t sizes[][2] = {{32, 32}, {16, 48}, {37, 29}, {17, 40},
                                    {1, 33},  {50, 1},  {2, 3},   {5, 59}};
  static const double radii[][2] = {{2, 0}, {0, 1.5}, {4, 1}, {0.3, 0}, {0, 20}};
  double worst = 0;
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (size_t r = 0; r < sizeof radii / sizeof *radii; r++) {
      double d = compare(sizes[s][0], sizes[s][1], radii[r][0], radii[r][1]);
      CHECKF(d < 2e-7, "%zu x %zu, sharpen %g, smooth %g: %g of the range", sizes[s][0],
             sizes[s][1], radii[r][0], radii[r][1], d);
      worst = fmax(worst, d);
    }
  printf("# largest difference %.2g of the range\n", worst);
}

static void extreme_radii(void) {
  static const double radii[] = {1e-320, 1e-200, 1e-9, 1e9, 1e300};
  for (size_t r = 0; r < sizeof radii / sizeof *radii; r++) {
    float x[6 * 7];
    CytoError err;
    for (size_t i = 0; i < 42; i++)
      x[i] = (float)(i * i % 11);
    CHECK(cyto_filter(x, 1, 6, 7, radii[r], 0, NULL, &err));
    CHECK(cyto_filter(x, 1, 6, 7, 0, radii[r], NULL, &err));
    for (size_t i = 0; i < 42; i++)
      CHECK(isfinite(x[i]));
  }
}

static void holes_do_not_spread(void) {
  float x[64], clean[64];
  for (size_t i = 0; i < 64; i++)
    x[i] = clean[i] = (float)(3 + i % 5);
  x[9] = NAN;
  x[10] = INFINITY;
  x[60] = -INFINITY;
  clean[9] = clean[10] = clean[60] = 3;
  CytoError err;
  REQUIRE(cyto_filter(x, 1, 8, 8, 1, 0, NULL, &err) &&
          cyto_filter(clean, 1, 8, 8, 1, 0, NULL, &err));
  CHECK(memcmp(x, clean, sizeof x) == 0);
  float none[4] = {NAN, NAN, NAN, NAN};
  REQUIRE(cyto_filter(none, 1, 2, 2, 1, 0, NULL, &err));
  CHECK(none[0] == 0 && none[3] == 0);
}

static void constant_stays(void) {
  float x[90];
  for (size_t i = 0; i < 90; i++)
    x[i] = 60000;
  CytoError err;
  REQUIRE(cyto_filter(x, 1, 9, 10, 2, 0, NULL, &err));
  for (size_t i = 0; i < 90; i++)
    CHECK(x[i] == 60000);
}

static void threads_do_not_matter(void) {
  enum { NY = 83, NX = 131 };
  static float one[NY * NX], two[NY * NX];
  uint32_t state = 5;
  for (size_t i = 0; i < NY * NX; i++)
    one[i] = two[i] = (float)random_next(&state);
  CytoError err;
  CytoJob job = {.pool = cyto_pool_new(3, &err)};
  CHECK(cyto_filter(one, 1, NY, NX, 3, 1, NULL, &err));
  CHECK(cyto_filter(two, 1, NY, NX, 3, 1, &job, &err));
  CHECK(memcmp(one, two, sizeof one) == 0);
  cyto_pool_free(job.pool);
}

int main(void) {
  return check_main((CheckTest[]){TEST(like_the_definition),
                                  TEST(extreme_radii),
                                  TEST(holes_do_not_spread),
                                  TEST(constant_stays),
                                  TEST(threads_do_not_matter),
                                  {0}});
}

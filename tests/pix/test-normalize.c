#include "base/parallel.h"
#include "base/stats.h"
#include "normalize-help.h"
#include "random.h"

static void like_the_reference(void) {
  CytoNormalize o = cyto_normalize_defaults();
  normalizes_like(&o, "norm99.npy", 0);
}

enum { NY = 41, NX = 67, N = NY * NX };

static void fill(float *x, size_t n, uint32_t seed) {
  for (size_t i = 0; i < n; i++)
    x[i] = (float)(random_unit(&seed) * 3000 + 100);
}

static void channels_on_their_own(void) {
  float x[3 * N], before[3 * N];
  fill(x, N, 1);
  for (size_t i = 0; i < N; i++) {
    x[N + i] = 12;                               /* constant */
    x[2 * N + i] = 5 + (float)(i % 2) * 0.0005f; /* too little contrast */
  }
  memcpy(before, x, sizeof x);
  for (int invert = 0; invert < 2; invert++) {
    memcpy(x, before, sizeof x);
    CytoNormalize o = cyto_normalize_defaults();
    o.percentile_low = 3;
    o.percentile_high = 98;
    o.invert = invert;
    CytoError err;
    REQUIRE(cyto_normalize(x, 3, NY, NX, &o, NULL, &err));
    double value[2], percent[2] = {3, 98};
    REQUIRE(cyto_percentiles(before, N, percent, 2, value, &err));
    for (size_t i = 0; i < N; i++) {
      float y = (before[i] - (float)value[0]) / (float)(value[1] - value[0]);
      CHECK(x[i] == (invert ? 1 - y : y));
      CHECK(x[N + i] == 12 && x[2 * N + i] == (invert ? 1.0f : 0.0f));
    }
  }
}

static void given_range(void) {
  float x[3 * N], before[3 * N];
  fill(x, 3 * N, 2);
  memcpy(before, x, sizeof x);
  CytoNormalize o = cyto_normalize_defaults();
  o.has_range = o.invert = true;
  o.range_low[0] = 10;
  o.range_high[0] = 2000;
  o.range_low[1] = 0;
  o.range_high[1] = 65535;
  o.sharpen_radius = 3; /* not used with a range */
  CytoError err;
  REQUIRE(cyto_normalize(x, 3, NY, NX, &o, NULL, &err));
  for (size_t i = 0; i < N; i++) {
    CHECK(x[i] == 1 - (before[i] - 10) / 1990);
    CHECK(x[N + i] == 1 - before[N + i] / 65535);
    CHECK(x[2 * N + i] == 1 - before[2 * N + i] / 65535);
  }
}

static void off(void) {
  float x[N], before[N];
  fill(x, N, 3);
  x[7] = NAN;
  memcpy(before, x, sizeof x);
  CytoNormalize o = {0};
  CytoError err;
  REQUIRE(cyto_normalize(x, 1, NY, NX, &o, NULL, &err));
  CHECK(x[7] == 0);
  x[7] = before[7];
  CHECK(memcmp(x, before, sizeof x) == 0);
}

static void not_finite(void) {
  float x[2 * N], clean[N];
  fill(x, N, 4);
  memcpy(clean, x, sizeof clean);
  x[0] = INFINITY;
  x[1] = -INFINITY;
  x[N / 2] = NAN;
  for (size_t i = 0; i < N; i++)
    x[N + i] = i % 3 ? NAN : INFINITY;
  for (int invert = 0; invert < 2; invert++) {
    float y[2 * N];
    memcpy(y, x, sizeof y);
    CytoNormalize o = cyto_normalize_defaults();
    o.invert = invert;
    CytoError err;
    REQUIRE(cyto_normalize(y, 2, NY, NX, &o, NULL, &err));
    double value[2], percent[2] = {1, 99};
    REQUIRE(cyto_percentiles(x, N, percent, 2, value, &err));
    for (size_t i = 0; i < N; i++) {
      float expected = (clean[i] - (float)value[0]) / (float)(value[1] - value[0]);
      expected = invert ? 1 - expected : expected;
      CHECK(y[i] == (i < 2 || i == N / 2 ? 0 : expected));
      CHECK(y[N + i] == 0);
    }
  }
}

/* Above 224³ pixels a sub-sample stands for all (algorithm.md §3.4): here the sample sees 0..1
 * only, the rest lies far outside. */
static void very_large(void) {
  size_t ny = 230, nx = 50000, step_x = nx / 224;
  float *x = malloc(ny * nx * sizeof *x);
  uint32_t state = 3;
  for (size_t i = 0; i < ny * nx; i++)
    x[i] = i % nx % step_x == 0 ? (float)random_unit(&state) : 1e6f;
  CytoNormalize o = cyto_normalize_defaults();
  CytoError err;
  REQUIRE(cyto_normalize(x, 1, ny, nx, &o, NULL, &err));
  CHECK(x[1] > 9e5f);
  CHECK(fabsf(x[0]) < 1.1f && fabsf(x[step_x]) < 1.1f);
  free(x);
}

static void refusals(void) {
  static const double percents[][2] = {{99, 1}, {5, 5}, {-1, 50}, {1, 101}, {NAN, 99}, {1, NAN}};
  float x[4] = {1, 2, 3, 4};
  CytoError err = {0};
  for (size_t k = 0; k < sizeof percents / sizeof *percents; k++) {
    CytoNormalize o = cyto_normalize_defaults();
    o.percentile_low = percents[k][0];
    o.percentile_high = percents[k][1];
    err.code = CYTO_OK;
    CHECK(!cyto_normalize(x, 1, 2, 2, &o, NULL, &err) && err.code == CYTO_ERROR_ARGUMENT);
  }
  static const double lengths[] = {-1, NAN, INFINITY};
  for (size_t k = 0; k < 9; k++) {
    CytoNormalize o = cyto_normalize_defaults();
    *(k < 3 ? &o.sharpen_radius : k < 6 ? &o.smooth_radius : &o.tile_blocksize) = lengths[k % 3];
    CHECK(!cyto_normalize(x, 1, 2, 2, &o, NULL, &err));
  }
  CytoNormalize range = {.has_range = true, .range_low = {5}, .range_high = {5}};
  CHECK(!cyto_normalize(x, 1, 2, 2, &range, NULL, &err));
  CytoNormalize inverted = {.invert = true};
  CHECK(!cyto_normalize(x, 1, 2, 2, &inverted, NULL, &err));
  CHECK(x[0] == 1 && x[3] == 4);
}

static void odd_shapes(void) {
  static const size_t sizes[][3] = {{0, 3, 3}, {1, 1, 1}, {2, 1, 900}, {1, 700, 1}, {3, 2, 2}};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (int k = 0; k < 4; k++) {
      size_t n = sizes[s][0] * sizes[s][1] * sizes[s][2];
      float *x = malloc((n + 1) * sizeof *x);
      fill(x, n, 8);
      CytoNormalize o = cyto_normalize_defaults();
      o.sharpen_radius = k & 1 ? 2 : 0;
      o.tile_blocksize = k & 2 ? 50 : 0;
      CytoError err;
      CHECK(cyto_normalize(x, sizes[s][0], sizes[s][1], sizes[s][2], &o, NULL, &err));
      for (size_t i = 0; i < n; i++)
        CHECK(isfinite(x[i]));
      free(x);
    }
}

static void threads_do_not_matter(void) {
  enum { SIDE = 400 };
  CytoError err;
  CytoJob job = {.pool = cyto_pool_new(3, &err)};
  float *one = malloc(2 * SIDE * SIDE * sizeof *one), *two = malloc(2 * SIDE * SIDE * sizeof *two);
  for (int k = 0; k < 4; k++) {
    fill(one, 2 * SIDE * SIDE, 8);
    fill(two, 2 * SIDE * SIDE, 8);
    CytoNormalize o = cyto_normalize_defaults();
    o.smooth_radius = k & 1 ? 2 : 0;
    o.tile_blocksize = k & 2 ? 50 : 0;
    o.invert = true;
    CHECK(cyto_normalize(one, 2, SIDE, SIDE, &o, NULL, &err));
    CHECK(cyto_normalize(two, 2, SIDE, SIDE, &o, &job, &err));
    CHECK(memcmp(one, two, 2 * SIDE * SIDE * sizeof *one) == 0);
  }
  free(one);
  free(two);
  cyto_pool_free(job.pool);
}

int main(void) {
  return check_main((CheckTest[]){TEST(like_the_reference),
                                  TEST(channels_on_their_own),
                                  TEST(given_range),
                                  TEST(off),
                                  TEST(not_finite),
                                  TEST(very_large),
                                  TEST(refusals),
                                  TEST(odd_shapes),
                                  TEST(threads_do_not_matter),
                                  {0}});
}

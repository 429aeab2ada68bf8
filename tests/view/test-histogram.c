#include "view/histogram.h"
#include "../pix/random.h"
#include "check.h"

static CytoJob job;

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* numpy.percentile, linear. */
static double percentile(const double *sorted, size_t n, double p) {
  double place = (double)(n - 1) * (p / 100);
  size_t k = (size_t)place;
  return sorted[k] + (sorted[k + 1 < n ? k + 1 : k] - sorted[k]) * (place - (double)k);
}

/* Compares with values sorted one by one. */
static void compare(CytoPlane plane) {
  size_t n = plane.ny * plane.nx, finite = 0, wrong = 0;
  double *v = malloc(n * sizeof *v);
  float *row = malloc(plane.nx * sizeof *row);
  for (size_t y = 0; y < plane.ny; y++) {
    cyto_plane_row_f32(&plane, y, 0, plane.nx, row);
    for (size_t x = 0; x < plane.nx; x++)
      if (isfinite(row[x]))
        v[finite++] = (double)row[x];
  }
  qsort(v, finite, sizeof *v, by_value);
  CytoHistogram h, alone;
  CytoError err;
  CHECK(cyto_histogram(&plane, &h, &job, &err) && cyto_histogram(&plane, &alone, NULL, &err));
  CHECK(memcmp(&h, &alone, sizeof h) == 0);
  CHECK(h.finite == finite);
  uint64_t bins[CYTO_HISTOGRAM_BINS] = {0}, sum = 0;
  for (size_t i = 0; i < finite; i++) {
    double width = (v[finite - 1] - v[0]) / 256;
    size_t k = width > 0 ? (size_t)((v[i] - v[0]) / width) : 0;
    bins[k < 255 ? k : 255]++;
  }
  for (int k = 0; k < CYTO_HISTOGRAM_BINS; k++) {
    sum += h.bins[k];
    wrong += h.bins[k] != bins[k];
  }
  CHECK(sum == finite);
  /* A value on the edge between two bins may fall to either side by rounding. */
  CHECKF(wrong <= (finite ? 6 : 0), "%zu bins differ", wrong);
  for (int p = 0; finite && p <= 100; p++)
    CHECK_NEAR(h.percent[p], percentile(v, finite, p), 1e-5 * (1 + fabs(h.percent[p])));
  if (finite)
    CHECK(h.min == v[0] && h.max == v[finite - 1]);
  free(v);
  free(row);
}

#define PLANES(type, dtype, expression)                                                            \
  do {                                                                                             \
    type *x = malloc(n * sizeof *x);                                                               \
    for (size_t i = 0; i < n; i++) {                                                               \
      double u = random_unit(&state);                                                              \
      x[i] = (type)((void)u, (expression));                                                        \
    }                                                                                              \
    compare((CytoPlane){dtype, x, ny, nx, 1, nx});                                                 \
    compare((CytoPlane){dtype, x, ny, nx / 3, 3, nx});                                             \
    free(x);                                                                                       \
  } while (0)

static void like_sorting(void) {
  static const size_t sizes[][2] = {{1, 3}, {1, 900}, {130, 7}, {140, 90}};
  uint32_t state = 4;
  for (int k = 0; k < 4; k++) {
    size_t ny = sizes[k][0], nx = sizes[k][1], n = ny * nx;
    PLANES(uint8_t, CYTO_U8, u * u * 256);
    PLANES(uint16_t, CYTO_U16, u * u * 65536);
    PLANES(uint16_t, CYTO_U16, 300);
    PLANES(int8_t, CYTO_I8, u * 256 - 128);
    PLANES(int16_t, CYTO_I16, u * 65536 - 32768);
    PLANES(uint32_t, CYTO_U32, u * 1e6);
    PLANES(int64_t, CYTO_I64, u * 1e6 - 5e5);
    PLANES(float, CYTO_F32, u<0.1 ? NAN : u> 0.9 ? -INFINITY : u *u);
    PLANES(double, CYTO_F64, u < 0.5 ? 7 : u);
    PLANES(float, CYTO_F32, NAN);
  }
}

static void nothing_finite(void) {
  float x[6] = {NAN, INFINITY, NAN, -INFINITY, NAN, NAN};
  CytoHistogram h;
  CytoError err;
  CytoPlane plane = {CYTO_F32, x, 2, 3, 1, 3};
  CHECK(cyto_histogram(&plane, &h, &job, &err));
  CHECK(h.finite == 0 && h.min == 0 && h.max == 0 && h.percent[50] == 0);
  CytoLevels levels = cyto_histogram_auto(&h, 1, 99);
  CHECK(levels.min == 0 && levels.max == 0 && levels.gamma == 1);
}

static void contrast(void) {
  uint16_t x[1000];
  for (int i = 0; i < 1000; i++)
    x[i] = (uint16_t)(i * 10);
  CytoHistogram h;
  CytoError err;
  CytoPlane plane = {CYTO_U16, x, 10, 100, 1, 100};
  CHECK(cyto_histogram(&plane, &h, &job, &err));
  CHECK_NEAR(cyto_histogram_percentile(&h, 50), 4995, 1e-9);
  CHECK_NEAR(cyto_histogram_percentile(&h, 0.5), 49.95, 1e-9);
  CHECK(cyto_histogram_percentile(&h, -4) == 0 && cyto_histogram_percentile(&h, 400) == 9990);
  CHECK(cyto_histogram_percentile(&h, NAN) == 0);
  CytoLevels levels = cyto_histogram_auto(&h, 1, 99);
  CHECK_NEAR(levels.min, 99.9, 1e-9);
  CHECK_NEAR(levels.max, 9890.1, 1e-9);
  /* A dark picture with a few bright pixels still shows them. */
  memset(x, 0, sizeof x);
  x[7] = 900;
  CHECK(cyto_histogram(&plane, &h, &job, &err));
  levels = cyto_histogram_auto(&h, 1, 99);
  CHECK(levels.min == 0 && levels.max == 900);
}

static void cancelled(void) {
  uint8_t x[100] = {0};
  float y[100] = {0};
  CytoHistogram h = {.finite = 77};
  CytoError err;
  CytoJob stopped = {0};
  atomic_store(&stopped.cancel, 1);
  CytoPlane planes[] = {{CYTO_U8, x, 10, 10, 1, 10}, {CYTO_F32, y, 10, 10, 1, 10}};
  for (int k = 0; k < 2; k++)
    CHECK(!cyto_histogram(&planes[k], &h, &stopped, &err) && err.code == CYTO_ERROR_CANCELLED);
  CHECK(h.finite == 77);
}

int main(void) {
  CytoError err;
  job.pool = cyto_pool_new(3, &err);
  int status = check_main((CheckTest[]){
      TEST(like_sorting), TEST(nothing_finite), TEST(contrast), TEST(cancelled), {0}});
  cyto_pool_free(job.pool);
  return status;
}

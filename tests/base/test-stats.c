#include "base/stats.h"
#include "check.h"
#include <float.h>

static int order_f32(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

/* The definition: sort the finite values, interpolate. */
static double sorted_percentile(const float *x, size_t n, double percent) {
  float *s = malloc((n + 1) * sizeof *s);
  size_t m = 0;
  for (size_t i = 0; i < n; i++)
    if (isfinite(x[i]))
      s[m++] = x[i];
  double result = 0;
  if (m > 0) {
    qsort(s, m, sizeof *s, order_f32);
    double at = (double)(m - 1) * (percent / 100.0), t = at - floor(at);
    size_t k = (size_t)at, next = k + 1 < m ? k + 1 : k;
    float step = s[next] - s[k];
    result = t >= 0.5 ? s[next] - (double)step * (1 - t) : s[k] + (double)step * t;
  }
  free(s);
  return result;
}

static uint32_t next_random(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

/* kind 0: few integers, 1: 16-bit integers, 2: both signs over many decades, 3: any bits at all
 * (kept away from overflow of b − a) */
static float random_value(uint32_t *state, int kind) {
  uint32_t r = next_random(state);
  if (kind == 0)
    return (float)(r % 5);
  if (kind == 1)
    return (float)(r & 0xffff);
  if (kind == 2)
    return (r & 1 ? -1.0f : 1.0f) * expf((float)(r % 4001) / 100.0f - 20.0f);
  uint32_t bits = r << 8 ^ next_random(state);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static void same_as_sorting(void) {
  static const double percent[] = {1, 99, 0, 100, 50, 33.3, 98, 99.9};
  static const size_t sizes[] = {1, 2, 3, 4, 5, 7, 16, 100, 101, 999, 5003};
  enum { COUNT = sizeof percent / sizeof *percent };
  uint32_t state = 7;
  for (int kind = 0; kind < 4; kind++)
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
      size_t n = sizes[s];
      float *x = malloc(n * sizeof *x);
      for (size_t i = 0; i < n; i++)
        x[i] = random_value(&state, kind);
      double out[COUNT];
      CytoError err;
      REQUIRE(cyto_percentiles(x, n, percent, COUNT, out, &err));
      for (size_t k = 0; k < COUNT; k++) {
        double expected = sorted_percentile(x, n, percent[k]);
        if (isfinite(expected))
          CHECKF(out[k] == expected, "kind %d n %zu percent %g: %.17g, sorted %.17g", kind, n,
                 percent[k], out[k], expected);
        CHECK(isfinite(out[k]));
      }
      free(x);
    }
}

static void not_finite(void) {
  float x[] = {NAN, 3, INFINITY, 1, -INFINITY, 2, -NAN};
  double percent[] = {0, 50, 100}, out[3] = {9, 9, 9};
  CytoError err;
  REQUIRE(cyto_percentiles(x, 7, percent, 3, out, &err));
  CHECK(out[0] == 1 && out[1] == 2 && out[2] == 3);
  float none[] = {NAN, INFINITY};
  REQUIRE(cyto_percentiles(none, 2, percent, 3, out, &err));
  CHECK(out[0] == 0 && out[1] == 0 && out[2] == 0);
  REQUIRE(cyto_percentiles(none, 0, percent, 3, out, &err));
  CHECK(out[1] == 0);
}

static void ends_of_the_range(void) {
  float x[] = {-FLT_MAX, FLT_MAX, -FLT_MAX, FLT_MAX};
  double percent[] = {0, 50, 100}, out[3];
  CytoError err;
  REQUIRE(cyto_percentiles(x, 4, percent, 3, out, &err));
  CHECK(out[0] == -FLT_MAX && out[1] == 0 && out[2] == FLT_MAX);
  float zeros[] = {-0.0f, 0.0f, FLT_TRUE_MIN, -FLT_TRUE_MIN};
  REQUIRE(cyto_percentiles(zeros, 4, percent, 3, out, &err));
  CHECK(out[0] == -FLT_TRUE_MIN && out[1] == 0 && out[2] == FLT_TRUE_MIN);
}

static void percent_out_of_range(void) {
  float x[] = {1, 2};
  double bad[] = {-0.1, 100.1, NAN, INFINITY}, out = 42;
  for (size_t k = 0; k < 4; k++) {
    CytoError err = {0};
    CHECK(!cyto_percentiles(x, 2, &bad[k], 1, &out, &err));
    CHECK(err.code == CYTO_ERROR_ARGUMENT && out == 42);
  }
}

static int order_f64(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void median_as_sorting(void) {
  uint32_t state = 3;
  for (size_t n = 1; n <= 300; n += n < 20 ? 1 : 37)
    for (int kind = 0; kind < 4; kind++) {
      double values[300], sorted[300];
      for (size_t i = 0; i < n; i++)
        sorted[i] = values[i] = kind == 0   ? (double)(next_random(&state) % 4)
                                : kind == 1 ? (double)next_random(&state)
                                : kind == 2 ? (double)i
                                            : -(double)i;
      qsort(sorted, n, sizeof *sorted, order_f64);
      double expected = n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
      CHECK(cyto_median(values, n) == expected);
    }
  CHECK(cyto_median(NULL, 0) == 0);
}

static void median_survives_nan(void) {
  double values[] = {NAN, 1, NAN, 2, 3, NAN, 0};
  double median = cyto_median(values, 7);
  CHECK(isnan(median) || (median >= 0 && median <= 3));
}

/* A million equal or sorted values are no harder than others. */
static void large_and_plain(void) {
  enum { N = 1000000 };
  double *values = malloc(N * sizeof *values);
  float *x = malloc(N * sizeof *x);
  for (size_t i = 0; i < N; i++) {
    values[i] = 5;
    x[i] = (float)(i % 256);
  }
  CHECK(cyto_median(values, N) == 5);
  for (size_t i = 0; i < N; i++)
    values[i] = (double)(N - i);
  CHECK(cyto_median(values, N) == (N + 1) / 2.0);
  double percent[] = {1, 99}, out[2];
  CytoError err;
  REQUIRE(cyto_percentiles(x, N, percent, 2, out, &err));
  CHECK(out[0] == sorted_percentile(x, N, 1) && out[1] == sorted_percentile(x, N, 99));
  free(values);
  free(x);
}

int main(void) {
  return check_main((CheckTest[]){TEST(same_as_sorting),
                                  TEST(not_finite),
                                  TEST(ends_of_the_range),
                                  TEST(percent_out_of_range),
                                  TEST(median_as_sorting),
                                  TEST(median_survives_nan),
                                  TEST(large_and_plain),
                                  {0}});
}

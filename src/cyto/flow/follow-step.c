#include "follow-step.h"

static inline float clamp(float p, float limit) {
  p = p > 0 ? p : 0;
  return p < limit ? p : limit;
}

/* f00 at (y0,x0), f01 at (y0,x1), f10 at (y1,x0): the mix of f32 and f64 is that of §5.3; anything
 * simpler moves some end points. */
static inline float mix(float f00, float f01, float f10, float f11, float fy, float fx) {
  double a = 1.0 - (double)fy, b = 1.0 - (double)fx;
  float low = f10 * fy, corner = f11 * fy * fx;
  return (float)((double)f00 * a * b + (double)f01 * a * (double)fx + (double)low * b +
                 (double)corner);
}

void cyto_step_bilinear(const CytoField *field, float *y, float *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    size_t y0 = (size_t)(int32_t)y[i], x0 = (size_t)(int32_t)x[i];
    float fy = y[i] - (float)y0, fx = x[i] - (float)x0;
    const float *top = field->pair + 2 * (y0 * field->stride + x0), *low = top + 2 * field->stride;
    y[i] = clamp(y[i] + mix(top[0], top[2], low[0], low[2], fy, fx), field->y_max);
    x[i] = clamp(x[i] + mix(top[1], top[3], low[1], low[3], fy, fx), field->x_max);
  }
}

void cyto_step_nearest(const CytoField *field, float *y, float *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    size_t y0 = (size_t)(int32_t)y[i], x0 = (size_t)(int32_t)x[i];
    const float *pair = field->pair + 2 * (y0 * field->stride + x0);
    y[i] = clamp(y[i] + pair[0], field->y_max);
    x[i] = clamp(x[i] + pair[1], field->x_max);
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

typedef struct Corners {
  __m128 y0, x0, y1, x1; /* dy and dx of four points at the left and at the right */
} Corners;

__attribute__((target("avx2"))) static inline Corners load_corners(const float *pair,
                                                                   const uint32_t at[4]) {
  __m128 a = _mm_loadu_ps(pair + 2 * (size_t)at[0]), b = _mm_loadu_ps(pair + 2 * (size_t)at[1]);
  __m128 c = _mm_loadu_ps(pair + 2 * (size_t)at[2]), d = _mm_loadu_ps(pair + 2 * (size_t)at[3]);
  _MM_TRANSPOSE4_PS(a, b, c, d);
  return (Corners){a, b, c, d};
}

__attribute__((target("avx2"))) static inline __m128 mix_four(__m128 f00, __m128 f01, __m128 f10,
                                                              __m128 f11, __m128 fy, __m128 fx) {
  const __m256d one = _mm256_set1_pd(1);
  __m256d fx_wide = _mm256_cvtps_pd(fx);
  __m256d a = _mm256_sub_pd(one, _mm256_cvtps_pd(fy)), b = _mm256_sub_pd(one, fx_wide);
  __m128 low = _mm_mul_ps(f10, fy), corner = _mm_mul_ps(_mm_mul_ps(f11, fy), fx);
  __m256d sum = _mm256_mul_pd(_mm256_mul_pd(_mm256_cvtps_pd(f00), a), b);
  sum = _mm256_add_pd(sum, _mm256_mul_pd(_mm256_mul_pd(_mm256_cvtps_pd(f01), a), fx_wide));
  sum = _mm256_add_pd(sum, _mm256_mul_pd(_mm256_cvtps_pd(low), b));
  return _mm256_cvtpd_ps(_mm256_add_pd(sum, _mm256_cvtps_pd(corner)));
}

__attribute__((target("avx2"))) static inline __m128 clamp_four(__m128 p, __m128 limit) {
  return _mm_min_ps(_mm_max_ps(p, _mm_setzero_ps()), limit);
}

__attribute__((target("avx2"))) static void step_avx2(const CytoField *field, float *y, float *x,
                                                      size_t n) {
  const __m128i stride = _mm_set1_epi32((int)field->stride);
  const __m128 y_max = _mm_set1_ps(field->y_max), x_max = _mm_set1_ps(field->x_max);
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    __m128 py = _mm_loadu_ps(y + i), px = _mm_loadu_ps(x + i);
    __m128i y0 = _mm_cvttps_epi32(py), x0 = _mm_cvttps_epi32(px);
    __m128 fy = _mm_sub_ps(py, _mm_cvtepi32_ps(y0)), fx = _mm_sub_ps(px, _mm_cvtepi32_ps(x0));
    uint32_t at[4];
    _mm_storeu_si128((__m128i *)at, _mm_add_epi32(_mm_mullo_epi32(y0, stride), x0));
    Corners top = load_corners(field->pair, at);
    Corners low = load_corners(field->pair + 2 * field->stride, at);
    __m128 dy = mix_four(top.y0, top.y1, low.y0, low.y1, fy, fx);
    __m128 dx = mix_four(top.x0, top.x1, low.x0, low.x1, fy, fx);
    _mm_storeu_ps(y + i, clamp_four(_mm_add_ps(py, dy), y_max));
    _mm_storeu_ps(x + i, clamp_four(_mm_add_ps(px, dx), x_max));
  }
  cyto_step_bilinear(field, y + i, x + i, n - i);
}
#endif

CytoStep cyto_step_best(const CytoField *field, size_t ny) {
#if defined(__x86_64__)
  /* offsets into the field are 32-bit there */
  if (__builtin_cpu_supports("avx2") && field->stride <= UINT32_MAX / (ny + 1))
    return step_avx2;
#else
  (void)field;
  (void)ny;
#endif
  return cyto_step_bilinear;
}

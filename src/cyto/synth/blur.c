#include "scene.h"
#include <string.h>

enum { RADIUS = 12 };

static size_t clamp(int64_t at, size_t n) {
  return at < 0 ? 0 : at >= (int64_t)n ? n - 1 : (size_t)at;
}

/* Rows of `from` into `to`, weights of taps -radius..radius. */
static void blur_rows(const float *from, float *to, size_t ny, size_t nx, const float *weight,
                      int64_t radius) {
  for (size_t y = 0; y < ny; y++) {
    const float *row = from + y * nx;
    for (size_t x = 0; x < nx; x++) {
      float sum = 0;
      for (int64_t k = -radius; k <= radius; k++)
        sum += weight[k + radius] * row[clamp((int64_t)x + k, nx)];
      to[y * nx + x] = sum;
    }
  }
}

static void blur_columns(const float *from, float *to, size_t ny, size_t nx, const float *weight,
                         int64_t radius) {
  for (size_t y = 0; y < ny; y++) {
    float *row = to + y * nx;
    memset(row, 0, nx * sizeof *row);
    for (int64_t k = -radius; k <= radius; k++) {
      const float *other = from + clamp((int64_t)y + k, ny) * nx, w = weight[k + radius];
      for (size_t x = 0; x < nx; x++)
        row[x] += w * other[x];
    }
  }
}

/* Mean over a window of 2·radius+1 along n values `stride` apart, by a running sum. */
static void box_line(const float *from, float *to, size_t n, size_t stride, int64_t radius) {
  double sum = 0;
  for (int64_t k = -radius; k <= radius; k++)
    sum += from[clamp(k, n) * stride];
  for (size_t i = 0; i < n; i++) {
    to[i * stride] = (float)(sum / (double)(2 * radius + 1));
    sum += from[clamp((int64_t)i + radius + 1, n) * stride];
    sum -= from[clamp((int64_t)i - radius, n) * stride];
  }
}

/* Wide blurs: three boxes, which together come nearest to the variance. */
static void blur_wide(float *plane, size_t ny, size_t nx, double sigma, float *scratch) {
  double left = sigma * sigma;
  for (int pass = 0; pass < 3; pass++) {
    double share = left / (3 - pass);
    int64_t radius = (int64_t)((sqrt(12 * share + 1) - 1) / 2 + 0.5);
    left -= (double)(radius * (radius + 1)) / 3;
    for (size_t y = 0; y < ny; y++)
      box_line(plane + y * nx, scratch + y * nx, nx, 1, radius);
    for (size_t x = 0; x < nx; x++)
      box_line(scratch + x, plane + x, ny, nx, radius);
  }
}

void synth_blur(float *plane, size_t ny, size_t nx, double sigma, float *scratch) {
  float weight[2 * RADIUS + 1], sum = 0;
  if (!(sigma > 0.1))
    return;
  int64_t radius = (int64_t)(3 * sigma + 1);
  if (radius > RADIUS) {
    blur_wide(plane, ny, nx, sigma, scratch);
    return;
  }
  for (int64_t k = -radius; k <= radius; k++)
    sum += weight[k + radius] = (float)exp(-(double)(k * k) / (2 * sigma * sigma));
  for (int64_t k = 0; k <= 2 * radius; k++)
    weight[k] /= sum;
  blur_rows(plane, scratch, ny, nx, weight, radius);
  blur_columns(scratch, plane, ny, nx, weight, radius);
}

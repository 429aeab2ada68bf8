#include "picture.h"
#include "../base/mem.h"
#include "../base/stats.h"
#include <math.h>

/* Truncated to a grey level; what is not a number is black. */
static inline uint8_t level(double value) {
  return value > 0 ? value < 255 ? (uint8_t)value : 255 : 0;
}

/* With a = atan2(dx, dy) + pi the cosine of a is -dy/m and its sine -dx/m: the three cosines of
 * §11.1 are rotations of that pair, and no angle needs to be known. */
static void colour(float dy, float dx, float length, float brightness, uint8_t rgb[3]) {
  const double half_root3 = 0.86602540378443864676;
  double cosine = length > 0 ? -(double)dy / length : -1,
         sine = length > 0 ? -(double)dx / length : 0;
  double m = brightness;
  rgb[0] = level(m * (cosine + 1));
  rgb[1] = level(m * (-0.5 * cosine - half_root3 * sine + 1));
  rgb[2] = level(m * (-0.5 * cosine + half_root3 * sine + 1));
}

bool cyto_flow_picture(const float *flow, size_t ny, size_t nx, uint8_t *rgb, CytoError *err) {
  static const double percent[2] = {1, 99};
  size_t n;
  if (!cyto_mul(ny, nx, &n))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "a plane of %zu×%zu pixels is too large", ny, nx);
  CYTO_AUTOFREE float *length = cyto_alloc(n, sizeof *length, err);
  double range[2];
  if (!length)
    return false;
  for (size_t i = 0; i < n; i++)
    length[i] = sqrtf(flow[i] * flow[i] + flow[n + i] * flow[n + i]);
  if (!cyto_percentiles(length, n, percent, 2, range, err))
    return false;
  bool flat = !(range[1] - range[0] > 1e-3);
  const float low = (float)range[0], width = (float)(range[1] - range[0]);
  for (size_t i = 0; i < n; i++) {
    float strength = flat ? 0 : (length[i] - low) / width;
    strength = strength > 0 ? fminf(strength, 1) : 0;
    colour(flow[i], flow[n + i], length[i], 255 * strength / 2, rgb + 3 * i);
  }
  return true;
}

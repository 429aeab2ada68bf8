/* Finite differences: what a layer says its gradient is, beside how its value changes. */
#pragma once
#include "check.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* The value, a sum of outputs with fixed weights, as the numbers under test are now. */
typedef double (*SlopeValue)(void *context);

static inline float slope_random(uint32_t *state) { /* -1..1 */
  *state = *state * 1664525u + 1013904223u;
  return (float)(*state >> 8) * 0x1p-23F - 1;
}

static inline float *slope_randoms(size_t count, uint32_t seed) {
  float *x = malloc(count * sizeof *x);
  for (size_t i = 0; i < count; i++)
    x[i] = slope_random(&seed);
  return x;
}

static inline double weighted(const float *y, const float *g, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += (double)y[i] * g[i];
  return sum;
}

/* Central differences of some 40 of the numbers at `at`, which are moved by up to `move`; they and
 * the gradient must agree to `far` of the gradient's mean size. */
static inline void slope_check(const char *what, SlopeValue value, void *context, float *at,
                               const float *gradient, size_t count, float move, double far) {
  double size = 0, worst = 0;
  size_t step = count / 40 + 1, tried = 0;
  for (size_t i = 0; i < count; i++)
    size += (double)gradient[i] * gradient[i] / (double)count;
  for (size_t i = 0; i < count; i += step, tried++) {
    float kept = at[i], high = kept + move, low = kept - move;
    at[i] = high;
    double above = value(context);
    at[i] = low;
    double below = value(context);
    at[i] = kept;
    double off = fabs((above - below) / ((double)high - low) - gradient[i]) / sqrt(size);
    worst = off <= worst ? worst : off;
  }
  printf("# %s: %zu of %zu gradients, off by up to %.1e\n", what, tried, count, worst);
  CHECKF(size > 0 && worst < far, "%s: gradients are off by %g", what, worst);
}

/* Order statistics shared by normalisation, pictures and descriptions. */
#pragma once
#include "error.h"
#include <stdint.h>

/* Linear-interpolated percentiles (0..100) of the finite values of x (n f32 values), by selection,
 * with NumPy 1.x's arithmetic (algorithm.md §3.4): index in f64, result f64.
 * `percent` ascending or not; out[k] for percent[k]. All out are 0 when no value is finite. */
bool cyto_percentiles(const float *x, size_t n, const double *percent, size_t count, double *out,
                      CytoError *err);

/* Median of n doubles (mean of the middle two when even), reordering them; 0 for n = 0. */
double cyto_median(double *values, size_t n);

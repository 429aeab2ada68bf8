/* Intensity normalisation (algorithm.md §3.3–3.6). */
#pragma once
#include "../base/job.h"

typedef struct CytoNormalize {
  bool on;                                /* percentile normalisation */
  double percentile_low, percentile_high; /* 0 <= low < high <= 100 */
  bool has_range; /* range_* given: (x − low)/(high − low), nothing else but invert */
  double range_low[2], range_high[2];   /* per channel */
  double sharpen_radius, smooth_radius; /* pixels; 0 = off */
  double tile_blocksize;                /* pixels; 0 = off */
  bool invert;                          /* 1 − x after normalisation */
} CytoNormalize;

CytoNormalize cyto_normalize_defaults(void); /* on, 1..99, all else off */

/* In place on x (C,Y,X). Constant channels stay as they are; NaN and infinite pixels do not enter
 * the percentiles and become 0. Error: percentiles out of order, memory, cancel. */
bool cyto_normalize(float *x, size_t nc, size_t ny, size_t nx, const CytoNormalize *options,
                    CytoJob *job, CytoError *err);

/* All finite values of x (n) are the same; ends at the first difference. */
bool cyto_is_constant(const float *x, size_t n);

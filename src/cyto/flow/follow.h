/* Every cell pixel follows the flow to its end point (algorithm.md §5.1–5.3, 5.5, 5.6). */
#pragma once
#include "../base/job.h"

typedef struct CytoFollow {
  double cellprob_threshold; /* pixels with cellprob > this move */
  unsigned iterations;
  bool interpolate; /* bilinear (default) or the value at the truncated position */
} CytoFollow;

typedef struct CytoTracks {
  size_t count;
  uint32_t *pixel; /* raster index of each moved pixel, ascending; owned */
  int32_t *y, *x;  /* truncated end position; owned */
} CytoTracks;

/* flow (2,ny,nx) at network scale (5 × unit vectors; division by 5 happens here), cellprob (ny,nx).
 * ny*nx must be below 2^32. NaN in flow or cellprob counts as "not a cell". */
bool cyto_follow(const float *flow, const float *cellprob, size_t ny, size_t nx,
                 const CytoFollow *options, CytoTracks *out, CytoJob *job, CytoError *err);
void cyto_tracks_clear(CytoTracks *tracks);

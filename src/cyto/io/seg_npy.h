/* Cellpose's _seg.npy (algorithm.md §12.1–12.4). */
#pragma once
#include "../base/image.h"
#include "../base/job.h"

/* What a _seg.npy says. Writing: pointers are borrowed. Reading: owned, free with cyto_seg_clear.
 */
typedef struct CytoSeg {
  CytoLabels masks;
  char *filename; /* image it belongs to; UTF-8 */
  int chan_choose[2];
  double diameter; /* NaN = none */
  /* Network output; any may be NULL. Sizes fy,fx may differ from the masks' (resample off). */
  size_t fy, fx;
  float *flow;          /* (nz,3,fy,fx) dY,dX,cellprob at network scale */
  uint8_t *flow_rgb;    /* (nz,ny,nx,3) */
  uint8_t *cellprob_u8; /* (nz,ny,nx) */
  bool *ismanual;       /* n labels or NULL = all false */
  size_t n_ismanual;
  char *model_path;                          /* or NULL */
  double flow_threshold, cellprob_threshold; /* NaN = not given */
} CytoSeg;

/* Layout of the v3 API: loadable by NumPy 1 and 2 and by Cellpose's GUI. Streams to disk: never
 * holds the file in memory. Outlines are computed here. */
bool cyto_seg_write(const CytoSeg *seg, const char *path, CytoError *err);

/* Files of Cellpose v0.6 to v4. Masks of any integer type and numbering; -1 backgrounds shifted. */
bool cyto_seg_read(const char *path, size_t max_memory, CytoSeg *out, CytoJob *job, CytoError *err);
void cyto_seg_clear(CytoSeg *seg);

/* OpenCV-compatible resizing (algorithm.md §4.3). */
#pragma once
#include "../base/job.h"

/* Bilinear, half-pixel centres, no anti-aliasing: src (C,sy,sx) → dst (C,dy,dx), f32; sizes
 * >= 1. */
bool cyto_resize_linear(const float *src, size_t nc, size_t sy, size_t sx, float *dst, size_t dy,
                        size_t dx, CytoJob *job, CytoError *err);

/* Nearest, no half-pixel centre: s = min(floor(d·scale), size−1). Never rounds labels. */
bool cyto_resize_nearest_u32(const uint32_t *src, size_t sy, size_t sx, uint32_t *dst, size_t dy,
                             size_t dx, CytoError *err);
bool cyto_resize_nearest_u8(const uint8_t *src, size_t nc, size_t sy, size_t sx, uint8_t *dst,
                            size_t dy, size_t dx, CytoError *err); /* interleaved (sy,sx,nc) */

/* Labels of networks that give classes in place of flows (algorithm.md §15.2, 15.3). */
#pragma once
#include "../base/job.h"

/* Labels 1..n in raster order of the 4-connected parts of cell != 0. */
bool cyto_components(const uint8_t *cell, size_t ny, size_t nx, uint32_t *labels, uint32_t *n,
                     CytoError *err);

/* For each background pixel the label it would join, or 0 far from all: the one of the smallest
 * 1 - Gaussian (sigma 5) of its mask within its box and 10 pixels around, the later one at equal
 * values. */
bool cyto_nearest_labels(const uint32_t *labels, size_t ny, size_t nx, uint32_t *nearest,
                         CytoJob *job, CytoError *err);

/* y (classes,ny,nx), classes 1 to 3. A pixel is cell where y1 - y0 (or the one value) is above the
 * cell threshold; with three classes a background pixel whose y2 is above the boundary threshold
 * joins the nearest label. */
typedef struct CytoClassRule {
  size_t classes;
  double cell_threshold, boundary_threshold;
} CytoClassRule;
bool cyto_labels_from_classes(const float *y, size_t ny, size_t nx, const CytoClassRule *rule,
                              uint32_t *labels, uint32_t *n, CytoJob *job, CytoError *err);
/* Whether pixels are cell, and background pixels join; what the function above is made of. */
void cyto_class_cells(const float *y, size_t pixels, size_t classes, double threshold,
                      uint8_t *cell);
void cyto_class_join(const float *y, size_t pixels, double threshold, const uint32_t *nearest,
                     uint32_t *labels);

/* Squared distance of each cell pixel to the nearest pixel of its own contour, which is cell with
 * something else among its four neighbours; background is 0, distances end at 32 pixels. */
bool cyto_contour_distance(const uint32_t *labels, size_t ny, size_t nx, float *out,
                           CytoError *err);

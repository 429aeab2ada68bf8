/* What happens to labels after clustering (algorithm.md §5.7b, 5.8, 11.8, 8.1). All work in place
 * on labels (ny,nx) and keep 0 as background. After a failure the labels are not to be used. */
#pragma once
#include "../base/job.h"

/* errors[k-1] for label k = 1..n: mean squared difference, summed over both axes, between the unit
 * flows of the label and flow/5; flow (2,ny,nx) at network scale. Absent labels get 0. */
bool cyto_flow_errors(const uint32_t *labels, size_t ny, size_t nx, uint32_t n, const float *flow,
                      double *errors, CytoJob *job, CytoError *err);

/* Sets labels whose flow error is above the threshold to 0; no renumbering. */
bool cyto_remove_bad_flow(uint32_t *labels, size_t ny, size_t nx, const float *flow,
                          double threshold, CytoJob *job, CytoError *err);

/* Removes labels under min_size pixels (<= 0: none), fills holes (4-connected background that does
 * not reach the border of the label's box), removes again, renumbers. The label-correct rule of
 * §5.8. *n (may be NULL) = labels left. */
bool cyto_fill_and_remove_small(uint32_t *labels, size_t ny, size_t nx, int64_t min_size,
                                uint32_t *n, CytoJob *job, CytoError *err);

/* Removes labels above max_size pixels (0: none). No renumbering. */
bool cyto_remove_large(uint32_t *labels, size_t ny, size_t nx, uint64_t max_size, CytoError *err);

/* Removes labels that touch the border of the image; renumbers in ascending order of label. */
bool cyto_remove_edge(uint32_t *labels, size_t ny, size_t nx, uint32_t *n, CytoError *err);

/* 1..n in raster order of first appearance; *n = number of labels. count = pixels. */
bool cyto_renumber(uint32_t *labels, size_t count, uint32_t *n, CytoError *err);

/* Median diameter of the labels, median(sqrt(area))·2/sqrt(pi) (§8.1); 0 when there are none. */
bool cyto_labels_diameter(const uint32_t *labels, size_t count, double *diameter, CytoError *err);

/* The diameters sqrt(area)·2/sqrt(pi) of all n labels: their median and quartiles (linear between
 * ranks); all 0 when there are none. */
typedef struct CytoSpread {
  size_t n;
  double low, median, high;
} CytoSpread;
bool cyto_labels_spread(const uint32_t *labels, size_t count, CytoSpread *spread, CytoError *err);

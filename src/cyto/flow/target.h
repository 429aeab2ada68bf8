/* Flows from labels by heat diffusion from each cell's centre (algorithm.md §6.1). */
#pragma once
#include "../base/job.h"

/* labels (ny,nx), any numbering; flows (2,ny,nx) f32 = Y then X unit vectors, 0 outside cells.
 * Cells are independent and computed in f64 in parallel. After a failure the flows are not to be
 * used. */
bool cyto_flows_from_labels(const uint32_t *labels, size_t ny, size_t nx, float *flows,
                            CytoJob *job, CytoError *err);

/* Diameter from the style vector and a first segmentation (algorithm.md §7). */
#pragma once
#include "segment.h"

/* Estimate for plane (t,z). *style_guess (may be NULL) = the regression alone. Error when the model
 * has no size model. */
bool cyto_estimate_diameter(const CytoModel *model, const CytoImage *image, size_t t, size_t z,
                            const CytoSegment *options, double *diameter, double *style_guess,
                            CytoJob *job, CytoError *err);

/* Diameter from the style vector and a first segmentation (algorithm.md §7). */
#pragma once
#include "../flow/clean.h"
#include "segment.h"

/* Estimate for plane (t,z). *style_guess (may be NULL) = the regression alone. Error when the model
 * has no size model. */
bool cyto_estimate_diameter(const CytoModel *model, const CytoImage *image, size_t t, size_t z,
                            const CytoSegment *options, double *diameter, double *style_guess,
                            CytoJob *job, CytoError *err);

/* The same with its spread: the second pass segments the image at the guessed size, and the
 * diameters of the cells it finds have a median, which is the estimate, and quartiles. A wide
 * spread says that no one diameter suits all cells; a guess far from the median, or few cells, that
 * the estimate deserves a look. */
typedef struct CytoEstimate {
  double diameter;    /* the median, or the size model's own diameter when nothing was found */
  double style_guess; /* the regression alone, from the whole image */
  CytoSpread cells;   /* n = 0: nothing was found */
} CytoEstimate;
bool cyto_estimate_spread(const CytoModel *model, const CytoImage *image, size_t t, size_t z,
                          const CytoSegment *options, CytoEstimate *out, CytoJob *job,
                          CytoError *err);

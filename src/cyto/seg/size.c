#include "size.h"
#include "../base/mem.h"
#include "../flow/clean.h"
#include "../pix/resize.h"
#include "road.h"
#include <math.h>

enum { SMALLEST = 5 }; /* pixels; smaller guesses are raised to it */

/* §7.1: log-linear regression on the style vector. */
static double regress(const CytoSizeModel *size, const float *style) {
  double sum = log(size->diam_mean) + size->ymean;
  for (size_t i = 0; i < size->n; i++)
    sum += size->a[i] * (style[i] - size->smean[i]);
  double diameter = exp(sum);
  if (!isfinite(diameter) || diameter == 0)
    return size->diam_mean;
  return diameter < SMALLEST ? SMALLEST : diameter;
}

/* Pass 2 of §7.2: a quick segmentation at the guessed size; the diameters of what it finds. */
static bool measure(const CytoModel *model, const float *x, size_t ny, size_t nx, double guess,
                    const CytoSegment *options, CytoSpread *found, CytoJob *job, CytoError *err) {
  double target = model->weights->size.diam_mean, rescale = target / guess;
  CytoSegment quick = *options;
  quick.resample = quick.interpolate = quick.augment = false;
  quick.flow_threshold = 0.4;
  quick.cellprob_threshold = quick.niter = 0;
  CYTO_CLEANUP(cyto_answer_clear) CytoAnswer answer = {0};
  if (!cyto_road_network(model, x, ny, nx, rescale, &quick, &answer, job, err))
    return false;
  size_t scaled = answer.h * answer.w;
  CYTO_AUTOFREE uint32_t *small = cyto_alloc(scaled, sizeof *small, err);
  CYTO_AUTOFREE uint32_t *labels = small ? cyto_alloc(ny * nx, sizeof *labels, err) : NULL;
  return labels && cyto_road_cells(model, &answer, rescale, &quick, small, job, err) &&
         cyto_resize_nearest_u32(small, answer.h, answer.w, labels, ny, nx, err) &&
         cyto_fill_and_remove_small(labels, ny, nx, 15, NULL, job, err) &&
         cyto_labels_spread(labels, ny * nx, found, err);
}

bool cyto_estimate_diameter(const CytoModel *model, const CytoImage *image, size_t t, size_t z,
                            const CytoSegment *options, double *diameter, double *style_guess,
                            CytoJob *job, CytoError *err) {
  CytoEstimate estimate;
  if (!cyto_estimate_spread(model, image, t, z, options, &estimate, job, err))
    return false;
  *diameter = estimate.diameter;
  if (style_guess)
    *style_guess = estimate.style_guess;
  return true;
}

bool cyto_estimate_spread(const CytoModel *model, const CytoImage *image, size_t t, size_t z,
                          const CytoSegment *options, CytoEstimate *out, CytoJob *job,
                          CytoError *err) {
  const CytoSizeModel *size = &model->weights->size;
  if (size->n == 0)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "the model %s has no size model to estimate the diameter with; give the "
                     "diameter in pixels",
                     model->name);
  if (size->n != cyto_unet_style_size(model->net[0]))
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "the size model of %s has %zu values, the network's style has %zu",
                     model->name, size->n, cyto_unet_style_size(model->net[0]));
  CYTO_AUTOFREE float *x = NULL;
  CYTO_CLEANUP(cyto_answer_clear) CytoAnswer answer = {0};
  CytoSegment first = *options;
  first.augment = false;
  if (!cyto_road_load(model, image, t, z, options, &x, job, err) ||
      !cyto_road_network(model, x, image->ny, image->nx, model->diam_mean / model->diam_labels,
                         &first, &answer, job, err))
    return false;
  CytoEstimate made = {.style_guess = regress(size, answer.style)};
  if (!measure(model, x, image->ny, image->nx, made.style_guess, options, &made.cells, job, err))
    return false;
  made.diameter = made.cells.median > 0 ? made.cells.median : size->diam_mean;
  *out = made;
  return true;
}

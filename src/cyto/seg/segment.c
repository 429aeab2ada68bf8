#include "segment.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include "../flow/clean.h"
#include "../pix/resize.h"
#include "road.h"
#include "size.h"
#include <math.h>
#include <string.h>

CytoSegment cyto_segment_defaults(void) {
  return (CytoSegment){
      .normalize = cyto_normalize_defaults(),
      .diameter = 30,
      .flow_threshold = 0.4,
      .min_size = 15,
      .max_size_fraction = 0.4,
      .resample = true,
      .interpolate = true,
      .tile_overlap = 0.1,
      .block = 224,
  };
}

void cyto_segmented_clear(CytoSegmented *result) {
  cyto_labels_clear(&result->labels);
  free(result->flow);
  free(result->score);
  free(result->style);
  free(result->diameter);
  free(result->count);
  *result = (CytoSegmented){0};
}

/* Largest rescale a run with these options meets; estimation meets the size model's guesses. */
static double planned_rescale(const CytoModel *model, const CytoSegment *options) {
  return options->diameter > 0 ? model->diam_mean / options->diameter
                               : model->diam_mean / model->diam_labels;
}

/* Bytes for one plane whose network picture is `scaled` pixels large. */
static double plane_memory(const CytoModel *model, double pixels, double scaled, size_t block) {
  const CytoLayout *layout = cyto_unet_layout(model->net[0]);
  double planes = (double)layout->nbase[0] * 4 * (pixels + scaled);
  double sum = scaled * (4.0 * (double)layout->nout + 8) * 1.1; /* padding of the tiling */
  double output = scaled * 12 + pixels * (12 + 16 + 8);         /* flows, tracks, labels */
  return planes + sum + output + 2 * (double)cyto_unet_scratch(model->net[0], block, block);
}

static double run_memory(const CytoModel *model, const CytoImage *image, const CytoSegment *options,
                         double rescale) {
  double pixels = (double)image->ny * (double)image->nx;
  double kept = pixels * (double)(image->nt * image->nz) * (4 + 12);
  return kept + plane_memory(model, pixels, pixels * rescale * rescale, options->block);
}

size_t cyto_segment_memory(const CytoModel *model, const CytoImage *image,
                           const CytoSegment *options) {
  double bytes = run_memory(model, image, options, planned_rescale(model, options));
  return bytes < 9e18 ? (size_t)bytes : SIZE_MAX;
}

static bool check_memory(const CytoModel *model, const CytoImage *image, const CytoSegment *options,
                         double rescale, const CytoJob *job, CytoError *err) {
  double need = run_memory(model, image, options, rescale);
  double limit = job && job->max_memory ? (double)job->max_memory : 9e18;
  if (need <= limit)
    return true;
  return cyto_fail(err, CYTO_ERROR_LIMIT,
                   "%zu × %zu pixels with cells of %.4g pixels would be enlarged %.4g times and "
                   "need %.1f GB, above the limit of %.1f GB; give a larger --diameter or raise "
                   "--max-memory",
                   image->nx, image->ny, model->diam_mean / rescale, rescale, need / 1e9,
                   limit / 1e9);
}

static bool check_options(const CytoModel *model, const CytoImage *image,
                          const CytoSegment *options, CytoError *err) {
  const CytoLayout *layout = cyto_unet_layout(model->net[0]);
  if (cyto_model_kind(model) == CYTO_NET_OTHER)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "the model %s has %zu outputs; segmentation needs %s", model->name,
                     layout->nout,
                     layout->basic ? "1 to 3 (a probability, or two or three classes)"
                                   : "3 (two flows and the cell probability)");
  if (!isfinite(options->diameter) || options->diameter < 0)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "the diameter must be 0 (estimate) or positive");
  if (isnan(options->flow_threshold) || isnan(options->cellprob_threshold) ||
      !(options->niter >= 0))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "a threshold or niter is not a number");
  size_t step = (size_t)1 << (layout->levels - 1);
  if (options->block < 2 * step || options->block % 16 || options->block > 4096)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "the tile size must be a multiple of 16 from %zu to 4096, found %zu", 2 * step,
                     options->block);
  if (image->ny >= UINT32_MAX / image->nx)
    return cyto_fail(err, CYTO_ERROR_LIMIT,
                     "a plane of %zu × %zu pixels has more than 4294967295 pixels", image->nx,
                     image->ny);
  return true;
}

static bool choose_diameter(const CytoModel *model, const CytoImage *image, size_t t, size_t z,
                            const CytoSegment *options, CytoSegmented *out, size_t plane,
                            CytoJob *job, CytoError *err) {
  double diameter = options->diameter;
  if (diameter == 0 && model->weights->size.n == 0)
    diameter = model->diam_labels;
  if (diameter == 0 && !cyto_estimate_diameter(model, image, t, z, options, &diameter,
                                               &out->diameter_style, job, err))
    return false;
  out->diameter[plane] = diameter;
  return true;
}

/* Labels of the network's size → labels (ny,nx), filled, freed of small, large and edge cells. */
static bool finish_labels(const uint32_t *small, const CytoAnswer *answer, size_t ny, size_t nx,
                          const CytoSegment *options, uint32_t *labels, uint32_t *n, CytoJob *job,
                          CytoError *err) {
  if (small && !cyto_resize_nearest_u32(small, answer->h, answer->w, labels, ny, nx, err))
    return false;
  if (!cyto_job_step(job, "cleaning", 0, 1, err) ||
      !cyto_fill_and_remove_small(labels, ny, nx, options->min_size, n, job, err))
    return false;
  if (options->max_size && (!cyto_remove_large(labels, ny, nx, options->max_size, err) ||
                            !cyto_renumber(labels, ny * nx, n, err)))
    return false;
  return !options->exclude_on_edges || cyto_remove_edge(labels, ny, nx, n, err);
}

/* Labels at the size of the network (resample off), enlarged afterwards. */
static bool labels_small(const CytoModel *model, const CytoAnswer *answer, size_t ny, size_t nx,
                         double rescale, const CytoSegment *options, uint32_t *labels, uint32_t *n,
                         CytoJob *job, CytoError *err) {
  CYTO_AUTOFREE uint32_t *small = cyto_alloc(answer->h * answer->w, sizeof *small, err);
  return small && cyto_road_cells(model, answer, rescale, options, small, job, err) &&
         finish_labels(small, answer, ny, nx, options, labels, n, job, err);
}

/* Brings the answer to the size of the image (resample on). */
static bool enlarge(CytoAnswer *answer, size_t planes, size_t ny, size_t nx, CytoJob *job,
                    CytoError *err) {
  if (answer->h == ny && answer->w == nx)
    return true;
  CYTO_AUTOFREE float *y = cyto_alloc(ny * nx, planes * sizeof *y, err);
  if (!y || !cyto_resize_linear(answer->y, planes, answer->h, answer->w, y, ny, nx, job, err))
    return false;
  free(answer->y);
  answer->y = cyto_steal(&y);
  answer->h = ny;
  answer->w = nx;
  return true;
}

/* Keeps the answer of a plane for the caller. Planes of a stack share one array, so their networks'
 * sizes must agree; they differ only when diameters are estimated and resampling is off. */
static bool keep(CytoSegmented *out, size_t planes, size_t plane, CytoAnswer *answer,
                 const CytoSegment *options, CytoError *err) {
  size_t size = 3 * answer->h * answer->w;
  memcpy(out->style + plane * out->style_size, answer->style, out->style_size * sizeof(float));
  if (options->drop_flow)
    return true;
  if (plane > 0 && (out->fy != answer->h || out->fx != answer->w))
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "planes of one stack need one diameter when resampling is off; give a "
                     "diameter");
  out->fy = answer->h;
  out->fx = answer->w;
  if (planes == 1) {
    out->flow = cyto_steal(&answer->y);
    return true;
  }
  if (!out->flow)
    out->flow = cyto_alloc(size, planes * sizeof(float), err);
  if (!out->flow)
    return false;
  memcpy(out->flow + plane * size, answer->y, size * sizeof(float));
  return true;
}

/* Of networks without flows the scores are kept, at the size of the image. */
static bool keep_score(const CytoModel *model, CytoSegmented *out, size_t plane,
                       const CytoAnswer *answer, const CytoSegment *options, CytoJob *job,
                       CytoError *err) {
  size_t small = answer->h * answer->w, ny = out->labels.ny, nx = out->labels.nx;
  memcpy(out->style + plane * out->style_size, answer->style, out->style_size * sizeof(float));
  if (options->drop_flow)
    return true;
  CYTO_AUTOFREE float *score = cyto_alloc(small, sizeof *score, err);
  if (score && !out->score)
    out->score = cyto_alloc(out->labels.nz, ny * nx * sizeof(float), err);
  if (!score || !out->score)
    return false;
  cyto_road_score(model, answer->y, small, score);
  return cyto_resize_linear(score, 1, answer->h, answer->w, out->score + plane * ny * nx, ny, nx,
                            job, err);
}

static bool segment_plane(const CytoModel *model, const CytoImage *image, size_t plane,
                          const CytoSegment *options, CytoSegmented *out, CytoJob *job,
                          CytoError *err) {
  size_t ny = image->ny, nx = image->nx, t = plane / image->nz, z = plane % image->nz;
  CYTO_CLEANUP(cyto_answer_clear) CytoAnswer answer = {0};
  CYTO_AUTOFREE float *x = NULL;
  if (!choose_diameter(model, image, t, z, options, out, plane, job, err))
    return false;
  double rescale = model->diam_mean / out->diameter[plane];
  if (!check_memory(model, image, options, rescale, job, err) ||
      !cyto_road_load(model, image, t, z, options, &x, job, err) ||
      !cyto_road_network(model, x, ny, nx, rescale, options, &answer, job, err))
    return false;
  free(cyto_steal(&x));
  uint32_t *labels = out->labels.data + plane * ny * nx;
  uint32_t *count = &out->count[plane];
  size_t outputs = cyto_unet_layout(model->net[0])->nout;
  bool ok = cyto_road_enlarges(model, options)
                ? enlarge(&answer, outputs, ny, nx, job, err) &&
                      cyto_road_cells(model, &answer, rescale, options, labels, job, err) &&
                      finish_labels(NULL, &answer, ny, nx, options, labels, count, job, err)
                : labels_small(model, &answer, ny, nx, rescale, options, labels, count, job, err);
  if (ok && cyto_model_kind(model) != CYTO_NET_CELLPOSE)
    return keep_score(model, out, plane, &answer, options, job, err);
  return ok && keep(out, image->nt * image->nz, plane, &answer, options, err);
}

bool cyto_segment(const CytoModel *model, const CytoImage *image, const CytoSegment *options,
                  CytoSegmented *out, CytoJob *job, CytoError *err) {
  size_t planes = image->nt * image->nz;
  CYTO_CLEANUP(cyto_segmented_clear) CytoSegmented made = {0};
  made.style_size = cyto_unet_style_size(model->net[0]);
  if (!check_options(model, image, options, err) ||
      !cyto_labels_init(&made.labels, planes, image->ny, image->nx, err))
    return false;
  made.style = cyto_alloc(planes, made.style_size * sizeof(float), err);
  made.diameter = made.style ? cyto_calloc(planes, sizeof(double), err) : NULL;
  made.count = made.diameter ? cyto_calloc(planes, sizeof(uint32_t), err) : NULL;
  if (!made.count)
    return false;
  for (size_t plane = 0; plane < planes; plane++)
    if (!segment_plane(model, image, plane, options, &made, job, err))
      return false;
  *out = made;
  made = (CytoSegmented){0};
  return true;
}

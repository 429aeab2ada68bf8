/* The public face of the core: opaque names around it, nothing more. */
#include "cytoscribe.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/text.h"
#include "io/labels.h"
#include "io/reader.h"
#include "seg/segment.h"
#include <string.h>

_Static_assert((int)CYTOSCRIBE_ERROR_CANCELLED == (int)CYTO_ERROR_CANCELLED, "codes are the same");
_Static_assert(sizeof(CytoscribeError) == sizeof(CytoError), "errors are the same");

struct CytoscribeResult {
  CytoSegmented made;
};

/* Hands an inner error out; true passes through. */
static bool done(bool ok, const CytoError *inner, CytoscribeError *error) {
  if (!ok && error)
    memcpy(error, inner, sizeof *error);
  return ok;
}

const char *cytoscribe_version(void) {
  return CYTO_VERSION;
}

bool cytoscribe_model_open(const char *name_or_path, CytoscribeModel **model,
                           CytoscribeError *error) {
  CytoError inner = {0};
  return done(cyto_model_open(name_or_path, false, (CytoModel **)model, &inner), &inner, error);
}

void cytoscribe_model_free(CytoscribeModel *model) {
  cyto_model_free((CytoModel *)model);
}

const char *cytoscribe_model_name(const CytoscribeModel *model) {
  return ((const CytoModel *)model)->name;
}

double cytoscribe_model_diameter(const CytoscribeModel *model) {
  return ((const CytoModel *)model)->diam_labels;
}

bool cytoscribe_image_read(const char *path, CytoscribeImage **image, CytoscribeError *error) {
  CytoError inner = {0};
  CytoReadOptions options = cyto_read_defaults();
  return done(cyto_image_read(path, &options, (CytoImage **)image, NULL, &inner), &inner, error);
}

bool cytoscribe_image_new(const void *pixels, CytoscribeType type, size_t channels, size_t height,
                          size_t width, CytoscribeImage **image, CytoscribeError *error) {
  static const CytoDtype dtypes[] = {CYTO_U8, CYTO_U16, CYTO_F32};
  CytoError inner = {0};
  CytoImage *made = cyto_image_new(dtypes[type], 1, 1, channels, height, width, &inner);
  if (!made)
    return done(false, &inner, error);
  memcpy(made->data, pixels, cyto_dtype_size(made->dtype) * channels * height * width);
  *image = (CytoscribeImage *)made;
  return true;
}

void cytoscribe_image_free(CytoscribeImage *image) {
  cyto_image_unref((CytoImage *)image);
}

size_t cytoscribe_image_planes(const CytoscribeImage *image) {
  const CytoImage *inner = (const CytoImage *)image;
  return inner->nt * inner->nz;
}

size_t cytoscribe_image_channels(const CytoscribeImage *image) {
  return ((const CytoImage *)image)->nc;
}

size_t cytoscribe_image_height(const CytoscribeImage *image) {
  return ((const CytoImage *)image)->ny;
}

size_t cytoscribe_image_width(const CytoscribeImage *image) {
  return ((const CytoImage *)image)->nx;
}

CytoscribeOptions cytoscribe_options(void) {
  CytoSegment core = cyto_segment_defaults();
  return (CytoscribeOptions){
      .diameter = core.diameter,
      .flow_threshold = core.flow_threshold,
      .min_size = core.min_size,
      .normalize = core.normalize.on,
      .resample = core.resample,
      .percentile_low = core.normalize.percentile_low,
      .percentile_high = core.normalize.percentile_high,
  };
}

static CytoSegment core_options(const CytoscribeOptions *options) {
  CytoSegment core = cyto_segment_defaults();
  core.channels = (CytoChannels){options->channel, options->nucleus};
  core.diameter = options->diameter;
  core.flow_threshold = options->flow_threshold;
  core.cellprob_threshold = options->cellprob_threshold;
  core.niter = options->niter;
  core.min_size = options->min_size;
  core.resample = options->resample;
  core.augment = options->augment;
  core.exclude_on_edges = options->exclude_on_edges;
  core.normalize.on = options->normalize;
  core.normalize.invert = options->invert;
  core.normalize.percentile_low = options->percentile_low;
  core.normalize.percentile_high = options->percentile_high;
  return core;
}

typedef struct Caller {
  CytoJob job;
  const CytoscribeOptions *options;
} Caller;

static void forward_progress(void *data, const char *stage, size_t i, size_t n) {
  Caller *caller = data;
  if (!caller->options->progress(caller->options->data, stage, i, n))
    atomic_store(&caller->job.cancel, 1);
}

bool cytoscribe_segment(const CytoscribeModel *model, const CytoscribeImage *image,
                        const CytoscribeOptions *options, CytoscribeResult **result,
                        CytoscribeError *error) {
  CytoError inner = {0};
  CytoSegment core = core_options(options);
  Caller caller = {.options = options};
  CytoscribeResult *made = cyto_calloc(1, sizeof *made, &inner);
  caller.job.pool = made ? cyto_pool_new(options->threads, &inner) : NULL;
  caller.job.progress = options->progress ? forward_progress : NULL;
  caller.job.data = &caller;
  bool ok = caller.job.pool && cyto_segment((const CytoModel *)model, (const CytoImage *)image,
                                            &core, &made->made, &caller.job, &inner);
  cyto_pool_free(caller.job.pool);
  if (ok)
    *result = made;
  else
    free(made);
  return done(ok, &inner, error);
}

void cytoscribe_result_free(CytoscribeResult *result) {
  if (result)
    cyto_segmented_clear(&result->made);
  free(result);
}

const uint32_t *cytoscribe_result_labels(const CytoscribeResult *result) {
  return result->made.labels.data;
}

uint32_t cytoscribe_result_count(const CytoscribeResult *result, size_t plane) {
  return result->made.count[plane];
}

double cytoscribe_result_diameter(const CytoscribeResult *result, size_t plane) {
  return result->made.diameter[plane];
}

const float *cytoscribe_result_flows(const CytoscribeResult *result, size_t *h, size_t *w) {
  *h = result->made.fy;
  *w = result->made.fx;
  return result->made.flow;
}

bool cytoscribe_result_save_masks(const CytoscribeResult *result, const char *path,
                                  CytoscribeError *error) {
  CytoError inner = {0};
  const CytoLabels *labels = &result->made.labels;
  if (!cyto_has_suffix(path, ".png"))
    return done(cyto_tiff_write_labels(labels, path, &inner), &inner, error);
  bool ok = labels->nz == 1 ||
            cyto_fail(&inner, CYTO_ERROR_UNSUPPORTED,
                      "%s: a PNG holds one plane, the masks have %zu; save them as .tif", path,
                      labels->nz);
  return done(ok && cyto_png_write_labels(labels, path, &inner), &inner, error);
}

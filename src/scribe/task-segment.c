#include "task-segment.h"
#include "../cyto/base/mem.h"
#include "../cyto/seg/size.h"
#include <string.h>

typedef struct Segment {
  ScribeSegmented out; /* first: the job's data is seen as this */
  ScribeModels *models;
} Segment;

static void segment_free(gpointer data) {
  Segment *segment = data;
  scribe_run_free(segment->out.run);
  cyto_labels_clear(&segment->out.labels);
  scribe_flow_unref(segment->out.flow);
  scribe_preview_unref(segment->out.preview);
  cyto_image_unref(segment->out.image);
  scribe_models_unref(segment->models);
  g_free(segment);
}

/* Worker's thread. */
static bool run_segment(gpointer data, CytoJob *core, CytoError *err) {
  Segment *segment = data;
  CYTO_CLEANUP(cyto_segmented_clear) CytoSegmented result = {0};
  segment->out.started = g_get_monotonic_time();
  if (!cyto_job_step(core, "preparing", 0, 1, err))
    return false;
  const CytoModel *model = scribe_models_open(segment->models, segment->out.run->model, err);
  CytoSegment options = segment->out.run->options;
  options.so_far = scribe_preview_add;
  options.so_far_data = segment->out.preview;
  core->max_memory = scribe_memory_limit();
  if (!model || !cyto_segment(model, segment->out.image, &options, &result, core, err))
    return false;
  if (cyto_model_kind(model) != CYTO_NET_CELLPOSE)
    cyto_job_warn(
        core,
        "the model %s has no flows: the thresholds take effect with the next run, and the "
        "one for the flow error not at all",
        model->name);
  segment->out.flow = scribe_flow_new(&result, model, &segment->out.run->options);
  segment->out.labels = result.labels;
  result.labels = (CytoLabels){0};
  segment->out.ended = g_get_monotonic_time();
  return true;
}

ScribeJob *scribe_task_segment(CytoImage *image, const ScribeRun *run, ScribeModels *models,
                               gpointer owner, ScribeJobFinish finish) {
  Segment *segment = g_new0(Segment, 1);
  guint planes = (guint)(image->nt * image->nz), pictures = run->options.diameter > 0 ? 1 : 3;
  segment->out.image = cyto_image_ref(image);
  segment->out.preview = scribe_preview_new(pictures);
  segment->out.run = scribe_run_copy(run);
  segment->models = scribe_models_ref(models);
  ScribeJob *job = scribe_job_new("segment", owner, run_segment, finish, segment, segment_free);
  scribe_job_set_passes(job, planes * pictures);
  return job;
}

ScribeSegmented *scribe_task_segmented(ScribeJob *job) {
  return scribe_job_get_data(job);
}

typedef struct Calibrate {
  ScribeCalibrated out;
  CytoImage *image;
  guint plane;
  ScribeRun *run;
  ScribeModels *models;
} Calibrate;

static void calibrate_free(gpointer data) {
  Calibrate *calibrate = data;
  cyto_image_unref(calibrate->image);
  scribe_run_free(calibrate->run);
  scribe_models_unref(calibrate->models);
  g_free(calibrate);
}

/* Worker's thread. A model without a size model names the diameter it was trained with. */
static bool run_calibrate(gpointer data, CytoJob *core, CytoError *err) {
  Calibrate *calibrate = data;
  const CytoImage *image = calibrate->image;
  if (!cyto_job_step(core, "preparing", 0, 1, err))
    return false;
  const CytoModel *model = scribe_models_open(calibrate->models, calibrate->run->model, err);
  core->max_memory = scribe_memory_limit();
  if (!model)
    return false;
  if (model->weights->size.n == 0) {
    cyto_job_warn(core,
                  "the model %s cannot estimate diameters; this is that of the cells it was "
                  "trained with",
                  model->name);
    calibrate->out.estimate.diameter = calibrate->out.estimate.style_guess = model->diam_labels;
    return true;
  }
  calibrate->out.measured = TRUE;
  return cyto_estimate_spread(model, image, calibrate->plane / image->nz,
                              calibrate->plane % image->nz, &calibrate->run->options,
                              &calibrate->out.estimate, core, err);
}

ScribeJob *scribe_task_calibrate(CytoImage *image, guint plane, const ScribeRun *run,
                                 ScribeModels *models, gpointer owner, ScribeJobFinish finish) {
  Calibrate *calibrate = g_new0(Calibrate, 1);
  calibrate->image = cyto_image_ref(image);
  calibrate->plane = plane;
  calibrate->run = scribe_run_copy(run);
  calibrate->models = scribe_models_ref(models);
  ScribeJob *job =
      scribe_job_new("calibrate", owner, run_calibrate, finish, calibrate, calibrate_free);
  scribe_job_set_passes(job, 2);
  return job;
}

ScribeCalibrated *scribe_task_calibrated(ScribeJob *job) {
  return scribe_job_get_data(job);
}

#include "task-batch.h"
#include "task-open.h"
#include "../cli/pictures.h"
#include "../cyto/base/mem.h"
#include "../cyto/io/labels.h"
#include "../cyto/io/names.h"
#include "../cyto/io/reader.h"
#include "../cyto/io/seg_npy.h"
#include <math.h>

typedef struct Batch {
  ScribeBatch out; /* first: the job's data is seen as this */
  gboolean again;
  ScribeModels *models;
} Batch;

static void batch_free(gpointer data) {
  Batch *batch = data;
  for (guint i = 0; i < batch->out.n; i++) {
    g_free(batch->out.item[i].path);
    g_free(batch->out.item[i].error);
  }
  g_free(batch->out.item);
  scribe_run_free(batch->out.run);
  scribe_models_unref(batch->models);
  g_free(batch);
}

/* Worker's thread, as everything but the last two functions. */
static bool save(const char *path, const CytoSegmented *result, const ScribeRun *run,
                 CytoError *err) {
  const CytoOutputPlan plan = {0};
  CYTO_AUTOFREE uint8_t *rgb = NULL;
  CYTO_AUTOFREE uint8_t *grey = NULL;
  CYTO_AUTOFREE char *seg_path = NULL;
  CYTO_AUTOFREE char *masks_path = NULL;
  bool png = result->labels.nz == 1 && cyto_labels_max(&result->labels) <= UINT16_MAX;
  CytoOutputKind kind = png ? CYTO_OUTPUT_MASKS_PNG : CYTO_OUTPUT_MASKS_TIFF;
  if (!cli_flow_pictures(result, &rgb, err) || !cli_cellprob_pictures(result, &grey, err) ||
      !cyto_output_path(&plan, path, CYTO_OUTPUT_SEG, &seg_path, err) ||
      !cyto_output_path(&plan, path, kind, &masks_path, err))
    return false;
  CytoSeg seg = {
      .masks = result->labels,
      .filename = (char *)(guintptr)path,
      .chan_choose = {(int)run->options.channels.segment, (int)run->options.channels.nucleus},
      .diameter = result->diameter[0],
      .fy = result->fy,
      .fx = result->fx,
      .flow = result->flow,
      .flow_rgb = rgb,
      .cellprob_u8 = grey,
      .model_path = run->model,
      .flow_threshold = run->options.flow_threshold,
      .cellprob_threshold = run->options.cellprob_threshold};
  return cyto_seg_write(&seg, seg_path, err) &&
         (png ? cyto_png_write_labels(&result->labels, masks_path, err)
              : cyto_tiff_write_labels(&result->labels, masks_path, err));
}

static bool work_on(Batch *batch, ScribeBatchItem *item, CytoJob *core, CytoError *err) {
  g_autofree char *labels = scribe_labels_beside(item->path);
  if (labels && !batch->again && g_str_has_suffix(labels, "_seg.npy"))
    return true;
  CytoImage *image = NULL;
  CYTO_CLEANUP(cyto_segmented_clear) CytoSegmented result = {0};
  CytoReadOptions reading = cyto_read_defaults();
  if (!cyto_image_read(item->path, &reading, &image, core, err))
    return false;
  const CytoModel *model = scribe_models_open(batch->models, batch->out.run->model, err);
  bool good = model && cyto_segment(model, image, &batch->out.run->options, &result, core, err);
  cyto_image_unref(image);
  for (size_t z = 0; good && z < result.labels.nz; z++)
    item->cells += result.count[z];
  return good && save(item->path, &result, batch->out.run, err);
}

static bool run_batch(gpointer data, CytoJob *core, CytoError *err) {
  Batch *batch = data;
  core->max_memory = scribe_memory_limit();
  for (guint i = 0; i < batch->out.n; i++) {
    CytoError one = {0};
    ScribeBatchItem *item = &batch->out.item[i];
    if (!cyto_job_step(core, "batch", i, batch->out.n, err))
      return false;
    item->done = work_on(batch, item, core, &one);
    if (one.code == CYTO_ERROR_CANCELLED) {
      *err = one;
      return false;
    }
    if (!item->done)
      item->error = g_strdup(one.text);
    g_atomic_int_set(&batch->out.next, (gint)i + 1);
  }
  return cyto_job_step(core, "batch", batch->out.n, batch->out.n, err);
}

ScribeJob *scribe_task_batch(const char *const *paths, const ScribeRun *run, gboolean again,
                             ScribeModels *models, gpointer owner, ScribeJobFinish finish) {
  Batch *batch = g_new0(Batch, 1);
  while (paths[batch->out.n])
    batch->out.n++;
  batch->out.item = g_new0(ScribeBatchItem, batch->out.n + 1);
  for (guint i = 0; i < batch->out.n; i++)
    batch->out.item[i].path = g_strdup(paths[i]);
  batch->out.run = scribe_run_copy(run);
  batch->again = again;
  batch->models = scribe_models_ref(models);
  return scribe_job_new("batch", owner, run_batch, finish, batch, batch_free);
}

ScribeBatch *scribe_task_batched(ScribeJob *job) {
  return scribe_job_get_data(job);
}

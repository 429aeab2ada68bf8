#include "task-batch.h"
#include "task-axes.h"
#include "task-open.h"
#include "scribe-errors.h"
#include "scribe-thumbnail.h"
#include "../cli/pictures.h"
#include "../cyto/base/mem.h"
#include "../cyto/doc/document.h"
#include "../cyto/io/labels.h"
#include "../cyto/io/names.h"
#include "../cyto/io/reader.h"
#include "../cyto/io/seg_npy.h"
#include <math.h>
#include <string.h>

enum { SIDE = 144, MOST_THUMBNAILS = 500 };

typedef struct Batch {
  ScribeBatch out; /* first: the job's data is seen as this */
  ScribeModels *models;
} Batch;

static void batch_free(gpointer data) {
  Batch *batch = data;
  for (guint i = 0; i < batch->out.n; i++) {
    ScribeBatchItem *item = &batch->out.item[i];
    g_free(item->path);
    g_free(item->error);
    g_free(item->warnings);
    g_free(item->thumbnail);
  }
  g_free(batch->out.item);
  scribe_run_free(batch->out.run);
  scribe_models_unref(batch->models);
  g_free(batch);
}

/* One image's work and what it says: warnings stay with the item, cancel and threads come from the
 * job of the whole folder. */
typedef struct One {
  CytoJob job, *outer;
  ScribeBatchItem *item;
} One;

/* Worker's thread, as everything but the last two functions. */
static void on_progress(void *data, const char *stage, size_t i, size_t n) {
  One *one = data;
  if (strcmp(stage, "network") == 0 && n > 0)
    g_atomic_int_set(&one->item->percent, (gint)(100 * i / n));
  one->outer->progress(one->outer->data, stage, i, n);
  if (cyto_job_cancelled(one->outer))
    atomic_store(&one->job.cancel, 1);
}

static void on_warning(void *data, const char *text) {
  ScribeBatchItem *item = ((One *)data)->item;
  g_autofree char *words = scribe_warning_text(text), *before = item->warnings;
  item->warnings = before ? g_strdup_printf("%s\n%s", before, words) : g_steal_pointer(&words);
}

typedef struct Result {
  CytoSegmented made;
  bool *manual;
  gsize n_manual;
} Result;

static void result_clear(Result *result) {
  cyto_segmented_clear(&result->made);
  free(result->manual);
}

static bool save(const char *path, const Result *all, const ScribeRun *run, CytoError *err) {
  const CytoSegmented *result = &all->made;
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
      .ismanual = all->manual,
      .n_ismanual = all->n_manual,
      .model_path = run->model,
      .flow_threshold = run->options.flow_threshold,
      .cellprob_threshold = run->options.cellprob_threshold};
  return cyto_seg_write(&seg, seg_path, err) &&
         (png ? cyto_png_write_labels(&result->labels, masks_path, err)
              : cyto_tiff_write_labels(&result->labels, masks_path, err));
}

/* What was made by hand before stays, as in the window: one edit of a document. */
static bool keep_manual(const char *seg_path, Result *result, CytoJob *core, CytoError *err) {
  CYTO_CLEANUP(cyto_seg_clear) CytoSeg seg = {0};
  if (!cyto_seg_read(seg_path, core->max_memory, &seg, core, err))
    return false;
  CytoLabels *made = &result->made.labels;
  if (seg.masks.nz != made->nz || seg.masks.ny != made->ny || seg.masks.nx != made->nx)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "%s holds cells of %zu × %zu pixels in %zu planes, the image has %zu × %zu in "
                     "%zu: it was left as it is",
                     seg_path, seg.masks.nx, seg.masks.ny, seg.masks.nz, made->nx, made->ny,
                     made->nz);
  CytoDocumentOptions options = {.nz = made->nz,
                                 .ny = made->ny,
                                 .nx = made->nx,
                                 .labels = &seg.masks,
                                 .manual = seg.ismanual,
                                 .n_manual = seg.n_ismanual};
  CytoEdit edit = {
      .kind = CYTO_EDIT_RUN, .z = CYTO_ALL_PLANES, .labels = made, .policy = CYTO_RUN_KEEP_MANUAL};
  CytoDocument *doc = cyto_document_new(&options, err);
  CytoLabels both = {0};
  CytoChange change = {0};
  uint64_t state;
  bool good = doc && (cyto_document_apply(doc, &edit, &change, err) ||
                      change.refusal == CYTO_REFUSED_NOTHING);
  good = good && cyto_document_gather(doc, &both, &result->manual, &result->n_manual, &state, err);
  if (doc)
    cyto_document_free(doc, true);
  if (!good)
    return false;
  cyto_labels_clear(made);
  *made = both;
  return true;
}

static void note(ScribeBatchItem *item, const Result *result, const CytoImage *image,
                 bool thumbnail) {
  const CytoLabels *labels = &result->made.labels;
  item->planes = (guint)labels->nz;
  item->diameter = result->made.diameter ? result->made.diameter[0] : 0;
  if (result->manual)
    item->cells = (guint)result->n_manual;
  for (size_t z = 0; !result->manual && z < labels->nz; z++)
    item->cells += result->made.count[z];
  if (thumbnail)
    item->thumbnail =
        scribe_thumbnail_cells(image, 0, labels->data, SIDE, &item->width, &item->height);
}

static bool segment(Batch *batch, ScribeBatchItem *item, const char *seg_path, bool thumbnail,
                    CytoJob *core, CytoError *err) {
  CytoImage *image = NULL;
  CYTO_CLEANUP(result_clear) Result result = {0};
  g_autofree char *axes = NULL;
  const ScribeRun *run = batch->out.run;
  if (!scribe_read_image(item->path, NULL, &image, &axes, core, err))
    return false;
  const CytoModel *model = scribe_models_open(batch->models, run->model, err);
  bool good = model && cyto_segment(model, image, &run->options, &result.made, core, err) &&
              (!seg_path || keep_manual(seg_path, &result, core, err)) &&
              save(item->path, &result, run, err);
  if (good)
    note(item, &result, image, thumbnail);
  cyto_image_unref(image);
  return good;
}

static char *seg_beside(const char *path) {
  CYTO_AUTOFREE char *seg = NULL;
  const CytoOutputPlan plan = {0};
  if (!cyto_output_path(&plan, path, CYTO_OUTPUT_SEG, &seg, NULL) ||
      !g_file_test(seg, G_FILE_TEST_IS_REGULAR))
    return NULL;
  return g_strdup(seg);
}

static void work_on(Batch *batch, guint i, CytoJob *core, CytoError *err) {
  ScribeBatchItem *item = &batch->out.item[i];
  ScribeBatchPolicy policy = batch->out.policy;
  g_autofree char *seg = seg_beside(item->path);
  One one = {.outer = core, .item = item};
  one.job = (CytoJob){.pool = core->pool,
                      .max_memory = core->max_memory,
                      .progress = on_progress,
                      .warning = on_warning,
                      .data = &one};
  if (item->leave || (seg && policy == SCRIBE_BATCH_SKIP)) {
    item->state = SCRIBE_BATCH_SKIPPED;
    return;
  }
  bool good = segment(batch, item, policy == SCRIBE_BATCH_KEEP ? seg : NULL, i < MOST_THUMBNAILS,
                      &one.job, err);
  item->state = good ? SCRIBE_BATCH_DONE : SCRIBE_BATCH_FAILED;
}

static bool run_batch(gpointer data, CytoJob *core, CytoError *err) {
  Batch *batch = data;
  core->max_memory = scribe_memory_limit();
  for (guint i = 0; i < batch->out.n; i++) {
    CytoError one = {0};
    ScribeBatchItem *item = &batch->out.item[i];
    if (!cyto_job_step(core, "batch", i, batch->out.n, err))
      return false;
    work_on(batch, i, core, &one);
    if (one.code == CYTO_ERROR_CANCELLED) {
      item->state = SCRIBE_BATCH_WAITS;
      *err = one;
      return false;
    }
    if (item->state == SCRIBE_BATCH_FAILED)
      item->error = scribe_error_text(&one);
    g_atomic_int_set(&batch->out.next, (gint)i + 1);
  }
  return cyto_job_step(core, "batch", batch->out.n, batch->out.n, err);
}

ScribeJob *scribe_task_batch(const char *const *paths, GHashTable *leave, const ScribeRun *run,
                             ScribeBatchPolicy policy, ScribeModels *models, gpointer owner,
                             ScribeJobFinish finish) {
  Batch *batch = g_new0(Batch, 1);
  while (paths[batch->out.n])
    batch->out.n++;
  batch->out.item = g_new0(ScribeBatchItem, batch->out.n + 1);
  for (guint i = 0; i < batch->out.n; i++) {
    batch->out.item[i].path = g_strdup(paths[i]);
    batch->out.item[i].leave = leave && g_hash_table_contains(leave, paths[i]);
  }
  batch->out.run = scribe_run_copy(run);
  batch->out.policy = policy;
  batch->models = scribe_models_ref(models);
  return scribe_job_new("batch", owner, run_batch, finish, batch, batch_free);
}

ScribeBatch *scribe_task_batched(ScribeJob *job) {
  return scribe_job_get_data(job);
}

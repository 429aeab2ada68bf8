#include "task-save.h"
#include "../cli/pictures.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/io/figure.h"
#include "../cyto/io/labels.h"
#include "../cyto/io/names.h"
#include "../cyto/io/outline.h"
#include "../cyto/io/roi.h"
#include "../cyto/io/seg_npy.h"
#include <gio/gio.h>
#include <math.h>
#include <string.h>

typedef struct Save {
  ScribeSaved out; /* first: the job's data is seen as this */
  char *stem;      /* files are named after it */
  char *image_path;
  CytoImage *image;
  ScribeRun *run;
  ScribeFlow *flow;
  ScribeSnapshot *snapshot;
  CytoLabels labels; /* the snapshot's */
  char *model;
} Save;

static void save_free(gpointer data) {
  Save *save = data;
  g_clear_object(&save->out.doc);
  g_ptr_array_unref(save->out.files);
  g_free(save->stem);
  g_free(save->image_path);
  cyto_image_unref(save->image);
  scribe_run_free(save->run);
  scribe_flow_unref(save->flow);
  scribe_snapshot_free(save->snapshot);
  g_free(save->model);
  g_free(save);
}

typedef bool (*Writer)(const Save *save, const char *path, CytoError *err);

/* Worker's thread, as all writers. */
static bool write_seg(const Save *save, const char *path, CytoError *err) {
  CYTO_AUTOFREE uint8_t *grey = NULL;
  CYTO_AUTOFREE uint8_t *rgb = NULL;
  const ScribeFlow *flow = save->flow;
  CytoSeg seg = {.masks = save->labels,
                 .filename = save->image_path,
                 .chan_choose = {(int)save->run->options.channels.segment,
                                 (int)save->run->options.channels.nucleus},
                 .diameter = save->run->options.diameter,
                 .ismanual = save->snapshot->manual,
                 .n_ismanual = save->snapshot->n,
                 .model_path = save->model,
                 .flow_threshold = save->run->options.flow_threshold,
                 .cellprob_threshold = save->run->options.cellprob_threshold};
  if (flow) {
    CytoSegmented shown = {
        .labels = save->labels, .fy = flow->fy, .fx = flow->fx, .flow = flow->data};
    if (!cli_flow_pictures(&shown, &rgb, err) || !cli_cellprob_pictures(&shown, &grey, err))
      return false;
    seg.diameter = flow->diameter[0];
    seg.fy = flow->fy;
    seg.fx = flow->fx;
    seg.flow = flow->data;
    seg.flow_rgb = rgb;
    seg.cellprob_u8 = grey;
  }
  return cyto_seg_write(&seg, path, err);
}

static bool write_png(const Save *save, const char *path, CytoError *err) {
  return cyto_png_write_labels(&save->labels, path, err);
}

static bool write_tif(const Save *save, const char *path, CytoError *err) {
  return cyto_tiff_write_labels(&save->labels, path, err);
}

static bool write_rois(const Save *save, const char *path, CytoError *err) {
  return cyto_roi_write(save->labels.data, save->labels.ny, save->labels.nx, path, NULL, err);
}

static bool write_outlines(const Save *save, const char *path, CytoError *err) {
  CYTO_CLEANUP(cyto_outlines_clear) CytoOutlines outlines = {0};
  return cyto_outlines_trace(save->labels.data, save->labels.ny, save->labels.nx, &outlines, err) &&
         cyto_outlines_write_text(&outlines, path, err);
}

static bool write_overlay(const Save *save, const char *path, CytoError *err) {
  CYTO_AUTOFREE uint8_t *rgb = NULL;
  if (!cli_image_picture(save->image, save->run->options.channels, &rgb, err))
    return false;
  CytoFigure figure = {save->labels.ny, save->labels.nx, rgb, save->labels.data, NULL};
  return cyto_figure_overlay(&figure, rgb, err) &&
         cyto_png_write_rgb(rgb, figure.ny, figure.nx, path, err);
}

static bool write_one(Save *save, CytoOutputKind kind, Writer writer, CytoError *err) {
  const CytoOutputPlan plan = {0};
  CYTO_AUTOFREE char *path = NULL;
  if (!cyto_output_prepare(&plan, save->stem, kind, err) ||
      !cyto_output_path(&plan, save->stem, kind, &path, err) || !writer(save, path, err))
    return false;
  g_ptr_array_add(save->out.files, g_strdup(path));
  return true;
}

static bool write_picture(Save *save, CytoError *err) {
  CYTO_AUTOFREE char *seg = NULL;
  const CytoOutputPlan plan = {0};
  if (!cyto_output_path(&plan, save->stem, CYTO_OUTPUT_SEG, &seg, err))
    return false;
  seg[strlen(seg) - strlen("_seg.npy")] = 0;
  g_autofree char *path = g_strconcat(seg, "_overlay.png", NULL);
  if (!write_overlay(save, path, err))
    return false;
  g_ptr_array_add(save->out.files, g_steal_pointer(&path));
  return true;
}

/* Whether the next start would look elsewhere for these cells. */
static bool find_copy(Save *save, CytoError *err) {
  CYTO_AUTOFREE char *own = NULL;
  CYTO_AUTOFREE char *other = NULL;
  const CytoOutputPlan plan = {0};
  if (!save->image_path)
    return true;
  if (!cyto_output_path(&plan, save->image_path, CYTO_OUTPUT_SEG, &own, err) ||
      !cyto_output_path(&plan, save->stem, CYTO_OUTPUT_SEG, &other, err))
    return false;
  g_autoptr(GFile) here = g_file_new_for_path(own);
  g_autoptr(GFile) there = g_file_new_for_path(other);
  save->out.copy = !g_file_equal(here, there);
  return true;
}

static bool run_save(gpointer data, CytoJob *core, CytoError *err) {
  Save *save = data;
  ScribeSaveKinds kinds = save->out.kinds;
  scribe_snapshot_number(save->snapshot);
  save->labels = save->snapshot->labels;
  bool flat = save->labels.nz == 1;
  bool png = flat && cyto_labels_max(&save->labels) <= UINT16_MAX;
  cyto_job_step(core, "writing", 0, 1, NULL);
  if (!find_copy(save, err))
    return false;
  save->out.as_tiff = (kinds & SCRIBE_SAVE_MASKS) && !png;
  if ((kinds & SCRIBE_SAVE_SEG) && !write_one(save, CYTO_OUTPUT_SEG, write_seg, err))
    return false;
  if ((kinds & SCRIBE_SAVE_MASKS) &&
      !write_one(save, png ? CYTO_OUTPUT_MASKS_PNG : CYTO_OUTPUT_MASKS_TIFF,
                 png ? write_png : write_tif, err))
    return false;
  if (!flat && (kinds & (SCRIBE_SAVE_ROIS | SCRIBE_SAVE_OUTLINES | SCRIBE_SAVE_OVERLAY)))
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "outlines, ROIs and pictures are made of single planes, not of stacks");
  return (!(kinds & SCRIBE_SAVE_ROIS) || write_one(save, CYTO_OUTPUT_ROIS, write_rois, err)) &&
         (!(kinds & SCRIBE_SAVE_OUTLINES) ||
          write_one(save, CYTO_OUTPUT_OUTLINES_TEXT, write_outlines, err)) &&
         (!(kinds & SCRIBE_SAVE_OVERLAY) || write_picture(save, err));
}

ScribeJob *scribe_task_save(ScribeDocument *doc, ScribeSnapshot *snapshot, ScribeSaveKinds kinds,
                            const char *stem, const ScribeRun *run, gpointer owner,
                            ScribeJobFinish finish) {
  CytoDocument *core = scribe_document_get_core(doc);
  const char *model = NULL, *settings = NULL;
  cyto_document_provenance(core, &model, &settings);
  Save *save = g_new0(Save, 1);
  save->out.doc = g_object_ref(doc);
  save->out.state = snapshot->state;
  save->out.kinds = kinds;
  save->out.files = g_ptr_array_new_with_free_func(g_free);
  save->image_path = g_strdup(scribe_document_get_path(doc));
  save->stem = g_strdup(stem ? stem : save->image_path);
  save->image = cyto_image_ref(scribe_document_get_image(doc));
  save->run = scribe_run_copy(run);
  save->snapshot = snapshot;
  save->model = g_strdup(model);
  ScribeFlow *flow = scribe_document_get_flow_object(doc);
  save->flow = flow ? scribe_flow_ref(flow) : NULL;
  return scribe_job_new("save", owner, run_save, finish, save, save_free);
}

ScribeSaved *scribe_task_saved(ScribeJob *job) {
  return scribe_job_get_data(job);
}

/* The journal */

static void journaled_free(gpointer data) {
  ScribeJournaled *journaled = data;
  if (journaled->write) /* nobody was there to end it */
    scribe_document_end_journal(journaled->doc, journaled->write, NULL);
  g_object_unref(journaled->doc);
  g_free(journaled);
}

/* Worker's thread; touches the write alone, which keeps its own success. */
static bool run_journal(gpointer data, CytoJob *core, CytoError *err) {
  (void)core;
  (void)err;
  ScribeJournaled *journaled = data;
  cyto_journal_write(journaled->write);
  return true;
}

ScribeJob *scribe_task_journal(ScribeDocument *doc, gpointer owner, ScribeJobFinish finish) {
  CytoJournalWrite *write = scribe_document_take_journal(doc);
  if (!write)
    return NULL;
  ScribeJournaled *journaled = g_new0(ScribeJournaled, 1);
  journaled->doc = g_object_ref(doc);
  journaled->write = write;
  return scribe_job_new("journal", owner, run_journal, finish, journaled, journaled_free);
}

ScribeJournaled *scribe_task_journaled(ScribeJob *job) {
  return scribe_job_get_data(job);
}

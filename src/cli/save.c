#include "save.h"
#include "models.h"
#include "pictures.h"
#include "../cyto/base/mem.h"
#include "../cyto/io/figure.h"
#include "../cyto/io/labels.h"
#include "../cyto/io/outline.h"
#include "../cyto/io/roi.h"
#include "../cyto/io/seg_npy.h"
#include <math.h>
#include <string.h>

/* What the writers of one image share. */
typedef struct Save {
  const CliSettings *settings;
  const char *image_path;
  const CytoImage *image;
  const CytoSegmented *result;
  CytoOutputPlan plan;
  uint8_t *rgb; /* colours of the flows, (planes,ny,nx,3); owned, made when the flows are wanted */
  CliList *files;
  CytoJob *job;
} Save;

typedef bool (*Writer)(const Save *save, const char *path, CytoError *err);

static bool write_seg(const Save *save, const char *path, CytoError *err) {
  const CytoSegmented *result = save->result;
  CYTO_AUTOFREE uint8_t *grey = NULL;
  if (!cli_cellprob_pictures(result, &grey, err))
    return false;
  CytoSeg seg = {.masks = result->labels,
                 .filename = (char *)(uintptr_t)save->image_path,
                 .chan_choose = {(int)save->settings->chan, (int)save->settings->chan2},
                 .diameter = result->diameter[0],
                 .fy = result->fy,
                 .fx = result->fx,
                 .flow = result->flow,
                 .flow_rgb = save->rgb,
                 .cellprob_u8 = grey,
                 .flow_threshold = NAN,
                 .cellprob_threshold = NAN};
  return cyto_seg_write(&seg, path, err);
}

static bool write_png(const Save *save, const char *path, CytoError *err) {
  return cyto_png_write_labels(&save->result->labels, path, err);
}

static bool write_tif(const Save *save, const char *path, CytoError *err) {
  return cyto_tiff_write_labels(&save->result->labels, path, err);
}

static bool write_text(const Save *save, const char *path, CytoError *err) {
  const CytoLabels *labels = &save->result->labels;
  CYTO_CLEANUP(cyto_outlines_clear) CytoOutlines outlines = {0};
  return cyto_outlines_trace(labels->data, labels->ny, labels->nx, &outlines, err) &&
         cyto_outlines_write_text(&outlines, path, err);
}

static bool write_rois(const Save *save, const char *path, CytoError *err) {
  const CytoLabels *labels = &save->result->labels;
  return cyto_roi_write(labels->data, labels->ny, labels->nx, path, NULL, err);
}

/* 8-bit colours as 16-bit ones: 255 becomes 65535 (§12.5, without its overflow). */
static bool write_flow_picture(const Save *save, const char *path, CytoError *err) {
  size_t ny = save->result->labels.ny, nx = save->result->labels.nx;
  CYTO_AUTOFREE uint16_t *wide = cyto_alloc(ny * nx, 3 * sizeof *wide, err);
  if (!wide)
    return false;
  for (size_t i = 0; i < ny * nx * 3; i++)
    wide[i] = (uint16_t)(save->rgb[i] * 257);
  return cyto_tiff_write_rgb16(wide, ny, nx, path, err);
}

/* dY and dX of every plane, one after the other. */
static bool write_flow_field(const Save *save, const char *path, CytoError *err) {
  const CytoSegmented *result = save->result;
  size_t n = result->fy * result->fx, planes = result->labels.nz;
  if (planes == 1)
    return cyto_tiff_write_f32(result->flow, 2, result->fy, result->fx, path, err);
  CYTO_AUTOFREE float *field = cyto_alloc(planes, 2 * n * sizeof *field, err);
  if (!field)
    return false;
  for (size_t z = 0; z < planes; z++)
    memcpy(field + z * 2 * n, result->flow + z * 3 * n, 2 * n * sizeof *field);
  return cyto_tiff_write_f32(field, 2 * planes, result->fy, result->fx, path, err);
}

static bool begin_figure(const Save *save, uint8_t **picture, CytoFigure *figure, CytoError *err) {
  const CytoImage *image = save->image;
  CytoChannels channels = {(unsigned)save->settings->chan, (unsigned)save->settings->chan2};
  if (save->settings->all_channels)
    channels = (CytoChannels){0};
  if (!cli_image_picture(image, channels, picture, err))
    return false;
  *figure = (CytoFigure){image->ny, image->nx, *picture, save->result->labels.data, save->rgb};
  return true;
}

static bool write_outlined(const Save *save, const char *path, CytoError *err) {
  CYTO_AUTOFREE uint8_t *picture = NULL;
  CytoFigure figure;
  return begin_figure(save, &picture, &figure, err) &&
         cyto_figure_outlines(&figure, picture, err) &&
         cyto_png_write_rgb(picture, figure.ny, figure.nx, path, err);
}

static bool write_figure(const Save *save, const char *path, CytoError *err) {
  CYTO_AUTOFREE uint8_t *picture = NULL;
  CytoFigure figure;
  return begin_figure(save, &picture, &figure, err) && cyto_figure_write(&figure, path, err);
}

/* One file, unless the job was cancelled meanwhile. */
static bool emit(const Save *save, bool wanted, CytoOutputKind kind, Writer writer,
                 CytoError *err) {
  if (!wanted)
    return true;
  if (cyto_job_cancelled(save->job))
    return cyto_fail(err, CYTO_ERROR_CANCELLED, "stopped before all files were written");
  CYTO_AUTOFREE char *path = NULL;
  if (!cyto_output_prepare(&save->plan, save->image_path, kind, err) ||
      !cyto_output_path(&save->plan, save->image_path, kind, &path, err) ||
      !writer(save, path, err))
    return false;
  cli_list_add(save->files, path);
  return true;
}

/* Says what a stack or a crowded image gets in place of what was asked for. */
static void warn_changes(const CliSettings *s, const CytoLabels *labels, bool png, bool flows,
                         CytoJob *job) {
  if (s->save_png && !png && labels->nz > 1)
    cyto_job_warn(job, "a stack does not fit a PNG file; its masks are written as TIFF");
  else if (s->save_png && !png)
    cyto_job_warn(job, "more than 65535 objects do not fit a 16-bit PNG file; the masks are "
                       "written as 32-bit TIFF");
  if (labels->nz > 1 && (s->save_txt || s->save_rois || s->save_outlines || s->save_mpl))
    cyto_job_warn(job, "outlines, ROIs and pictures are made of single planes; none are written "
                       "for a stack");
  if (s->save_flows && !flows)
    cyto_job_warn(job, "this model has no flows; the picture shows how much each pixel is cell%s",
                  labels->nz > 1 ? ", and is not written for a stack" : "");
  else if (labels->nz > 1 && s->save_flows)
    cyto_job_warn(job, "of a stack's flows the numbers are written (_dP), not the picture");
}

static bool emit_all(const Save *save, CytoError *err) {
  const CliSettings *s = save->settings;
  const CytoLabels *labels = &save->result->labels;
  bool flat = labels->nz == 1;
  bool png = s->save_png && flat && cyto_labels_max(labels) <= UINT16_MAX;
  bool field = s->save_flows && save->result->flow;
  bool tif = s->save_tif || (s->save_png && !png);
  warn_changes(s, labels, png, save->result->flow != NULL, save->job);
  return emit(save, !s->no_npy, CYTO_OUTPUT_SEG, write_seg, err) &&
         emit(save, png, CYTO_OUTPUT_MASKS_PNG, write_png, err) &&
         emit(save, tif, CYTO_OUTPUT_MASKS_TIFF, write_tif, err) &&
         emit(save, s->save_rois && flat, CYTO_OUTPUT_ROIS, write_rois, err) &&
         emit(save, s->save_txt && flat, CYTO_OUTPUT_OUTLINES_TEXT, write_text, err) &&
         emit(save, s->save_outlines && flat, CYTO_OUTPUT_OUTLINES_PNG, write_outlined, err) &&
         emit(save, s->save_mpl && flat, CYTO_OUTPUT_FIGURE, write_figure, err) &&
         emit(save, s->save_flows && flat, CYTO_OUTPUT_FLOWS, write_flow_picture, err) &&
         emit(save, field, CYTO_OUTPUT_FLOW_FIELD, write_flow_field, err);
}

bool cli_save(const CliSettings *settings, const char *path, const CytoImage *image,
              const CytoSegmented *result, CliList *files, CytoJob *job, CytoError *err) {
  Save save = {.settings = settings,
               .image_path = path,
               .image = image,
               .result = result,
               .plan = cli_output_plan(settings),
               .files = files,
               .job = job};
  if (save.plan.savedir && !cli_make_folders(save.plan.savedir, err))
    return false;
  if (cli_wants_flows(settings) && !cli_flow_pictures(result, &save.rgb, err))
    return false;
  bool good = emit_all(&save, err);
  free(save.rgb);
  return good;
}

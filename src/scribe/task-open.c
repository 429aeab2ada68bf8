#include "task-open.h"
#include "task-axes.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/text.h"
#include "../cyto/doc/document.h"
#include "../cyto/io/listing.h"
#include "../cyto/io/names.h"
#include "../cyto/io/reader.h"
#include "../cyto/io/seg_npy.h"
#include <math.h>
#include <string.h>

typedef struct Open {
  ScribeOpened out; /* first: the job's data is seen as this */
  char *given, *labels, *journal_folder, *journal_path;
} Open;

static void open_free(gpointer data) {
  Open *open = data;
  g_free(open->out.path);
  g_free(open->out.file_axes);
  g_free(open->out.axes);
  cyto_image_unref(open->out.image);
  if (open->out.core)
    cyto_document_free(open->out.core, !open->out.recovered);
  scribe_flow_unref(open->out.flow);
  g_free(open->out.labels_path);
  g_free(open->given);
  g_free(open->labels);
  g_free(open->journal_folder);
  g_free(open->journal_path);
  g_free(open);
}

static gboolean is_seg(const char *path) {
  return cyto_has_suffix(path, "_seg.npy");
}

/* First of the names that is a file; g_free it. */
static char *first_file(const char *base, const char *const *endings, gsize n) {
  for (gsize i = 0; i < n; i++) {
    char *path = g_strconcat(base, endings[i], NULL);
    if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
      return path;
    g_free(path);
  }
  return NULL;
}

/* The path without the extension of its last part. */
static char *base_of(const char *path) {
  CYTO_AUTOFREE char *stem = cyto_path_stem(path);
  return g_strndup(path, (gsize)(cyto_path_name(path) - path) + (stem ? strlen(stem) : 0));
}

char *scribe_labels_beside(const char *path) {
  static const char *const endings[] = {"_seg.npy",   "_cp_masks.png", "_cp_masks.tif",
                                        "_masks.png", "_masks.tif",    "_masks.tiff"};
  g_autofree char *base = base_of(path);
  return first_file(base, endings, G_N_ELEMENTS(endings));
}

/* The image of a label file by its name: "a_cp_masks.png" → "a.tif". */
static char *image_of_labels(const char *path) {
  static const char *const tails[] = {"_seg", "_cp_masks", "_masks"};
  static const char *const endings[] = {".tif", ".tiff", ".png", ".jpg", ".jpeg", ".npy",
                                        ".TIF", ".TIFF", ".PNG", ".JPG", ".JPEG"};
  g_autofree char *base = base_of(path);
  for (gsize i = 0; i < G_N_ELEMENTS(tails); i++) {
    if (!g_str_has_suffix(base, tails[i]))
      continue;
    g_autofree char *root = g_strndup(base, strlen(base) - strlen(tails[i]));
    char *image = first_file(root, endings, G_N_ELEMENTS(endings));
    if (image)
      return image;
  }
  return NULL;
}

static void seg_to_flow(Open *open, CytoSeg *seg) {
  if (!seg->flow || seg->masks.nz == 0)
    return;
  CytoSegment options = cyto_segment_defaults();
  gboolean known = isfinite(seg->diameter) && seg->diameter > 0;
  options.diameter = known ? seg->diameter : options.diameter;
  options.resample = seg->fy == seg->masks.ny && seg->fx == seg->masks.nx;
  if (isfinite(seg->flow_threshold))
    options.flow_threshold = seg->flow_threshold;
  if (isfinite(seg->cellprob_threshold))
    options.cellprob_threshold = seg->cellprob_threshold;
  double *diameter = g_new(double, seg->masks.nz);
  for (gsize z = 0; z < seg->masks.nz; z++)
    diameter[z] = options.diameter;
  CytoSegmented result = {.labels = seg->masks, .fy = seg->fy, .fx = seg->fx, .diameter = diameter};
  result.flow = cyto_steal(&seg->flow);
  CytoModel model = {.diam_mean = 30, .name = seg->model_path};
  open->out.flow = scribe_flow_new(&result, &model, &options);
  g_free(diameter);
}

static bool labels_fit(const CytoLabels *labels, const CytoImage *image) {
  return labels->nz == image->nt * image->nz && labels->ny == image->ny && labels->nx == image->nx;
}

typedef struct Cells {
  CytoLabels labels;
  bool *manual;
  gsize n_manual;
  char *model;
} Cells;

static void cells_clear(Cells *cells) {
  cyto_labels_clear(&cells->labels);
  free(cells->manual);
  free(cells->model);
}

/* Worker's thread. Cells from a file; a file that does not fit is told and passed over. */
static void read_cells(Open *open, const char *path, Cells *cells, CytoJob *core) {
  CytoError err = {0};
  bool good;
  if (is_seg(path)) {
    CYTO_CLEANUP(cyto_seg_clear) CytoSeg seg = {0};
    good = cyto_seg_read(path, cyto_read_defaults().max_memory, &seg, core, &err);
    if (good && labels_fit(&seg.masks, open->out.image)) {
      seg_to_flow(open, &seg);
      open->out.diameter = isfinite(seg.diameter) ? seg.diameter : 0;
      memcpy(open->out.channels, seg.chan_choose, sizeof seg.chan_choose);
      cells->manual = cyto_steal(&seg.ismanual);
      cells->n_manual = seg.n_ismanual;
      cells->model = cyto_steal(&seg.model_path);
    }
    cells->labels = seg.masks;
    seg.masks = (CytoLabels){0};
  } else {
    good = cyto_labels_read(path, &cells->labels, core, &err);
  }
  const CytoLabels *l = &cells->labels;
  if (!good)
    cyto_job_warn(core, "%s: %s", cyto_path_name(path), err.text);
  else if (!labels_fit(l, open->out.image))
    cyto_job_warn(core,
                  "%s holds cells of %zu × %zu pixels in %zu planes, the image has %zu × %zu "
                  "in %zu: the image is shown without them",
                  cyto_path_name(path), l->nx, l->ny, l->nz, open->out.image->nx,
                  open->out.image->ny, open->out.image->nt * open->out.image->nz);
  else {
    open->out.labels_path = g_strdup(path);
    return;
  }
  cells_clear(cells);
  *cells = (Cells){0};
}

/* What a _seg.npy says of its image, where that file is still there; g_free it. */
static char *image_of_seg(const char *path, CytoJob *core) {
  char *beside = image_of_labels(path);
  if (beside)
    return beside;
  CYTO_CLEANUP(cyto_seg_clear) CytoSeg seg = {0};
  if (!cyto_seg_read(path, cyto_read_defaults().max_memory, &seg, core, NULL) || !seg.filename)
    return NULL;
  if (g_file_test(seg.filename, G_FILE_TEST_IS_REGULAR))
    return g_strdup(seg.filename);
  g_autofree char *folder = g_path_get_dirname(path);
  const char *slash = strrchr(seg.filename, '\\');
  g_autofree char *name = g_path_get_basename(slash ? slash + 1 : seg.filename);
  char *here = g_build_filename(folder, name, NULL);
  if (g_file_test(here, G_FILE_TEST_IS_REGULAR))
    return here;
  g_free(here);
  return NULL;
}

/* Worker's thread. Which image and which cells the given path means. */
static bool resolve(Open *open, CytoJob *core, CytoError *err) {
  if (is_seg(open->given)) {
    open->out.path = image_of_seg(open->given, core);
    if (!open->out.path)
      return cyto_fail(err, CYTO_ERROR_IO,
                       "%s holds cells; the image they belong to was not found. Put the image "
                       "beside it, or open the image first and then this file",
                       open->given);
    if (!open->labels)
      open->labels = g_strdup(open->given);
    return true;
  }
  g_autofree char *base = base_of(open->given);
  char *image = g_str_has_suffix(base, "_masks") ? image_of_labels(open->given) : NULL;
  if (image && !open->labels)
    open->labels = g_strdup(open->given);
  open->out.path = image ? image : g_strdup(open->given);
  return true;
}

/* Worker's thread. */
static bool run_open(gpointer data, CytoJob *core, CytoError *err) {
  Open *open = data;
  if (!resolve(open, core, err))
    return false;
  if (!scribe_read_image(open->out.path, open->out.axes, &open->out.image, &open->out.file_axes,
                         core, err))
    return false;
  CYTO_CLEANUP(cells_clear) Cells cells = {0};
  g_autofree char *labels =
      open->labels ? g_strdup(open->labels) : scribe_labels_beside(open->out.path);
  if (labels)
    read_cells(open, labels, &cells, core);
  if (cyto_job_cancelled(core))
    return cyto_fail(err, CYTO_ERROR_CANCELLED, "stopped");
  CytoDocumentOptions options = {
      .image_path = open->out.path,
      .nz = open->out.image->nt * open->out.image->nz,
      .ny = open->out.image->ny,
      .nx = open->out.image->nx,
      .labels = cells.labels.data ? &cells.labels : NULL,
      .manual = cells.manual,
      .n_manual = cells.n_manual,
      .model = cells.model,
      .journal_folder = open->journal_folder,
  };
  open->out.core = cyto_document_new(&options, err);
  return open->out.core != NULL;
}

/* Worker's thread. */
static bool run_recover(gpointer data, CytoJob *core, CytoError *err) {
  Open *open = data;
  open->out.path = g_strdup(open->given);
  if (!scribe_read_image(open->out.path, NULL, &open->out.image, &open->out.file_axes, core, err))
    return false;
  CytoDocument *found = cyto_document_recover(open->journal_path, 0, err);
  if (!found)
    return false;
  open->out.recovered = TRUE; /* its journal stays whatever happens now */
  open->out.core = found;
  const CytoCells *cells = cyto_document_cells(found, 0);
  const CytoImage *image = open->out.image;
  if (cyto_document_planes(found) != image->nt * image->nz || cells->ny != image->ny ||
      cells->nx != image->nx)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "the image %s has changed since: it has %zu × %zu pixels in %zu planes now, "
                     "the unsaved cells are of %zu × %zu in %zu",
                     open->out.path, image->nx, image->ny, image->nt * image->nz, cells->nx,
                     cells->ny, cyto_document_planes(found));
  return true;
}

static Open *open_new(const char *given) {
  Open *open = g_new0(Open, 1);
  open->given = g_strdup(given);
  open->out.channels[0] = open->out.channels[1] = -1;
  return open;
}

ScribeJob *scribe_task_open(const char *path, const char *labels, const char *journal_folder,
                            gpointer owner, ScribeJobFinish finish) {
  Open *open = open_new(path);
  open->labels = g_strdup(labels);
  open->journal_folder = g_strdup(journal_folder);
  return scribe_job_new("open", owner, run_open, finish, open, open_free);
}

ScribeJob *scribe_task_open_axes(const char *path, const char *axes, const char *file_axes,
                                 const char *journal_folder, gpointer owner,
                                 ScribeJobFinish finish) {
  Open *open = open_new(path);
  open->out.axes = g_strdup(axes);
  open->out.file_axes = g_strdup(file_axes);
  open->journal_folder = g_strdup(journal_folder);
  return scribe_job_new("open", owner, run_open, finish, open, open_free);
}

ScribeJob *scribe_task_recover(const char *journal_path, const char *image_path, gpointer owner,
                               ScribeJobFinish finish) {
  Open *open = open_new(image_path);
  open->journal_path = g_strdup(journal_path);
  return scribe_job_new("recover", owner, run_recover, finish, open, open_free);
}

ScribeOpened *scribe_task_opened(ScribeJob *job) {
  return scribe_job_get_data(job);
}

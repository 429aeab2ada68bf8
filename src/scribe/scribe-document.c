#include "scribe-document-inside.h"
#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE(ScribeDocument, scribe_document, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void scribe_document_finalize(GObject *object) {
  ScribeDocument *self = SCRIBE_DOCUMENT(object);
  if (self->core)
    cyto_document_free(self->core, self->discard || !cyto_document_dirty(self->core));
  cyto_image_unref(self->image);
  scribe_flow_unref(self->flow);
  scribe_ghosts_free(self->ghosts);
  g_array_unref(self->selection);
  g_hash_table_unref(self->hidden);
  g_free(self->path);
  g_free(self->name);
  g_free(self->file_axes);
  G_OBJECT_CLASS(scribe_document_parent_class)->finalize(object);
}

static void scribe_document_class_init(ScribeDocumentClass *klass) {
  static const char *const plain[] = {
      [IMAGE_CHANGED] = "image-changed",   [SELECTION_CHANGED] = "selection-changed",
      [GHOSTS_CHANGED] = "ghosts-changed", [FLOW_CHANGED] = "flow-changed",
      [STATE_CHANGED] = "state-changed",
  };
  G_OBJECT_CLASS(klass)->finalize = scribe_document_finalize;
  for (guint i = 0; i < G_N_ELEMENTS(plain); i++)
    if (plain[i])
      signals[i] = g_signal_new(plain[i], SCRIBE_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  signals[LABELS_CHANGED] =
      g_signal_new("labels-changed", SCRIBE_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                   G_TYPE_NONE, 4, G_TYPE_INT, G_TYPE_INT, G_TYPE_INT, G_TYPE_INT);
}

static void scribe_document_init(ScribeDocument *self) {
  self->selection = g_array_new(FALSE, FALSE, sizeof(guint32));
  self->hidden = g_hash_table_new(NULL, NULL);
}

void scribe_document_tell(ScribeDocument *self, ScribeDocumentSignal signal) {
  if (signal == LABELS_CHANGED)
    g_signal_emit(self, signals[signal], 0, 0, 0, 0, 0);
  else
    g_signal_emit(self, signals[signal], 0);
}

static void on_change(void *data, const CytoDocument *core, const CytoChange *change) {
  (void)core;
  ScribeDocument *self = data;
  CytoRect r = change->dirty;
  if (self->plane >= change->z0 && self->plane < change->z1 && r.y1 > r.y0 && r.x1 > r.x0)
    g_signal_emit(self, signals[LABELS_CHANGED], 0, (int)r.x0, (int)r.y0, (int)(r.x1 - r.x0),
                  (int)(r.y1 - r.y0));
  scribe_document_forget_gone(self);
  scribe_document_tell(self, STATE_CHANGED);
}

ScribeDocument *scribe_document_new(const char *path, CytoImage *image, CytoDocument *core) {
  ScribeDocument *self = g_object_new(SCRIBE_TYPE_DOCUMENT, NULL);
  self->path = g_strdup(path);
  self->name = path ? g_filename_display_basename(path) : g_strdup(_("Untitled"));
  self->image = image;
  self->core = core;
  cyto_document_observe(core, on_change, self);
  return self;
}

const char *scribe_document_get_path(ScribeDocument *self) {
  return self->path;
}

const char *scribe_document_get_name(ScribeDocument *self) {
  return self->name;
}

const char *scribe_document_get_file_axes(ScribeDocument *self) {
  return self->file_axes;
}

void scribe_document_set_file_axes(ScribeDocument *self, const char *axes) {
  g_free(self->file_axes);
  self->file_axes = g_strdup(axes);
}

CytoImage *scribe_document_get_image(ScribeDocument *self) {
  return self->image;
}

CytoDocument *scribe_document_get_core(ScribeDocument *self) {
  return self->core;
}

guint scribe_document_get_n_planes(ScribeDocument *self) {
  return (guint)cyto_document_planes(self->core);
}

guint scribe_document_get_plane(ScribeDocument *self) {
  return self->plane;
}

void scribe_document_set_plane(ScribeDocument *self, guint plane) {
  if (plane == self->plane || plane >= scribe_document_get_n_planes(self))
    return;
  scribe_document_stroke_cancel(self);
  self->plane = plane;
  g_array_set_size(self->selection, 0);
  scribe_document_tell(self, IMAGE_CHANGED);
  scribe_document_tell(self, SELECTION_CHANGED);
  scribe_document_tell(self, LABELS_CHANGED);
  scribe_document_tell(self, GHOSTS_CHANGED);
  scribe_document_tell(self, STATE_CHANGED);
}

#include "scribe-document-private.h"
#include "scribe-words.h"
#include <glib/gi18n.h>
#include <string.h>

struct _ScribeDocument {
  GObject parent;
  char *path, *name, *file_axes;
  CytoImage *image;
  CytoDocument *core;
  guint plane;
  GArray *selection;  /* guint32, ascending */
  GHashTable *hidden; /* set of ids */
  ScribeFlow *flow;
  ScribeGhosts *ghosts;
  gboolean discard;
};

G_DEFINE_FINAL_TYPE(ScribeDocument, scribe_document, G_TYPE_OBJECT)

enum {
  IMAGE_CHANGED,
  LABELS_CHANGED,
  SELECTION_CHANGED,
  GHOSTS_CHANGED,
  FLOW_CHANGED,
  STATE_CHANGED,
  N_SIGNALS
};
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

static void tell_all_labels(ScribeDocument *self) {
  g_signal_emit(self, signals[LABELS_CHANGED], 0, 0, 0, 0, 0);
}

/* Cells that are gone leave the selection. */
static void prune_selection(ScribeDocument *self) {
  const CytoCells *cells = scribe_document_get_cells(self);
  guint kept = 0;
  guint32 *ids = (guint32 *)(gpointer)self->selection->data;
  for (guint i = 0; i < self->selection->len; i++)
    if (cyto_cells_get(cells, ids[i]))
      ids[kept++] = ids[i];
  if (kept == self->selection->len)
    return;
  g_array_set_size(self->selection, kept);
  g_signal_emit(self, signals[SELECTION_CHANGED], 0);
}

static gboolean is_gone(gpointer id, gpointer value, gpointer data) {
  ScribeDocument *self = data;
  (void)value;
  for (gsize z = 0; z < cyto_document_planes(self->core); z++)
    if (cyto_cells_get(cyto_document_cells(self->core, z), GPOINTER_TO_UINT(id)))
      return FALSE;
  return TRUE;
}

static void on_change(void *data, const CytoDocument *core, const CytoChange *change) {
  (void)core;
  ScribeDocument *self = data;
  CytoRect r = change->dirty;
  if (self->plane >= change->z0 && self->plane < change->z1 && r.y1 > r.y0 && r.x1 > r.x0)
    g_signal_emit(self, signals[LABELS_CHANGED], 0, (int)r.x0, (int)r.y0, (int)(r.x1 - r.x0),
                  (int)(r.y1 - r.y0));
  prune_selection(self);
  g_hash_table_foreach_remove(self->hidden, is_gone, self);
  g_signal_emit(self, signals[STATE_CHANGED], 0);
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
  g_signal_emit(self, signals[IMAGE_CHANGED], 0);
  g_signal_emit(self, signals[SELECTION_CHANGED], 0);
  tell_all_labels(self);
  g_signal_emit(self, signals[GHOSTS_CHANGED], 0);
  g_signal_emit(self, signals[STATE_CHANGED], 0);
}

const CytoCells *scribe_document_get_cells(ScribeDocument *self) {
  return cyto_document_cells(self->core, self->plane);
}

guint scribe_document_count_cells(ScribeDocument *self) {
  guint n = 0;
  for (gsize z = 0; z < cyto_document_planes(self->core); z++)
    n += cyto_document_cells(self->core, z)->count;
  return n;
}

/* Network output and ghosts */

void scribe_document_set_flow(ScribeDocument *self, ScribeFlow *flow) {
  if (flow)
    scribe_flow_ref(flow);
  scribe_flow_unref(self->flow);
  self->flow = flow;
  g_signal_emit(self, signals[FLOW_CHANGED], 0);
}

ScribeFlow *scribe_document_get_flow_object(ScribeDocument *self) {
  return self->flow;
}

const float *scribe_document_get_flow(ScribeDocument *self, gsize *fy, gsize *fx) {
  if (!self->flow || self->plane >= self->flow->planes)
    return NULL;
  *fy = self->flow->fy;
  *fx = self->flow->fx;
  return self->flow->data + 3 * self->flow->fy * self->flow->fx * self->plane;
}

void scribe_document_set_ghosts(ScribeDocument *self, ScribeGhosts *ghosts) {
  if (!ghosts && !self->ghosts)
    return;
  scribe_ghosts_free(self->ghosts);
  self->ghosts = ghosts;
  g_signal_emit(self, signals[GHOSTS_CHANGED], 0);
}

const guint32 *scribe_document_get_ghosts(ScribeDocument *self, const guint8 **reason,
                                          guint *count) {
  ScribeGhosts *ghosts = self->ghosts;
  if (!ghosts || self->plane >= ghosts->planes)
    return NULL;
  *reason = ghosts->reason[self->plane];
  *count = ghosts->count[self->plane];
  return ghosts->labels + ghosts->ny * ghosts->nx * self->plane;
}

/* Selection */

const guint32 *scribe_document_get_selection(ScribeDocument *self, guint *n) {
  *n = self->selection->len;
  return (const guint32 *)(gpointer)self->selection->data;
}

static gint compare_ids(gconstpointer a, gconstpointer b) {
  guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;
  return x < y ? -1 : x > y;
}

gboolean scribe_document_is_selected(ScribeDocument *self, guint32 id) {
  return g_array_binary_search(self->selection, &id, compare_ids, NULL);
}

void scribe_document_select(ScribeDocument *self, const guint32 *ids, guint n) {
  const CytoCells *cells = scribe_document_get_cells(self);
  g_autoptr(GArray) next = g_array_sized_new(FALSE, FALSE, sizeof(guint32), n);
  for (guint i = 0; i < n; i++)
    if (cyto_cells_get(cells, ids[i]))
      g_array_append_val(next, ids[i]);
  g_array_sort(next, compare_ids);
  guint kept = 0;
  guint32 *sorted = (guint32 *)(gpointer)next->data;
  for (guint i = 0; i < next->len; i++)
    if (kept == 0 || sorted[i] != sorted[kept - 1])
      sorted[kept++] = sorted[i];
  g_array_set_size(next, kept);
  if (kept == self->selection->len &&
      (kept == 0 || memcmp(next->data, self->selection->data, kept * sizeof(guint32)) == 0))
    return;
  GArray *old = self->selection;
  self->selection = g_steal_pointer(&next);
  g_array_unref(old);
  g_signal_emit(self, signals[SELECTION_CHANGED], 0);
}

void scribe_document_select_one(ScribeDocument *self, guint32 id) {
  scribe_document_select(self, &id, id ? 1 : 0);
}

void scribe_document_toggle_selected(ScribeDocument *self, guint32 id) {
  guint at;
  if (g_array_binary_search(self->selection, &id, compare_ids, &at)) {
    g_array_remove_index(self->selection, at);
    g_signal_emit(self, signals[SELECTION_CHANGED], 0);
    return;
  }
  g_autoptr(GArray) more = g_array_copy(self->selection);
  g_array_append_val(more, id);
  scribe_document_select(self, (const guint32 *)(gpointer)more->data, more->len);
}

/* Hidden cells */

static void tell_hidden(ScribeDocument *self) {
  tell_all_labels(self);
  g_signal_emit(self, signals[STATE_CHANGED], 0);
}

void scribe_document_set_hidden(ScribeDocument *self, const guint32 *ids, guint n,
                                gboolean hidden) {
  gboolean changed = FALSE;
  for (guint i = 0; i < n; i++)
    changed |= hidden ? g_hash_table_add(self->hidden, GUINT_TO_POINTER(ids[i]))
                      : g_hash_table_remove(self->hidden, GUINT_TO_POINTER(ids[i]));
  if (changed)
    tell_hidden(self);
}

void scribe_document_show_all(ScribeDocument *self) {
  if (g_hash_table_size(self->hidden) == 0)
    return;
  g_hash_table_remove_all(self->hidden);
  tell_hidden(self);
}

gboolean scribe_document_is_hidden(ScribeDocument *self, guint32 id) {
  return g_hash_table_contains(self->hidden, GUINT_TO_POINTER(id));
}

guint scribe_document_count_hidden(ScribeDocument *self) {
  return g_hash_table_size(self->hidden);
}

/* Edits */

static gboolean ended(gboolean done, const CytoChange *change, const CytoError *err, char **why) {
  if (done || !why)
    return done;
  const char *text = scribe_refusal_text(change->refusal);
  *why = g_strdup(text ? text : err->text);
  return FALSE;
}

gboolean scribe_document_apply(ScribeDocument *self, const CytoEdit *edit, guint32 *made,
                               char **why) {
  CytoChange change = {0};
  CytoError err = {0};
  gboolean done = cyto_document_apply(self->core, edit, &change, &err);
  if (made)
    *made = done ? change.id : 0;
  return ended(done, &change, &err, why);
}

gboolean scribe_document_take(ScribeDocument *self, CytoReady *ready, const CytoEdit *edit,
                              char **why) {
  CytoChange change = {0};
  CytoError err = {0};
  gboolean done = ready ? cyto_ready_take(ready, self->core, edit, NULL, &change, &err)
                        : cyto_document_apply(self->core, edit, &change, &err);
  return ended(done, &change, &err, why);
}

static gboolean step(ScribeDocument *self, gboolean redo, char **why) {
  CytoChange change = {0};
  CytoError err = {0};
  return ended((redo ? cyto_document_redo : cyto_document_undo)(self->core, &change, &err), &change,
               &err, why);
}

gboolean scribe_document_undo(ScribeDocument *self, char **why) {
  return step(self, FALSE, why);
}

gboolean scribe_document_redo(ScribeDocument *self, char **why) {
  return step(self, TRUE, why);
}

static char *step_name(ScribeDocument *self, bool redo) {
  const CytoPatch *patch = cyto_undo_peek(cyto_document_history(self->core), redo);
  return patch ? scribe_step_text(patch->kind, patch->count) : NULL;
}

char *scribe_document_undo_name(ScribeDocument *self) {
  return step_name(self, false);
}

char *scribe_document_redo_name(ScribeDocument *self) {
  return step_name(self, true);
}

gboolean scribe_document_stroke_begin(ScribeDocument *self, const CytoBrush *brush, char **why) {
  CytoError err = {0};
  return ended(cyto_document_stroke_begin(self->core, *brush, &err), &(CytoChange){0}, &err, why);
}

gboolean scribe_document_stroke_to(ScribeDocument *self, const CytoPoint *from, const CytoPoint *to,
                                   double radius, char **why) {
  CytoChange change = {0};
  CytoError err = {0};
  return ended(cyto_document_stroke_to(self->core, *from, *to, radius, &change, &err), &change,
               &err, why);
}

gboolean scribe_document_stroke_end(ScribeDocument *self, guint32 *made, char **why) {
  CytoChange change = {0};
  CytoError err = {0};
  gboolean done = cyto_document_stroke_end(self->core, &change, &err);
  if (made)
    *made = done ? change.id : 0;
  return ended(done, &change, &err, why);
}

void scribe_document_stroke_cancel(ScribeDocument *self) {
  CytoChange change = {0};
  if (cyto_document_stroking(self->core))
    cyto_document_stroke_cancel(self->core, &change);
}

gboolean scribe_document_is_stroking(ScribeDocument *self) {
  return cyto_document_stroking(self->core);
}

/* Safety */

gboolean scribe_document_is_dirty(ScribeDocument *self) {
  return cyto_document_dirty(self->core);
}

void scribe_document_set_saved(ScribeDocument *self, guint64 state) {
  cyto_document_saved(self->core, state);
  g_signal_emit(self, signals[STATE_CHANGED], 0);
}

void scribe_document_set_provenance(ScribeDocument *self, const char *model, const char *settings) {
  cyto_document_set_provenance(self->core, model, settings, NULL);
}

CytoJournalWrite *scribe_document_take_journal(ScribeDocument *self) {
  return cyto_document_journal_take(self->core);
}

gboolean scribe_document_end_journal(ScribeDocument *self, CytoJournalWrite *write, char **why) {
  CytoError err = {0};
  if (cyto_document_journal_done(self->core, write, &err))
    return TRUE;
  if (why)
    *why = g_strdup(err.text);
  return FALSE;
}

void scribe_document_discard(ScribeDocument *self) {
  self->discard = TRUE;
}

/* The cells of the plane that is shown: which are selected, and which are hidden. */
#include "scribe-document-inside.h"
#include <string.h>

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
  scribe_document_tell(self, SELECTION_CHANGED);
}

void scribe_document_select_one(ScribeDocument *self, guint32 id) {
  scribe_document_select(self, &id, id ? 1 : 0);
}

void scribe_document_toggle_selected(ScribeDocument *self, guint32 id) {
  guint at;
  if (g_array_binary_search(self->selection, &id, compare_ids, &at)) {
    g_array_remove_index(self->selection, at);
    scribe_document_tell(self, SELECTION_CHANGED);
    return;
  }
  g_autoptr(GArray) more = g_array_copy(self->selection);
  g_array_append_val(more, id);
  scribe_document_select(self, (const guint32 *)(gpointer)more->data, more->len);
}

/* Hidden cells */

static void tell_hidden(ScribeDocument *self) {
  scribe_document_tell(self, LABELS_CHANGED);
  scribe_document_tell(self, STATE_CHANGED);
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

const CytoCells *scribe_document_get_cells(ScribeDocument *self) {
  return cyto_document_cells(self->core, self->plane);
}

guint scribe_document_count_cells(ScribeDocument *self) {
  guint n = 0;
  for (gsize z = 0; z < cyto_document_planes(self->core); z++)
    n += cyto_document_cells(self->core, z)->count;
  return n;
}

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
  scribe_document_tell(self, SELECTION_CHANGED);
}

static gboolean is_gone(gpointer id, gpointer value, gpointer data) {
  ScribeDocument *self = data;
  (void)value;
  for (gsize z = 0; z < cyto_document_planes(self->core); z++)
    if (cyto_cells_get(cyto_document_cells(self->core, z), GPOINTER_TO_UINT(id)))
      return FALSE;
  return TRUE;
}

void scribe_document_forget_gone(ScribeDocument *self) {
  prune_selection(self);
  g_hash_table_foreach_remove(self->hidden, is_gone, self);
}

/* What an area drawn around cells does to the selection, or to the cells. */
#include "scribe-canvas-private.h"
#include "../cyto/doc/edit.h"
#include <glib/gi18n.h>
#include <stdlib.h>

/* The cells nobody sees are left alone. */
static size_t leave_hidden(ScribeCanvas *self, uint32_t *ids, size_t n) {
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (!scribe_document_is_hidden(self->document, ids[i]))
      ids[kept++] = ids[i];
  return kept;
}

static void change_selection(ScribeCanvas *self, const uint32_t *ids, size_t n, ScribeRegion how) {
  guint before = 0;
  const guint32 *selected = scribe_document_get_selection(self->document, &before);
  g_autoptr(GHashTable) chosen = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < before && how != SCRIBE_REGION_SELECT; i++)
    g_hash_table_add(chosen, GUINT_TO_POINTER(selected[i]));
  for (size_t i = 0; i < n; i++)
    if (how == SCRIBE_REGION_TAKE)
      g_hash_table_remove(chosen, GUINT_TO_POINTER(ids[i]));
    else
      g_hash_table_add(chosen, GUINT_TO_POINTER(ids[i]));
  g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(guint32));
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, chosen);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    guint32 id = GPOINTER_TO_UINT(key);
    g_array_append_val(list, id);
  }
  scribe_document_select(self->document, (const guint32 *)(gpointer)list->data, list->len);
}

void scribe_canvas_region(ScribeCanvas *self, const CytoPoint *point, size_t n, ScribeRegion how) {
  uint32_t *ids = NULL;
  size_t found = 0;
  CytoError err = {0};
  if (!self->document)
    return;
  if (!cyto_cells_in_shape(scribe_document_get_cells(self->document), point, n, &ids, &found,
                           &err)) {
    scribe_canvas_say(self, err.text);
    return;
  }
  found = leave_hidden(self, ids, found);
  if (found == 0 && how != SCRIBE_REGION_SELECT)
    scribe_canvas_say(self, _("No cell lies there with at least half of its area."));
  else if (how == SCRIBE_REGION_DELETE)
    scribe_canvas_apply(self, &(CytoEdit){.kind = CYTO_EDIT_DELETE, .ids = ids, .n_ids = found},
                        NULL);
  else
    change_selection(self, ids, found, how);
  free(ids);
}

void scribe_canvas_use_region(ScribeCanvas *self, const CytoPoint *point, gsize n,
                              gboolean remove) {
  scribe_canvas_region(self, point, n, remove ? SCRIBE_REGION_DELETE : SCRIBE_REGION_SELECT);
}

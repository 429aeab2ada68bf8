#include "scribe-window-private.h"
#include <glib/gi18n.h>

/* Commands that change the cells or choose among them. */

static void edit_with(ScribeWindow *self, CytoEditKind kind, guint amount, gboolean need) {
  g_autofree char *why = NULL;
  guint n;
  if (!self->doc)
    return;
  const guint32 *ids = scribe_document_get_selection(self->doc, &n);
  if (need && n == 0) {
    scribe_window_toast(self, _("Select a cell first: click on it."));
    return;
  }
  g_autofree guint32 *copy = g_memdup2(ids, n * sizeof *ids);
  CytoEdit edit = {.kind = kind,
                   .z = scribe_document_get_plane(self->doc),
                   .ids = n ? copy : NULL,
                   .n_ids = n,
                   .amount = amount};
  if (!scribe_document_apply(self->doc, &edit, NULL, &why) && why)
    scribe_window_toast(self, why);
}

ACTION(undo) {
  UNUSED;
  ScribeWindow *self = data;
  g_autofree char *why = NULL;
  if (self->doc && !scribe_document_undo(self->doc, &why) && why)
    scribe_window_toast(self, why);
}

ACTION(redo) {
  UNUSED;
  ScribeWindow *self = data;
  g_autofree char *why = NULL;
  if (self->doc && !scribe_document_redo(self->doc, &why) && why)
    scribe_window_toast(self, why);
}

ACTION(delete_selected) {
  UNUSED;
  edit_with(data, CYTO_EDIT_DELETE, 0, TRUE);
}

ACTION(merge_selected) {
  UNUSED;
  edit_with(data, CYTO_EDIT_MERGE, 0, TRUE);
}

ACTION(fill_holes) {
  UNUSED;
  edit_with(data, CYTO_EDIT_FILL_HOLES, 0, FALSE);
}

ACTION(keep_largest) {
  UNUSED;
  edit_with(data, CYTO_EDIT_KEEP_LARGEST, 0, FALSE);
}

ACTION(smooth) {
  UNUSED;
  edit_with(data, CYTO_EDIT_SMOOTH, 3, FALSE);
}

ACTION(grow) {
  UNUSED;
  edit_with(data, CYTO_EDIT_GROW, 1, FALSE);
}

ACTION(shrink) {
  UNUSED;
  edit_with(data, CYTO_EDIT_SHRINK, 1, FALSE);
}

ACTION(relabel) {
  UNUSED;
  ScribeWindow *self = data;
  scribe_document_select_one(self->doc, 0);
  edit_with(self, CYTO_EDIT_RELABEL, 0, FALSE);
}

ACTION(clear) {
  UNUSED;
  ScribeWindow *self = data;
  scribe_document_select_one(self->doc, 0);
  edit_with(self, CYTO_EDIT_CLEAR, 0, FALSE);
}

ACTION(select_cell) {
  (void)action;
  ScribeWindow *self = data;
  if (self->doc)
    scribe_document_select_one(self->doc, g_variant_get_uint32(parameter));
}

ACTION(select_all) {
  UNUSED;
  ScribeWindow *self = data;
  const CytoCells *cells = scribe_document_get_cells(self->doc);
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint32));
  for (guint32 id = 1; id <= cells->top; id++)
    if (cyto_cells_get(cells, id))
      g_array_append_val(ids, id);
  scribe_document_select(self->doc, (const guint32 *)(gpointer)ids->data, ids->len);
}

/* An outline, or a line across cells, as a flat list of x, y: what the pointer draws, for tests. */
static void draw_with(ScribeWindow *self, CytoEditKind kind, GVariant *parameter) {
  gsize n;
  g_autofree char *why = NULL;
  const double *xy = g_variant_get_fixed_array(parameter, &n, sizeof(double));
  if (!self->doc || n < 2)
    return;
  g_autofree CytoPoint *points = g_new(CytoPoint, n / 2);
  for (gsize i = 0; i < n / 2; i++)
    points[i] = (CytoPoint){xy[2 * i + 1], xy[2 * i]};
  CytoEdit edit = {
      .kind = kind, .z = scribe_document_get_plane(self->doc), .points = points, .n_points = n / 2};
  if (!scribe_document_apply(self->doc, &edit, NULL, &why) && why)
    scribe_window_toast(self, why);
}

ACTION(draw_outline) {
  (void)action;
  draw_with(data, CYTO_EDIT_DRAW, parameter);
}

ACTION(split_along) {
  (void)action;
  draw_with(data, CYTO_EDIT_SPLIT, parameter);
}

static const GActionEntry entries[] = {
    {"undo", undo, NULL, NULL, NULL, {0}},
    {"redo", redo, NULL, NULL, NULL, {0}},
    {"delete-selected", delete_selected, NULL, NULL, NULL, {0}},
    {"merge-selected", merge_selected, NULL, NULL, NULL, {0}},
    {"fill-holes", fill_holes, NULL, NULL, NULL, {0}},
    {"keep-largest", keep_largest, NULL, NULL, NULL, {0}},
    {"smooth", smooth, NULL, NULL, NULL, {0}},
    {"grow", grow, NULL, NULL, NULL, {0}},
    {"shrink", shrink, NULL, NULL, NULL, {0}},
    {"relabel", relabel, NULL, NULL, NULL, {0}},
    {"clear", clear, NULL, NULL, NULL, {0}},
    {"select", select_cell, "u", NULL, NULL, {0}},
    {"select-all", select_all, NULL, NULL, NULL, {0}},
    {"draw-outline", draw_outline, "ad", NULL, NULL, {0}},
    {"split-along", split_along, "ad", NULL, NULL, {0}},
};

void scribe_window_add_edits(ScribeWindow *self) {
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
}

#include "scribe-window-private.h"
#include <glib/gi18n.h>
#include <string.h>

/* Commands that change the cells or choose among them. */

/* Edits by the name of their action. `scope`: the selected cells, those or else all, or all. */
typedef enum { SELECTED, SELECTED_OR_ALL, ALL } Scope;

static const struct Command {
  const char *name;
  CytoEditKind kind;
  guint amount;
  Scope scope;
} commands[] = {
    {"delete-selected", CYTO_EDIT_DELETE, 0, SELECTED},
    {"merge-selected", CYTO_EDIT_MERGE, 0, SELECTED},
    {"fill-holes", CYTO_EDIT_FILL_HOLES, 0, SELECTED_OR_ALL},
    {"keep-largest", CYTO_EDIT_KEEP_LARGEST, 0, SELECTED_OR_ALL},
    {"smooth", CYTO_EDIT_SMOOTH, 3, SELECTED_OR_ALL},
    {"grow", CYTO_EDIT_GROW, 1, SELECTED_OR_ALL},
    {"shrink", CYTO_EDIT_SHRINK, 1, SELECTED_OR_ALL},
    {"relabel", CYTO_EDIT_RELABEL, 0, SELECTED_OR_ALL},
    {"clear", CYTO_EDIT_CLEAR, 0, ALL},
    {"fill-planes", CYTO_EDIT_INTERPOLATE, 0, SELECTED},
};

static const struct Command *command_of(GSimpleAction *action) {
  const char *name = g_action_get_name(G_ACTION(action));
  for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
    if (g_str_equal(commands[i].name, name))
      return &commands[i];
  return NULL;
}

static void apply(ScribeWindow *self, const CytoEdit *edit) {
  g_autofree char *why = NULL;
  if (!scribe_document_apply(self->doc, edit, NULL, &why) && why)
    scribe_window_toast(self, why);
}

ACTION(edit_cells) {
  (void)parameter;
  ScribeWindow *self = data;
  const struct Command *command = command_of(action);
  guint n;
  if (!self->doc)
    return;
  if (command->scope == ALL)
    scribe_document_select_one(self->doc, 0);
  const guint32 *ids = scribe_document_get_selection(self->doc, &n);
  if (command->scope == SELECTED && n == 0) {
    scribe_window_toast(self, _("Select a cell first: click on it."));
    return;
  }
  g_autofree guint32 *copy = g_memdup2(ids, n * sizeof *ids);
  CytoEdit edit = {.kind = command->kind,
                   .z = scribe_document_get_plane(self->doc),
                   .ids = n ? copy : NULL,
                   .n_ids = n,
                   .amount = command->amount};
  if (edit.kind == CYTO_EDIT_RELABEL) /* the numbers will be those of other cells */
    scribe_document_select_one(self->doc, 0);
  if (edit.kind == CYTO_EDIT_INTERPOLATE) /* within one moment of a series */
    edit.amount = (guint)scribe_document_get_image(self->doc)->nz;
  apply(self, &edit);
}

ACTION(step) {
  (void)parameter;
  ScribeWindow *self = data;
  g_autofree char *why = NULL;
  if (!self->doc)
    return;
  gboolean done = g_str_equal(g_action_get_name(G_ACTION(action)), "undo")
                      ? scribe_document_undo(self->doc, &why)
                      : scribe_document_redo(self->doc, &why);
  if (!done && why)
    scribe_window_toast(self, why);
}

/* The way through the cells nobody has looked at. */
ACTION(review) {
  (void)parameter;
  ScribeWindow *self = data;
  const char *name = g_action_get_name(G_ACTION(action));
  if (g_str_equal(name, "accept"))
    scribe_panel_cells_accept(self->cells);
  else
    scribe_panel_cells_next(self->cells, g_str_has_prefix(name, "next") ? 1 : -1);
}

ACTION(hide_selected) {
  UNUSED;
  ScribeWindow *self = data;
  guint n = 0;
  const guint32 *ids = self->doc ? scribe_document_get_selection(self->doc, &n) : NULL;
  g_autofree guint32 *copy = g_memdup2(ids, n * sizeof *ids);
  if (n == 0)
    return;
  scribe_document_set_hidden(self->doc, copy, n, TRUE);
  scribe_document_select_one(self->doc, 0);
}

ACTION(show_all) {
  UNUSED;
  ScribeWindow *self = data;
  if (self->doc)
    scribe_document_show_all(self->doc);
}

ACTION(step_plane) {
  (void)parameter;
  ScribeWindow *self = data;
  gboolean next = g_str_has_prefix(g_action_get_name(G_ACTION(action)), "next");
  guint plane = self->doc ? scribe_document_get_plane(self->doc) : 0;
  if (!self->doc || (!next && plane == 0))
    return;
  scribe_document_set_plane(self->doc, next ? plane + 1 : plane - 1);
  gtk_adjustment_set_value(self->plane_range, scribe_document_get_plane(self->doc) + 1);
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

/* What the pointer draws, as a flat list of x, y: for tests. */
static CytoPoint *points_of(GVariant *parameter, gsize *n) {
  const double *xy = g_variant_get_fixed_array(parameter, n, sizeof(double));
  *n /= 2;
  CytoPoint *points = g_new(CytoPoint, *n + 1);
  for (gsize i = 0; i < *n; i++)
    points[i] = (CytoPoint){xy[2 * i + 1], xy[2 * i]};
  return points;
}

ACTION(draw) {
  ScribeWindow *self = data;
  gsize n;
  g_autofree CytoPoint *points = points_of(parameter, &n);
  gboolean outline = g_str_equal(g_action_get_name(G_ACTION(action)), "draw-outline");
  CytoEdit edit = {
      .kind = outline ? CYTO_EDIT_DRAW : CYTO_EDIT_SPLIT, .points = points, .n_points = n};
  if (!self->doc || n == 0)
    return;
  edit.z = scribe_document_get_plane(self->doc);
  apply(self, &edit);
}

ACTION(lasso) {
  ScribeWindow *self = data;
  gsize n;
  g_autofree CytoPoint *points = points_of(parameter, &n);
  gboolean away = g_str_equal(g_action_get_name(G_ACTION(action)), "delete-region");
  if (n >= 3)
    scribe_canvas_use_region(self->canvas, points, n, away);
}

static const GActionEntry entries[] = {
    {"undo", step, NULL, NULL, NULL, {0}},
    {"redo", step, NULL, NULL, NULL, {0}},
    {"next-unseen", review, NULL, NULL, NULL, {0}},
    {"previous-unseen", review, NULL, NULL, NULL, {0}},
    {"accept", review, NULL, NULL, NULL, {0}},
    {"hide-selected", hide_selected, NULL, NULL, NULL, {0}},
    {"show-all", show_all, NULL, NULL, NULL, {0}},
    {"next-plane", step_plane, NULL, NULL, NULL, {0}},
    {"previous-plane", step_plane, NULL, NULL, NULL, {0}},
    {"select", select_cell, "u", NULL, NULL, {0}},
    {"select-all", select_all, NULL, NULL, NULL, {0}},
    {"draw-outline", draw, "ad", NULL, NULL, {0}},
    {"split-along", draw, "ad", NULL, NULL, {0}},
    {"lasso", lasso, "ad", NULL, NULL, {0}},
    {"delete-region", lasso, "ad", NULL, NULL, {0}},
};

void scribe_window_add_edits(ScribeWindow *self) {
  GActionMap *map = G_ACTION_MAP(self);
  g_action_map_add_action_entries(map, entries, G_N_ELEMENTS(entries), self);
  for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
    g_action_map_add_action_entries(
        map, &(GActionEntry){commands[i].name, edit_cells, NULL, NULL, NULL, {0}}, 1, self);
}

void scribe_window_update_edits(ScribeWindow *self, guint cells, guint selected) {
  static const char *const by_cells[] = {"select-all", "next-unseen",   "previous-unseen", "accept",
                                         "lasso",      "delete-region", "split-along"};
  guint planes = self->doc ? scribe_document_get_n_planes(self->doc) : 0;
  for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
    scribe_window_enable(self, commands[i].name,
                         commands[i].scope == SELECTED ? selected > 0 : cells > 0);
  for (guint i = 0; i < G_N_ELEMENTS(by_cells); i++)
    scribe_window_enable(self, by_cells[i], cells > 0);
  scribe_window_enable(self, "merge-selected", selected > 1);
  scribe_window_enable(self, "fill-planes", selected > 0 && planes > 1);
  scribe_window_enable(self, "hide-selected", selected > 0);
  scribe_window_enable(self, "show-all", self->doc && scribe_document_count_hidden(self->doc) > 0);
  scribe_window_enable(self, "next-plane", planes > 1);
  scribe_window_enable(self, "previous-plane", planes > 1);
}

/* What the tools ask for, done: pans, selections, edits of the document, and why not. */
#include "scribe-canvas-private.h"
#include "../cyto/doc/edit.h"
#include <glib/gi18n.h>

static void host_pan(void *data, double dx, double dy) {
  ScribeCanvas *self = data;
  int s = scribe_canvas_factor(self);
  scribe_frame_pan(self->frame, dx * s, dy * s);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void host_fit(void *data) {
  ScribeCanvas *self = data;
  scribe_frame_fit(self->frame);
  scribe_canvas_view_moved(self);
}

static uint32_t host_cell_at(void *data, CytoPoint at) {
  ScribeCanvas *self = data;
  uint32_t id = scribe_canvas_get_cell_at(self, at.x, at.y);
  return id && scribe_document_is_hidden(self->document, id) ? 0 : id;
}

static void host_select(void *data, uint32_t id, ScribeSelect how) {
  ScribeCanvas *self = data;
  guint n;
  if (!self->document)
    return;
  scribe_document_get_selection(self->document, &n);
  if (how == SCRIBE_SELECT_TOGGLE)
    scribe_document_toggle_selected(self->document, id);
  else if (n == 1 && scribe_document_is_selected(self->document, id))
    scribe_document_select_one(self->document, 0);
  else
    scribe_document_select_one(self->document, id);
}

gboolean scribe_canvas_apply(ScribeCanvas *self, const CytoEdit *edit, guint32 *made) {
  char *why = NULL;
  CytoEdit here = *edit;
  if (!self->document)
    return FALSE;
  here.z = scribe_document_get_plane(self->document);
  gboolean done = scribe_document_apply(self->document, &here, made, &why);
  if (!done)
    scribe_canvas_say(self, why);
  g_free(why);
  return done;
}

static void host_erase_cell(void *data, uint32_t id) {
  scribe_canvas_apply(data, &(CytoEdit){.kind = CYTO_EDIT_DELETE, .ids = &id, .n_ids = 1}, NULL);
}

/* The selected cells and those in `more` become the first selected one. */
static void merge(ScribeCanvas *self, const guint32 *more, guint n_more) {
  guint n;
  const guint32 *selected = scribe_document_get_selection(self->document, &n);
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint32));
  g_array_append_vals(ids, selected, n);
  g_array_append_vals(ids, more, n_more);
  guint32 made = 0;
  CytoEdit edit = {
      .kind = CYTO_EDIT_MERGE, .ids = (guint32 *)(gpointer)ids->data, .n_ids = ids->len};
  if (scribe_canvas_apply(self, &edit, &made) && made)
    scribe_document_select_one(self->document, made);
  g_array_unref(ids);
}

static void host_merge(void *data, uint32_t id) {
  ScribeCanvas *self = data;
  guint n = 0;
  if (!self->document)
    return;
  scribe_document_get_selection(self->document, &n);
  if (n == 0)
    scribe_canvas_say(self, _("First click the cell to merge into, then Alt-click the other."));
  else if (!scribe_document_is_selected(self->document, id))
    merge(self, &id, 1);
}

static void host_outline(void *data, const CytoPoint *point, size_t n, bool steal) {
  ScribeCanvas *self = data;
  CytoEdit edit = {.kind = CYTO_EDIT_DRAW, .points = point, .n_points = n, .steal = steal};
  g_array_set_size(self->refused, 0);
  if (!scribe_canvas_apply(self, &edit, NULL) && self->document)
    g_array_append_vals(self->refused, point, (guint)n);
}

static void host_split(void *data, const CytoPoint *point, size_t n) {
  ScribeCanvas *self = data;
  guint selected = 0;
  if (!self->document)
    return;
  const guint32 *ids = scribe_document_get_selection(self->document, &selected);
  /* A selection protects the cells around it; without one the line cuts what it crosses. */
  CytoEdit edit = {.kind = CYTO_EDIT_SPLIT,
                   .points = point,
                   .n_points = n,
                   .ids = selected ? ids : NULL,
                   .n_ids = selected};
  scribe_canvas_apply(self, &edit, NULL);
}

static void host_region(void *data, const CytoPoint *point, size_t n, ScribeRegion how) {
  scribe_canvas_region(data, point, n, how);
}

static void say_once(ScribeCanvas *self, char *why) {
  if (!self->stroke_failed)
    scribe_canvas_say(self, why);
  self->stroke_failed = TRUE;
  g_free(why);
}

static bool host_stroke_begin(void *data, CytoPoint at, bool erase, bool steal) {
  ScribeCanvas *self = data;
  char *why = NULL;
  if (!self->document)
    return false;
  CytoBrush brush = {.z = scribe_document_get_plane(self->document),
                     .erase = erase,
                     .id = scribe_canvas_get_cell_at(self, at.x, at.y),
                     .steal = steal};
  if (erase && steal)
    brush.id = 0;
  self->stroke_failed = FALSE;
  if (scribe_document_stroke_begin(self->document, &brush, &why))
    return true;
  say_once(self, why);
  return false;
}

static void host_stroke_to(void *data, CytoPoint from, CytoPoint to, double radius) {
  ScribeCanvas *self = data;
  char *why = NULL;
  if (!scribe_document_stroke_to(self->document, &from, &to, radius, &why))
    say_once(self, why);
}

static void host_stroke_end(void *data) {
  ScribeCanvas *self = data;
  char *why = NULL;
  if (!scribe_document_stroke_end(self->document, NULL, &why))
    say_once(self, why);
}

static void host_stroke_cancel(void *data) {
  ScribeCanvas *self = data;
  if (self->document)
    scribe_document_stroke_cancel(self->document);
}

static void host_redraw(void *data) {
  gtk_widget_queue_draw(GTK_WIDGET(data));
}

ScribeHost scribe_canvas_make_host(ScribeCanvas *self) {
  ScribeHost host = {
      .data = self,
      .pan = host_pan,
      .fit = host_fit,
      .cell_at = host_cell_at,
      .select = host_select,
      .erase_cell = host_erase_cell,
      .merge = host_merge,
      .outline = host_outline,
      .split = host_split,
      .region = host_region,
      .stroke_begin = host_stroke_begin,
      .stroke_to = host_stroke_to,
      .stroke_end = host_stroke_end,
      .stroke_cancel = host_stroke_cancel,
      .redraw = host_redraw,
  };
  scribe_canvas_add_measures(&host);
  return host;
}

void scribe_canvas_edit_selected(ScribeCanvas *self, const char *what) {
  static const struct {
    const char *name;
    CytoEditKind kind;
    unsigned amount;
  } edits[] = {{"delete", CYTO_EDIT_DELETE, 0}, {"fill-holes", CYTO_EDIT_FILL_HOLES, 0},
               {"smooth", CYTO_EDIT_SMOOTH, 2}, {"grow", CYTO_EDIT_GROW, 1},
               {"shrink", CYTO_EDIT_SHRINK, 1}, {"keep-largest", CYTO_EDIT_KEEP_LARGEST, 0}};
  guint n = 0;
  const guint32 *ids = self->document ? scribe_document_get_selection(self->document, &n) : NULL;
  if (n == 0) {
    scribe_canvas_say(self, _("Select a cell first: click it."));
    return;
  }
  if (g_str_equal(what, "merge"))
    merge(self, NULL, 0);
  guint32 *copy = g_memdup2(ids, n * sizeof *ids);
  for (gsize i = 0; i < G_N_ELEMENTS(edits); i++)
    if (g_str_equal(what, edits[i].name))
      scribe_canvas_apply(
          self,
          &(CytoEdit){.kind = edits[i].kind, .ids = copy, .n_ids = n, .amount = edits[i].amount},
          NULL);
  g_free(copy);
}

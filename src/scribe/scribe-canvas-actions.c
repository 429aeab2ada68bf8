/* The commands of the canvas and their keys (algorithm.md §14.10). Single letters live here, on the
 * widget that has the focus, so that they never eat what is typed into an entry. */
#include "scribe-canvas-private.h"
#include "../cyto/doc/labels.h"
#include <stdlib.h>

static void zoom(ScribeCanvas *self, int steps) {
  int s = scribe_canvas_factor(self);
  double x = gtk_widget_get_width(GTK_WIDGET(self)) / 2.0;
  double y = gtk_widget_get_height(GTK_WIDGET(self)) / 2.0;
  scribe_frame_zoom_step(self->frame, steps, x * s, y * s);
  scribe_canvas_view_moved(self);
}

/* Cellpose's 1, 3, 5, 7, 9, then ever larger steps; always odd. */
static void step_brush(ScribeCanvas *self, int step) {
  static const double sizes[] = {1,  3,  5,  7,   9,   13,  17,  21,  27,  35,  45,
                                 59, 75, 99, 129, 169, 219, 289, 379, 499, 659, 999};
  guint n = G_N_ELEMENTS(sizes), i = 0;
  while (i < n - 1 && sizes[i] < self->brush)
    i++;
  if (step > 0 && sizes[i] <= self->brush && i < n - 1)
    i++;
  if (step < 0 && i > 0)
    i--;
  scribe_canvas_set_brush(self, sizes[i]);
}

static void on_zoom(GtkWidget *widget, const char *action, GVariant *parameter) {
  ScribeCanvas *self = SCRIBE_CANVAS(widget);
  (void)parameter;
  if (g_str_has_suffix(action, "zoom-one")) {
    scribe_canvas_set_zoom(self, 1);
  } else if (g_str_has_suffix(action, "zoom-fit")) {
    scribe_frame_fit(self->frame);
    scribe_canvas_view_moved(self);
  } else {
    zoom(self, g_str_has_suffix(action, "zoom-in") ? 1 : -1);
  }
}

static void on_tool(GtkWidget *widget, const char *action, GVariant *parameter) {
  (void)action;
  scribe_canvas_choose(SCRIBE_CANVAS(widget), g_variant_get_string(parameter, NULL));
}

/* Esc: what is half done; else the selection. */
static void on_cancel(GtkWidget *widget, const char *action, GVariant *parameter) {
  ScribeCanvas *self = SCRIBE_CANVAS(widget);
  (void)action, (void)parameter;
  if (!scribe_toolbox_key(self->box, SCRIBE_KEY_ESCAPE) && self->document)
    scribe_document_select_one(self->document, 0);
  gtk_widget_queue_draw(widget);
}

static void on_sketch_key(GtkWidget *widget, const char *action, GVariant *parameter) {
  (void)parameter;
  scribe_toolbox_key(SCRIBE_CANVAS(widget)->box,
                     g_str_has_suffix(action, "back") ? SCRIBE_KEY_BACK : SCRIBE_KEY_ENTER);
}

static void on_brush(GtkWidget *widget, const char *action, GVariant *parameter) {
  (void)parameter;
  step_brush(SCRIBE_CANVAS(widget), g_str_has_suffix(action, "bigger") ? 1 : -1);
}

static void on_toggle(GtkWidget *widget, const char *action, GVariant *parameter) {
  ScribeDisplay *display = SCRIBE_CANVAS(widget)->display;
  const char *name = g_variant_get_string(parameter, NULL);
  (void)action;
  GParamSpec *pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(display), name);
  if (!pspec || pspec->value_type != G_TYPE_BOOLEAN)
    return;
  gboolean value;
  g_object_get(display, name, &value, NULL);
  g_object_set(display, name, !value, NULL);
}

static void on_colour(GtkWidget *widget, const char *action, GVariant *parameter) {
  ScribeDisplay *display = SCRIBE_CANVAS(widget)->display;
  const char *name = g_variant_get_string(parameter, NULL);
  static const char *const modes[] = {"rgb", "red", "green", "blue", "gray", "spectral", NULL};
  (void)action;
  if (g_str_equal(name, "next"))
    scribe_display_step_colour(display, 1);
  else if (g_str_equal(name, "previous"))
    scribe_display_step_colour(display, -1);
  for (guint i = 0; modes[i]; i++)
    if (g_str_equal(name, modes[i]))
      scribe_display_toggle_colour(display, i);
}

static void on_view(GtkWidget *widget, const char *action, GVariant *parameter) {
  ScribeCanvas *self = SCRIBE_CANVAS(widget);
  (void)action;
  scribe_display_step_view(self->display,
                           g_str_equal(g_variant_get_string(parameter, NULL), "next") ? 1 : -1);
}

static void on_shuffle(GtkWidget *widget, const char *action, GVariant *parameter) {
  ScribeDisplay *display = SCRIBE_CANVAS(widget)->display;
  (void)action, (void)parameter;
  g_object_set(display, "seed", scribe_display_get_look(display)->seed + 1, NULL);
}

static void on_selected(GtkWidget *widget, const char *action, GVariant *parameter) {
  (void)parameter;
  scribe_canvas_edit_selected(SCRIBE_CANVAS(widget),
                              g_str_has_suffix(action, "merge-selected") ? "merge" : "delete");
}

static void on_edit(GtkWidget *widget, const char *action, GVariant *parameter) {
  (void)action;
  scribe_canvas_edit_selected(SCRIBE_CANVAS(widget), g_variant_get_string(parameter, NULL));
}

static void on_select_all(GtkWidget *widget, const char *action, GVariant *parameter) {
  ScribeCanvas *self = SCRIBE_CANVAS(widget);
  (void)action, (void)parameter;
  if (!self->document)
    return;
  const CytoCells *cells = scribe_document_get_cells(self->document);
  guint32 *ids = g_new(guint32, cells->count + 1);
  guint n = 0;
  for (guint32 id = 1; id <= cells->top; id++)
    if (cyto_cells_get(cells, id))
      ids[n++] = id;
  scribe_document_select(self->document, ids, n);
  g_free(ids);
}

static void on_pan(GtkWidget *widget, const char *action, GVariant *parameter) {
  ScribeCanvas *self = SCRIBE_CANVAS(widget);
  static const struct {
    const char *where;
    double dx, dy;
  } ways[] = {{"left", 80, 0}, {"right", -80, 0}, {"up", 0, 80}, {"down", 0, -80}};
  const char *where = g_variant_get_string(parameter, NULL);
  double s = scribe_canvas_factor(self);
  (void)action;
  for (gsize i = 0; i < G_N_ELEMENTS(ways); i++)
    if (g_str_equal(where, ways[i].where))
      scribe_frame_pan(self->frame, ways[i].dx * s, ways[i].dy * s);
  gtk_widget_queue_draw(widget);
}

static const struct {
  const char *name, *type;
  GtkWidgetActionActivateFunc f;
} actions[] = {
    {"canvas.zoom-in", NULL, on_zoom},
    {"canvas.zoom-out", NULL, on_zoom},
    {"canvas.zoom-fit", NULL, on_zoom},
    {"canvas.zoom-one", NULL, on_zoom},
    {"canvas.tool", "s", on_tool},
    {"canvas.cancel", NULL, on_cancel},
    {"canvas.back", NULL, on_sketch_key},
    {"canvas.close-outline", NULL, on_sketch_key},
    {"canvas.brush-bigger", NULL, on_brush},
    {"canvas.brush-smaller", NULL, on_brush},
    {"canvas.toggle", "s", on_toggle},
    {"canvas.colour", "s", on_colour},
    {"canvas.view", "s", on_view},
    {"canvas.shuffle-colours", NULL, on_shuffle},
    {"canvas.select-all", NULL, on_select_all},
    {"canvas.delete-selected", NULL, on_selected},
    {"canvas.merge-selected", NULL, on_selected},
    {"canvas.edit", "s", on_edit},
    {"canvas.pan", "s", on_pan},
};

static const struct {
  guint key;
  GdkModifierType modifiers;
  const char *action, *argument;
} keys[] = {
    {GDK_KEY_Escape, 0, "canvas.cancel", NULL},
    {GDK_KEY_BackSpace, 0, "canvas.back", NULL},
    {GDK_KEY_Return, 0, "canvas.close-outline", NULL},
    {GDK_KEY_KP_Enter, 0, "canvas.close-outline", NULL},
    {GDK_KEY_Delete, 0, "canvas.delete-selected", NULL},
    {GDK_KEY_KP_Delete, 0, "canvas.delete-selected", NULL},
    {GDK_KEY_a, GDK_CONTROL_MASK, "canvas.select-all", NULL},
    {GDK_KEY_a, 0, "win.previous-image", NULL},
    {GDK_KEY_Left, 0, "win.previous-image", NULL},
    {GDK_KEY_d, 0, "win.next-image", NULL},
    {GDK_KEY_Right, 0, "win.next-image", NULL},
    {GDK_KEY_w, 0, "canvas.colour", "previous"},
    {GDK_KEY_Up, 0, "canvas.colour", "previous"},
    {GDK_KEY_s, 0, "canvas.colour", "next"},
    {GDK_KEY_Down, 0, "canvas.colour", "next"},
    {GDK_KEY_r, 0, "canvas.colour", "red"},
    {GDK_KEY_g, 0, "canvas.colour", "green"},
    {GDK_KEY_b, 0, "canvas.colour", "blue"},
    {GDK_KEY_Page_Down, 0, "canvas.view", "next"},
    {GDK_KEY_Page_Up, 0, "canvas.view", "previous"},
    {GDK_KEY_x, 0, "canvas.toggle", "show-masks"},
    {GDK_KEY_z, 0, "canvas.toggle", "show-outlines"},
    {GDK_KEY_i, 0, "canvas.toggle", "show-ids"},
    {GDK_KEY_m, 0, "canvas.toggle", "hatch-manual"},
    {GDK_KEY_comma, 0, "canvas.brush-smaller", NULL},
    {GDK_KEY_period, 0, "canvas.brush-bigger", NULL},
    {GDK_KEY_plus, 0, "canvas.zoom-in", NULL},
    {GDK_KEY_equal, 0, "canvas.zoom-in", NULL},
    {GDK_KEY_KP_Add, 0, "canvas.zoom-in", NULL},
    {GDK_KEY_minus, 0, "canvas.zoom-out", NULL},
    {GDK_KEY_KP_Subtract, 0, "canvas.zoom-out", NULL},
    {GDK_KEY_0, 0, "canvas.zoom-fit", NULL},
    {GDK_KEY_1, 0, "canvas.zoom-one", NULL},
    {GDK_KEY_o, 0, "canvas.tool", "outline"},
    {GDK_KEY_p, 0, "canvas.tool", "brush"},
    {GDK_KEY_e, 0, "canvas.tool", "eraser"},
    {GDK_KEY_c, 0, "canvas.tool", "split"},
    {GDK_KEY_f, 0, "canvas.tool", "lasso"},
    {GDK_KEY_v, 0, "canvas.tool", "pan"},
    {GDK_KEY_n, 0, "win.next-unseen", NULL},
    {GDK_KEY_N, GDK_SHIFT_MASK, "win.previous-unseen", NULL},
    {GDK_KEY_y, 0, "win.accept", NULL},
    {GDK_KEY_h, 0, "win.hide-selected", NULL},
    {GDK_KEY_H, GDK_SHIFT_MASK, "win.show-all", NULL},
    {GDK_KEY_t, 0, "win.fill-planes", NULL},
    {GDK_KEY_bracketleft, 0, "win.previous-plane", NULL},
    {GDK_KEY_bracketright, 0, "win.next-plane", NULL},
    {GDK_KEY_k, 0, "canvas.tool", "disk"},
    {GDK_KEY_l, 0, "canvas.tool", "ruler"},
    {GDK_KEY_Left, GDK_SHIFT_MASK, "canvas.pan", "left"},
    {GDK_KEY_Right, GDK_SHIFT_MASK, "canvas.pan", "right"},
    {GDK_KEY_Up, GDK_SHIFT_MASK, "canvas.pan", "up"},
    {GDK_KEY_Down, GDK_SHIFT_MASK, "canvas.pan", "down"},
};

void scribe_canvas_install_actions(GtkWidgetClass *klass) {
  for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
    gtk_widget_class_install_action(klass, actions[i].name, actions[i].type, actions[i].f);
  for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
    gtk_widget_class_add_binding_action(klass, keys[i].key, keys[i].modifiers, keys[i].action,
                                        keys[i].argument ? "s" : NULL, keys[i].argument);
}

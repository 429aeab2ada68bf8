/* The few vector drawings above the picture: the unfinished outline, the brush, a message. */
#include "scribe-canvas-private.h"
#include <math.h>

static CytoPoint to_window(ScribeCanvas *self, CytoPoint p) {
  CytoPoint out;
  int s = scribe_canvas_factor(self);
  scribe_frame_to_device(self->frame, p.x, p.y, &out.x, &out.y);
  out.x /= s;
  out.y /= s;
  return out;
}

static double units(ScribeCanvas *self, double image_pixels) {
  return image_pixels * scribe_frame_get_scale(self->frame) / scribe_canvas_factor(self);
}

/* Strokes the path twice, so that it shows on any picture. */
static void stroke(cairo_t *cr, double r, double g, double b) {
  cairo_set_source_rgba(cr, 0, 0, 0, 0.55);
  cairo_set_line_width(cr, 3);
  cairo_stroke_preserve(cr);
  cairo_set_source_rgba(cr, r, g, b, 1);
  cairo_set_line_width(cr, 1.5);
  cairo_stroke(cr);
}

static void path(ScribeCanvas *self, cairo_t *cr, const CytoPoint *point, gsize n) {
  for (gsize i = 0; i < n; i++) {
    CytoPoint p = to_window(self, point[i]);
    cairo_line_to(cr, p.x, p.y);
  }
}

static void circle(cairo_t *cr, CytoPoint centre, double diameter) {
  cairo_new_sub_path(cr);
  cairo_arc(cr, centre.x, centre.y, MAX(diameter / 2, 0.5), 0, 2 * G_PI);
}

static void draw_line(ScribeCanvas *self, cairo_t *cr, const ScribeSketch *sketch) {
  static const double dashes[] = {5, 4};
  path(self, cr, sketch->line, sketch->count);
  if (sketch->count == 1)
    cairo_rel_line_to(cr, 0, 0);
  stroke(cr, 1, 0.25, 1);
  if (sketch->band) {
    CytoPoint end = to_window(self, sketch->line[sketch->count - 1]);
    CytoPoint pointer = to_window(self, sketch->pointer);
    cairo_move_to(cr, end.x, end.y);
    cairo_line_to(cr, pointer.x, pointer.y);
    cairo_set_dash(cr, dashes, 2, 0);
    stroke(cr, 1, 0.6, 1);
    cairo_set_dash(cr, NULL, 0, 0);
  }
  for (gsize i = 1; sketch->corners && i < sketch->count; i++) {
    CytoPoint p = to_window(self, sketch->line[i]);
    cairo_rectangle(cr, p.x - 2.5, p.y - 2.5, 5, 5);
  }
  stroke(cr, 1, 0.6, 1);
  if (sketch->start_circle > 0) {
    circle(cr, to_window(self, sketch->line[0]), units(self, sketch->start_circle));
    stroke(cr, 1, 0.2, 0.2);
  }
}

/* A circle; a brush of a few device pixels, which a circle would hide, gets a cross as well. */
static void draw_brush(ScribeCanvas *self, cairo_t *cr, const ScribeSketch *sketch) {
  CytoPoint at = to_window(self, sketch->pointer);
  double d = units(self, sketch->brush);
  circle(cr, at, d);
  if (d < 6) {
    cairo_move_to(cr, at.x - 8, at.y);
    cairo_line_to(cr, at.x - 4, at.y);
    cairo_move_to(cr, at.x + 4, at.y);
    cairo_line_to(cr, at.x + 8, at.y);
  }
  if (sketch->erase)
    stroke(cr, 1, 0.55, 0.2);
  else
    stroke(cr, 1, 1, 1);
}

static void draw_refused(ScribeCanvas *self, cairo_t *cr) {
  static const double dashes[] = {4, 3};
  path(self, cr, (const CytoPoint *)(gpointer)self->refused->data, self->refused->len);
  cairo_close_path(cr);
  cairo_set_dash(cr, dashes, 2, 0);
  stroke(cr, 1, 0.35, 0.3);
  cairo_set_dash(cr, NULL, 0, 0);
}

static void draw_message(ScribeCanvas *self, GtkSnapshot *snapshot) {
  enum { PAD = 10, GAP = 14 };
  int room = gtk_widget_get_width(GTK_WIDGET(self)) - 2 * (PAD + GAP), w, h;
  PangoLayout *layout = gtk_widget_create_pango_layout(GTK_WIDGET(self), self->message);
  pango_layout_set_width(layout, MAX(room, 60) * PANGO_SCALE);
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_get_pixel_size(layout, &w, &h);
  float x = (float)(gtk_widget_get_width(GTK_WIDGET(self)) - w) / 2 - PAD, y = GAP;
  GskRoundedRect box;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT(x, y, (float)w + 2 * PAD, (float)h + 2 * PAD);
  gsk_rounded_rect_init_from_rect(&box, &bounds, 8);
  gtk_snapshot_push_rounded_clip(snapshot, &box);
  gtk_snapshot_append_color(snapshot, &(GdkRGBA){0.08f, 0.08f, 0.1f, 0.86f}, &bounds);
  gtk_snapshot_pop(snapshot);
  /* Lines are laid out over the whole room; only their own width is wanted. */
  pango_layout_set_width(layout, w * PANGO_SCALE + PANGO_SCALE);
  gtk_snapshot_save(snapshot);
  gtk_snapshot_translate(snapshot, &GRAPHENE_POINT_INIT(x + PAD, y + PAD));
  gtk_snapshot_append_layout(snapshot, layout, &(GdkRGBA){1, 1, 1, 1});
  gtk_snapshot_restore(snapshot);
  g_object_unref(layout);
}

void scribe_canvas_draw_sketch(ScribeCanvas *self, GtkSnapshot *snapshot) {
  ScribeSketch sketch = scribe_toolbox_sketch(self->box);
  gboolean brush = sketch.brush > 0 && self->inside && !scribe_toolbox_panning(self->box);
  scribe_canvas_draw_measures(self, &sketch, snapshot);
  if (self->document && (sketch.count || brush || self->refused->len)) {
    cairo_t *cr = gtk_snapshot_append_cairo(
        snapshot, &GRAPHENE_RECT_INIT(0, 0, (float)gtk_widget_get_width(GTK_WIDGET(self)),
                                      (float)gtk_widget_get_height(GTK_WIDGET(self))));
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    if (self->refused->len)
      draw_refused(self, cr);
    if (sketch.count && !sketch.ruler)
      draw_line(self, cr, &sketch);
    if (brush)
      draw_brush(self, cr, &sketch);
    cairo_destroy(cr);
  }
  if (self->message)
    draw_message(self, snapshot);
}

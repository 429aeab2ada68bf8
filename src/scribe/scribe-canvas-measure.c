/* The disk and the ruler on the canvas: what their tools ask for, and how they look. */
#include "scribe-canvas-private.h"
#include "scribe-words.h"
#include <glib/gi18n.h>
#include <math.h>

static bool host_get_disk(void *data, ScribeDisk *disk) {
  ScribeCanvas *self = data;
  const ScribeLook *look = scribe_display_get_look(self->display);
  gsize ny, nx;
  if (!self->document || !look->disk || !(look->diameter > 0) ||
      !scribe_frame_get_image_size(self->frame, &ny, &nx))
    return false;
  *disk = (ScribeDisk){.diameter = look->diameter, .home = isnan(look->disk_x)};
  scribe_look_disk_centre(look, ny, &disk->at.x, &disk->at.y);
  return true;
}

/* Diameters have one decimal, as in the panel. */
static void host_set_disk(void *data, const ScribeDisk *disk) {
  ScribeCanvas *self = data;
  scribe_display_set_disk(self->display, disk->home ? NAN : disk->at.x,
                          disk->home ? NAN : disk->at.y, round(disk->diameter * 10) / 10);
}

static double pixel_size(ScribeCanvas *self) {
  const CytoImage *image = self->document ? scribe_document_get_image(self->document) : NULL;
  return image ? image->pixel_x : 0;
}

static void host_ruled(void *data, double length) {
  ScribeCanvas *self = data;
  double diameter = round(CLAMP(length, 1, 10000) * 10) / 10;
  const ScribeLook *look = scribe_display_get_look(self->display);
  g_autofree char *text = scribe_length_text(diameter, pixel_size(self));
  g_autofree char *sentence = g_strdup_printf(_("The diameter is now %s."), text);
  scribe_display_set_disk(self->display, look->disk_x, look->disk_y, diameter);
  scribe_canvas_say(self, sentence);
}

void scribe_canvas_add_measures(ScribeHost *host) {
  host->get_disk = host_get_disk;
  host->set_disk = host_set_disk;
  host->ruled = host_ruled;
}

void scribe_canvas_fit_again(ScribeCanvas *self) {
  if (!scribe_frame_is_fitted(self->frame))
    return;
  scribe_frame_fit(self->frame);
  scribe_canvas_view_moved(self);
}

static CytoPoint to_window(ScribeCanvas *self, CytoPoint p) {
  int s = scribe_canvas_factor(self);
  CytoPoint out;
  scribe_frame_to_device(self->frame, p.x, p.y, &out.x, &out.y);
  return (CytoPoint){.y = out.y / s, .x = out.x / s};
}

/* A cairo context over the square of that radius around a point, as far as it is in the window;
 * NULL when nothing of it is. */
static cairo_t *cairo_around(ScribeCanvas *self, GtkSnapshot *snapshot, CytoPoint at,
                             double radius) {
  double x0 = fmax(at.x - radius - 4, 0), y0 = fmax(at.y - radius - 4, 0);
  double x1 = fmin(at.x + radius + 4, gtk_widget_get_width(GTK_WIDGET(self)));
  double y1 = fmin(at.y + radius + 4, gtk_widget_get_height(GTK_WIDGET(self)));
  if (!(x1 > x0 && y1 > y0))
    return NULL;
  return gtk_snapshot_append_cairo(
      snapshot, &GRAPHENE_RECT_INIT((float)x0, (float)y0, (float)(x1 - x0), (float)(y1 - y0)));
}

static void draw_label(ScribeCanvas *self, GtkSnapshot *snapshot, CytoPoint at, double pixels) {
  enum { PAD = 5 };
  int w, h;
  g_autofree char *text = scribe_length_text(pixels, pixel_size(self));
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(GTK_WIDGET(self), text);
  pango_layout_get_pixel_size(layout, &w, &h);
  double x = CLAMP(at.x, 0, fmax(gtk_widget_get_width(GTK_WIDGET(self)) - w - 2 * PAD, 0));
  double y = CLAMP(at.y, 0, fmax(gtk_widget_get_height(GTK_WIDGET(self)) - h - 2 * PAD, 0));
  graphene_rect_t box =
      GRAPHENE_RECT_INIT((float)x, (float)y, (float)(w + 2 * PAD), (float)(h + 2 * PAD));
  GskRoundedRect round;
  gsk_rounded_rect_init_from_rect(&round, &box, 5);
  gtk_snapshot_push_rounded_clip(snapshot, &round);
  gtk_snapshot_append_color(snapshot, &(GdkRGBA){0.08f, 0.08f, 0.1f, 0.8f}, &box);
  gtk_snapshot_pop(snapshot);
  gtk_snapshot_save(snapshot);
  gtk_snapshot_translate(snapshot, &GRAPHENE_POINT_INIT((float)x + PAD, (float)y + PAD));
  gtk_snapshot_append_layout(snapshot, layout, &(GdkRGBA){1, 1, 1, 1});
  gtk_snapshot_restore(snapshot);
}

/* Twice, so that it shows on any picture. */
static void stroke(cairo_t *cr) {
  cairo_set_source_rgba(cr, 0, 0, 0, 0.55);
  cairo_set_line_width(cr, 3);
  cairo_stroke_preserve(cr);
  cairo_set_source_rgba(cr, 1, 1, 1, 1);
  cairo_set_line_width(cr, 1.2);
  cairo_stroke(cr);
}

/* Where half of the cells lie: between the quartiles. */
static void draw_ring(cairo_t *cr, CytoPoint at, double inner, double outer) {
  cairo_arc(cr, at.x, at.y, outer, 0, 2 * G_PI);
  cairo_new_sub_path(cr);
  cairo_arc_negative(cr, at.x, at.y, inner, 2 * G_PI, 0);
  cairo_set_source_rgba(cr, 1, 0.35, 0.3, 0.28);
  cairo_fill(cr);
  static const double dashes[] = {4, 4};
  cairo_arc(cr, at.x, at.y, outer, 0, 2 * G_PI);
  cairo_new_sub_path(cr);
  cairo_arc(cr, at.x, at.y, inner, 0, 2 * G_PI);
  cairo_set_dash(cr, dashes, 2, 0);
  cairo_set_line_width(cr, 1);
  cairo_set_source_rgba(cr, 1, 0.75, 0.7, 0.9);
  cairo_stroke(cr);
  cairo_set_dash(cr, NULL, 0, 0);
}

/* A cross in the middle to move it by, a knob on the rim to make it larger. */
static void draw_handles(cairo_t *cr, CytoPoint at, double radius) {
  cairo_arc(cr, at.x, at.y, radius, 0, 2 * G_PI);
  stroke(cr);
  if (radius > 14) {
    cairo_move_to(cr, at.x - 5, at.y);
    cairo_line_to(cr, at.x + 5, at.y);
    cairo_move_to(cr, at.x, at.y - 5);
    cairo_line_to(cr, at.x, at.y + 5);
    stroke(cr);
  }
  cairo_arc(cr, at.x + radius, at.y, 4.5, 0, 2 * G_PI);
  cairo_set_source_rgba(cr, 1, 1, 1, 1);
  cairo_fill_preserve(cr);
  cairo_set_source_rgba(cr, 0.75, 0, 0, 1);
  cairo_set_line_width(cr, 1.5);
  cairo_stroke(cr);
}

static void draw_disk(ScribeCanvas *self, gboolean handles, GtkSnapshot *snapshot) {
  const ScribeLook *look = scribe_display_get_look(self->display);
  gboolean ring = look->spread_high > 0;
  ScribeDisk disk;
  if (look->peek || (!ring && !handles) || !host_get_disk(self, &disk))
    return;
  CytoPoint at = to_window(self, disk.at);
  double scale = scribe_frame_get_scale(self->frame) / scribe_canvas_factor(self) / 2;
  double radius = disk.diameter * scale, outer = look->spread_high * scale;
  cairo_t *cr = cairo_around(self, snapshot, at, fmax(radius + 4, outer));
  if (!cr)
    return;
  if (ring)
    draw_ring(cr, at, look->spread_low * scale, outer);
  if (handles)
    draw_handles(cr, at, radius);
  cairo_destroy(cr);
  if (handles)
    draw_label(self, snapshot, (CytoPoint){.y = at.y + 8, .x = at.x + radius + 10}, disk.diameter);
}

/* The ends of the ruler, and its length beside the pointer. */
static void draw_ruler(ScribeCanvas *self, const ScribeSketch *sketch, GtkSnapshot *snapshot) {
  CytoPoint a = to_window(self, sketch->line[0]), b = to_window(self, sketch->line[1]);
  double dx = b.x - a.x, dy = b.y - a.y, length = hypot(dx, dy);
  cairo_t *cr = cairo_around(self, snapshot, b, length + 8);
  if (!cr)
    return;
  for (int i = 0; i < 2 && length > 0; i++) {
    CytoPoint end = i ? b : a;
    cairo_move_to(cr, end.x - 6 * dy / length, end.y + 6 * dx / length);
    cairo_line_to(cr, end.x + 6 * dy / length, end.y - 6 * dx / length);
  }
  cairo_move_to(cr, a.x, a.y);
  cairo_line_to(cr, b.x, b.y);
  stroke(cr);
  cairo_destroy(cr);
  draw_label(self, snapshot, (CytoPoint){.y = b.y + 10, .x = b.x + 12},
             hypot(sketch->line[1].x - sketch->line[0].x, sketch->line[1].y - sketch->line[0].y));
}

void scribe_canvas_draw_measures(ScribeCanvas *self, const ScribeSketch *sketch,
                                 GtkSnapshot *snapshot) {
  if (!self->document)
    return;
  draw_disk(self, sketch->handles, snapshot);
  if (sketch->ruler)
    draw_ruler(self, sketch, snapshot);
}

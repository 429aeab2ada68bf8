#include "scribe-histogram.h"
#include <math.h>

enum { HEIGHT = 34, GRIP = 8, EDGE = 4 };

struct _ScribeHistogram {
  GtkWidget parent;
  ScribeDisplay *display;
  guint c;
  int handle;    /* 1 = minimum, 2 = maximum, 3 = both; 0 = none is held */
  CytoLevels at; /* when the drag began */
};

G_DEFINE_FINAL_TYPE(ScribeHistogram, scribe_histogram, GTK_TYPE_WIDGET)

static const ScribeChannel *channel_of(ScribeHistogram *self) {
  return self->display ? scribe_display_get_channel(self->display, self->c) : NULL;
}

/* The values from the left edge to the right one: all pixels, and the handles. */
static void range_of(const ScribeChannel *channel, double *low, double *high) {
  const CytoHistogram *h = &channel->histogram;
  *low = fmin(h->min, channel->levels.min);
  *high = fmax(h->max, channel->levels.max);
  if (!(*high > *low))
    *high = *low + 1;
}

static double x_of(ScribeHistogram *self, double value, double low, double high) {
  double room = gtk_widget_get_width(GTK_WIDGET(self)) - 2 * EDGE;
  return EDGE + (value - low) / (high - low) * room;
}

static void draw_bars(ScribeHistogram *self, cairo_t *cr, const ScribeChannel *channel, double low,
                      double high) {
  const CytoHistogram *h = &channel->histogram;
  double bin = (h->max - h->min) / CYTO_HISTOGRAM_BINS, most = 0;
  int height = gtk_widget_get_height(GTK_WIDGET(self));
  /* The root keeps a few bright cells visible beside a large background. */
  for (int i = 0; i < CYTO_HISTOGRAM_BINS; i++)
    most = fmax(most, sqrt((double)h->bins[i]));
  if (!(most > 0) || !(bin > 0))
    return;
  cairo_move_to(cr, x_of(self, h->min, low, high), height);
  for (int i = 0; i < CYTO_HISTOGRAM_BINS; i++) {
    double y = height - sqrt((double)h->bins[i]) / most * (height - 4);
    cairo_line_to(cr, x_of(self, h->min + i * bin, low, high), y);
    cairo_line_to(cr, x_of(self, h->min + (i + 1) * bin, low, high), y);
  }
  cairo_line_to(cr, x_of(self, h->max, low, high), height);
  cairo_fill(cr);
}

static void draw_curve(ScribeHistogram *self, cairo_t *cr, const CytoLevels *levels, double low,
                       double high) {
  int width = gtk_widget_get_width(GTK_WIDGET(self)),
      height = gtk_widget_get_height(GTK_WIDGET(self));
  for (int x = 0; x <= width; x++) {
    double value = low + (x - EDGE) / (double)MAX(width - 2 * EDGE, 1) * (high - low);
    double light = cyto_levels_value(levels, value) / 255.0;
    cairo_line_to(cr, x, height - 1 - light * (height - 3));
  }
  cairo_set_line_width(cr, 1.5);
  cairo_stroke(cr);
}

static void draw_handle(ScribeHistogram *self, cairo_t *cr, double value, double low, double high) {
  int height = gtk_widget_get_height(GTK_WIDGET(self));
  double x = round(x_of(self, value, low, high)) + 0.5;
  cairo_move_to(cr, x, 0);
  cairo_line_to(cr, x, height);
  cairo_set_line_width(cr, 1);
  cairo_stroke(cr);
  cairo_move_to(cr, x - 4, height);
  cairo_line_to(cr, x + 4, height);
  cairo_line_to(cr, x, height - 7);
  cairo_close_path(cr);
  cairo_fill(cr);
}

static void scribe_histogram_snapshot(GtkWidget *widget, GtkSnapshot *snapshot) {
  ScribeHistogram *self = SCRIBE_HISTOGRAM(widget);
  const ScribeChannel *channel = channel_of(self);
  int w = gtk_widget_get_width(widget), h = gtk_widget_get_height(widget);
  GdkRGBA text;
  double low, high;
  if (!channel)
    return;
  gtk_style_context_get_color(gtk_widget_get_style_context(widget), &text);
  cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &GRAPHENE_RECT_INIT(0, 0, (float)w, (float)h));
  range_of(channel, &low, &high);
  cairo_set_source_rgba(cr, text.red, text.green, text.blue, 0.08);
  cairo_paint(cr);
  cairo_set_source_rgba(cr, text.red, text.green, text.blue, 0.45);
  draw_bars(self, cr, channel, low, high);
  cairo_set_source_rgba(cr, text.red, text.green, text.blue, 0.6);
  draw_curve(self, cr, &channel->levels, low, high);
  cairo_set_source_rgba(cr, text.red, text.green, text.blue, 0.95);
  draw_handle(self, cr, channel->levels.min, low, high);
  draw_handle(self, cr, channel->levels.max, low, high);
  cairo_destroy(cr);
}

static void scribe_histogram_measure(GtkWidget *widget, GtkOrientation orientation, int for_size,
                                     int *minimum, int *natural, int *min_base, int *nat_base) {
  (void)widget, (void)for_size;
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 60 : HEIGHT;
  *min_base = *nat_base = -1;
}

static void on_drag_begin(ScribeHistogram *self, double x, double y) {
  const ScribeChannel *channel = channel_of(self);
  double low, high;
  (void)y;
  self->handle = 0;
  if (!channel)
    return;
  range_of(channel, &low, &high);
  double to_min = fabs(x - x_of(self, channel->levels.min, low, high));
  double to_max = fabs(x - x_of(self, channel->levels.max, low, high));
  self->at = channel->levels;
  /* Between the handles, away from both, the whole window of contrast moves. */
  self->handle = to_min > 3 * GRIP && to_max > 3 * GRIP ? 3 : to_min <= to_max ? 1 : 2;
}

static void on_drag_update(ScribeHistogram *self, double dx, double dy) {
  const ScribeChannel *channel = channel_of(self);
  (void)dy;
  if (!channel || !self->handle)
    return;
  const CytoHistogram *h = &channel->histogram;
  double low = fmin(h->min, self->at.min), high = fmax(h->max, self->at.max);
  double room = MAX(gtk_widget_get_width(GTK_WIDGET(self)) - 2 * EDGE, 1);
  double by = dx / room * (high > low ? high - low : 1), least = (high - low) / 1000;
  CytoLevels levels = self->at;
  if (self->handle == 3)
    by = CLAMP(by, low - levels.min, high - levels.max);
  if (self->handle & 1)
    levels.min = CLAMP(levels.min + by, low, high);
  if (self->handle & 2)
    levels.max = CLAMP(levels.max + by, low, high);
  if (self->handle == 1)
    levels.min = fmin(levels.min, levels.max - least);
  if (self->handle == 2)
    levels.max = fmax(levels.max, levels.min + least);
  scribe_display_set_levels(self->display, self->c, levels);
}

static void on_double(ScribeHistogram *self, int n) {
  if (n == 2 && self->display)
    scribe_display_auto_contrast(self->display, self->c);
}

static void scribe_histogram_class_init(ScribeHistogramClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  widget->snapshot = scribe_histogram_snapshot;
  widget->measure = scribe_histogram_measure;
  gtk_widget_class_set_css_name(widget, "scribe-histogram");
  gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_IMG);
}

static void scribe_histogram_init(ScribeHistogram *self) {
  GtkGesture *drag = gtk_gesture_drag_new(), *click = gtk_gesture_click_new();
  g_signal_connect_swapped(drag, "drag-begin", G_CALLBACK(on_drag_begin), self);
  g_signal_connect_swapped(drag, "drag-update", G_CALLBACK(on_drag_update), self);
  gtk_widget_add_controller(GTK_WIDGET(self), GTK_EVENT_CONTROLLER(drag));
  g_signal_connect_swapped(click, "pressed", G_CALLBACK(on_double), self);
  gtk_widget_add_controller(GTK_WIDGET(self), GTK_EVENT_CONTROLLER(click));
  gtk_widget_set_cursor_from_name(GTK_WIDGET(self), "ew-resize");
}

void scribe_histogram_set_channel(ScribeHistogram *self, ScribeDisplay *display, guint c) {
  self->display = display;
  self->c = c;
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

#include "scribe-canvas-private.h"
#include <glib/gi18n.h>
#include <math.h>

G_DEFINE_FINAL_TYPE(ScribeCanvas, scribe_canvas, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_ZOOM, PROP_TOOL, PROP_BRUSH_SIZE, N_PROPS };
static GParamSpec *props[N_PROPS];
enum { POINTER_MOVED, MESSAGE, N_SIGNALS };
static guint signals[N_SIGNALS];

enum { MESSAGE_SECONDS = 5, MAX_BRUSH = 2000 };

int scribe_canvas_factor(ScribeCanvas *self) {
  return gtk_widget_get_scale_factor(GTK_WIDGET(self));
}

CytoPoint scribe_canvas_point(ScribeCanvas *self, double wx, double wy) {
  CytoPoint p;
  int s = scribe_canvas_factor(self);
  scribe_frame_to_image(self->frame, wx * s, wy * s, &p.x, &p.y);
  return p;
}

void scribe_canvas_view_moved(ScribeCanvas *self) {
  scribe_toolbox_set_scale(self->box,
                           scribe_frame_get_scale(self->frame) / scribe_canvas_factor(self));
  g_object_notify_by_pspec(G_OBJECT(self), props[PROP_ZOOM]);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

void scribe_canvas_set_brush(ScribeCanvas *self, double diameter) {
  diameter = CLAMP(round(diameter), 1, MAX_BRUSH);
  if (diameter == self->brush)
    return;
  self->brush = diameter;
  scribe_toolbox_set_brush(self->box, diameter);
  g_object_notify_by_pspec(G_OBJECT(self), props[PROP_BRUSH_SIZE]);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

gboolean scribe_canvas_choose(ScribeCanvas *self, const char *tool) {
  if (!scribe_toolbox_choose(self->box, tool))
    return FALSE;
  g_object_notify_by_pspec(G_OBJECT(self), props[PROP_TOOL]);
  scribe_canvas_update_cursor(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  return TRUE;
}

/* The surroundings of the picture follow the theme: its text colour tells dark from light. */
static void update_background(ScribeCanvas *self) {
  GdkRGBA text;
  gtk_style_context_get_color(gtk_widget_get_style_context(GTK_WIDGET(self)), &text);
  gboolean dark = text.red + text.green + text.blue > 1.5f;
  scribe_frame_set_background(self->frame, dark ? 0x1b1b1d : 0xc9c9cc);
}

static void scribe_canvas_snapshot(GtkWidget *widget, GtkSnapshot *snapshot) {
  ScribeCanvas *self = SCRIBE_CANVAS(widget);
  int width, height, w = gtk_widget_get_width(widget), h = gtk_widget_get_height(widget);
  update_background(self);
  GBytes *bytes = scribe_frame_compose(self->frame, &width, &height);
  if (!bytes)
    return;
  GdkTexture *texture =
      gdk_memory_texture_new(width, height, GDK_MEMORY_DEFAULT, bytes, (gsize)width * 4);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT(0, 0, (float)w, (float)h);
  gtk_snapshot_append_texture(snapshot, texture, &bounds);
  g_object_unref(texture);
  g_bytes_unref(bytes);
  gtk_snapshot_push_clip(snapshot, &bounds);
  scribe_canvas_draw_preview(self, snapshot);
  scribe_canvas_draw_sketch(self, snapshot);
  gtk_snapshot_pop(snapshot);
}

static void scribe_canvas_size_allocate(GtkWidget *widget, int width, int height, int baseline) {
  ScribeCanvas *self = SCRIBE_CANVAS(widget);
  (void)baseline;
  int s = scribe_canvas_factor(self);
  double zoom = scribe_frame_get_scale(self->frame);
  scribe_frame_set_size(self->frame, width * s, height * s, s);
  if (scribe_frame_get_scale(self->frame) != zoom)
    scribe_canvas_view_moved(self);
}

static void scribe_canvas_measure(GtkWidget *widget, GtkOrientation orientation, int for_size,
                                  int *minimum, int *natural, int *min_base, int *nat_base) {
  (void)widget, (void)for_size;
  *minimum = 160;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 900 : 700;
  *min_base = *nat_base = -1;
}

void scribe_canvas_forget_message(ScribeCanvas *self) {
  g_clear_handle_id(&self->message_source, g_source_remove);
  g_clear_pointer(&self->message, g_free);
  g_array_set_size(self->refused, 0);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static gboolean on_message_over(gpointer data) {
  ScribeCanvas *self = data;
  self->message_source = 0;
  scribe_canvas_forget_message(self);
  return G_SOURCE_REMOVE;
}

void scribe_canvas_say(ScribeCanvas *self, const char *text) {
  if (!text || !*text)
    return;
  g_free(self->message);
  self->message = g_strdup(text);
  g_clear_handle_id(&self->message_source, g_source_remove);
  self->message_source = g_timeout_add_seconds(MESSAGE_SECONDS, on_message_over, self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  g_signal_emit(self, signals[MESSAGE], 0, text);
}

void scribe_canvas_tell_pointer(ScribeCanvas *self) {
  CytoPoint p = scribe_canvas_point(self, self->px, self->py);
  if (!self->inside)
    p.x = p.y = NAN;
  scribe_canvas_set_hover(self, self->inside ? scribe_canvas_get_cell_at(self, p.x, p.y) : 0);
  g_signal_emit(self, signals[POINTER_MOVED], 0, p.x, p.y);
}

static void scribe_canvas_get_property(GObject *object, guint id, GValue *value,
                                       GParamSpec *pspec) {
  ScribeCanvas *self = SCRIBE_CANVAS(object);
  switch (id) {
  case PROP_ZOOM:
    g_value_set_double(value, scribe_canvas_get_zoom(self));
    break;
  case PROP_TOOL:
    g_value_set_string(value, scribe_toolbox_chosen(self->box));
    break;
  case PROP_BRUSH_SIZE:
    g_value_set_double(value, self->brush);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void scribe_canvas_set_property(GObject *object, guint id, const GValue *value,
                                       GParamSpec *pspec) {
  ScribeCanvas *self = SCRIBE_CANVAS(object);
  switch (id) {
  case PROP_ZOOM:
    scribe_canvas_set_zoom(self, g_value_get_double(value));
    break;
  case PROP_TOOL:
    if (g_value_get_string(value))
      scribe_canvas_choose(self, g_value_get_string(value));
    break;
  case PROP_BRUSH_SIZE:
    scribe_canvas_set_brush(self, g_value_get_double(value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void scribe_canvas_dispose(GObject *object) {
  ScribeCanvas *self = SCRIBE_CANVAS(object);
  scribe_canvas_set_document(self, NULL);
  g_clear_handle_id(&self->message_source, g_source_remove);
  g_clear_object(&self->preview);
  g_clear_object(&self->document_signals);
  g_clear_object(&self->display_signals);
  G_OBJECT_CLASS(scribe_canvas_parent_class)->dispose(object);
}

static void scribe_canvas_finalize(GObject *object) {
  ScribeCanvas *self = SCRIBE_CANVAS(object);
  scribe_toolbox_free(self->box);
  scribe_frame_free(self->frame);
  g_clear_object(&self->display);
  g_free(self->message);
  g_array_unref(self->refused);
  G_OBJECT_CLASS(scribe_canvas_parent_class)->finalize(object);
}

static void scribe_canvas_class_init(ScribeCanvasClass *klass) {
  GObjectClass *object = G_OBJECT_CLASS(klass);
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  object->dispose = scribe_canvas_dispose;
  object->finalize = scribe_canvas_finalize;
  object->get_property = scribe_canvas_get_property;
  object->set_property = scribe_canvas_set_property;
  widget->snapshot = scribe_canvas_snapshot;
  widget->size_allocate = scribe_canvas_size_allocate;
  widget->measure = scribe_canvas_measure;
  props[PROP_ZOOM] = g_param_spec_double("zoom", NULL, NULL, 0, 1e3, 1, flags);
  props[PROP_TOOL] = g_param_spec_string("tool", NULL, NULL, "outline", flags);
  props[PROP_BRUSH_SIZE] = g_param_spec_double("brush-size", NULL, NULL, 1, MAX_BRUSH, 3, flags);
  g_object_class_install_properties(object, N_PROPS, props);
  signals[POINTER_MOVED] =
      g_signal_new("pointer-moved", SCRIBE_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                   G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[MESSAGE] = g_signal_new("message", SCRIBE_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_css_name(widget, "scribe-canvas");
  gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_IMG);
  scribe_canvas_install_actions(widget);
}

static void redraw(gpointer self) {
  gtk_widget_queue_draw(self);
}

static void scribe_canvas_init(ScribeCanvas *self) {
  self->frame = scribe_frame_new(redraw, self);
  self->host = scribe_canvas_make_host(self);
  self->box = scribe_toolbox_new(&self->host);
  if (!self->box)
    g_error("out of memory");
  self->refused = g_array_new(FALSE, FALSE, sizeof(CytoPoint));
  self->brush = 3;
  gtk_widget_set_focusable(GTK_WIDGET(self), TRUE);
  gtk_widget_set_overflow(GTK_WIDGET(self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 _("Image and cells"), -1);
  scribe_canvas_follow_document(self);
  ScribeDisplay *display = scribe_display_new();
  scribe_canvas_set_display(self, display);
  g_object_unref(display);
  scribe_canvas_add_controllers(self);
  scribe_canvas_update_cursor(self);
}

GtkWidget *scribe_canvas_new(void) {
  return g_object_new(SCRIBE_TYPE_CANVAS, NULL);
}

ScribeDocument *scribe_canvas_get_document(ScribeCanvas *self) {
  return self->document;
}

ScribeDisplay *scribe_canvas_get_display(ScribeCanvas *self) {
  return self->display;
}

double scribe_canvas_get_zoom(ScribeCanvas *self) {
  return scribe_frame_get_scale(self->frame);
}

void scribe_canvas_set_zoom(ScribeCanvas *self, double zoom) {
  int s = scribe_canvas_factor(self);
  scribe_frame_zoom_at(self->frame, zoom, gtk_widget_get_width(GTK_WIDGET(self)) * s / 2.0,
                       gtk_widget_get_height(GTK_WIDGET(self)) * s / 2.0);
  scribe_canvas_view_moved(self);
}

void scribe_canvas_get_corner(ScribeCanvas *self, double *x, double *y) {
  scribe_frame_to_device(self->frame, 0, 0, x, y);
}

void scribe_canvas_get_pointer(ScribeCanvas *self, double *x, double *y) {
  CytoPoint p = scribe_canvas_point(self, self->px, self->py);
  *x = p.x;
  *y = p.y;
}

void scribe_canvas_reveal(ScribeCanvas *self, double x0, double y0, double x1, double y1) {
  scribe_frame_reveal(self->frame, x0, y0, x1, y1);
  scribe_canvas_view_moved(self);
}

gboolean scribe_canvas_is_drawing(ScribeCanvas *self) {
  return scribe_toolbox_busy(self->box);
}

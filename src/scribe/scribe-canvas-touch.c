/* Fingers. One is the left button; held still for a while, it becomes the right one, which starts
 * an outline with every tool. Two move and zoom the picture, and take back what the first of them
 * had begun. What is drawn already, such as the corners of an outline, stays. */
#include "scribe-canvas-private.h"

static ScribePointer finger_at(ScribeCanvas *self, double x, double y) {
  self->px = x;
  self->py = y;
  return scribe_canvas_pointer_at(self, x, y, 0, self->finger ? 1u << self->finger : 0);
}

static void show(ScribeCanvas *self) {
  scribe_canvas_update_cursor(self);
  scribe_canvas_tell_pointer(self);
}

void scribe_canvas_touch_down(ScribeCanvas *self, double x, double y, guint32 time) {
  gtk_widget_grab_focus(GTK_WIDGET(self));
  self->finger = SCRIBE_LEFT;
  self->inside = TRUE;
  ScribePointer pointer = finger_at(self, x, y);
  scribe_toolbox_press(self->box, SCRIBE_LEFT, scribe_canvas_count_click(self, SCRIBE_LEFT, time),
                       &pointer);
  show(self);
}

void scribe_canvas_touch_move(ScribeCanvas *self, double x, double y) {
  if (!self->finger)
    return;
  ScribePointer pointer = finger_at(self, x, y);
  scribe_toolbox_move(self->box, &pointer);
  show(self);
}

void scribe_canvas_touch_up(ScribeCanvas *self, double x, double y) {
  if (!self->finger)
    return;
  ScribePointer pointer = finger_at(self, x, y);
  scribe_canvas_release(self, self->finger, &pointer);
  self->finger = 0;
  self->inside = FALSE;
  show(self);
}

void scribe_canvas_touch_hold(ScribeCanvas *self, double x, double y) {
  if (self->finger != SCRIBE_LEFT)
    return;
  scribe_toolbox_drop(self->box);
  self->finger = SCRIBE_RIGHT;
  ScribePointer pointer = finger_at(self, x, y);
  scribe_toolbox_press(self->box, SCRIBE_RIGHT, 1, &pointer);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

void scribe_canvas_touch_lost(ScribeCanvas *self) {
  scribe_toolbox_drop(self->box);
  self->finger = 0;
}

void scribe_canvas_pinch_begin(ScribeCanvas *self, double x, double y) {
  scribe_canvas_touch_lost(self);
  self->pinch = scribe_canvas_get_zoom(self);
  self->pinch_x = x;
  self->pinch_y = y;
}

void scribe_canvas_pinch(ScribeCanvas *self, double scale, double x, double y) {
  int s = scribe_canvas_factor(self);
  scribe_frame_pan(self->frame, (x - self->pinch_x) * s, (y - self->pinch_y) * s);
  scribe_frame_zoom_at(self->frame, self->pinch * scale, x * s, y * s);
  self->pinch_x = x;
  self->pinch_y = y;
  scribe_canvas_view_moved(self);
}

/* After two fingers the one that is left would begin anew: only one that comes down alone counts.
 */
static void on_drag_begin(GtkGesture *drag, double x, double y, ScribeCanvas *self) {
  GdkEvent *event = gtk_event_controller_get_current_event(GTK_EVENT_CONTROLLER(drag));
  if (event && gdk_event_get_event_type(event) == GDK_TOUCH_BEGIN)
    scribe_canvas_touch_down(self, x, y, gdk_event_get_time(event));
}

static void on_drag_update(GtkGestureDrag *drag, double dx, double dy, ScribeCanvas *self) {
  double x, y;
  if (gtk_gesture_drag_get_start_point(drag, &x, &y))
    scribe_canvas_touch_move(self, x + dx, y + dy);
}

static void on_drag_end(GtkGestureDrag *drag, double dx, double dy, ScribeCanvas *self) {
  double x, y;
  if (gtk_gesture_drag_get_start_point(drag, &x, &y))
    scribe_canvas_touch_up(self, x + dx, y + dy);
}

static void on_hold(GtkGesture *gesture, double x, double y, ScribeCanvas *self) {
  (void)gesture;
  scribe_canvas_touch_hold(self, x, y);
}

static void on_pinch_begin(GtkGesture *zoom, GdkEventSequence *sequence, ScribeCanvas *self) {
  double x, y;
  (void)sequence;
  if (gtk_gesture_get_bounding_box_center(zoom, &x, &y))
    scribe_canvas_pinch_begin(self, x, y);
}

static void on_pinch(GtkGesture *zoom, double scale, ScribeCanvas *self) {
  double x, y;
  if (gtk_gesture_get_bounding_box_center(zoom, &x, &y))
    scribe_canvas_pinch(self, scale, x, y);
}

/* The one added last hears of a finger first: two fingers go before one. */
void scribe_canvas_add_touch(ScribeCanvas *self) {
  GtkWidget *widget = GTK_WIDGET(self);
  GtkGesture *drag = gtk_gesture_drag_new(), *hold = gtk_gesture_long_press_new();
  GtkGesture *zoom = gtk_gesture_zoom_new();
  gtk_gesture_single_set_touch_only(GTK_GESTURE_SINGLE(drag), TRUE);
  g_signal_connect(drag, "drag-begin", G_CALLBACK(on_drag_begin), self);
  g_signal_connect(drag, "drag-update", G_CALLBACK(on_drag_update), self);
  g_signal_connect(drag, "drag-end", G_CALLBACK(on_drag_end), self);
  g_signal_connect_swapped(drag, "cancel", G_CALLBACK(scribe_canvas_touch_lost), self);
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
  gtk_gesture_single_set_touch_only(GTK_GESTURE_SINGLE(hold), TRUE);
  g_signal_connect(hold, "pressed", G_CALLBACK(on_hold), self);
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(hold));
  g_signal_connect(zoom, "begin", G_CALLBACK(on_pinch_begin), self);
  g_signal_connect(zoom, "scale-changed", G_CALLBACK(on_pinch), self);
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(zoom));
}

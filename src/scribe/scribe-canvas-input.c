/* Events of the toolkit become events of the toolbox: mouse, pen, wheel, keys that are held. */
#include "scribe-canvas-private.h"
#include <math.h>
#include <stdlib.h>

static unsigned modifiers_of(ScribeCanvas *self, GdkModifierType state) {
  return (state & GDK_SHIFT_MASK ? SCRIBE_SHIFT : 0u) |
         (state & GDK_CONTROL_MASK ? SCRIBE_CTRL : 0u) |
         (state & (GDK_ALT_MASK | GDK_META_MASK) ? SCRIBE_ALT : 0u) |
         (self->space ? SCRIBE_SPACE : 0u);
}

static unsigned held_of(GdkModifierType state) {
  return (state & GDK_BUTTON1_MASK ? 1u << SCRIBE_LEFT : 0u) |
         (state & GDK_BUTTON2_MASK ? 1u << SCRIBE_MIDDLE : 0u) |
         (state & GDK_BUTTON3_MASK ? 1u << SCRIBE_RIGHT : 0u);
}

/* From the surface, where events happen, to this widget. */
static void to_widget(ScribeCanvas *self, double *x, double *y) {
  GtkNative *native = gtk_widget_get_native(GTK_WIDGET(self));
  double nx = 0, ny = 0;
  gtk_native_get_surface_transform(native, &nx, &ny);
  gtk_widget_translate_coordinates(GTK_WIDGET(native), GTK_WIDGET(self), *x - nx, *y - ny, x, y);
}

ScribePointer scribe_canvas_pointer_at(ScribeCanvas *self, double wx, double wy, unsigned modifiers,
                                       unsigned held) {
  return (ScribePointer){.at = scribe_canvas_point(self, wx, wy),
                         .wx = wx,
                         .wy = wy,
                         .modifiers = modifiers,
                         .held = held,
                         .pressure = 1};
}

static ScribePointer pointer_at(ScribeCanvas *self, double wx, double wy, GdkModifierType state) {
  return scribe_canvas_pointer_at(self, wx, wy, modifiers_of(self, state), held_of(state));
}

static void add_pen(ScribePointer *pointer, GdkEvent *event) {
  GdkDeviceTool *tool = gdk_event_get_device_tool(event);
  if (!tool || gdk_device_tool_get_tool_type(tool) == GDK_DEVICE_TOOL_TYPE_MOUSE)
    return;
  pointer->pen = true;
  pointer->eraser = gdk_device_tool_get_tool_type(tool) == GDK_DEVICE_TOOL_TYPE_ERASER;
  double pressure;
  if (gdk_event_get_axis(event, GDK_AXIS_PRESSURE, &pressure))
    pointer->pressure = pressure;
}

static gboolean pointer_of(ScribeCanvas *self, GdkEvent *event, ScribePointer *pointer) {
  double x, y;
  if (!gdk_event_get_position(event, &x, &y))
    return FALSE;
  to_widget(self, &x, &y);
  *pointer = pointer_at(self, x, y, gdk_event_get_modifier_state(event));
  add_pen(pointer, event);
  self->px = x;
  self->py = y;
  return TRUE;
}

/* Presses in one place in quick succession, whatever modifiers come with them. */
int scribe_canvas_count_click(ScribeCanvas *self, guint button, guint32 now) {
  int time = 400, distance = 5;
  g_object_get(gtk_widget_get_settings(GTK_WIDGET(self)), "gtk-double-click-time", &time,
               "gtk-double-click-distance", &distance, NULL);
  gboolean again = button == self->click_button && now - self->click_time <= (guint32)time &&
                   fabs(self->px - self->click_x) <= distance &&
                   fabs(self->py - self->click_y) <= distance;
  self->clicks = again ? self->clicks + 1 : 1;
  self->click_time = now;
  self->click_button = button;
  self->click_x = self->px;
  self->click_y = self->py;
  return (int)self->clicks;
}

/* A release may leave another tool in the hand: the disk that was picked up. */
void scribe_canvas_release(ScribeCanvas *self, ScribeButton button, const ScribePointer *pointer) {
  const char *before = scribe_toolbox_chosen(self->box);
  scribe_toolbox_release(self->box, button, pointer);
  if (!g_str_equal(before, scribe_toolbox_chosen(self->box)))
    g_object_notify(G_OBJECT(self), "tool");
}

static gboolean on_button(ScribeCanvas *self, GdkEvent *event, gboolean press) {
  ScribePointer pointer;
  guint button = gdk_button_event_get_button(event);
  if (button < 1 || button > 3 || !pointer_of(self, event, &pointer))
    return FALSE;
  if (press) {
    gtk_widget_grab_focus(GTK_WIDGET(self));
    pointer.held |= 1u << button;
    int clicks = scribe_canvas_count_click(self, button, gdk_event_get_time(event));
    scribe_toolbox_press(self->box, (ScribeButton)button, clicks, &pointer);
  } else {
    scribe_canvas_release(self, (ScribeButton)button, &pointer);
  }
  scribe_canvas_update_cursor(self);
  scribe_canvas_tell_pointer(self);
  return TRUE;
}

/* Positions between two frames, which the toolkit gathers: a quick stroke needs them. */
static void on_history(ScribeCanvas *self, GdkEvent *event) {
  guint n;
  GdkTimeCoord *history = gdk_event_get_history(event, &n);
  for (guint i = 0; i < n; i++) {
    const GdkAxisFlags both = GDK_AXIS_FLAG_X | GDK_AXIS_FLAG_Y;
    if ((history[i].flags & both) != both)
      continue;
    double x = history[i].axes[GDK_AXIS_X], y = history[i].axes[GDK_AXIS_Y];
    to_widget(self, &x, &y);
    ScribePointer pointer = pointer_at(self, x, y, gdk_event_get_modifier_state(event));
    add_pen(&pointer, event);
    if (history[i].flags & GDK_AXIS_FLAG_PRESSURE)
      pointer.pressure = history[i].axes[GDK_AXIS_PRESSURE];
    scribe_toolbox_move(self->box, &pointer);
  }
  g_free(history);
}

static gboolean on_motion(ScribeCanvas *self, GdkEvent *event) {
  ScribePointer pointer;
  if (scribe_toolbox_busy(self->box))
    on_history(self, event);
  if (!pointer_of(self, event, &pointer))
    return FALSE;
  self->inside = TRUE;
  scribe_toolbox_move(self->box, &pointer);
  scribe_canvas_update_cursor(self);
  scribe_canvas_tell_pointer(self);
  return FALSE;
}

static gboolean on_event(GtkEventControllerLegacy *controller, GdkEvent *event,
                         ScribeCanvas *self) {
  (void)controller;
  switch ((int)gdk_event_get_event_type(event)) {
  case GDK_BUTTON_PRESS:
    return on_button(self, event, TRUE);
  case GDK_BUTTON_RELEASE:
    return on_button(self, event, FALSE);
  case GDK_MOTION_NOTIFY:
    return on_motion(self, event);
  case GDK_GRAB_BROKEN:
    scribe_toolbox_lost(self->box);
    return FALSE;
  default:
    return FALSE;
  }
}

static void on_leave(ScribeCanvas *self) {
  self->inside = FALSE;
  scribe_canvas_tell_pointer(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static gboolean on_scroll(GtkEventControllerScroll *scroll, double dx, double dy,
                          ScribeCanvas *self) {
  GdkModifierType state =
      gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(scroll));
  int s = scribe_canvas_factor(self);
  gboolean wheel = gtk_event_controller_scroll_get_unit(scroll) == GDK_SCROLL_UNIT_WHEEL;
  if (state & GDK_ALT_MASK) {
    double d = dy != 0 ? dy : dx; /* some systems turn Alt+wheel sideways */
    scribe_canvas_set_brush(self, fmax(1, self->brush * pow(1.2, -d) + (d < 0 ? 1 : -1)));
  } else if (state & GDK_SHIFT_MASK) {
    double step = wheel ? 60 : 1;
    scribe_frame_pan(self->frame, -(dx + dy) * step * s, 0);
    gtk_widget_queue_draw(GTK_WIDGET(self));
  } else if (dy != 0) {
    if (wheel && fabs(dy) >= 1)
      scribe_frame_zoom_step(self->frame, (int)-dy, self->px * s, self->py * s);
    else
      scribe_frame_zoom_at(self->frame,
                           scribe_canvas_get_zoom(self) * pow(1.2, wheel ? -dy : -dy / 20),
                           self->px * s, self->py * s);
    scribe_canvas_view_moved(self);
    scribe_canvas_tell_pointer(self);
  }
  return GDK_EVENT_STOP;
}

/* Keys that act while they are down: space pans, ` shows the raw image. */
static gboolean hold_key(ScribeCanvas *self, guint key, gboolean down) {
  if (key == GDK_KEY_space) {
    self->space = down;
    scribe_canvas_update_cursor(self);
    return TRUE;
  }
  if (key == GDK_KEY_grave || key == GDK_KEY_dead_grave || key == GDK_KEY_asciitilde) {
    g_object_set(self->display, "peek", down, NULL);
    return TRUE;
  }
  return FALSE;
}

static gboolean on_key(GtkEventControllerKey *controller, guint key, guint code,
                       GdkModifierType state, ScribeCanvas *self) {
  (void)controller, (void)code, (void)state;
  return hold_key(self, key, TRUE);
}

static void on_key_up(GtkEventControllerKey *controller, guint key, guint code,
                      GdkModifierType state, ScribeCanvas *self) {
  (void)controller, (void)code, (void)state;
  hold_key(self, key, FALSE);
}

static void on_focus_out(ScribeCanvas *self) {
  hold_key(self, GDK_KEY_space, FALSE);
  hold_key(self, GDK_KEY_grave, FALSE);
}

void scribe_canvas_update_cursor(ScribeCanvas *self) {
  const char *name = "crosshair", *tool = scribe_toolbox_chosen(self->box);
  if (scribe_toolbox_panning(self->box))
    name = "grabbing";
  else if (self->space || (g_str_equal(tool, "pan") && !scribe_toolbox_busy(self->box)))
    name = "grab";
  else if (self->inside) {
    ScribePointer pointer = pointer_at(self, self->px, self->py, 0);
    ScribeGrip grip = scribe_toolbox_grip(self->box, &pointer);
    name = grip == SCRIBE_GRIP_MOVE ? "move" : grip == SCRIBE_GRIP_SIZE ? "nwse-resize" : name;
  }
  GdkCursor *cursor = gtk_widget_get_cursor(GTK_WIDGET(self));
  if (!cursor || g_strcmp0(gdk_cursor_get_name(cursor), name) != 0)
    gtk_widget_set_cursor_from_name(GTK_WIDGET(self), name);
}

void scribe_canvas_add_controllers(ScribeCanvas *self) {
  GtkWidget *widget = GTK_WIDGET(self);
  GtkEventController *legacy = gtk_event_controller_legacy_new();
  g_signal_connect(legacy, "event", G_CALLBACK(on_event), self);
  gtk_widget_add_controller(widget, legacy);
  GtkEventController *motion = gtk_event_controller_motion_new();
  g_signal_connect_swapped(motion, "leave", G_CALLBACK(on_leave), self);
  gtk_widget_add_controller(widget, motion);
  GtkEventController *scroll =
      gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  g_signal_connect(scroll, "scroll", G_CALLBACK(on_scroll), self);
  gtk_widget_add_controller(widget, scroll);
  scribe_canvas_add_touch(self);
  GtkEventController *key = gtk_event_controller_key_new();
  g_signal_connect(key, "key-pressed", G_CALLBACK(on_key), self);
  g_signal_connect(key, "key-released", G_CALLBACK(on_key_up), self);
  gtk_widget_add_controller(widget, key);
  GtkEventController *focus = gtk_event_controller_focus_new();
  g_signal_connect_swapped(focus, "leave", G_CALLBACK(on_focus_out), self);
  gtk_widget_add_controller(widget, focus);
}

#include "scribe-window-private.h"
#include "scribe-errors.h"
#include "scribe-number.h"
#include "scribe-words.h"
#include <glib/gi18n.h>
#include <string.h>

G_DEFINE_FINAL_TYPE(ScribeWindow, scribe_window, GTK_TYPE_APPLICATION_WINDOW)

/* Messages */

static gboolean hide_toast(gpointer data) {
  ScribeWindow *self = data;
  self->toast_delay = 0;
  gtk_widget_set_visible(GTK_WIDGET(self->toast), FALSE);
  return G_SOURCE_REMOVE;
}

void scribe_window_toast(ScribeWindow *self, const char *text) {
  g_clear_handle_id(&self->toast_delay, g_source_remove);
  gtk_widget_set_visible(GTK_WIDGET(self->toast), text != NULL);
  if (!text)
    return;
  gtk_label_set_text(self->toast, text);
  self->toast_delay = g_timeout_add(3000 + 40 * (guint)strlen(text), hide_toast, self);
}

static void set_button(GtkButton *button, const char *label) {
  gtk_widget_set_visible(GTK_WIDGET(button), label != NULL);
  if (label)
    gtk_button_set_label(button, label);
}

void scribe_window_message(ScribeWindow *self, const char *kind, const char *heading,
                           const char *text, const char *first, ScribeMessageAction on_first,
                           const char *second, ScribeMessageAction on_second) {
  const char *classes[] = {"note-bar", kind, NULL};
  g_autofree char *icon =
      g_strdup_printf("dialog-%s-symbolic", strcmp(kind, "info") == 0 ? "information" : kind);
  gtk_widget_set_css_classes(self->message_bar, classes);
  gtk_image_set_from_icon_name(self->message_icon, icon);
  gtk_label_set_text(self->message_heading, heading);
  gtk_label_set_text(self->message_text, text ? text : "");
  gtk_widget_set_visible(GTK_WIDGET(self->message_text), text != NULL);
  set_button(self->message_first, first);
  set_button(self->message_second, second);
  self->message_action[0] = G_CALLBACK(on_first);
  self->message_action[1] = G_CALLBACK(on_second);
  gtk_widget_set_visible(self->message_bar, TRUE);
  scribe_log_add(self->log, "%s%s%s", heading, text ? ": " : "", text ? text : "");
}

/* An offer stays until it is answered; the rest goes when something new begins. */
void scribe_window_close_message(ScribeWindow *self) {
  if (self->message_action[0])
    return;
  gtk_widget_set_visible(self->message_bar, FALSE);
}

static void on_message_close(ScribeWindow *self) {
  self->message_action[0] = self->message_action[1] = NULL;
  scribe_window_close_message(self);
}

static void act(ScribeWindow *self, int which) {
  ScribeMessageAction action = (ScribeMessageAction)self->message_action[which];
  on_message_close(self);
  if (action)
    action(self);
}

static void on_message_first(ScribeWindow *self) {
  act(self, 0);
}

static void on_message_second(ScribeWindow *self) {
  act(self, 1);
}

void scribe_window_error(ScribeWindow *self, const char *what, const CytoError *err) {
  if (err->code == CYTO_ERROR_CANCELLED)
    return;
  g_autofree char *heading = g_strdup_printf("%s: %s", what, scribe_error_heading(err));
  g_autofree char *text = scribe_error_text(err);
  scribe_window_message(self, "error", heading, text, NULL, NULL, NULL, NULL);
}

void scribe_window_busy(ScribeWindow *self, const char *text) {
  gtk_widget_set_visible(self->busy, text != NULL);
  gtk_spinner_set_spinning(self->busy_spinner, text != NULL);
  if (text)
    gtk_label_set_text(self->busy_label, text);
}

/* Canvas and what binds to it */

static void on_pointer(ScribeCanvas *canvas, double x, double y, ScribeWindow *self) {
  (void)canvas;
  scribe_status_show_pointer(self->status, self->doc, x, y);
}

static void on_canvas_message(ScribeCanvas *canvas, const char *text, ScribeWindow *self) {
  (void)canvas;
  scribe_log_add(self->log, "%s", text);
}

static void on_zoom(ScribeWindow *self) {
  scribe_status_show_zoom(self->status, self->doc ? scribe_canvas_get_zoom(self->canvas) : 0);
}

/* Escape ends what is half drawn wherever the focus has gone meanwhile. */
static gboolean on_escape(GtkWidget *window, GVariant *arguments, gpointer data) {
  ScribeWindow *self = data;
  (void)window, (void)arguments;
  return scribe_canvas_is_drawing(self->canvas) &&
         gtk_widget_activate_action(GTK_WIDGET(self->canvas), "canvas.cancel", NULL);
}

static void add_escape(ScribeWindow *self) {
  GtkEventController *keys = gtk_shortcut_controller_new();
  gtk_shortcut_controller_set_scope(GTK_SHORTCUT_CONTROLLER(keys), GTK_SHORTCUT_SCOPE_GLOBAL);
  gtk_shortcut_controller_add_shortcut(
      GTK_SHORTCUT_CONTROLLER(keys),
      gtk_shortcut_new(gtk_keyval_trigger_new(GDK_KEY_Escape, 0),
                       gtk_callback_action_new(on_escape, self, NULL)));
  gtk_widget_add_controller(GTK_WIDGET(self), keys);
}

static void add_canvas(ScribeWindow *self) {
  self->canvas = SCRIBE_CANVAS(scribe_canvas_new());
  self->display = scribe_canvas_get_display(self->canvas);
  gtk_widget_set_hexpand(GTK_WIDGET(self->canvas), TRUE);
  gtk_widget_set_vexpand(GTK_WIDGET(self->canvas), TRUE);
  gtk_box_append(GTK_BOX(self->canvas_place), GTK_WIDGET(self->canvas));
  g_signal_connect_object(self->canvas, "pointer-moved", G_CALLBACK(on_pointer), self, 0);
  g_signal_connect_object(self->canvas, "message", G_CALLBACK(on_canvas_message), self, 0);
  g_signal_connect_object(self->canvas, "notify::zoom", G_CALLBACK(on_zoom), self,
                          G_CONNECT_SWAPPED);
  GtkWidget *image = scribe_panel_image_new();
  scribe_panel_image_set_display(SCRIBE_PANEL_IMAGE(image), self->display);
  gtk_box_append(GTK_BOX(self->image_place), image);
  self->cells = SCRIBE_PANEL_CELLS(scribe_panel_cells_new());
  scribe_panel_cells_set_canvas(self->cells, self->canvas);
  gtk_box_append(GTK_BOX(self->cells_place), GTK_WIDGET(self->cells));
  scribe_panel_masks_set_display(self->masks, G_OBJECT(self->display));
  scribe_panel_segment_set_display(self->segment, self->display);
  scribe_window_follow_diameter(self);
}

static void on_plane(ScribeWindow *self) {
  if (self->doc)
    scribe_document_set_plane(self->doc, (guint)gtk_adjustment_get_value(self->plane_range) - 1);
}

static void on_chosen(ScribeStrip *strip, const char *path, ScribeWindow *self) {
  (void)strip;
  scribe_window_open_path(self, path, NULL);
}

/* Settings */

static void restore(ScribeWindow *self) {
  GSettings *s = self->settings;
  const struct {
    const char *key;
    gpointer object;
    const char *property;
  } table[] = {
      {"panel-visible", self->side, "visible"},
      {"strip-visible", self->strip, "visible"},
      {"import-asked", self->import, "asked"},
      {"import-closed", self->import, "closed"},
      {"group-image", self->group_image, "expanded"},
      {"group-segment", self->group_segment, "expanded"},
      {"group-masks", self->group_masks, "expanded"},
      {"group-cells", self->group_cells, "expanded"},
  };
  if (!s)
    return;
  gtk_window_set_default_size(GTK_WINDOW(self), g_settings_get_int(s, "width"),
                              g_settings_get_int(s, "height"));
  if (g_settings_get_boolean(s, "maximized"))
    gtk_window_maximize(GTK_WINDOW(self));
  for (guint i = 0; i < G_N_ELEMENTS(table); i++)
    g_settings_bind(s, table[i].key, table[i].object, table[i].property, G_SETTINGS_BIND_DEFAULT);
  self->last_folder = g_settings_get_string(s, "folder");
}

static void remember(ScribeWindow *self) {
  int width, height;
  if (!self->settings)
    return;
  gtk_window_get_default_size(GTK_WINDOW(self), &width, &height);
  if (width > 0 && height > 0) {
    g_settings_set_int(self->settings, "width", width);
    g_settings_set_int(self->settings, "height", height);
  }
  g_settings_set_boolean(self->settings, "maximized", gtk_window_is_maximized(GTK_WINDOW(self)));
  if (self->last_folder)
    g_settings_set_string(self->settings, "folder", self->last_folder);
  g_autoptr(ScribeRun) run = scribe_panel_segment_get_run(self->segment);
  g_settings_set_string(self->settings, "model", run->model);
}

static gboolean scribe_window_close_request(GtkWindow *window) {
  ScribeWindow *self = SCRIBE_WINDOW(window);
  if (!scribe_window_may_close(self))
    return TRUE;
  remember(self);
  scribe_worker_cancel_all(self->worker);
  scribe_worker_cancel_all(self->back);
  return GTK_WINDOW_CLASS(scribe_window_parent_class)->close_request(window);
}

static void scribe_window_dispose(GObject *object) {
  ScribeWindow *self = SCRIBE_WINDOW(object);
  g_clear_handle_id(&self->filter_delay, g_source_remove);
  g_clear_handle_id(&self->toast_delay, g_source_remove);
  g_clear_handle_id(&self->journal_timer, g_source_remove);
  g_clear_handle_id(&self->title_idle, g_source_remove);
  if (self->doc)
    g_signal_handlers_disconnect_by_data(self->doc, self);
  if (self->canvas) {
    scribe_canvas_set_document(self->canvas, NULL);
    scribe_import_set_document(self->import, NULL);
    scribe_panel_masks_set_document(self->masks, NULL);
    scribe_panel_cells_set_document(self->cells, NULL);
    scribe_panel_segment_set_document(self->segment, NULL);
  }
  self->canvas = NULL;
  g_clear_object(&self->doc);
  g_clear_pointer(&self->shelf, g_hash_table_unref);
  g_clear_object(&self->open_job);
  g_clear_handle_id(&self->ready_delay, g_source_remove);
  g_clear_object(&self->ready_job);
  g_clear_object(&self->run_job);
  g_clear_object(&self->filter_job);
  g_clear_object(&self->batch_job);
  g_clear_object(&self->worker);
  g_clear_object(&self->disk);
  g_clear_object(&self->back);
  g_clear_object(&self->settings);
  g_clear_pointer(&self->models, scribe_models_unref);
  g_clear_pointer(&self->back_models, scribe_models_unref);
  g_clear_pointer(&self->candidates, scribe_candidates_unref);
  g_clear_pointer(&self->stall, scribe_stall_free);
  g_clear_weak_pointer(&self->results);
  g_clear_pointer(&self->last_run, scribe_run_free);
  g_clear_pointer(&self->journal_folder, g_free);
  g_clear_pointer(&self->last_folder, g_free);
  gtk_widget_dispose_template(GTK_WIDGET(self), SCRIBE_TYPE_WINDOW);
  G_OBJECT_CLASS(scribe_window_parent_class)->dispose(object);
}

#define BIND(name) gtk_widget_class_bind_template_child(widget, ScribeWindow, name)

static void bind_children(GtkWidgetClass *widget) {
  BIND(title), BIND(subtitle), BIND(recent_button), BIND(save_button), BIND(undo_button);
  BIND(redo_button), BIND(run_button), BIND(toast);
  BIND(message_bar), BIND(message_icon), BIND(message_heading), BIND(message_text);
  BIND(busy_label), BIND(understood), BIND(message_first);
  BIND(message_second), BIND(busy), BIND(tools), BIND(plane_box), BIND(overlay), BIND(canvas_place);
  BIND(image_place), BIND(cells_place), BIND(side), BIND(busy_spinner), BIND(paned), BIND(stack);
  BIND(plane_scale), BIND(plane_range), BIND(group_image), BIND(group_segment), BIND(group_masks);
  BIND(group_cells), BIND(start), BIND(segment), BIND(masks), BIND(log), BIND(strip);
  BIND(status), BIND(import);
}

static void scribe_window_class_init(ScribeWindowClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = scribe_window_dispose;
  GTK_WINDOW_CLASS(klass)->close_request = scribe_window_close_request;
  g_type_ensure(SCRIBE_TYPE_START);
  g_type_ensure(SCRIBE_TYPE_PANEL_SEGMENT);
  g_type_ensure(SCRIBE_TYPE_PANEL_MASKS);
  g_type_ensure(SCRIBE_TYPE_LOG);
  g_type_ensure(SCRIBE_TYPE_STRIP);
  g_type_ensure(SCRIBE_TYPE_STATUS);
  g_type_ensure(SCRIBE_TYPE_IMPORT);
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/window.ui");
  bind_children(widget);
  gtk_widget_class_bind_template_callback(widget, on_message_first);
  gtk_widget_class_bind_template_callback(widget, on_message_second);
  gtk_widget_class_bind_template_callback(widget, on_message_close);
  gtk_widget_class_bind_template_callback(widget, on_plane);
}

static void scribe_window_init(ScribeWindow *self) {
  gtk_widget_init_template(GTK_WIDGET(self));
  scribe_number_ignore_wheel(self->plane_scale);
  self->worker = scribe_worker_new("work", 0);
  self->disk = scribe_worker_new("disk", 1);
  self->back = scribe_worker_new("batch", 0);
  self->models = scribe_models_new();
  self->back_models = scribe_models_new();
  self->candidates = scribe_candidates_new();
  self->stall = scribe_stall_new();
  self->shelf = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_object_unref);
  self->journal_folder = g_build_filename(g_get_user_state_dir(), "cytoscribe", "journal", NULL);
}

ScribeWindow *scribe_window_new(ScribeApplication *app) {
  ScribeWindow *self = g_object_new(SCRIBE_TYPE_WINDOW, "application", app, NULL);
  GSettings *settings = scribe_application_get_settings(app);
  self->settings = settings ? g_object_ref(settings) : NULL;
  add_canvas(self);
  add_escape(self);
  scribe_panel_segment_bind(self->segment, self->settings);
  scribe_panel_segment_set_worker(self->segment, self->worker);
  scribe_panel_masks_bind(self->masks, self->settings);
  restore(self);
  g_signal_connect_object(self->strip, "chosen", G_CALLBACK(on_chosen), self, 0);
  g_signal_connect_object(self->segment, "thresholds-changed",
                          G_CALLBACK(scribe_window_plan_filter), self, G_CONNECT_SWAPPED);
  scribe_window_add_actions(self);
  scribe_window_add_import(self);
  scribe_window_add_batch(self);
  scribe_window_add_models(self);
  scribe_window_add_drop_target(self);
  scribe_window_add_recent(self);
  scribe_window_start_journal(self);
  scribe_window_show_document(self, NULL);
  scribe_start_refresh(self->start);
  return self;
}

#include "scribe-window-private.h"

static gboolean on_drop(GtkDropTarget *target, const GValue *value, double x, double y,
                        ScribeWindow *self) {
  (void)target;
  (void)x;
  (void)y;
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  GSList *files = gdk_file_list_get_files(g_value_get_boxed(value));
  for (GSList *file = files; file; file = file->next) {
    char *path = g_file_get_path(file->data);
    if (path)
      g_ptr_array_add(paths, path);
  }
  g_slist_free(files);
  gboolean any = paths->len > 0;
  g_ptr_array_add(paths, NULL);
  scribe_window_open_paths(self, (const char *const *)paths->pdata);
  return any;
}

static GdkDragAction on_enter(GtkDropTarget *target, double x, double y, ScribeWindow *self) {
  (void)target;
  (void)x;
  (void)y;
  gtk_widget_add_css_class(self->overlay, "drop");
  return GDK_ACTION_COPY;
}

static void on_leave(GtkDropTarget *target, ScribeWindow *self) {
  (void)target;
  gtk_widget_remove_css_class(self->overlay, "drop");
}

void scribe_window_add_drop_target(ScribeWindow *self) {
  GtkDropTarget *target = gtk_drop_target_new(GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect(target, "drop", G_CALLBACK(on_drop), self);
  g_signal_connect(target, "enter", G_CALLBACK(on_enter), self);
  g_signal_connect(target, "leave", G_CALLBACK(on_leave), self);
  gtk_widget_add_controller(self->overlay, GTK_EVENT_CONTROLLER(target));
}

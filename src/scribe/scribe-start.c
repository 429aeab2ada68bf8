#include "scribe-start.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include <glib/gi18n.h>

struct _ScribeStart {
  GtkBox parent;
  GtkWidget *recent_box, *recent, *sample_box, *samples;
};

G_DEFINE_FINAL_TYPE(ScribeStart, scribe_start, GTK_TYPE_BOX)

static gint newest_first(gconstpointer a, gconstpointer b) {
  return g_date_time_compare(gtk_recent_info_get_visited((GtkRecentInfo *)(guintptr)b),
                             gtk_recent_info_get_visited((GtkRecentInfo *)(guintptr)a));
}

char **scribe_recent_paths(guint most) {
  GList *items = gtk_recent_manager_get_items(gtk_recent_manager_get_default());
  g_autoptr(GPtrArray) paths = g_ptr_array_new();
  items = g_list_sort(items, newest_first);
  for (GList *item = items; item && paths->len < most; item = item->next) {
    if (!gtk_recent_info_has_application(item->data, "Cytoscribe"))
      continue;
    g_autofree char *path = g_filename_from_uri(gtk_recent_info_get_uri(item->data), NULL, NULL);
    if (path && g_file_test(path, G_FILE_TEST_EXISTS))
      g_ptr_array_add(paths, g_steal_pointer(&path));
  }
  g_list_free_full(items, (GDestroyNotify)gtk_recent_info_unref);
  g_ptr_array_add(paths, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&paths), FALSE);
}

static void add_link(GtkWidget *box, const char *path) {
  g_autofree char *name = g_filename_display_basename(path);
  GtkWidget *button = gtk_button_new(), *label = gtk_label_new(name);
  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars(GTK_LABEL(label), 28);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_button_set_child(GTK_BUTTON(button), label);
  gtk_button_set_has_frame(GTK_BUTTON(button), FALSE);
  gtk_widget_set_tooltip_text(button, path);
  gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_actionable_set_action_name(GTK_ACTIONABLE(button), "win.open-path");
  gtk_actionable_set_action_target(GTK_ACTIONABLE(button), "s", path);
  gtk_box_append(GTK_BOX(box), button);
}

static void clear(GtkWidget *box) {
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child(box)))
    gtk_box_remove(GTK_BOX(box), child);
}

/* Beside the program when installed, in the source tree when not. */
static char *samples_folder(void) {
  static const char *const places[] = {"../share/cytoscribe/samples", "../../../data/samples",
                                       NULL};
  CYTO_AUTOFREE char *path = cyto_path_beside_program(places, cyto_path_is_folder);
  return path ? g_canonicalize_filename(path, NULL) : NULL;
}

static void fill_samples(ScribeStart *self) {
  g_autofree char *folder = samples_folder();
  g_autoptr(GDir) dir = folder ? g_dir_open(folder, 0, NULL) : NULL;
  const char *name;
  guint n = 0;
  clear(self->samples);
  while (dir && n < 6 && (name = g_dir_read_name(dir))) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (name[0] == '.' || !g_file_test(path, G_FILE_TEST_IS_DIR))
      continue;
    add_link(self->samples, path);
    n++;
  }
  gtk_widget_set_visible(self->sample_box, n > 0);
}

void scribe_start_refresh(ScribeStart *self) {
  g_auto(GStrv) paths = scribe_recent_paths(6);
  clear(self->recent);
  for (char **path = paths; *path; path++)
    add_link(self->recent, *path);
  gtk_widget_set_visible(self->recent_box, paths[0] != NULL);
  fill_samples(self);
}

static void scribe_start_dispose(GObject *object) {
  gtk_widget_dispose_template(GTK_WIDGET(object), SCRIBE_TYPE_START);
  G_OBJECT_CLASS(scribe_start_parent_class)->dispose(object);
}

#define BIND(name) gtk_widget_class_bind_template_child(widget, ScribeStart, name)

static void scribe_start_class_init(ScribeStartClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = scribe_start_dispose;
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/start.ui");
  BIND(recent_box), BIND(recent), BIND(sample_box), BIND(samples);
}

static void scribe_start_init(ScribeStart *self) {
  gtk_widget_init_template(GTK_WIDGET(self));
}

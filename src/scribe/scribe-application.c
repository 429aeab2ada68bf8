#include "scribe-application.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "scribe-window.h"
#include <glib/gi18n.h>

struct _ScribeApplication {
  GtkApplication parent;
  GSettings *settings;
  ScribeWindow *window; /* borrowed */
};

G_DEFINE_FINAL_TYPE(ScribeApplication, scribe_application, GTK_TYPE_APPLICATION)

/* A schema that is missing would end the program, so it is looked up first; a program that is not
 * installed finds it in the build folder. */
static GSettings *open_settings(void) {
  GSettingsSchemaSource *source = g_settings_schema_source_get_default();
  g_autoptr(GSettingsSchemaSource) own = NULL;
  g_autoptr(GSettingsSchema) schema = NULL;
  const char *id = "org.cytoscribe.Cytoscribe";
  if (source)
    schema = g_settings_schema_source_lookup(source, id, TRUE);
  if (!schema) {
    static const char *const places[] = {"../../data", NULL};
    CYTO_AUTOFREE char *data = cyto_path_beside_program(places, cyto_path_is_folder);
    own = data ? g_settings_schema_source_new_from_directory(data, source, TRUE, NULL) : NULL;
    schema = own ? g_settings_schema_source_lookup(own, id, TRUE) : NULL;
  }
  return schema ? g_settings_new_full(schema, NULL, NULL) : NULL;
}

GSettings *scribe_application_get_settings(ScribeApplication *self) {
  return self->settings;
}

static void about(GSimpleAction *action, GVariant *parameter, gpointer data) {
  (void)action;
  (void)parameter;
  /* Not gtk_show_about_dialog: the dialog that one keeps outlives the window it lies over. */
  GtkWindow *over = gtk_application_get_active_window(data);
  GtkWindow *dialog = g_object_new(
      GTK_TYPE_ABOUT_DIALOG, "transient-for", over, "modal", TRUE, "destroy-with-parent", TRUE,
      "program-name", "Cytoscribe", "version", SCRIBE_VERSION, "comments",
      _("Finds and corrects cells in microscope images.\nNothing leaves this computer."),
      "logo-icon-name", "org.cytoscribe.Cytoscribe", "license-type", GTK_LICENSE_BSD_3, NULL);
  gtk_window_present(dialog);
}

static void quit(GSimpleAction *action, GVariant *parameter, gpointer data) {
  (void)action;
  (void)parameter;
  ScribeApplication *self = data;
  if (self->window)
    gtk_window_close(GTK_WINDOW(self->window));
  else
    g_application_quit(data);
}

static void add_style(void) {
  GtkCssProvider *provider = gtk_css_provider_new();
  GdkDisplay *display = gdk_display_get_default();
  gtk_css_provider_load_from_resource(provider, "/org/cytoscribe/Scribe/style.css");
  gtk_style_context_add_provider_for_display(display, GTK_STYLE_PROVIDER(provider),
                                             GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_object_unref(provider);
  gtk_icon_theme_add_resource_path(gtk_icon_theme_get_for_display(display),
                                   "/org/cytoscribe/Scribe/icons");
}

static void scribe_application_startup(GApplication *app) {
  static const GActionEntry actions[] = {
      {.name = "about", .activate = about},
      {.name = "quit", .activate = quit},
  };
  static const char *const quit_keys[] = {"<Control>q", NULL};
  G_APPLICATION_CLASS(scribe_application_parent_class)->startup(app);
  g_action_map_add_action_entries(G_ACTION_MAP(app), actions, G_N_ELEMENTS(actions), app);
  gtk_application_set_accels_for_action(GTK_APPLICATION(app), "app.quit", quit_keys);
  SCRIBE_APPLICATION(app)->settings = open_settings();
  add_style();
}

static ScribeWindow *present(ScribeApplication *self) {
  if (!self->window) {
    self->window = scribe_window_new(self);
    g_object_add_weak_pointer(G_OBJECT(self->window), (gpointer *)&self->window);
    gtk_window_present(GTK_WINDOW(self->window));
    scribe_window_offer_recovery(self->window);
  }
  gtk_window_present(GTK_WINDOW(self->window));
  return self->window;
}

static void scribe_application_activate(GApplication *app) {
  present(SCRIBE_APPLICATION(app));
}

static void scribe_application_open(GApplication *app, GFile **files, gint n, const char *hint) {
  (void)hint;
  ScribeWindow *window = present(SCRIBE_APPLICATION(app));
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  for (gint i = 0; i < n; i++) {
    char *path = g_file_get_path(files[i]);
    if (path)
      g_ptr_array_add(paths, path);
  }
  g_ptr_array_add(paths, NULL);
  scribe_window_open_paths(window, (const char *const *)paths->pdata);
}

static void scribe_application_finalize(GObject *object) {
  ScribeApplication *self = SCRIBE_APPLICATION(object);
  g_clear_object(&self->settings);
  if (self->window)
    g_object_remove_weak_pointer(G_OBJECT(self->window), (gpointer *)&self->window);
  G_OBJECT_CLASS(scribe_application_parent_class)->finalize(object);
}

static void scribe_application_class_init(ScribeApplicationClass *klass) {
  GApplicationClass *app = G_APPLICATION_CLASS(klass);
  G_OBJECT_CLASS(klass)->finalize = scribe_application_finalize;
  app->startup = scribe_application_startup;
  app->activate = scribe_application_activate;
  app->open = scribe_application_open;
}

static void scribe_application_init(ScribeApplication *self) {
  (void)self;
}

ScribeApplication *scribe_application_new(void) {
  return g_object_new(SCRIBE_TYPE_APPLICATION, "application-id", "org.cytoscribe.Cytoscribe",
                      "flags", G_APPLICATION_HANDLES_OPEN, "resource-base-path",
                      "/org/cytoscribe/Scribe", NULL);
}

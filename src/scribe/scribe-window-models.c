/* A model file of the user's becomes one of the list: checked, copied into the user's folder. */
#include "scribe-window-private.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/seg/model-find.h"
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct Adding {
  char *path, *name, *target; /* target: where it goes */
  gboolean replace, exists;   /* exists: one of that name is there and was not to be replaced */
  char *about;                /* what the file says of itself */
  double diameter;
} Adding;

static void adding_free(gpointer data) {
  Adding *adding = data;
  g_free(adding->path);
  g_free(adding->name);
  g_free(adding->target);
  g_free(adding->about);
  g_free(adding);
}

/* Worker's thread. All of a file at once: a model has some megabytes. */
static bool copy_file(const char *from, const char *to, CytoError *err) {
  g_autofree char *bytes = NULL;
  gsize size;
  g_autoptr(GError) error = NULL;
  if (g_file_get_contents(from, &bytes, &size, &error) &&
      g_file_set_contents_full(to, bytes, (gssize)size,
                               G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644,
                               &error))
    return true;
  return cyto_fail(err, CYTO_ERROR_IO, "%s", error->message);
}

/* Worker's thread. The size model goes along, under each name it may have. */
static bool copy(const Adding *adding, CytoError *err) {
  g_autofree char *from = g_path_get_dirname(adding->path);
  g_autofree char *to = g_path_get_dirname(adding->target);
  g_autofree char *file = g_path_get_basename(adding->path);
  const char *sizes[3] = {g_strconcat("size_", file, ".npy", NULL),
                          g_strconcat(file, "_size.npy", NULL),
                          g_strconcat(adding->name, "_size.npy", NULL)};
  bool good = g_mkdir_with_parents(to, 0755) == 0 || cyto_fail_errno(err, "make the folder", to);
  for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
    g_autofree char *name = (char *)(guintptr)sizes[i];
    g_autofree char *beside = g_build_filename(from, name, NULL);
    g_autofree char *there = g_build_filename(to, name, NULL);
    if (good && g_file_test(beside, G_FILE_TEST_IS_REGULAR))
      good = copy_file(beside, there, err);
  }
  return good && copy_file(adding->path, adding->target, err);
}

/* Worker's thread. */
static bool run_add(gpointer data, CytoJob *core, CytoError *err) {
  (void)core;
  Adding *adding = data;
  CytoModelEntry entry = {.path = adding->path, .origin = CYTO_MODEL_FILE};
  CytoWeights *weights = NULL;
  CYTO_AUTOFREE char *name = cyto_model_name_of(adding->path);
  CYTO_AUTOFREE char *folder = cyto_model_user_folder();
  entry.name = name;
  if (!name || !folder)
    return cyto_fail(err, CYTO_ERROR_IO, "there is no home folder to keep models in");
  if (!cyto_model_read(&entry, &weights, err))
    return false;
  adding->about = g_strdup(weights->description);
  adding->diameter =
      weights->diam_labels > 0 ? weights->diam_labels : cyto_model_diam_mean(&entry, weights);
  cyto_weights_free(weights);
  g_autofree char *file = g_path_get_basename(adding->path);
  adding->name = g_strdup(name);
  adding->target = g_build_filename(folder, file, NULL);
  g_autofree char *from = g_canonicalize_filename(adding->path, NULL);
  if (strcmp(from, adding->target) == 0)
    return true;
  adding->exists = !adding->replace && g_file_test(adding->target, G_FILE_TEST_EXISTS);
  return adding->exists || copy(adding, err);
}

static void start(ScribeWindow *self, const char *path, gboolean replace);

static void on_response(GtkDialog *dialog, int response, ScribeWindow *self) {
  g_autofree char *path = g_strdup(g_object_get_data(G_OBJECT(dialog), "path"));
  gtk_window_destroy(GTK_WINDOW(dialog));
  if (response == GTK_RESPONSE_ACCEPT)
    start(self, path, TRUE);
}

static void ask(ScribeWindow *self, const Adding *adding) {
  GtkWidget *dialog = gtk_message_dialog_new(
      GTK_WINDOW(self), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_QUESTION,
      GTK_BUTTONS_NONE, _("There is a model named %s already. Replace it?"), adding->name);
  gtk_message_dialog_format_secondary_text(GTK_MESSAGE_DIALOG(dialog), "%s", adding->target);
  gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Cancel"), GTK_RESPONSE_CANCEL);
  gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Replace"), GTK_RESPONSE_ACCEPT);
  gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_CANCEL);
  g_object_set_data_full(G_OBJECT(dialog), "path", g_strdup(adding->path), g_free);
  g_signal_connect_object(dialog, "response", G_CALLBACK(on_response), self, 0);
  gtk_window_present(GTK_WINDOW(dialog));
}

static void on_added(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  (void)job;
  ScribeWindow *self = owner;
  const Adding *adding = data;
  self->saving--;
  scribe_window_busy(self, NULL);
  if (err) {
    scribe_window_error(self, _("The model was not added"), err);
    return;
  }
  if (adding->exists) {
    ask(self, adding);
    return;
  }
  scribe_panel_segment_reload_models(self->segment);
  scribe_panel_segment_set_model(self->segment, adding->name);
  g_autofree char *heading = g_strdup_printf(_("The model %s was added"), adding->name);
  g_autofree char *size =
      g_strdup_printf(_("Trained with cells about %.0f pixels wide."), adding->diameter);
  g_autofree char *text = adding->about && adding->about[0]
                              ? g_strdup_printf("%s %s", adding->about, size)
                              : g_strdup(size);
  scribe_window_message(self, "info", heading, text, NULL, NULL, NULL, NULL);
  scribe_log_add(self->log, "%s", adding->target);
}

static void start(ScribeWindow *self, const char *path, gboolean replace) {
  Adding *adding = g_new0(Adding, 1);
  adding->path = g_strdup(path);
  adding->replace = replace;
  self->saving++;
  scribe_window_close_message(self);
  scribe_window_busy(self, _("Reading the model"));
  scribe_worker_push(self->disk,
                     scribe_job_new("add-model", self, run_add, on_added, adding, adding_free));
}

static void on_chosen(GtkNativeDialog *dialog, int response, ScribeWindow *self) {
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr(GFile) file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog));
    g_autofree char *path = file ? g_file_get_path(file) : NULL;
    if (path)
      start(self, path, FALSE);
  }
  g_object_unref(dialog);
}

void scribe_window_add_model(ScribeWindow *self) {
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new(
      _("Choose a Model File"), GTK_WINDOW(self), GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
  g_signal_connect_object(dialog, "response", G_CALLBACK(on_chosen), self, 0);
  gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

ACTION(add_model_path) {
  (void)action;
  const char *path;
  gboolean replace;
  g_variant_get(parameter, "(&sb)", &path, &replace);
  start(data, path, replace);
}

void scribe_window_add_models(ScribeWindow *self) {
  static const GActionEntry entries[] = {
      {"add-model-path", add_model_path, "(sb)", NULL, NULL, {0}},
  };
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
}

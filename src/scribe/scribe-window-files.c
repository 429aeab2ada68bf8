#include "scribe-window-private.h"
#include "scribe-errors.h"
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Opening */

static void on_listed(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  (void)job;
  ScribeWindow *self = owner;
  const ScribeListed *listed = data;
  if (err) {
    scribe_log_add(self->log, "%s", err->text);
    return;
  }
  scribe_strip_set_images(self->strip, listed->folder, (const char *const *)listed->paths,
                          listed->states);
  if (self->doc)
    scribe_strip_set_current(self->strip, scribe_document_get_path(self->doc));
  scribe_window_update(self);
}

/* The strip follows the folder of the image, unless it shows the image already. */
static void follow_folder(ScribeWindow *self, const char *path) {
  g_autofree char *folder = g_path_get_dirname(path);
  for (guint i = 0; i < scribe_strip_get_n(self->strip); i++)
    if (strcmp(scribe_strip_get_path(self->strip, i), path) == 0)
      return;
  scribe_worker_push(self->disk, scribe_task_list(folder, self, on_listed));
}

static void note_recent(ScribeWindow *self, const char *path) {
  g_autofree char *uri = g_filename_to_uri(path, NULL, NULL);
  GtkRecentData data = {.mime_type = (char[]){"image/tiff"},
                        .app_name = (char[]){"Cytoscribe"},
                        .app_exec = (char[]){"cytoscribe-gui %f"}};
  if (uri)
    gtk_recent_manager_add_full(gtk_recent_manager_get_default(), uri, &data);
  g_free(self->last_folder);
  self->last_folder = g_path_get_dirname(path);
}

/* Settings that a _seg.npy remembers. */
static void take_settings(ScribeWindow *self, const ScribeOpened *opened) {
  if (opened->diameter > 0)
    scribe_panel_segment_set_diameter(self->segment, opened->diameter);
  if (opened->channels[0] >= 0 && opened->channels[1] >= 0)
    scribe_panel_segment_set_channels(self->segment, (guint)opened->channels[0],
                                      (guint)opened->channels[1]);
}

void scribe_window_add_opened(ScribeWindow *self, ScribeJob *job) {
  ScribeOpened *opened = scribe_task_opened(job);
  g_autoptr(ScribeDocument) doc = scribe_document_new(opened->path, g_steal_pointer(&opened->image),
                                                      g_steal_pointer(&opened->core));
  scribe_document_set_flow(doc, opened->flow);
  scribe_document_set_file_axes(doc, opened->file_axes);
  scribe_window_show_document(self, doc);
  take_settings(self, opened);
  note_recent(self, opened->path);
  follow_folder(self, opened->path);
  scribe_log_add(self->log, _("Opened %s"), opened->path);
  if (opened->labels_path)
    scribe_log_add(self->log, _("Cells from %s"), opened->labels_path);
}

static void on_warning(ScribeJob *job, const char *text, ScribeWindow *self) {
  (void)job;
  g_autofree char *words = scribe_warning_text(text);
  scribe_window_message(self, "warning", _("Please note"), words, NULL, NULL, NULL, NULL);
}

static void on_opened(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  (void)data;
  ScribeWindow *self = owner;
  if (job != self->open_job)
    return; /* another image was asked for meanwhile */
  g_clear_object(&self->open_job);
  scribe_window_busy(self, NULL);
  if (err) {
    scribe_window_error(self, _("The image was not opened"), err);
    if (self->doc)
      scribe_strip_set_current(self->strip, scribe_document_get_path(self->doc));
  } else {
    scribe_window_add_opened(self, job);
  }
  scribe_window_update(self);
}

static void stop_for_another(ScribeWindow *self) {
  if (self->open_job)
    scribe_job_cancel(self->open_job);
  g_clear_object(&self->open_job);
  if (self->run_job)
    scribe_window_cancel(self);
  scribe_window_forget_filter(self);
}

/* An image seen before that has changes is still here, with its undo. */
static gboolean open_from_shelf(ScribeWindow *self, const char *path) {
  ScribeDocument *doc = g_hash_table_lookup(self->shelf, path);
  if (!doc)
    return FALSE;
  g_autoptr(ScribeDocument) kept = g_object_ref(doc);
  scribe_window_busy(self, NULL);
  scribe_window_show_document(self, kept);
  return TRUE;
}

static gboolean is_shown(ScribeWindow *self, const char *path) {
  return self->doc && g_strcmp0(scribe_document_get_path(self->doc), path) == 0;
}

/* Cells of a file onto the image shown: an edit like any other. */
static void on_labels_opened(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  ScribeWindow *self = owner;
  ScribeOpened *opened = data;
  if (job != self->open_job)
    return;
  g_clear_object(&self->open_job);
  scribe_window_busy(self, NULL);
  if (err) {
    scribe_window_error(self, _("The masks were not loaded"), err);
    return;
  }
  CytoLabels labels = {0};
  bool *manual = NULL;
  size_t n;
  uint64_t state;
  CytoError gathered = {0};
  g_autofree char *why = NULL;
  if (!opened->labels_path || !self->doc || !is_shown(self, opened->path))
    return; /* the warning has said why */
  if (!cyto_document_gather(opened->core, &labels, &manual, &n, &state, &gathered)) {
    scribe_window_error(self, _("The masks were not loaded"), &gathered);
    return;
  }
  CytoEdit edit = {
      .kind = CYTO_EDIT_RUN, .z = CYTO_ALL_PLANES, .labels = &labels, .policy = CYTO_RUN_REPLACE};
  if (!scribe_document_apply(self->doc, &edit, NULL, &why))
    scribe_window_toast(self, why);
  else
    scribe_document_set_flow(self->doc, opened->flow);
  free(manual);
  cyto_labels_clear(&labels);
  scribe_window_update(self);
}

void scribe_window_start_open(ScribeWindow *self, ScribeJob *job, const char *path) {
  g_autofree char *name = g_filename_display_basename(path);
  g_autofree char *text = g_strdup_printf(_("Opening %s"), name);
  self->open_job = g_object_ref(job);
  g_signal_connect_object(job, "warning", G_CALLBACK(on_warning), self, 0);
  scribe_window_busy(self, text);
  scribe_worker_push(self->worker, job);
  scribe_window_update(self);
}

void scribe_window_open_path(ScribeWindow *self, const char *given, const char *labels) {
  g_autofree char *path = g_canonicalize_filename(given, NULL);
  if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
    scribe_window_open_paths(self, (const char *const[]){path, NULL});
    return;
  }
  scribe_window_close_message(self);
  stop_for_another(self);
  if (labels) {
    scribe_window_start_open(self, scribe_task_open(path, labels, NULL, self, on_labels_opened),
                             labels);
    return;
  }
  if (is_shown(self, path) && scribe_document_is_dirty(self->doc))
    return; /* what is shown is newer than what is on disk */
  if (!open_from_shelf(self, path))
    scribe_window_start_open(
        self, scribe_task_open(path, NULL, self->journal_folder, self, on_opened), path);
}

/* A folder was given: its first image is opened once it is known. */
static void on_folder(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  ScribeWindow *self = owner;
  const ScribeListed *listed = data;
  if (err) {
    scribe_window_error(self, _("The folder was not opened"), err);
    return;
  }
  on_listed(job, owner, data, NULL);
  scribe_window_open_path(self, listed->paths[0], NULL);
}

void scribe_window_open_paths(ScribeWindow *self, const char *const *paths) {
  guint n = g_strv_length((char **)(guintptr)paths);
  if (n == 0)
    return;
  if (n == 1 && g_file_test(paths[0], G_FILE_TEST_IS_DIR)) {
    g_autofree char *folder = g_canonicalize_filename(paths[0], NULL);
    scribe_worker_push(self->disk, scribe_task_list(folder, self, on_folder));
    return;
  }
  if (n > 1) {
    g_auto(GStrv) full = g_new0(char *, n + 1);
    for (guint i = 0; i < n; i++)
      full[i] = g_canonicalize_filename(paths[i], NULL);
    scribe_strip_set_images(self->strip, NULL, (const char *const *)full, NULL);
  }
  scribe_window_open_path(self, paths[0], NULL);
}

void scribe_window_step(ScribeWindow *self, int step) {
  const char *next = scribe_strip_neighbour(self->strip, step);
  if (next)
    scribe_window_open_path(self, next, NULL);
}

static void fill_recent(ScribeWindow *self) {
  g_autoptr(GMenu) menu = g_menu_new();
  g_auto(GStrv) paths = scribe_recent_paths(12);
  for (char **path = paths; *path; path++) {
    g_autofree char *name = g_filename_display_basename(*path);
    g_autoptr(GMenuItem) item = g_menu_item_new(name, NULL);
    g_menu_item_set_action_and_target(item, "win.open-path", "s", *path);
    g_menu_append_item(menu, item);
  }
  gtk_menu_button_set_menu_model(self->recent_button, G_MENU_MODEL(menu));
  gtk_widget_set_sensitive(GTK_WIDGET(self->recent_button), paths[0] != NULL);
}

void scribe_window_add_recent(ScribeWindow *self) {
  g_signal_connect_object(gtk_recent_manager_get_default(), "changed", G_CALLBACK(fill_recent),
                          self, G_CONNECT_SWAPPED);
  fill_recent(self);
}

/* Dialogs: thin fronts of the functions above and below. */

static void on_open_response(GtkNativeDialog *dialog, int response, ScribeWindow *self) {
  gboolean labels = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(dialog), "labels"));
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr(GListModel) files = gtk_file_chooser_get_files(GTK_FILE_CHOOSER(dialog));
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < g_list_model_get_n_items(files); i++) {
      g_autoptr(GFile) file = g_list_model_get_item(files, i);
      char *path = g_file_get_path(file);
      if (path)
        g_ptr_array_add(paths, path);
    }
    g_ptr_array_add(paths, NULL);
    if (labels && self->doc && paths->pdata[0])
      scribe_window_open_path(self, scribe_document_get_path(self->doc), paths->pdata[0]);
    else
      scribe_window_open_paths(self, (const char *const *)paths->pdata);
  }
  g_object_unref(dialog);
}

static void in_last_folder(ScribeWindow *self, GtkFileChooser *chooser) {
  g_autoptr(GFile) folder = self->last_folder ? g_file_new_for_path(self->last_folder) : NULL;
  if (folder)
    gtk_file_chooser_set_current_folder(chooser, folder, NULL);
}

void scribe_window_open_dialog(ScribeWindow *self, gboolean folder, gboolean labels) {
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new(
      folder   ? _("Open Folder")
      : labels ? _("Load Masks")
               : _("Open Images"),
      GTK_WINDOW(self),
      folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  static const char *const patterns[] = {"*.tif", "*.tiff", "*.png", "*.jpg", "*.jpeg", "*.npy",
                                         "*.TIF", "*.TIFF", "*.PNG", "*.JPG", "*.JPEG"};
  if (!folder) {
    g_autoptr(GtkFileFilter) images = gtk_file_filter_new();
    g_autoptr(GtkFileFilter) all = gtk_file_filter_new();
    gtk_file_filter_set_name(images, _("Images and masks"));
    for (guint i = 0; i < G_N_ELEMENTS(patterns); i++)
      gtk_file_filter_add_pattern(images, patterns[i]);
    gtk_file_filter_set_name(all, _("All files"));
    gtk_file_filter_add_pattern(all, "*");
    gtk_file_chooser_add_filter(GTK_FILE_CHOOSER(dialog), images);
    gtk_file_chooser_add_filter(GTK_FILE_CHOOSER(dialog), all);
    gtk_file_chooser_set_select_multiple(GTK_FILE_CHOOSER(dialog), !labels);
  }
  in_last_folder(self, GTK_FILE_CHOOSER(dialog));
  g_object_set_data(G_OBJECT(dialog), "labels", GINT_TO_POINTER(labels));
  gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
  g_signal_connect_object(dialog, "response", G_CALLBACK(on_open_response), self, 0);
  gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

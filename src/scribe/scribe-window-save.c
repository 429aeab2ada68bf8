#include "scribe-window-private.h"
#include "scribe-errors.h"
#include <glib/gi18n.h>

static void save_as(ScribeWindow *self) {
  scribe_window_save_dialog(self);
}

static void on_saved(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  (void)job;
  ScribeWindow *self = owner;
  const ScribeSaved *saved = data;
  self->saving--;
  for (guint i = 0; i < saved->files->len; i++)
    scribe_log_add(self->log, _("Saved %s"), (const char *)saved->files->pdata[i]);
  if (err) {
    self->close_when_saved = FALSE;
    g_autofree char *heading = g_strdup_printf(_("%s was not saved; your changes are still here"),
                                               scribe_document_get_name(saved->doc));
    g_autofree char *why = scribe_error_text(err);
    g_autofree char *text =
        g_strdup_printf("%s\n%s", why, _("Save it in another place, or make room and save again."));
    scribe_window_message(self, "error", heading, text, _("Save As…"), save_as, NULL, NULL);
    scribe_window_update(self);
    return;
  }
  if (saved->kinds & SCRIBE_SAVE_SEG && !saved->copy)
    scribe_document_set_saved(saved->doc, saved->state);
  const char *path = scribe_document_get_path(saved->doc);
  if (path && !scribe_document_is_dirty(saved->doc)) {
    scribe_strip_set_state(self->strip, path, SCRIBE_IMAGE_SAVED);
    g_hash_table_remove(self->shelf, path);
  }
  if (saved->as_tiff && scribe_document_get_n_planes(saved->doc) == 1)
    scribe_window_toast(self, _("More than 65535 cells do not fit a PNG file: the masks were "
                                "saved as a 32-bit TIFF."));
  else if (saved->copy && scribe_document_is_dirty(saved->doc))
    scribe_window_toast(self, _("Saved a copy. The files beside the image are still the old ones: "
                                "save them too when it is done."));
  else if (!self->close_when_saved && saved->files->len > 0) {
    g_autofree char *name = g_filename_display_basename(saved->files->pdata[0]);
    g_autofree char *text = saved->files->len == 1 ? g_strdup_printf(_("Saved %s"), name)
                                                   : g_strdup_printf(_("Saved %s and %u more"),
                                                                     name, saved->files->len - 1);
    scribe_window_toast(self, text);
  }
  scribe_window_update(self);
  if (self->close_when_saved && self->saving == 0)
    gtk_window_close(GTK_WINDOW(self));
}

/* A save whose cells are being copied. */
typedef struct Saving {
  ScribeWindow *window;
  ScribeDocument *doc;
  ScribeSaveKinds kinds;
  char *stem;
  ScribeRun *run;
} Saving;

static void on_snapshot(gpointer data, ScribeSnapshot *snapshot, const CytoError *err) {
  Saving *saving = data;
  ScribeWindow *self = saving->window;
  if (!self->disk) { /* the window went meanwhile, and was told not to save */
    scribe_snapshot_free(snapshot);
  } else if (snapshot) {
    scribe_worker_push(self->disk, scribe_task_save(saving->doc, snapshot, saving->kinds,
                                                    saving->stem, saving->run, self, on_saved));
  } else {
    self->saving--;
    self->close_when_saved = FALSE;
    scribe_window_error(self, _("Not saved"), err);
    scribe_window_update(self);
  }
  g_object_unref(saving->doc);
  g_free(saving->stem);
  scribe_run_free(saving->run);
  g_object_unref(self);
  g_free(saving);
}

void scribe_window_save(ScribeWindow *self, ScribeDocument *doc, ScribeSaveKinds kinds,
                        const char *stem) {
  g_autoptr(ScribeRun) now = scribe_panel_segment_get_run(self->segment);
  if (!stem && !scribe_document_get_path(doc)) {
    scribe_window_save_dialog(self);
    return;
  }
  /* That a run found nothing is worth a file. */
  if (!scribe_document_count_cells(doc) && !scribe_document_is_dirty(doc) &&
      !scribe_document_get_flow_object(doc)) {
    scribe_window_toast(self, _("There are no cells to save yet."));
    return;
  }
  self->saving++;
  scribe_status_show_saved(self->status, _("saving…"));
  Saving *saving = g_new(Saving, 1);
  *saving = (Saving){g_object_ref(self), g_object_ref(doc), kinds, g_strdup(stem), now};
  now = NULL;
  scribe_snapshot_start(doc, on_snapshot, saving);
}

static void on_save_response(GtkNativeDialog *dialog, int response, ScribeWindow *self) {
  if (response == GTK_RESPONSE_ACCEPT && self->doc) {
    g_autoptr(GFile) file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog));
    g_autofree char *path = file ? g_file_get_path(file) : NULL;
    if (path)
      scribe_window_save(self, self->doc, SCRIBE_SAVE_SEG | SCRIBE_SAVE_MASKS, path);
  }
  g_object_unref(dialog);
}

/* The name is that of the image: _seg.npy and _cp_masks follow it as always. */
void scribe_window_save_dialog(ScribeWindow *self) {
  if (!self->doc)
    return;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new(
      _("Save Cells As"), GTK_WINDOW(self), GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  g_autoptr(GFile) folder = self->last_folder ? g_file_new_for_path(self->last_folder) : NULL;
  if (folder)
    gtk_file_chooser_set_current_folder(GTK_FILE_CHOOSER(dialog), folder, NULL);
  gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(dialog), scribe_document_get_name(self->doc));
  gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
  g_signal_connect_object(dialog, "response", G_CALLBACK(on_save_response), self, 0);
  gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

#include "scribe-window-private.h"
#include "scribe-recovery.h"
#include "../cyto/doc/document.h"
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <errno.h>

/* The journal: at most half a second behind the last edit. */

static void on_journaled(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  (void)job;
  (void)err;
  ScribeWindow *self = owner;
  ScribeJournaled *journaled = data;
  g_autofree char *why = NULL;
  CytoJournalWrite *write = g_steal_pointer(&journaled->write);
  self->journaling--;
  if (scribe_document_end_journal(journaled->doc, write, &why)) {
    if (self->journal_failed) {
      scribe_window_close_message(self);
      scribe_window_toast(self, _("Your changes are kept safe again."));
    }
    self->journal_failed = FALSE;
    return;
  }
  if (!self->journal_failed)
    scribe_window_message(self, "warning",
                          _("Your changes cannot be kept safe against a crash; save soon"), why,
                          NULL, NULL, NULL, NULL);
  self->journal_failed = TRUE;
}

static void journal(ScribeWindow *self, ScribeDocument *doc) {
  ScribeJob *job = scribe_task_journal(doc, self, on_journaled);
  if (!job)
    return;
  self->journaling++;
  scribe_worker_push(self->disk, job);
}

static gboolean on_timer(gpointer data) {
  ScribeWindow *self = data;
  GHashTableIter iter;
  gpointer doc;
  if (self->doc)
    journal(self, self->doc);
  g_hash_table_iter_init(&iter, self->shelf);
  while (g_hash_table_iter_next(&iter, NULL, &doc))
    journal(self, doc);
  return G_SOURCE_CONTINUE;
}

void scribe_window_start_journal(ScribeWindow *self) {
  self->journal_timer = g_timeout_add(500, on_timer, self);
}

/* After a crash */

typedef struct Found {
  char *folder;
  CytoLost *lost;
  gsize n;
} Found;

static void found_free(gpointer data) {
  Found *found = data;
  cyto_lost_free(found->lost, found->n);
  g_free(found->folder);
  g_free(found);
}

/* Worker's thread. */
static bool run_find(gpointer data, CytoJob *core, CytoError *err) {
  (void)core;
  Found *found = data;
  return cyto_document_find_lost(found->folder, &found->lost, &found->n, err);
}

static void on_recovered(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  (void)data;
  ScribeWindow *self = owner;
  self->saving--;
  if (err) {
    scribe_window_error(self, _("The unsaved changes were not recovered; they are kept"), err);
    return;
  }
  scribe_window_add_opened(self, job);
  scribe_window_toast(self, _("Recovered. Nothing is on disk yet: save when you are content."));
}

static void recover_one(ScribeWindow *self, const char *journal, const char *image) {
  self->saving++;
  scribe_worker_push(self->worker, scribe_task_recover(journal, image, self, on_recovered));
}

static Found *found_of(ScribeWindow *self) {
  return g_object_get_data(G_OBJECT(self), "lost");
}

static void recover_all(ScribeWindow *self) {
  Found *found = found_of(self);
  for (gsize i = 0; found && i < found->n; i++)
    recover_one(self, found->lost[i].path, found->lost[i].head.image);
  g_object_set_data(G_OBJECT(self), "lost", NULL);
}

static void on_restore(ScribeRecovery *recovery, const char *journal, const char *image,
                       ScribeWindow *self) {
  (void)recovery;
  recover_one(self, journal, image);
}

static void on_discard(ScribeRecovery *recovery, const char *journal, ScribeWindow *self) {
  (void)recovery;
  if (g_unlink(journal) != 0)
    scribe_log_add(self->log, "%s: %s", journal, g_strerror(errno));
}

static void choose(ScribeWindow *self) {
  Found *found = found_of(self);
  if (!found)
    return;
  GtkWindow *window =
      GTK_WINDOW(scribe_recovery_new(GTK_WINDOW(self), self->worker, found->lost, found->n));
  g_signal_connect_object(window, "restore", G_CALLBACK(on_restore), self, 0);
  g_signal_connect_object(window, "discard", G_CALLBACK(on_discard), self, 0);
  g_object_set_data(G_OBJECT(self), "lost", NULL);
  gtk_window_present(window);
}

static void on_found(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  (void)job;
  ScribeWindow *self = owner;
  Found *found = data;
  if (err || found->n == 0) {
    if (err)
      scribe_log_add(self->log, "%s", err->text);
    return;
  }
  g_autoptr(GString) names = g_string_new(NULL);
  for (gsize i = 0; i < found->n && i < 5; i++) {
    const CytoLost *lost = &found->lost[i];
    g_autofree char *name = g_filename_display_basename(lost->head.image ? lost->head.image : "");
    g_autofree char *steps =
        g_strdup_printf(ngettext("%zu change", "%zu changes", lost->steps), lost->steps);
    g_string_append_printf(names, "%s%s (%s)", i ? ", " : "", name, steps);
  }
  Found *kept = g_new(Found, 1);
  *kept = *found;
  *found = (Found){0};
  g_object_set_data_full(G_OBJECT(self), "lost", kept, found_free);
  scribe_window_message(self, "info", _("The program ended before your changes were saved"),
                        names->str, _("Restore"), recover_all, _("Choose…"), choose);
}

void scribe_window_offer_recovery(ScribeWindow *self) {
  Found *found = g_new0(Found, 1);
  found->folder = g_strdup(self->journal_folder);
  if (!g_file_test(found->folder, G_FILE_TEST_IS_DIR)) {
    found_free(found);
    return;
  }
  scribe_worker_push(self->disk,
                     scribe_job_new("find", self, run_find, on_found, found, found_free));
}

/* Closing */

static void discard_all(ScribeWindow *self) {
  g_autoptr(GPtrArray) docs = scribe_window_get_unsaved(self);
  for (guint i = 0; i < docs->len; i++)
    scribe_document_discard(docs->pdata[i]);
}

static void on_close_response(GtkDialog *dialog, int response, ScribeWindow *self) {
  g_object_set_data(G_OBJECT(self), "asking", NULL);
  gtk_window_set_transient_for(GTK_WINDOW(dialog), NULL); /* it outlives the window by a moment */
  gtk_window_destroy(GTK_WINDOW(dialog));
  self->closing = FALSE;
  if (response == GTK_RESPONSE_REJECT) {
    discard_all(self);
    self->closing = TRUE; /* asked, and answered */
    gtk_window_close(GTK_WINDOW(self));
  } else if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr(GPtrArray) docs = scribe_window_get_unsaved(self);
    self->close_when_saved = TRUE;
    for (guint i = 0; i < docs->len; i++)
      scribe_window_save(self, docs->pdata[i], SCRIBE_SAVE_SEG | SCRIBE_SAVE_MASKS, NULL);
  }
}

static void ask(ScribeWindow *self, GPtrArray *docs) {
  GtkWindow *asking = g_object_get_data(G_OBJECT(self), "asking");
  if (asking) {
    gtk_window_present(asking);
    return;
  }
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < docs->len && i < 8; i++)
    g_string_append_printf(names, "%s%s", i ? "\n" : "", scribe_document_get_name(docs->pdata[i]));
  GtkWidget *dialog =
      gtk_message_dialog_new(GTK_WINDOW(self), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                             GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE,
                             ngettext("Save the changes to %u image before closing?",
                                      "Save the changes to %u images before closing?", docs->len),
                             docs->len);
  gtk_message_dialog_format_secondary_text(GTK_MESSAGE_DIALOG(dialog), "%s", names->str);
  gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Do Not Save"), GTK_RESPONSE_REJECT);
  gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Cancel"), GTK_RESPONSE_CANCEL);
  gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Save"), GTK_RESPONSE_ACCEPT);
  gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT);
  g_signal_connect_object(dialog, "response", G_CALLBACK(on_close_response), self, 0);
  g_object_set_data(G_OBJECT(self), "asking", dialog);
  gtk_window_present(GTK_WINDOW(dialog));
}

gboolean scribe_window_may_close(ScribeWindow *self) {
  g_autoptr(GPtrArray) docs = scribe_window_get_unsaved(self);
  if (self->closing)
    return TRUE;
  if (docs->len > 0 && !(self->saving > 0 && self->close_when_saved))
    ask(self, docs);
  else if (self->saving > 0)
    self->close_when_saved = TRUE;
  return docs->len == 0 && self->saving == 0;
}

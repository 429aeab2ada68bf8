/* The whole folder through one model: the question before, the strip meanwhile, the sheet after. */
#include "scribe-window-private.h"
#include "scribe-results.h"
#include "task-batch.h"
#include <glib/gi18n.h>
#include <string.h>

/* The images that are settled, and how far the one at hand is. */
static void show_progress(ScribeJob *job, ScribeWindow *self) {
  guint done, total;
  double left;
  ScribeBatch *batch = scribe_task_batched(job);
  scribe_job_get_progress(job, NULL, &done, &total, &left);
  g_autofree char *text = g_strdup_printf(_("folder: %u of %u"), done, total);
  scribe_status_show_work(self->status, text);
  gint next = g_atomic_int_get(&batch->next);
  for (; self->batch_seen < (guint)next; self->batch_seen++) {
    const ScribeBatchItem *item = &batch->item[self->batch_seen];
    scribe_strip_set_progress(self->strip, item->path, -1);
    if (item->state == SCRIBE_BATCH_DONE)
      scribe_strip_set_state(self->strip, item->path, SCRIBE_IMAGE_SAVED);
    else if (item->state == SCRIBE_BATCH_FAILED)
      scribe_strip_set_state(self->strip, item->path, SCRIBE_IMAGE_FAILED);
  }
  if ((guint)next < batch->n)
    scribe_strip_set_progress(self->strip, batch->item[next].path,
                              g_atomic_int_get(&batch->item[next].percent));
}

static void on_progress(ScribeJob *job, ScribeWindow *self) {
  if (job == self->batch_job)
    show_progress(job, self);
}

static char *summary(const ScribeBatch *batch) {
  guint count[4] = {0}, cells = 0;
  for (guint i = 0; i < batch->n; i++) {
    count[batch->item[i].state]++;
    cells += batch->item[i].cells;
  }
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(text,
                         ngettext("%u image done", "%u images done", count[SCRIBE_BATCH_DONE]),
                         count[SCRIBE_BATCH_DONE]);
  g_string_append_printf(text, ngettext(", %u cell", ", %u cells", cells), cells);
  if (count[SCRIBE_BATCH_SKIPPED])
    g_string_append_printf(text, _("; %u passed over"), count[SCRIBE_BATCH_SKIPPED]);
  if (count[SCRIBE_BATCH_FAILED])
    g_string_append_printf(text, _("; %u failed"), count[SCRIBE_BATCH_FAILED]);
  if (count[SCRIBE_BATCH_WAITS])
    g_string_append_printf(text, _("; %u not reached"), count[SCRIBE_BATCH_WAITS]);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

/* What is shown is older than what is on disk now. */
static void show_again(ScribeWindow *self, const ScribeBatch *batch) {
  const char *path = self->doc ? scribe_document_get_path(self->doc) : NULL;
  for (guint i = 0; path && i < batch->n; i++)
    if (batch->item[i].state == SCRIBE_BATCH_DONE && strcmp(batch->item[i].path, path) == 0 &&
        !scribe_document_is_dirty(self->doc) && !self->open_job && !self->run_job) {
      g_autofree char *kept = g_strdup(path);
      scribe_window_open_path(self, kept, NULL);
      return;
    }
}

static void show_results(ScribeWindow *self) {
  if (self->results)
    gtk_window_present(GTK_WINDOW(self->results));
}

static void note_in_log(ScribeWindow *self, const ScribeBatch *batch) {
  for (guint i = 0; i < batch->n; i++) {
    const ScribeBatchItem *item = &batch->item[i];
    const char *text = item->error ? item->error : item->warnings;
    if (text)
      scribe_log_add(self->log, "%s: %s", item->path, text);
  }
}

static void on_batch(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  ScribeWindow *self = owner;
  ScribeBatch *batch = data;
  guint failed = 0;
  show_progress(job, self);
  g_clear_object(&self->batch_job);
  scribe_status_show_work(self->status, "");
  for (guint i = 0; i < batch->n; i++) {
    scribe_strip_set_progress(self->strip, batch->item[i].path, -1);
    failed += batch->item[i].state == SCRIBE_BATCH_FAILED;
  }
  note_in_log(self, batch);
  g_autofree char *text = summary(batch);
  show_again(self, batch);
  if (self->results)
    gtk_window_destroy(GTK_WINDOW(self->results));
  g_set_weak_pointer(&self->results, GTK_WINDOW(scribe_results_new(GTK_WINDOW(self), text, batch)));
  if (err && err->code != CYTO_ERROR_CANCELLED)
    scribe_window_error(self, _("The folder was not finished"), err);
  else
    scribe_window_message(self, failed ? "warning" : "info",
                          err ? _("The folder was stopped") : _("The folder is done"), text,
                          _("Show Results"), show_results, NULL, NULL);
  show_results(self);
  scribe_window_update(self);
}

static void run_as(ScribeWindow *self, ScribeBatchPolicy policy) {
  if (self->batch_job || scribe_strip_get_n(self->strip) == 0)
    return;
  g_autofree const char **paths = scribe_strip_get_paths(self->strip);
  g_autoptr(ScribeRun) run = scribe_panel_segment_get_run(self->segment);
  g_autoptr(GPtrArray) unsaved = scribe_window_get_unsaved(self);
  g_autoptr(GHashTable) leave = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < unsaved->len; i++) {
    const char *path = scribe_document_get_path(unsaved->pdata[i]);
    if (path)
      g_hash_table_add(leave, (gpointer)(guintptr)path);
  }
  ScribeJob *job = scribe_task_batch(paths, leave, run, policy, self->back_models, self, on_batch);
  self->batch_job = g_object_ref(job);
  self->batch_seen = 0;
  g_signal_connect_object(job, "progress", G_CALLBACK(on_progress), self, 0);
  scribe_worker_push(self->back, job);
  scribe_window_toast(self, _("Running on the folder in the background. Choose it again to stop."));
  scribe_window_update(self);
}

/* The question */

static guint count_done(ScribeWindow *self) {
  guint n = 0;
  for (guint i = 0; i < scribe_strip_get_n(self->strip); i++) {
    g_autofree char *labels = scribe_labels_beside(scribe_strip_get_path(self->strip, i));
    n += labels && g_str_has_suffix(labels, "_seg.npy");
  }
  return n;
}

static void on_response(GtkDialog *dialog, int response, ScribeWindow *self) {
  ScribeBatchPolicy policy = SCRIBE_BATCH_SKIP;
  static const char *const names[] = {"skip", "keep", "all"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (gtk_check_button_get_active(g_object_get_data(G_OBJECT(dialog), names[i])))
      policy = i;
  gtk_window_destroy(GTK_WINDOW(dialog));
  if (response == GTK_RESPONSE_ACCEPT)
    run_as(self, policy);
}

static void ask(ScribeWindow *self, guint done) {
  static const struct {
    const char *name, *text;
  } choices[] = {
      {"skip", N_("_Pass over them")},
      {"keep", N_("Find cells again, but _keep those made by hand")},
      {"all", N_("Find cells again and _replace all of them")},
  };
  guint all = scribe_strip_get_n(self->strip);
  GtkWidget *first = NULL,
            *dialog = gtk_message_dialog_new(
                GTK_WINDOW(self), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE,
                ngettext("Find the cells of %u image?", "Find the cells of %u images?", all), all);
  gtk_message_dialog_format_secondary_text(
      GTK_MESSAGE_DIALOG(dialog),
      ngettext("%u of them has saved cells already (a _seg.npy beside it):",
               "%u of them have saved cells already (a _seg.npy beside them):", done),
      done);
  GtkWidget *area = gtk_message_dialog_get_message_area(GTK_MESSAGE_DIALOG(dialog));
  for (guint i = 0; i < G_N_ELEMENTS(choices); i++) {
    GtkWidget *choice = gtk_check_button_new_with_mnemonic(_(choices[i].text));
    gtk_check_button_set_group(GTK_CHECK_BUTTON(choice), first ? GTK_CHECK_BUTTON(first) : NULL);
    first = first ? first : choice;
    gtk_box_append(GTK_BOX(area), choice);
    g_object_set_data(G_OBJECT(dialog), choices[i].name, choice);
  }
  gtk_check_button_set_active(GTK_CHECK_BUTTON(first), TRUE);
  gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Cancel"), GTK_RESPONSE_CANCEL);
  gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Run"), GTK_RESPONSE_ACCEPT);
  gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT);
  g_signal_connect_object(dialog, "response", G_CALLBACK(on_response), self, 0);
  gtk_window_present(GTK_WINDOW(dialog));
}

void scribe_window_run_folder(ScribeWindow *self) {
  if (self->batch_job) {
    scribe_job_cancel(self->batch_job);
    return;
  }
  guint done = count_done(self);
  if (done > 0)
    ask(self, done);
  else
    run_as(self, SCRIBE_BATCH_SKIP);
}

ACTION(run_folder_as) {
  (void)action;
  const char *how = g_variant_get_string(parameter, NULL);
  run_as(data, strcmp(how, "all") == 0    ? SCRIBE_BATCH_ALL
               : strcmp(how, "keep") == 0 ? SCRIBE_BATCH_KEEP
                                          : SCRIBE_BATCH_SKIP);
}

ACTION(results) {
  UNUSED;
  show_results(data);
}

void scribe_window_add_batch(ScribeWindow *self) {
  static const GActionEntry entries[] = {
      {"run-folder-as", run_folder_as, "s", NULL, NULL, {0}},
      {"show-results", results, NULL, NULL, NULL, {0}},
  };
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
}

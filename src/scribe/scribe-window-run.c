#include "scribe-window-private.h"
#include "scribe-errors.h"
#include "../cyto/base/file.h"
#include "scribe-words.h"
#include "task-ready.h"
#include <glib/gi18n.h>
#include <string.h>

static void on_warning(ScribeJob *job, const char *text, ScribeWindow *self) {
  (void)job;
  g_autofree char *words = scribe_warning_text(text);
  scribe_window_message(self, "warning", _("Please note"), words, NULL, NULL, NULL, NULL);
}

/* What the network has found so far lies over the picture, ten times a second at most. */
static void show_preview(ScribeWindow *self, ScribeJob *job) {
  ScribePreview *preview =
      strcmp(scribe_job_get_kind(job), "segment") == 0 ? scribe_task_segmented(job)->preview : NULL;
  guint plane = 0;
  g_autoptr(GdkTexture) texture = preview ? scribe_preview_take(preview, &plane) : NULL;
  if (!texture || !self->doc ||
      scribe_document_get_image(self->doc) != scribe_task_segmented(job)->image)
    return;
  gboolean shown = plane == scribe_document_get_plane(self->doc);
  scribe_canvas_set_preview(self->canvas, shown ? texture : NULL);
  self->previews += shown;
}

static void on_progress(ScribeJob *job, ScribeWindow *self) {
  g_autofree char *text = scribe_progress_text(job);
  if (job != self->run_job)
    return;
  scribe_status_show_work(self->status, text);
  show_preview(self, job);
}

/* The button in the header bar runs, or ends what runs. */
static void show_running(ScribeWindow *self, ScribeJob *job) {
  scribe_panel_segment_show_job(self->segment, job);
  gtk_button_set_label(GTK_BUTTON(self->run_button), job ? _("Cancel") : _("_Run"));
  gtk_actionable_set_action_name(GTK_ACTIONABLE(self->run_button),
                                 job ? "win.cancel-run" : "win.run");
  scribe_status_show_work(self->status, "");
  scribe_window_update(self);
}

void scribe_window_start_run(ScribeWindow *self, ScribeJob *job) {
  self->run_job = g_object_ref(job);
  show_running(self, job);
  g_signal_connect_object(job, "warning", G_CALLBACK(on_warning), self, 0);
  g_signal_connect_object(job, "progress", G_CALLBACK(on_progress), self, 0);
  scribe_worker_push(self->worker, job);
}

gboolean scribe_window_end_run(ScribeWindow *self, ScribeJob *job) {
  if (job != self->run_job)
    return FALSE;
  g_clear_object(&self->run_job);
  scribe_canvas_set_preview(self->canvas, NULL);
  show_running(self, NULL);
  return TRUE;
}

void scribe_window_cancel(ScribeWindow *self) {
  ScribeJob *job = self->run_job;
  if (!job)
    return;
  scribe_job_cancel(job);
  scribe_window_end_run(self, job);
}

/* Running */

static gboolean copy_cells(gpointer data) {
  ScribeWindow *self = data;
  if (scribe_task_ready_copy(self->ready_job))
    return G_SOURCE_CONTINUE;
  self->ready_delay = 0;
  /* Not behind a run that has begun since. */
  scribe_worker_push(self->disk, g_object_ref(self->ready_job));
  return G_SOURCE_REMOVE;
}

/* The result of a run is not forgotten with the thresholds before it. */
static void forget_ready(ScribeWindow *self) {
  ScribeReadied *readied = self->ready_job ? scribe_job_get_data(self->ready_job) : NULL;
  if (readied && readied->from == self->run_job)
    return;
  g_clear_handle_id(&self->ready_delay, g_source_remove);
  g_clear_object(&self->ready_job);
}

/* Labels that `from` has made come in soon; then `finish`. */
static void start_ready(ScribeWindow *self, ScribeJob *from, const CytoLabels *labels,
                        CytoRunPolicy policy, gboolean again, ScribeJobFinish finish) {
  CytoEdit edit = {.kind = CYTO_EDIT_RUN,
                   .z = CYTO_ALL_PLANES,
                   .labels = labels,
                   .policy = policy,
                   .again = again};
  forget_ready(self);
  self->ready_job = scribe_task_ready(self->doc, from, &edit, self, finish);
  self->ready_delay = g_timeout_add(1, copy_cells, self);
}

/* The end of the ready job of the moment: FALSE when it is another's. */
static gboolean end_ready(ScribeWindow *self, ScribeJob *job) {
  if (job != self->ready_job)
    return FALSE;
  g_clear_object(&self->ready_job);
  return TRUE;
}

static gboolean apply_ready(ScribeWindow *self, ScribeReadied *readied) {
  g_autofree char *why = NULL;
  gboolean done = scribe_document_take(self->doc, readied->ready, &readied->edit, &why);
  if (!done && why && !readied->edit.again)
    scribe_window_toast(self, why);
  return done;
}

static void on_run_ready(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  ScribeWindow *self = owner;
  ScribeReadied *readied = data;
  ScribeSegmented *made = scribe_task_segmented(readied->from);
  (void)err;
  if (!end_ready(self, job) || !scribe_window_end_run(self, readied->from) ||
      self->doc != readied->doc)
    return;
  guint before = scribe_document_count_cells(self->doc);
  apply_ready(self, readied);
  scribe_document_set_flow(self->doc, made->flow);
  g_autofree char *command = scribe_run_command(made->run, NULL);
  scribe_document_set_provenance(self->doc, made->run->model, command);
  g_clear_pointer(&self->last_run, scribe_run_free);
  self->last_run = scribe_run_copy(made->run);
  guint cells = scribe_document_count_cells(self->doc);
  double seconds = (double)(made->ended - made->started) / G_USEC_PER_SEC;
  g_autofree char *text = g_strdup_printf(
      ngettext("%u cell now, in %.1f s", "%u cells now, in %.1f s", cells), cells, seconds);
  scribe_log_add(self->log, _("%s: %u cells before, %u after, %.2f s; the same as: %s"),
                 made->run->model, before, cells, seconds, command ? command : "");
  if (made->run->options.diameter <= 0 && made->flow) {
    g_autofree char *estimate =
        g_strdup_printf(_("Estimated diameter: %.1f pixels"), made->flow->diameter[0]);
    scribe_panel_segment_set_estimate(self->segment, estimate);
  }
  scribe_window_toast(self, cells ? text
                                  : _("No cells were found. Try another diameter, channel "
                                      "or a lower cell probability."));
}

static void on_segmented(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  ScribeWindow *self = owner;
  ScribeSegmented *made = data;
  if (job != self->run_job)
    return;
  if (err || !self->doc) {
    scribe_window_end_run(self, job);
    if (err)
      scribe_window_error(self, _("The run did not finish"), err);
    return;
  }
  scribe_window_forget_filter(self);
  start_ready(self, job, &made->labels, made->run->policy, FALSE, on_run_ready);
}

void scribe_window_run(ScribeWindow *self) {
  if (!self->doc || self->run_job)
    return;
  g_autoptr(ScribeRun) run = scribe_panel_segment_get_run(self->segment);
  scribe_window_fill_axes(self, run);
  scribe_window_close_message(self);
  scribe_document_stroke_cancel(self->doc);
  scribe_window_start_run(self, scribe_task_segment(scribe_document_get_image(self->doc), run,
                                                    self->models, self, on_segmented));
}

/* Live thresholds */

void scribe_window_forget_filter(ScribeWindow *self) {
  g_clear_handle_id(&self->filter_delay, g_source_remove);
  if (self->filter_job)
    scribe_job_cancel(self->filter_job);
  g_clear_object(&self->filter_job);
  forget_ready(self);
  scribe_panel_segment_set_counts(self->segment, NULL);
  if (self->doc)
    scribe_document_set_ghosts(self->doc, NULL);
}

static void on_filter_ready(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  ScribeWindow *self = owner;
  ScribeReadied *readied = data;
  ScribeFiltered *made = scribe_task_filtered(readied->from);
  (void)err;
  if (!end_ready(self, job) || readied->from != self->filter_job)
    return;
  g_clear_object(&self->filter_job);
  if (self->doc != readied->doc)
    return;
  g_autoptr(ScribeRun) run = scribe_panel_segment_get_run(self->segment);
  self->filtering = TRUE;
  apply_ready(self, readied);
  self->filtering = FALSE;
  scribe_document_set_ghosts(self->doc, g_steal_pointer(&made->ghosts));
  scribe_panel_segment_set_counts(self->segment, made);
  if (self->last_run) {
    self->last_run->options.cellprob_threshold = run->options.cellprob_threshold;
    self->last_run->options.flow_threshold = run->options.flow_threshold;
    self->last_run->options.min_size = run->options.min_size;
    self->last_run->options.max_size = run->options.max_size;
    self->last_run->options.exclude_on_edges = run->options.exclude_on_edges;
    g_autofree char *command = scribe_run_command(self->last_run, NULL);
    scribe_document_set_provenance(self->doc, self->last_run->model, command);
  }
  scribe_window_update(self);
}

static void on_filtered(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  ScribeWindow *self = owner;
  ScribeFiltered *made = data;
  if (job != self->filter_job)
    return;
  if (err || !self->doc) {
    g_clear_object(&self->filter_job);
    if (err)
      scribe_window_error(self, _("The thresholds were not applied"), err);
    return;
  }
  g_autoptr(ScribeRun) run = scribe_panel_segment_get_run(self->segment);
  const CytoPatch *last =
      cyto_undo_peek(cyto_document_history(scribe_document_get_core(self->doc)), false);
  gboolean again = last && last->kind == CYTO_STEP_RUN;
  /* What was drawn since the run is not what "replace all" was said of. */
  if (!again && run->policy == CYTO_RUN_REPLACE)
    run->policy = CYTO_RUN_KEEP_MANUAL;
  start_ready(self, job, &made->labels, run->policy, again, on_filter_ready);
}

static gboolean start_filter(gpointer data) {
  ScribeWindow *self = data;
  ScribeFlow *flow = self->doc ? scribe_document_get_flow_object(self->doc) : NULL;
  self->filter_delay = 0;
  if (!flow || self->run_job)
    return G_SOURCE_REMOVE;
  if (self->filter_job)
    scribe_job_cancel(self->filter_job);
  g_clear_object(&self->filter_job);
  forget_ready(self);
  g_autoptr(ScribeRun) run = scribe_panel_segment_get_run(self->segment);
  CytoSegment options = flow->options;
  options.cellprob_threshold = run->options.cellprob_threshold;
  options.flow_threshold = run->options.flow_threshold;
  options.min_size = run->options.min_size;
  options.max_size = run->options.max_size;
  options.exclude_on_edges = run->options.exclude_on_edges;
  const CytoImage *image = scribe_document_get_image(self->doc);
  ScribeJob *job =
      scribe_task_filter(flow, &options, image->ny, image->nx, self->candidates, self, on_filtered);
  self->filter_job = g_object_ref(job);
  scribe_worker_push(self->worker, job);
  return G_SOURCE_REMOVE;
}

/* A slider that moves asks many times: the last one counts. */
void scribe_window_plan_filter(ScribeWindow *self) {
  if (!self->doc || !scribe_document_get_flow_object(self->doc))
    return;
  if (!self->filter_delay)
    self->filter_delay = g_timeout_add(60, start_filter, self);
}

void scribe_window_copy_command(ScribeWindow *self) {
  g_autoptr(ScribeRun) run = scribe_panel_segment_get_run(self->segment);
  const char *path = self->doc ? scribe_document_get_path(self->doc) : NULL;
  const char *const paths[] = {path, NULL};
  scribe_window_fill_axes(self, run);
  g_autofree char *command = scribe_run_command(run, paths);
  if (!command)
    return;
  gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(self)), command);
  scribe_window_toast(self, _("The command is on the clipboard."));
  scribe_log_add(self->log, "%s", command);
}

/* How far a run is, in the place of the button that started it. */
#include "scribe-panel-segment-private.h"
#include "scribe-words.h"

static void on_progress(ScribePanelSegment *self, ScribeJob *job) {
  double fraction = scribe_job_get_progress(job, NULL, NULL, NULL, NULL);
  g_autofree char *text = scribe_progress_text(job);
  gtk_progress_bar_set_text(self->progress, text);
  gtk_widget_set_tooltip_text(GTK_WIDGET(self->progress), text);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction(self->progress, fraction);
  else
    gtk_progress_bar_pulse(self->progress);
}

void scribe_panel_segment_show_job(ScribePanelSegment *self, ScribeJob *job) {
  if (self->job)
    g_signal_handler_disconnect(self->job, self->job_handler);
  g_set_object(&self->job, job);
  if (job) {
    gtk_progress_bar_set_fraction(self->progress, 0);
    self->job_handler = g_signal_connect_swapped(job, "progress", G_CALLBACK(on_progress), self);
    on_progress(self, job);
  }
  gtk_stack_set_visible_child_name(self->run_stack, job ? "busy" : "idle");
}

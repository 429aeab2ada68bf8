/* What the panel says a run should do. */
#include "scribe-panel-segment-private.h"
#include <math.h>
#include <string.h>

void scribe_panel_segment_set_channels(ScribePanelSegment *self, guint segment, guint nucleus) {
  if (segment < g_list_model_get_n_items(gtk_drop_down_get_model(self->channel)))
    gtk_drop_down_set_selected(self->channel, segment);
  if (nucleus < g_list_model_get_n_items(gtk_drop_down_get_model(self->nucleus)))
    gtk_drop_down_set_selected(self->nucleus, nucleus);
}

/* A number that is still being typed counts. */
ScribeRun *scribe_panel_segment_get_run(ScribePanelSegment *self) {
  ScribeRun *run = g_new0(ScribeRun, 1);
  const char *name = scribe_model_choice_get(self->model);
  guint segment = gtk_drop_down_get_selected(self->channel);
  run->model = g_strdup(name ? name : "cyto");
  run->policy = scribe_policy_get(self->policy);
  run->options = cyto_segment_defaults();
  run->options.channels.segment = segment;
  run->options.channels.nucleus = segment ? gtk_drop_down_get_selected(self->nucleus) : 0;
  scribe_diameter_settle(self->diameter);
  run->options.diameter = scribe_diameter_get_pixels(self->diameter);
  scribe_thresholds_read(self->thresholds, &run->options);
  scribe_advanced_read(self->advanced, &run->options);
  return run;
}

void scribe_panel_segment_set_run(ScribePanelSegment *self, const ScribeRun *run) {
  scribe_thresholds_write(self->thresholds, &run->options);
}

double scribe_panel_segment_get_diameter(ScribePanelSegment *self) {
  return scribe_diameter_get_pixels(self->diameter);
}

void scribe_panel_segment_set_diameter(ScribePanelSegment *self, double pixels) {
  scribe_diameter_set_pixels(self->diameter, pixels);
}

ScribeDiameter *scribe_panel_segment_get_diameter_field(ScribePanelSegment *self) {
  return self->diameter;
}

void scribe_panel_segment_set_estimate(ScribePanelSegment *self, const char *text) {
  scribe_diameter_set_note(self->diameter, text);
}

void scribe_panel_segment_set_counts(ScribePanelSegment *self, const ScribeFiltered *made) {
  scribe_thresholds_show(self->thresholds, made);
}

char *scribe_panel_segment_read_counts(ScribePanelSegment *self) {
  return scribe_thresholds_read_counts(self->thresholds);
}

gboolean scribe_panel_segment_set_threshold(ScribePanelSegment *self, const char *name,
                                            double value) {
  if (!isfinite(value))
    return FALSE;
  if (strcmp(name, "policy") == 0 && value >= 0 && value <= CYTO_RUN_EMPTY_ONLY) {
    scribe_policy_set(self->policy, (CytoRunPolicy)value);
    return TRUE;
  }
  return scribe_thresholds_set(self->thresholds, name, value) ||
         scribe_advanced_set(self->advanced, name, value);
}

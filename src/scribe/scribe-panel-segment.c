#include "scribe-panel-segment-private.h"
#include "scribe-channel-choice.h"
#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE(ScribePanelSegment, scribe_panel_segment, GTK_TYPE_BOX)

enum { THRESHOLDS_CHANGED, DIAMETER_CHANGED, CHANNELS_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void on_thresholds(ScribePanelSegment *self) {
  g_signal_emit(self, signals[THRESHOLDS_CHANGED], 0);
}

static void on_diameter(ScribePanelSegment *self) {
  g_signal_emit(self, signals[DIAMETER_CHANGED], 0);
}

static void on_card(ScribePanelSegment *self) {
  scribe_diameter_set_expected(self->diameter, scribe_model_choice_get_diameter(self->model));
}

static guint channels_of(ScribePanelSegment *self) {
  return self->doc ? (guint)scribe_document_get_image(self->doc)->nc : 0;
}

static void on_channel(ScribePanelSegment *self) {
  gtk_widget_set_sensitive(GTK_WIDGET(self->nucleus),
                           channels_of(self) > 1 && gtk_drop_down_get_selected(self->channel));
  g_signal_emit(self, signals[CHANNELS_CHANGED], 0);
}

/* What it is about */

void scribe_panel_segment_set_display(ScribePanelSegment *self, ScribeDisplay *display) {
  scribe_channel_choice_set_display(self->channel, display);
  scribe_channel_choice_set_display(self->nucleus, display);
}

void scribe_panel_segment_set_worker(ScribePanelSegment *self, ScribeWorker *worker) {
  scribe_model_choice_set_worker(self->model, worker);
}

void scribe_panel_segment_set_document(ScribePanelSegment *self, ScribeDocument *doc) {
  g_set_object(&self->doc, doc);
  scribe_policy_set_document(self->policy, doc);
  const CytoImage *image = doc ? scribe_document_get_image(doc) : NULL;
  gboolean several = image && image->nc > 1;
  scribe_channel_choice_fill(self->channel, several ? _("gray (mean of all)") : _("gray"), image);
  scribe_channel_choice_fill(self->nucleus, _("none"), image);
  gtk_widget_set_sensitive(GTK_WIDGET(self->channel), several);
  scribe_diameter_set_pixel_size(self->diameter, image ? image->pixel_x : 0);
  on_channel(self);
}

gboolean scribe_panel_segment_set_model(ScribePanelSegment *self, const char *name) {
  return scribe_model_choice_set(self->model, name);
}

void scribe_panel_segment_reload_models(ScribePanelSegment *self) {
  scribe_model_choice_reload(self->model, NULL);
}

char *scribe_panel_segment_read_card(ScribePanelSegment *self) {
  return scribe_model_choice_read_card(self->model);
}

/* Making */

void scribe_panel_segment_bind(ScribePanelSegment *self, GSettings *settings) {
  if (!settings)
    return;
  g_autofree char *model = g_settings_get_string(settings, "model");
  scribe_model_choice_reload(self->model, model);
  scribe_thresholds_bind(self->thresholds, settings);
  scribe_advanced_bind(self->advanced, settings);
  scribe_policy_bind(self->policy, settings);
  const struct {
    const char *key;
    gpointer object;
    const char *property;
  } table[] = {
      {"diameter", self->diameter, "pixels"},
      {"micrometres", self->diameter, "micrometres"},
      {"show-thresholds", self->thresholds_fold, "expanded"},
      {"show-advanced", self->advanced_fold, "expanded"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(table); i++)
    g_settings_bind(settings, table[i].key, table[i].object, table[i].property,
                    G_SETTINGS_BIND_DEFAULT);
}

static void scribe_panel_segment_dispose(GObject *object) {
  ScribePanelSegment *self = SCRIBE_PANEL_SEGMENT(object);
  if (self->job)
    g_signal_handler_disconnect(self->job, self->job_handler);
  g_clear_object(&self->job);
  g_clear_object(&self->doc);
  gtk_widget_dispose_template(GTK_WIDGET(self), SCRIBE_TYPE_PANEL_SEGMENT);
  G_OBJECT_CLASS(scribe_panel_segment_parent_class)->dispose(object);
}

#define BIND(name) gtk_widget_class_bind_template_child(widget, ScribePanelSegment, name)

static void scribe_panel_segment_class_init(ScribePanelSegmentClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  static const char *const names[N_SIGNALS] = {"thresholds-changed", "diameter-changed",
                                               "channels-changed"};
  G_OBJECT_CLASS(klass)->dispose = scribe_panel_segment_dispose;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new(names[i], SCRIBE_TYPE_PANEL_SEGMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 0);
  g_type_ensure(SCRIBE_TYPE_MODEL_CHOICE);
  g_type_ensure(SCRIBE_TYPE_DIAMETER);
  g_type_ensure(SCRIBE_TYPE_POLICY);
  g_type_ensure(SCRIBE_TYPE_THRESHOLDS);
  g_type_ensure(SCRIBE_TYPE_ADVANCED);
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/panel-segment.ui");
  BIND(model), BIND(channel), BIND(nucleus), BIND(policy), BIND(diameter);
  BIND(thresholds), BIND(thresholds_fold), BIND(advanced), BIND(advanced_fold);
  BIND(run_stack), BIND(progress);
  gtk_widget_class_bind_template_callback(widget, on_channel);
  gtk_widget_class_bind_template_callback(widget, on_diameter);
  gtk_widget_class_bind_template_callback(widget, on_thresholds);
}

static void scribe_panel_segment_init(ScribePanelSegment *self) {
  gtk_widget_init_template(GTK_WIDGET(self));
  g_signal_connect_object(self->model, "card-changed", G_CALLBACK(on_card), self,
                          G_CONNECT_SWAPPED);
  scribe_panel_segment_set_document(self, NULL);
}

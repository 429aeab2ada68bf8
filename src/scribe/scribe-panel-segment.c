#include "scribe-panel-segment.h"
#include "scribe-words.h"
#include "task-card.h"
#include <glib/gi18n.h>
#include <string.h>

/* Numbers that are rows of a grid: made from a table, so that one line is one setting. */
typedef struct Row {
  const char *key; /* of the settings and of scribe_panel_segment_set_threshold */
  const char *label, *tip;
  double low, high, step, value;
  guint digits;
  gboolean slider;
} Row;

enum { CELLPROB, FLOW, MIN_SIZE, MAX_SIZE, N_THRESHOLDS };
static const Row thresholds[N_THRESHOLDS] = {
    [CELLPROB] = {"cellprob", N_("Cell probability"),
                  N_("Lower finds more and larger cells, higher fewer and smaller ones"), -6, 6,
                  0.1, 0, 1, TRUE},
    [FLOW] = {"flow", N_("Flow error"), N_("Higher keeps cells of odder shapes; 0 keeps every one"),
              0, 3, 0.05, 0.4, 2, TRUE},
    [MIN_SIZE] = {"min-size", N_("Smallest"), N_("Cells with fewer pixels are left out"), 0, 1e7, 5,
                  15, 0, FALSE},
    [MAX_SIZE] = {"max-size", N_("Largest"),
                  N_("Cells with more pixels are left out; 0 sets no limit"), 0, 1e9, 100, 0, 0,
                  FALSE},
};

enum { LOW, HIGH, SHARPEN, SMOOTH, BLOCK, NITER, N_NUMBERS };
static const Row numbers[N_NUMBERS] = {
    [LOW] = {"percentile-low", N_("Dark end, %"),
             N_("Percentile of each channel that counts as black"), 0, 49.9, 0.1, 1, 1, FALSE},
    [HIGH] = {"percentile-high", N_("Bright end, %"),
              N_("Percentile of each channel that counts as white"), 50, 100, 0.1, 99, 1, FALSE},
    [SHARPEN] = {"sharpen", N_("Sharpen, pixels"), N_("Radius; 0 = off"), 0, 1000, 1, 0, 1, FALSE},
    [SMOOTH] = {"smooth", N_("Smooth, pixels"), N_("Radius; 0 = off"), 0, 1000, 1, 0, 1, FALSE},
    [BLOCK] = {"block", N_("Uneven light, pixels"),
               N_("Brightness is evened out in blocks of this size; 0 = off"), 0, 10000, 10, 0, 0,
               FALSE},
    [NITER] = {"niter", N_("Steps"),
               N_("How far pixels follow the flow; 0 = from the diameter; more for long cells"), 0,
               1e5, 50, 0, 0, FALSE},
};

struct _ScribePanelSegment {
  GtkBox parent;
  GtkDropDown *model, *channel, *nucleus, *policy;
  GtkLabel *card, *unit, *estimate, *counts;
  GtkSpinButton *diameter;
  GtkStack *run_stack;
  GtkProgressBar *progress;
  GtkGrid *sliders, *numbers;
  GtkExpander *thresholds, *advanced;
  GtkCheckButton *edges, *invert, *augment, *coarse;
  GtkAdjustment *threshold[N_THRESHOLDS], *number[N_NUMBERS];
  GtkStringList *models; /* names */
  ScribeJob *job;
  gulong job_handler;
  ScribeWorker *worker;
  double pixel_size; /* µm, 0 = unknown */
  guint n_channels;
  guint quiet;  /* > 0: values are being set, tell nobody */
  char *wanted; /* model to choose when it turns up */
};

G_DEFINE_FINAL_TYPE(ScribePanelSegment, scribe_panel_segment, GTK_TYPE_BOX)

enum { THRESHOLDS_CHANGED, DIAMETER_CHANGED, CHANNELS_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void tell(ScribePanelSegment *self, guint which) {
  if (!self->quiet)
    g_signal_emit(self, signals[which], 0);
}

static void on_threshold(ScribePanelSegment *self) {
  tell(self, THRESHOLDS_CHANGED);
}

static void show_unit(ScribePanelSegment *self) {
  double pixels = gtk_spin_button_get_value(self->diameter);
  g_autofree char *text = NULL;
  if (pixels <= 0)
    text = g_strdup(_("estimate"));
  else if (self->pixel_size > 0)
    text = g_strdup_printf(_("pixels = %.1f µm"), pixels * self->pixel_size);
  else
    text = g_strdup(_("pixels"));
  gtk_label_set_text(self->unit, text);
}

static void on_diameter(ScribePanelSegment *self) {
  show_unit(self);
  scribe_panel_segment_set_estimate(self, NULL);
  tell(self, DIAMETER_CHANGED);
}

static void on_channel(ScribePanelSegment *self) {
  guint segment = gtk_drop_down_get_selected(self->channel);
  gtk_widget_set_sensitive(GTK_WIDGET(self->nucleus), segment > 0 && self->n_channels > 1);
  tell(self, CHANNELS_CHANGED);
}

/* Model cards */

static const char *chosen_model(ScribePanelSegment *self) {
  guint at = gtk_drop_down_get_selected(self->model);
  return at == GTK_INVALID_LIST_POSITION ? NULL : gtk_string_list_get_string(self->models, at);
}

/* Main thread. */
static void on_card(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  (void)job;
  ScribePanelSegment *self = owner;
  const ScribeCard *card = data;
  if (g_strcmp0(chosen_model(self), card->name) != 0)
    return;
  g_autoptr(GString) text = g_string_new(NULL);
  if (err) {
    g_string_append(text, err->text);
  } else {
    g_string_append_printf(text, _("Trained with cells of %.0f pixels."), card->diameter);
    if (!card->can_estimate)
      g_string_append_printf(text, " %s", _("Cannot estimate diameters."));
    if (card->licence)
      g_string_append_printf(text, " %s %s.", _("Licence:"), card->licence);
  }
  gtk_label_set_text(self->card, text->str);
  gtk_widget_set_tooltip_text(GTK_WIDGET(self->card),
                              err || !card->description ? NULL : card->description);
}

static void on_model(ScribePanelSegment *self) {
  const char *name = chosen_model(self);
  if (self->worker && name)
    scribe_worker_push(self->worker, scribe_task_card(name, self, on_card));
}

void scribe_panel_segment_set_worker(ScribePanelSegment *self, ScribeWorker *worker) {
  g_set_object(&self->worker, worker);
  on_model(self);
}

/* Names are read from folders alone: quick enough for the main thread. */
void scribe_panel_segment_reload_models(ScribePanelSegment *self) {
  g_autofree char *now = g_strdup(self->wanted ? self->wanted : chosen_model(self));
  CytoModelList list = {0};
  self->quiet++;
  gtk_string_list_splice(self->models, 0, g_list_model_get_n_items(G_LIST_MODEL(self->models)),
                         NULL);
  if (cyto_model_list(&list, NULL))
    for (gsize i = 0; i < list.count; i++)
      gtk_string_list_append(self->models, list.entry[i].name);
  cyto_model_list_clear(&list);
  gtk_widget_set_sensitive(GTK_WIDGET(self->model),
                           list.count > 0 ||
                               g_list_model_get_n_items(G_LIST_MODEL(self->models)) > 0);
  if (!scribe_panel_segment_set_model(self, now))
    scribe_panel_segment_set_model(self, "cyto");
  self->quiet--;
}

gboolean scribe_panel_segment_set_model(ScribePanelSegment *self, const char *name) {
  guint n = g_list_model_get_n_items(G_LIST_MODEL(self->models));
  for (guint i = 0; name && i < n; i++) {
    if (strcmp(gtk_string_list_get_string(self->models, i), name) == 0) {
      gtk_drop_down_set_selected(self->model, i);
      return TRUE;
    }
  }
  if (!name || !strchr(name, '/'))
    return FALSE;
  gtk_string_list_append(self->models, name); /* a file of the user's */
  gtk_drop_down_set_selected(self->model, n);
  return TRUE;
}

/* Channels */

static void fill_channels(GtkDropDown *drop, const char *first, const CytoImage *image) {
  static const char *const colours[] = {N_("red"), N_("green"), N_("blue")};
  g_autoptr(GtkStringList) list = gtk_string_list_new(NULL);
  guint old = gtk_drop_down_get_selected(drop);
  gtk_string_list_append(list, first);
  for (gsize c = 0; image && image->nc > 1 && c < image->nc; c++) {
    const char *name = image->channel_names ? image->channel_names[c] : NULL;
    g_autofree char *text = NULL;
    if (!name && c < 3 && image->nc <= 3)
      name = _(colours[c]);
    text = name ? g_strdup_printf("%zu  %s", c + 1, name) : g_strdup_printf("%zu", c + 1);
    gtk_string_list_append(list, text);
  }
  gtk_drop_down_set_model(drop, G_LIST_MODEL(list));
  gtk_drop_down_set_selected(drop, old < g_list_model_get_n_items(G_LIST_MODEL(list)) ? old : 0);
}

void scribe_panel_segment_set_document(ScribePanelSegment *self, ScribeDocument *doc) {
  const CytoImage *image = doc ? scribe_document_get_image(doc) : NULL;
  self->quiet++;
  self->n_channels = image ? (guint)image->nc : 0;
  self->pixel_size = image ? image->pixel_x : 0;
  fill_channels(self->channel, self->n_channels > 1 ? _("gray (mean of all)") : _("gray"), image);
  fill_channels(self->nucleus, _("none"), image);
  gtk_widget_set_sensitive(GTK_WIDGET(self->channel), self->n_channels > 1);
  on_channel(self);
  show_unit(self);
  self->quiet--;
}

void scribe_panel_segment_set_channels(ScribePanelSegment *self, guint segment, guint nucleus) {
  self->quiet++;
  if (segment < g_list_model_get_n_items(gtk_drop_down_get_model(self->channel)))
    gtk_drop_down_set_selected(self->channel, segment);
  if (nucleus < g_list_model_get_n_items(gtk_drop_down_get_model(self->nucleus)))
    gtk_drop_down_set_selected(self->nucleus, nucleus);
  self->quiet--;
}

/* Values */

static double value_of(GtkAdjustment *adjustment) {
  return gtk_adjustment_get_value(adjustment);
}

/* A number that is still being typed counts. */
ScribeRun *scribe_panel_segment_get_run(ScribePanelSegment *self) {
  gtk_spin_button_update(self->diameter);
  ScribeRun *run = g_new0(ScribeRun, 1);
  CytoSegment *o = &run->options;
  const char *name = chosen_model(self);
  guint segment = gtk_drop_down_get_selected(self->channel);
  *o = cyto_segment_defaults();
  run->model = g_strdup(name ? name : "cyto");
  run->policy = (CytoRunPolicy)gtk_drop_down_get_selected(self->policy);
  o->channels.segment = segment;
  o->channels.nucleus = segment ? gtk_drop_down_get_selected(self->nucleus) : 0;
  o->diameter = scribe_panel_segment_get_diameter(self);
  o->cellprob_threshold = value_of(self->threshold[CELLPROB]);
  o->flow_threshold = value_of(self->threshold[FLOW]);
  o->min_size = (int64_t)value_of(self->threshold[MIN_SIZE]);
  o->max_size = (uint64_t)value_of(self->threshold[MAX_SIZE]);
  o->exclude_on_edges = gtk_check_button_get_active(self->edges);
  o->normalize.percentile_low = value_of(self->number[LOW]);
  o->normalize.percentile_high = value_of(self->number[HIGH]);
  o->normalize.sharpen_radius = value_of(self->number[SHARPEN]);
  o->normalize.smooth_radius = value_of(self->number[SMOOTH]);
  o->normalize.tile_blocksize = value_of(self->number[BLOCK]);
  o->normalize.invert = gtk_check_button_get_active(self->invert);
  o->niter = value_of(self->number[NITER]);
  o->augment = gtk_check_button_get_active(self->augment);
  o->resample = !gtk_check_button_get_active(self->coarse);
  return run;
}

void scribe_panel_segment_set_run(ScribePanelSegment *self, const ScribeRun *run) {
  const CytoSegment *o = &run->options;
  self->quiet++;
  gtk_adjustment_set_value(self->threshold[CELLPROB], o->cellprob_threshold);
  gtk_adjustment_set_value(self->threshold[FLOW], o->flow_threshold);
  gtk_adjustment_set_value(self->threshold[MIN_SIZE], (double)MAX(o->min_size, 0));
  gtk_adjustment_set_value(self->threshold[MAX_SIZE], (double)o->max_size);
  gtk_check_button_set_active(self->edges, o->exclude_on_edges);
  self->quiet--;
}

/* The number in the field, as a decimal of one digit: what the command line gets is the same. */
double scribe_panel_segment_get_diameter(ScribePanelSegment *self) {
  char text[32];
  g_ascii_formatd(text, sizeof text, "%.1f", gtk_spin_button_get_value(self->diameter));
  return g_ascii_strtod(text, NULL);
}

void scribe_panel_segment_set_diameter(ScribePanelSegment *self, double pixels) {
  gtk_spin_button_set_value(self->diameter, pixels);
}

void scribe_panel_segment_set_estimate(ScribePanelSegment *self, const char *text) {
  gtk_label_set_text(self->estimate, text ? text : "");
  gtk_widget_set_visible(GTK_WIDGET(self->estimate), text != NULL);
}

void scribe_panel_segment_set_counts(ScribePanelSegment *self, const char *markup) {
  gtk_label_set_markup(
      self->counts,
      markup ? markup : _("After a run these change the cells at once, without running again."));
}

gboolean scribe_panel_segment_set_threshold(ScribePanelSegment *self, const char *name,
                                            double value) {
  if (strcmp(name, "edges") == 0)
    gtk_check_button_set_active(self->edges, value != 0);
  for (guint i = 0; i < N_THRESHOLDS; i++) {
    if (strcmp(thresholds[i].key, name) == 0) {
      gtk_adjustment_set_value(self->threshold[i], value);
      return TRUE;
    }
  }
  return strcmp(name, "edges") == 0;
}

/* Progress */

static void on_progress(ScribePanelSegment *self, ScribeJob *job) {
  double fraction = scribe_job_get_progress(job, NULL, NULL, NULL, NULL);
  g_autofree char *text = scribe_progress_text(job);
  gtk_progress_bar_set_text(self->progress, text);
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

/* Making */

static GtkAdjustment *add_row(GtkGrid *grid, const Row *row, int at) {
  GtkAdjustment *adjustment =
      gtk_adjustment_new(row->value, row->low, row->high, row->step, row->step * 10, 0);
  GtkWidget *label = gtk_label_new(_(row->label)), *number;
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_widget_set_tooltip_text(label, _(row->tip));
  number = gtk_spin_button_new(adjustment, row->step, row->digits);
  gtk_editable_set_width_chars(GTK_EDITABLE(number), 5);
  gtk_widget_set_tooltip_text(number, _(row->tip));
  gtk_accessible_update_property(GTK_ACCESSIBLE(number), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 _(row->label), -1);
  gtk_widget_set_hexpand(label, TRUE);
  gtk_grid_attach(grid, label, 0, 2 * at, 1, 1);
  gtk_grid_attach(grid, number, 1, 2 * at, 1, 1);
  if (row->slider) {
    GtkWidget *scale = gtk_scale_new(GTK_ORIENTATION_HORIZONTAL, adjustment);
    gtk_accessible_update_property(GTK_ACCESSIBLE(scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _(row->label), -1);
    gtk_grid_attach(grid, scale, 0, 2 * at + 1, 2, 1);
  }
  return adjustment;
}

static void scribe_panel_segment_init(ScribePanelSegment *self) {
  self->quiet = 1;
  gtk_widget_init_template(GTK_WIDGET(self));
  self->models = gtk_string_list_new(NULL);
  gtk_drop_down_set_model(self->model, G_LIST_MODEL(self->models));
  for (int i = 0; i < N_THRESHOLDS; i++) {
    self->threshold[i] = add_row(self->sliders, &thresholds[i], i);
    g_signal_connect_swapped(self->threshold[i], "value-changed", G_CALLBACK(on_threshold), self);
  }
  for (int i = 0; i < N_NUMBERS; i++)
    self->number[i] = add_row(self->numbers, &numbers[i], i);
  scribe_panel_segment_set_document(self, NULL);
  scribe_panel_segment_reload_models(self);
  self->quiet = 0;
}

void scribe_panel_segment_bind(ScribePanelSegment *self, GSettings *settings) {
  if (!settings)
    return;
  self->wanted = g_settings_get_string(settings, "model");
  scribe_panel_segment_reload_models(self);
  g_clear_pointer(&self->wanted, g_free);
  self->quiet++;
  for (int i = 0; i < N_THRESHOLDS; i++)
    g_settings_bind(settings, thresholds[i].key, self->threshold[i], "value",
                    G_SETTINGS_BIND_DEFAULT);
  for (int i = 0; i < N_NUMBERS; i++)
    g_settings_bind(settings, numbers[i].key, self->number[i], "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind(settings, "diameter", self->diameter, "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind(settings, "policy", self->policy, "selected", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind(settings, "edges", self->edges, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind(settings, "invert", self->invert, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind(settings, "augment", self->augment, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind(settings, "coarse", self->coarse, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind(settings, "show-thresholds", self->thresholds, "expanded",
                  G_SETTINGS_BIND_DEFAULT);
  g_settings_bind(settings, "show-advanced", self->advanced, "expanded", G_SETTINGS_BIND_DEFAULT);
  self->quiet--;
}

static void scribe_panel_segment_dispose(GObject *object) {
  ScribePanelSegment *self = SCRIBE_PANEL_SEGMENT(object);
  if (self->job)
    g_signal_handler_disconnect(self->job, self->job_handler);
  g_clear_object(&self->job);
  g_clear_object(&self->worker);
  g_clear_object(&self->models);
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
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/panel-segment.ui");
  BIND(model), BIND(channel), BIND(nucleus), BIND(policy), BIND(card), BIND(unit);
  BIND(estimate), BIND(counts), BIND(diameter), BIND(run_stack), BIND(progress);
  BIND(sliders), BIND(numbers), BIND(thresholds), BIND(advanced), BIND(edges), BIND(invert);
  BIND(augment), BIND(coarse);
  gtk_widget_class_bind_template_callback(widget, on_model);
  gtk_widget_class_bind_template_callback(widget, on_channel);
  gtk_widget_class_bind_template_callback(widget, on_diameter);
  gtk_widget_class_bind_template_callback(widget, on_threshold);
}

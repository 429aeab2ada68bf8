#include "scribe-thresholds.h"
#include "../cyto/view/scene.h"
#include "scribe-number.h"
#include "scribe-words.h"
#include <glib/gi18n.h>
#include <string.h>

enum { CELLPROB, FLOW, MIN_SIZE, MAX_SIZE, N_NUMBERS };
static const ScribeNumber numbers[N_NUMBERS] = {
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

struct _ScribeThresholds {
  GtkBox parent;
  GtkGrid *grid;
  GtkCheckButton *edges;
  GtkLabel *counts;
  GtkBox *legend;
  GtkAdjustment *number[N_NUMBERS];
  gboolean quiet; /* values are being set, tell nobody */
};

G_DEFINE_FINAL_TYPE(ScribeThresholds, scribe_thresholds, GTK_TYPE_BOX)

static guint changed;

static void on_changed(ScribeThresholds *self) {
  if (!self->quiet)
    g_signal_emit(self, changed, 0);
}

static double value_of(ScribeThresholds *self, guint i) {
  return gtk_adjustment_get_value(self->number[i]);
}

void scribe_thresholds_read(ScribeThresholds *self, CytoSegment *options) {
  options->cellprob_threshold = value_of(self, CELLPROB);
  options->flow_threshold = value_of(self, FLOW);
  options->min_size = (int64_t)value_of(self, MIN_SIZE);
  options->max_size = (uint64_t)value_of(self, MAX_SIZE);
  options->exclude_on_edges = gtk_check_button_get_active(self->edges);
}

void scribe_thresholds_write(ScribeThresholds *self, const CytoSegment *options) {
  self->quiet = TRUE;
  gtk_adjustment_set_value(self->number[CELLPROB], options->cellprob_threshold);
  gtk_adjustment_set_value(self->number[FLOW], options->flow_threshold);
  gtk_adjustment_set_value(self->number[MIN_SIZE], (double)MAX(options->min_size, 0));
  gtk_adjustment_set_value(self->number[MAX_SIZE], (double)options->max_size);
  gtk_check_button_set_active(self->edges, options->exclude_on_edges);
  self->quiet = FALSE;
}

gboolean scribe_thresholds_set(ScribeThresholds *self, const char *name, double value) {
  if (strcmp(name, "edges") == 0) {
    gtk_check_button_set_active(self->edges, value != 0);
    return TRUE;
  }
  return scribe_numbers_set(numbers, self->number, N_NUMBERS, name, value);
}

/* Why it was rejected, and what would keep it. */
static char *reason_tip(ScribeThresholds *self, guint reason) {
  switch (reason) {
  case SCRIBE_REJECTED_FLOW:
    return g_strdup_printf(_("Their flow error is above %.2f: the shape does not agree with the "
                             "flows of the network. A higher Flow error keeps them."),
                           value_of(self, FLOW));
  case SCRIBE_REJECTED_SMALL:
    return g_strdup_printf(_("They have fewer than %.0f pixels. A lower Smallest keeps them."),
                           value_of(self, MIN_SIZE));
  case SCRIBE_REJECTED_LARGE:
    return g_strdup_printf(_("They have more than %.0f pixels. A higher Largest, or 0, keeps "
                             "them."),
                           value_of(self, MAX_SIZE));
  default:
    return g_strdup(_("They touch the border of the image and may be cut off there."));
  }
}

/* The colour is that of the dashed outlines on the picture. */
static void add_reason(ScribeThresholds *self, guint reason, guint count) {
  g_autofree char *tip = reason_tip(self, reason);
  g_autofree char *text =
      g_markup_printf_escaped("<span foreground=\"#%06x\">●</span> %u %s",
                              cyto_reason_colour(reason), count, scribe_reason_text(reason));
  GtkWidget *label = gtk_label_new(NULL);
  gtk_label_set_markup(GTK_LABEL(label), text);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_widget_set_tooltip_text(label, tip);
  gtk_widget_add_css_class(label, "caption");
  gtk_box_append(self->legend, label);
}

void scribe_thresholds_show(ScribeThresholds *self, const ScribeFiltered *made) {
  static const guint order[] = {SCRIBE_REJECTED_FLOW, SCRIBE_REJECTED_SMALL, SCRIBE_REJECTED_LARGE,
                                SCRIBE_REJECTED_EDGE};
  GtkWidget *old;
  gboolean any = FALSE;
  while ((old = gtk_widget_get_first_child(GTK_WIDGET(self->legend))))
    gtk_box_remove(self->legend, old);
  for (guint i = 0; made && i < G_N_ELEMENTS(order); i++) {
    guint count = made->rejected[order[i]];
    if (count && !any)
      gtk_box_append(self->legend,
                     g_object_new(GTK_TYPE_LABEL, "label", _("Rejected, dashed:"), "xalign", 0.0,
                                  "css-classes",
                                  (const char *const[]){"caption", "dim-label", NULL}, NULL));
    any |= count > 0;
    if (count)
      add_reason(self, order[i], count);
  }
  gtk_widget_set_visible(GTK_WIDGET(self->legend), any);
  if (!made) {
    gtk_label_set_text(self->counts,
                       _("After a run these change the cells at once, without running again."));
    return;
  }
  g_autofree char *cells =
      g_strdup_printf(ngettext("<b>%u cell</b>", "<b>%u cells</b>", made->kept), made->kept);
  g_autofree char *markup = g_strdup_printf("%s  +%u −%u", cells, made->added, made->removed);
  gtk_label_set_markup(self->counts, markup);
}

char *scribe_thresholds_read_counts(ScribeThresholds *self) {
  GString *text = g_string_new(gtk_label_get_text(self->counts));
  for (GtkWidget *line = gtk_widget_get_first_child(GTK_WIDGET(self->legend)); line;
       line = gtk_widget_get_next_sibling(line))
    g_string_append_printf(text, "; %s", gtk_label_get_text(GTK_LABEL(line)));
  return g_string_free(text, FALSE);
}

void scribe_thresholds_bind(ScribeThresholds *self, GSettings *settings) {
  self->quiet = TRUE;
  scribe_numbers_bind(numbers, self->number, N_NUMBERS, settings);
  g_settings_bind(settings, "edges", self->edges, "active", G_SETTINGS_BIND_DEFAULT);
  self->quiet = FALSE;
}

static void scribe_thresholds_dispose(GObject *object) {
  gtk_widget_dispose_template(GTK_WIDGET(object), SCRIBE_TYPE_THRESHOLDS);
  G_OBJECT_CLASS(scribe_thresholds_parent_class)->dispose(object);
}

static void scribe_thresholds_class_init(ScribeThresholdsClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = scribe_thresholds_dispose;
  changed = g_signal_new("changed", SCRIBE_TYPE_THRESHOLDS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                         G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/thresholds.ui");
  gtk_widget_class_bind_template_child(widget, ScribeThresholds, grid);
  gtk_widget_class_bind_template_child(widget, ScribeThresholds, edges);
  gtk_widget_class_bind_template_child(widget, ScribeThresholds, counts);
  gtk_widget_class_bind_template_child(widget, ScribeThresholds, legend);
  gtk_widget_class_bind_template_callback(widget, on_changed);
}

static void scribe_thresholds_init(ScribeThresholds *self) {
  self->quiet = TRUE;
  gtk_widget_init_template(GTK_WIDGET(self));
  for (int i = 0; i < N_NUMBERS; i++) {
    self->number[i] = scribe_number_add(self->grid, &numbers[i], i);
    g_signal_connect_swapped(self->number[i], "value-changed", G_CALLBACK(on_changed), self);
  }
  scribe_thresholds_show(self, NULL);
  self->quiet = FALSE;
}

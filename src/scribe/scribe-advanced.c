#include "scribe-advanced.h"
#include "scribe-number.h"
#include <glib/gi18n.h>
#include <string.h>

enum { LOW, HIGH, SHARPEN, SMOOTH, BLOCK, NITER, OVERLAP, N_NUMBERS };
static const ScribeNumber numbers[N_NUMBERS] = {
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
    [OVERLAP] = {"tile-overlap", N_("Overlap of tiles"),
                 N_("Part of a tile that its neighbours see as well; more is slower"), 0.05, 0.5,
                 0.05, 0.1, 2, FALSE},
};

enum { NORMALIZE, INVERT, AUGMENT, COARSE, N_CHECKS };
static const char *const checks[N_CHECKS] = {"normalize", "invert", "augment", "coarse"};

struct _ScribeAdvanced {
  GtkBox parent;
  GtkGrid *grid;
  GtkCheckButton *normalize, *invert, *augment, *coarse;
  GtkAdjustment *number[N_NUMBERS];
};

G_DEFINE_FINAL_TYPE(ScribeAdvanced, scribe_advanced, GTK_TYPE_BOX)

static GtkCheckButton *check_of(ScribeAdvanced *self, guint i) {
  GtkCheckButton *const all[N_CHECKS] = {self->normalize, self->invert, self->augment,
                                         self->coarse};
  return all[i];
}

static double value_of(ScribeAdvanced *self, guint i) {
  return gtk_adjustment_get_value(self->number[i]);
}

void scribe_advanced_read(ScribeAdvanced *self, CytoSegment *options) {
  CytoNormalize *n = &options->normalize;
  n->on = gtk_check_button_get_active(self->normalize);
  n->percentile_low = value_of(self, LOW);
  n->percentile_high = value_of(self, HIGH);
  n->sharpen_radius = n->on ? value_of(self, SHARPEN) : 0;
  n->smooth_radius = n->on ? value_of(self, SMOOTH) : 0;
  n->tile_blocksize = n->on ? value_of(self, BLOCK) : 0;
  n->invert = n->on && gtk_check_button_get_active(self->invert);
  options->niter = value_of(self, NITER);
  options->tile_overlap = value_of(self, OVERLAP);
  options->augment = gtk_check_button_get_active(self->augment);
  options->resample = !gtk_check_button_get_active(self->coarse);
}

gboolean scribe_advanced_set(ScribeAdvanced *self, const char *name, double value) {
  for (guint i = 0; i < N_CHECKS; i++) {
    if (strcmp(checks[i], name) == 0) {
      gtk_check_button_set_active(check_of(self, i), value != 0);
      return TRUE;
    }
  }
  return scribe_numbers_set(numbers, self->number, N_NUMBERS, name, value);
}

void scribe_advanced_bind(ScribeAdvanced *self, GSettings *settings) {
  scribe_numbers_bind(numbers, self->number, N_NUMBERS, settings);
  for (guint i = 0; i < N_CHECKS; i++)
    g_settings_bind(settings, checks[i], check_of(self, i), "active", G_SETTINGS_BIND_DEFAULT);
}

static void scribe_advanced_dispose(GObject *object) {
  gtk_widget_dispose_template(GTK_WIDGET(object), SCRIBE_TYPE_ADVANCED);
  G_OBJECT_CLASS(scribe_advanced_parent_class)->dispose(object);
}

static void scribe_advanced_class_init(ScribeAdvancedClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = scribe_advanced_dispose;
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/advanced.ui");
  gtk_widget_class_bind_template_child(widget, ScribeAdvanced, grid);
  gtk_widget_class_bind_template_child(widget, ScribeAdvanced, normalize);
  gtk_widget_class_bind_template_child(widget, ScribeAdvanced, invert);
  gtk_widget_class_bind_template_child(widget, ScribeAdvanced, augment);
  gtk_widget_class_bind_template_child(widget, ScribeAdvanced, coarse);
}

/* Without normalisation its numbers mean nothing. */
static void scribe_advanced_init(ScribeAdvanced *self) {
  gtk_widget_init_template(GTK_WIDGET(self));
  for (int i = 0; i < N_NUMBERS; i++)
    self->number[i] = scribe_number_add(self->grid, &numbers[i], i);
  for (int i = LOW; i <= BLOCK; i++)
    g_object_bind_property(self->normalize, "active", gtk_grid_get_child_at(self->grid, 1, 2 * i),
                           "sensitive", G_BINDING_SYNC_CREATE);
  g_object_bind_property(self->normalize, "active", self->invert, "sensitive",
                         G_BINDING_SYNC_CREATE);
}

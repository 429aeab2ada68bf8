#include "scribe-diameter.h"
#include "scribe-number.h"
#include <glib/gi18n.h>
#include <math.h>

enum {
  LARGEST = 10000, /* pixels */
  FAR = 4,         /* times as large or small as the model's cells: hardly what was meant */
};

struct _ScribeDiameter {
  GtkBox parent;
  GtkSpinButton *spin;
  GtkAdjustment *range;
  GtkDropDown *unit;
  GtkLabel *other, *note, *warning;
  double expected;   /* of the model's cells, 0 = unknown */
  double pixels;     /* as exact as it was typed */
  double pixel_size; /* µm, 0 = unknown */
  gboolean micrometres;
  guint quiet; /* > 0: the field follows, it was not typed in */
};

G_DEFINE_FINAL_TYPE(ScribeDiameter, scribe_diameter, GTK_TYPE_BOX)

enum { PROP_0, PROP_PIXELS, PROP_MICROMETRES, N_PROPS };
static GParamSpec *props[N_PROPS];
static guint changed;

static gboolean in_um(ScribeDiameter *self) {
  return self->micrometres && self->pixel_size > 0;
}

/* What the other unit would say. */
static void show_other(ScribeDiameter *self) {
  double pixels = scribe_diameter_get_pixels(self);
  g_autofree char *text = NULL;
  if (pixels <= 0)
    text = g_strdup(_("0: estimated at every run"));
  else if (in_um(self))
    text = g_strdup_printf(_("= %.1f pixels"), pixels);
  else if (self->pixel_size > 0)
    text = g_strdup_printf(_("= %.2f µm"), pixels * self->pixel_size);
  gtk_label_set_text(self->other, text ? text : "");
  gtk_widget_set_visible(GTK_WIDGET(self->other), text != NULL);
}

static void show_warning(ScribeDiameter *self) {
  double pixels = scribe_diameter_get_pixels(self), expected = self->expected;
  g_autofree char *text = NULL;
  if (pixels > 0 && expected > 0 && pixels < expected / FAR)
    text = g_strdup_printf(_("Less than a quarter of the %.0f pixels of the model's cells: hardly "
                             "anything will be found. Lay the disk over a cell to check."),
                           expected);
  else if (expected > 0 && pixels > expected * FAR)
    text = g_strdup_printf(_("More than four times the %.0f pixels of the model's cells: small "
                             "cells will be lost. Lay the disk over a cell to check."),
                           expected);
  gtk_label_set_text(self->warning, text ? text : "");
  gtk_widget_set_visible(GTK_WIDGET(self->warning), text != NULL);
}

/* The field says what is so. */
static void show(ScribeDiameter *self) {
  gboolean um = in_um(self);
  double factor = um ? self->pixel_size : 1;
  self->quiet++;
  gtk_spin_button_set_digits(self->spin, um ? 2 : 1);
  gtk_adjustment_configure(self->range, self->pixels * factor, 0, LARGEST * factor,
                           um && self->pixel_size < 0.5 ? 0.1 : 1, 10 * factor, 0);
  gtk_drop_down_set_selected(self->unit, um);
  gtk_widget_set_sensitive(GTK_WIDGET(self->unit), self->pixel_size > 0);
  self->quiet--;
  show_other(self);
  show_warning(self);
}

static void become(ScribeDiameter *self, double pixels) {
  if (pixels == self->pixels)
    return;
  self->pixels = pixels;
  scribe_diameter_set_note(self, NULL);
  show_other(self);
  show_warning(self);
  g_object_notify_by_pspec(G_OBJECT(self), props[PROP_PIXELS]);
  g_signal_emit(self, changed, 0);
}

static void on_value(ScribeDiameter *self) {
  double value = gtk_spin_button_get_value(self->spin);
  if (!self->quiet)
    become(self, in_um(self) ? value / self->pixel_size : value);
}

static void set_micrometres(ScribeDiameter *self, gboolean micrometres) {
  if (micrometres == self->micrometres)
    return;
  self->micrometres = micrometres;
  show(self);
  g_object_notify_by_pspec(G_OBJECT(self), props[PROP_MICROMETRES]);
}

static void on_unit(ScribeDiameter *self) {
  if (!self->quiet)
    set_micrometres(self, gtk_drop_down_get_selected(self->unit) == 1);
}

/* Through text, so that the number is the one the command line reads. */
double scribe_diameter_get_pixels(ScribeDiameter *self) {
  char text[32];
  g_ascii_formatd(text, sizeof text, "%.1f", self->pixels);
  return g_ascii_strtod(text, NULL);
}

void scribe_diameter_set_pixels(ScribeDiameter *self, double pixels) {
  if (!isfinite(pixels))
    return;
  pixels = CLAMP(pixels, 0, LARGEST);
  if (fabs(pixels - self->pixels) < 1e-9)
    return;
  become(self, pixels);
  show(self);
}

void scribe_diameter_type(ScribeDiameter *self, double value) {
  if (isfinite(value))
    gtk_spin_button_set_value(self->spin, value);
}

void scribe_diameter_set_pixel_size(ScribeDiameter *self, double pixel_size) {
  double um = in_um(self) ? self->pixels * self->pixel_size : 0;
  if (pixel_size == self->pixel_size)
    return;
  self->pixel_size = pixel_size;
  if (um > 0 && pixel_size > 0)
    become(self, CLAMP(um / pixel_size, 0, LARGEST));
  show(self);
}

void scribe_diameter_set_note(ScribeDiameter *self, const char *text) {
  gtk_label_set_text(self->note, text ? text : "");
  gtk_widget_set_visible(GTK_WIDGET(self->note), text != NULL);
}

void scribe_diameter_set_expected(ScribeDiameter *self, double pixels) {
  self->expected = pixels;
  show_warning(self);
}

const char *scribe_diameter_get_warning(ScribeDiameter *self) {
  return gtk_label_get_text(self->warning);
}

const char *scribe_diameter_get_note(ScribeDiameter *self) {
  return gtk_label_get_text(self->note);
}

void scribe_diameter_settle(ScribeDiameter *self) {
  gtk_spin_button_update(self->spin);
}

static void scribe_diameter_get_property(GObject *object, guint id, GValue *value,
                                         GParamSpec *pspec) {
  ScribeDiameter *self = SCRIBE_DIAMETER(object);
  if (id == PROP_PIXELS)
    g_value_set_double(value, scribe_diameter_get_pixels(self));
  else if (id == PROP_MICROMETRES)
    g_value_set_boolean(value, self->micrometres);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void scribe_diameter_set_property(GObject *object, guint id, const GValue *value,
                                         GParamSpec *pspec) {
  ScribeDiameter *self = SCRIBE_DIAMETER(object);
  if (id == PROP_PIXELS)
    scribe_diameter_set_pixels(self, g_value_get_double(value));
  else if (id == PROP_MICROMETRES)
    set_micrometres(self, g_value_get_boolean(value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void scribe_diameter_dispose(GObject *object) {
  gtk_widget_dispose_template(GTK_WIDGET(object), SCRIBE_TYPE_DIAMETER);
  G_OBJECT_CLASS(scribe_diameter_parent_class)->dispose(object);
}

#define BIND(name) gtk_widget_class_bind_template_child(widget, ScribeDiameter, name)

static void scribe_diameter_class_init(ScribeDiameterClass *klass) {
  GObjectClass *object = G_OBJECT_CLASS(klass);
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  object->dispose = scribe_diameter_dispose;
  object->get_property = scribe_diameter_get_property;
  object->set_property = scribe_diameter_set_property;
  props[PROP_PIXELS] = g_param_spec_double("pixels", NULL, NULL, 0, LARGEST, 30, flags);
  props[PROP_MICROMETRES] = g_param_spec_boolean("micrometres", NULL, NULL, FALSE, flags);
  g_object_class_install_properties(object, N_PROPS, props);
  changed = g_signal_new("changed", SCRIBE_TYPE_DIAMETER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                         G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/diameter.ui");
  BIND(spin), BIND(range), BIND(unit), BIND(other), BIND(note), BIND(warning);
  gtk_widget_class_bind_template_callback(widget, on_value);
  gtk_widget_class_bind_template_callback(widget, on_unit);
}

static void scribe_diameter_init(ScribeDiameter *self) {
  self->pixels = 30;
  self->quiet++;
  gtk_widget_init_template(GTK_WIDGET(self));
  self->quiet--;
  scribe_number_ignore_wheel(GTK_WIDGET(self->spin));
  show(self);
}

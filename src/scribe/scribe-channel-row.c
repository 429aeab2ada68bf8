#include "scribe-channel-row.h"
#include "scribe-histogram.h"
#include "scribe-number.h"
#include <glib/gi18n.h>
#include <math.h>

struct _ScribeChannelRow {
  GtkBox parent;
  GtkCheckButton *shown;
  GtkColorButton *colour;
  GtkToggleButton *invert;
  ScribeHistogram *histogram;
  GtkSpinButton *min, *max, *gamma;
  ScribeDisplay *display;
  guint c;
  gboolean filling; /* the widgets follow the display just now */
};

G_DEFINE_FINAL_TYPE(ScribeChannelRow, scribe_channel_row, GTK_TYPE_BOX)

static guint32 rgb_of(const GdkRGBA *c) {
  return (guint32)lroundf(c->red * 255) << 16 | (guint32)lroundf(c->green * 255) << 8 |
         (guint32)lroundf(c->blue * 255);
}

static void on_edited(ScribeChannelRow *self) {
  GdkRGBA colour;
  if (self->filling || !self->display)
    return;
  CytoLevels levels = {gtk_spin_button_get_value(self->min), gtk_spin_button_get_value(self->max),
                       gtk_spin_button_get_value(self->gamma),
                       gtk_toggle_button_get_active(self->invert)};
  gtk_color_chooser_get_rgba(GTK_COLOR_CHOOSER(self->colour), &colour);
  scribe_display_set_levels(self->display, self->c, levels);
  scribe_display_set_channel_colour(self->display, self->c, rgb_of(&colour));
  scribe_display_set_channel_visible(self->display, self->c,
                                     gtk_check_button_get_active(self->shown));
}

static void on_auto(ScribeChannelRow *self) {
  if (self->display)
    scribe_display_auto_contrast(self->display, self->c);
}

/* The file's name for it; red, green and blue of a colour picture; else its number. */
static char *title_of(ScribeChannelRow *self, const ScribeChannel *channel) {
  static const char *const primary[] = {N_("Red"), N_("Green"), N_("Blue")};
  static const guint32 pure[] = {0xff0000, 0x00ff00, 0x0000ff};
  if (channel->name && *channel->name)
    return g_strdup(channel->name);
  if (scribe_display_get_n_channels(self->display) == 3 && channel->colour == pure[self->c])
    return g_strdup(_(primary[self->c]));
  return g_strdup_printf(_("Channel %u"), self->c + 1);
}

/* Whole numbers for pixels that are; steps that suit the range of what is there. */
static void set_range(GtkSpinButton *spin, double low, double high) {
  double range = high > low ? high - low : 1;
  gboolean whole = range >= 64;
  double step = whole ? fmax(1, round(range / 256)) : range / 256;
  gtk_spin_button_set_digits(spin, whole ? 0 : 3);
  gtk_spin_button_set_range(spin, low - range, high + range);
  gtk_spin_button_set_increments(spin, step, step * 16);
}

static void fill(ScribeChannelRow *self) {
  const ScribeChannel *channel =
      self->display ? scribe_display_get_channel(self->display, self->c) : NULL;
  if (!channel)
    return;
  self->filling = TRUE;
  g_autofree char *title = title_of(self, channel);
  GdkRGBA colour = {(float)(channel->colour >> 16 & 255) / 255,
                    (float)(channel->colour >> 8 & 255) / 255, (float)(channel->colour & 255) / 255,
                    1};
  gtk_check_button_set_label(self->shown, title);
  gtk_check_button_set_active(self->shown, channel->visible);
  gtk_color_chooser_set_rgba(GTK_COLOR_CHOOSER(self->colour), &colour);
  gtk_toggle_button_set_active(self->invert, channel->levels.invert);
  double low = fmin(channel->histogram.min, channel->levels.min);
  double high = fmax(channel->histogram.max, channel->levels.max);
  set_range(self->min, low, high);
  set_range(self->max, low, high);
  gtk_spin_button_set_value(self->min, channel->levels.min);
  gtk_spin_button_set_value(self->max, channel->levels.max);
  gtk_spin_button_set_value(self->gamma, channel->levels.gamma > 0 ? channel->levels.gamma : 1);
  gtk_widget_queue_draw(GTK_WIDGET(self->histogram));
  self->filling = FALSE;
}

static void scribe_channel_row_dispose(GObject *object) {
  ScribeChannelRow *self = SCRIBE_CHANNEL_ROW(object);
  if (self->histogram)
    scribe_histogram_set_channel(self->histogram, NULL, 0);
  if (self->display)
    g_signal_handlers_disconnect_by_data(self->display, self);
  g_clear_object(&self->display);
  gtk_widget_dispose_template(GTK_WIDGET(self), SCRIBE_TYPE_CHANNEL_ROW);
  G_OBJECT_CLASS(scribe_channel_row_parent_class)->dispose(object);
}

static void scribe_channel_row_class_init(ScribeChannelRowClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = scribe_channel_row_dispose;
  g_type_ensure(SCRIBE_TYPE_HISTOGRAM);
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/channel-row.ui");
  gtk_widget_class_bind_template_child(widget, ScribeChannelRow, shown);
  gtk_widget_class_bind_template_child(widget, ScribeChannelRow, colour);
  gtk_widget_class_bind_template_child(widget, ScribeChannelRow, invert);
  gtk_widget_class_bind_template_child(widget, ScribeChannelRow, histogram);
  gtk_widget_class_bind_template_child(widget, ScribeChannelRow, min);
  gtk_widget_class_bind_template_child(widget, ScribeChannelRow, max);
  gtk_widget_class_bind_template_child(widget, ScribeChannelRow, gamma);
  gtk_widget_class_bind_template_callback(widget, on_edited);
  gtk_widget_class_bind_template_callback(widget, on_auto);
}

static void scribe_channel_row_init(ScribeChannelRow *self) {
  self->filling = TRUE;
  gtk_widget_init_template(GTK_WIDGET(self));
  GtkSpinButton *spins[] = {self->min, self->max, self->gamma};
  for (guint i = 0; i < G_N_ELEMENTS(spins); i++)
    scribe_number_ignore_wheel(GTK_WIDGET(spins[i]));
  self->filling = FALSE;
}

GtkWidget *scribe_channel_row_new(ScribeDisplay *display, guint c) {
  ScribeChannelRow *self = g_object_new(SCRIBE_TYPE_CHANNEL_ROW, NULL);
  self->display = g_object_ref(display);
  self->c = c;
  scribe_histogram_set_channel(self->histogram, display, c);
  g_signal_connect_swapped(display, "changed", G_CALLBACK(fill), self);
  fill(self);
  return GTK_WIDGET(self);
}

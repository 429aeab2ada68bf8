#include "scribe-number.h"
#include <glib/gi18n.h>
#include <string.h>

static void set_up(GtkWidget *widget, const ScribeNumber *number) {
  gtk_widget_set_tooltip_text(widget, _(number->tip));
  gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 _(number->label), -1);
  scribe_number_ignore_wheel(widget);
}

void scribe_number_ignore_wheel(GtkWidget *widget) {
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers(widget);
  for (guint i = 0; i < g_list_model_get_n_items(controllers); i++) {
    g_autoptr(GtkEventController) controller = g_list_model_get_item(controllers, i);
    if (GTK_IS_EVENT_CONTROLLER_SCROLL(controller))
      gtk_event_controller_set_propagation_phase(controller, GTK_PHASE_NONE);
  }
}

GtkAdjustment *scribe_number_add(GtkGrid *grid, const ScribeNumber *number, int at) {
  GtkAdjustment *adjustment = gtk_adjustment_new(number->value, number->low, number->high,
                                                 number->step, number->step * 10, 0);
  GtkWidget *label = gtk_label_new(_(number->label));
  GtkWidget *spin = gtk_spin_button_new(adjustment, number->step, number->digits);
  /* Else a letter would make it 0. */
  gtk_spin_button_set_update_policy(GTK_SPIN_BUTTON(spin), GTK_UPDATE_IF_VALID);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_widget_set_tooltip_text(label, _(number->tip));
  gtk_widget_set_hexpand(label, TRUE);
  gtk_editable_set_width_chars(GTK_EDITABLE(spin), 5);
  set_up(spin, number);
  gtk_grid_attach(grid, label, 0, 2 * at, 1, 1);
  gtk_grid_attach(grid, spin, 1, 2 * at, 1, 1);
  if (number->slider) {
    GtkWidget *scale = gtk_scale_new(GTK_ORIENTATION_HORIZONTAL, adjustment);
    set_up(scale, number);
    gtk_grid_attach(grid, scale, 0, 2 * at + 1, 2, 1);
  }
  return adjustment;
}

gboolean scribe_numbers_set(const ScribeNumber *number, GtkAdjustment *const *adjustment, guint n,
                            const char *name, double value) {
  for (guint i = 0; i < n; i++) {
    if (strcmp(number[i].key, name) == 0) {
      gtk_adjustment_set_value(adjustment[i], value);
      return TRUE;
    }
  }
  return FALSE;
}

void scribe_numbers_bind(const ScribeNumber *number, GtkAdjustment *const *adjustment, guint n,
                         GSettings *settings) {
  for (guint i = 0; i < n; i++)
    g_settings_bind(settings, number[i].key, adjustment[i], "value", G_SETTINGS_BIND_DEFAULT);
}

/* A number of the side panel as a row of a grid: made from a table, so that one line is one
 * setting.
 */
#pragma once
#include <gtk/gtk.h>

typedef struct ScribeNumber {
  const char *key; /* in the settings and in actions */
  const char *label, *tip;
  double low, high, step, value;
  guint digits;
  gboolean slider;
} ScribeNumber;

/* Row `at` of the grid; the adjustment is borrowed. */
GtkAdjustment *scribe_number_add(GtkGrid *grid, const ScribeNumber *number, int at);

/* A table of n numbers with their adjustments: sets the one whose key is `name`, FALSE when none
 * is; ties all to their keys in the settings. */
gboolean scribe_numbers_set(const ScribeNumber *number, GtkAdjustment *const *adjustment, guint n,
                            const char *name, double value);
void scribe_numbers_bind(const ScribeNumber *number, GtkAdjustment *const *adjustment, guint n,
                         GSettings *settings);

/* The wheel over this widget scrolls the panel and never changes its number: nobody should turn a
 * threshold in passing. */
void scribe_number_ignore_wheel(GtkWidget *widget);

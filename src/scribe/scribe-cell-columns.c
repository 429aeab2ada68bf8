#include "scribe-cell-columns.h"
#include "scribe-cell-list.h"
#include <glib/gi18n.h>

typedef enum { ID, AREA, X, Y, MANUAL, REVIEWED, COLUMNS } Column;

static double value_of(const ScribeCellItem *item, Column column) {
  switch (column) {
  case AREA:
    return (double)item->area;
  case X:
    return item->x;
  case Y:
    return item->y;
  case MANUAL:
    return item->manual;
  case REVIEWED:
    return item->reviewed;
  default:
    return item->id;
  }
}

static int compare(gconstpointer a, gconstpointer b, gpointer column) {
  double x = value_of(a, GPOINTER_TO_INT(column)), y = value_of(b, GPOINTER_TO_INT(column));
  return (x > y) - (x < y);
}

static void setup_text(GtkSignalListItemFactory *factory, GtkListItem *row, gpointer column) {
  (void)factory, (void)column;
  GtkWidget *label = gtk_label_new(NULL);
  gtk_label_set_xalign(GTK_LABEL(label), 1);
  gtk_widget_add_css_class(label, "number");
  gtk_list_item_set_child(row, label);
}

static void bind_text(GtkSignalListItemFactory *factory, GtkListItem *row, gpointer column) {
  const ScribeCellItem *item = gtk_list_item_get_item(row);
  Column which = GPOINTER_TO_INT(column);
  char text[32] = "";
  (void)factory;
  if (which == MANUAL)
    g_strlcpy(text, item->manual ? "✎" : "", sizeof text);
  else
    g_snprintf(text, sizeof text, "%.0f", value_of(item, which));
  GtkWidget *label = gtk_list_item_get_child(row);
  gtk_label_set_text(GTK_LABEL(label), text);
  if (which == MANUAL)
    gtk_widget_set_tooltip_text(label, item->manual ? _("Made or mended by hand") : NULL);
}

static void on_toggled(GtkCheckButton *check, GtkListItem *row) {
  const ScribeCellItem *item = gtk_list_item_get_item(row);
  gboolean active = gtk_check_button_get_active(check);
  if (item && item->reviewed != active)
    gtk_widget_activate_action(GTK_WIDGET(check), "cells.reviewed", "(ub)", item->id, active);
}

static void setup_check(GtkSignalListItemFactory *factory, GtkListItem *row, gpointer column) {
  (void)factory, (void)column;
  GtkWidget *check = gtk_check_button_new();
  gtk_widget_set_tooltip_text(check, _("You looked at this cell and it is right"));
  g_signal_connect(check, "toggled", G_CALLBACK(on_toggled), row);
  gtk_list_item_set_child(row, check);
}

static void bind_check(GtkSignalListItemFactory *factory, GtkListItem *row, gpointer column) {
  const ScribeCellItem *item = gtk_list_item_get_item(row);
  (void)factory, (void)column;
  gtk_check_button_set_active(GTK_CHECK_BUTTON(gtk_list_item_get_child(row)), item->reviewed);
}

void scribe_cell_columns_add(GtkColumnView *view) {
  const char *const titles[COLUMNS] = {_("No."), _("Area"), _("x"), _("y"), _("Hand"), _("Seen")};
  for (int c = 0; c < COLUMNS; c++) {
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
    g_signal_connect(factory, "setup", G_CALLBACK(c == REVIEWED ? setup_check : setup_text),
                     GINT_TO_POINTER(c));
    g_signal_connect(factory, "bind", G_CALLBACK(c == REVIEWED ? bind_check : bind_text),
                     GINT_TO_POINTER(c));
    GtkColumnViewColumn *column = gtk_column_view_column_new(titles[c], factory);
    GtkSorter *sorter = GTK_SORTER(gtk_custom_sorter_new(compare, GINT_TO_POINTER(c), NULL));
    gtk_column_view_column_set_sorter(column, sorter);
    gtk_column_view_column_set_expand(column, c <= Y);
    gtk_column_view_append_column(view, column);
    g_object_unref(sorter);
    g_object_unref(column);
  }
}

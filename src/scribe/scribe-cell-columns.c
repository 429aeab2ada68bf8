#include "scribe-cell-columns.h"
#include "scribe-cell-list.h"
#include "../cyto/doc/review.h"
#include <glib/gi18n.h>

typedef enum { ID, REVIEWED, SHOWN, DOUBT, AREA, PLACE, COLUMNS } Column;

static double value_of(const ScribeCellItem *item, Column column) {
  switch (column) {
  case AREA:
    return (double)item->area;
  case PLACE:
    return item->y; /* from the top */
  case REVIEWED:
    return item->reviewed;
  case SHOWN:
    return !item->hidden;
  case DOUBT:
    return -item->doubt; /* the first click puts the most doubtful first */
  default:
    return item->id;
  }
}

static int compare(gconstpointer a, gconstpointer b, gpointer column) {
  double x = value_of(a, GPOINTER_TO_INT(column)), y = value_of(b, GPOINTER_TO_INT(column));
  return (x > y) - (x < y);
}

/* Asked for when the pointer rests: setting the text with every row would ask the window system for
 * the pointer each time. */
static gboolean on_tip(GtkWidget *label, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
                       GtkListItem *row) {
  const ScribeCellItem *item = gtk_list_item_get_item(row);
  Column which = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(label), "column"));
  (void)x, (void)y, (void)keyboard;
  if (!item)
    return FALSE;
  CytoOddity oddity = {.reasons = item->reasons};
  g_autofree char *why = which == DOUBT ? scribe_review_explain(&oddity) : NULL;
  const char *text = which == ID && item->manual ? _("Made or mended by hand") : why;
  gtk_tooltip_set_text(tooltip, text);
  return text != NULL;
}

static void setup_text(GtkSignalListItemFactory *factory, GtkListItem *row, gpointer column) {
  GtkWidget *label = gtk_label_new(NULL);
  Column which = GPOINTER_TO_INT(column);
  (void)factory;
  gtk_label_set_xalign(GTK_LABEL(label), 1);
  gtk_widget_add_css_class(label, "number");
  if (which == ID || which == DOUBT) {
    g_object_set_data(G_OBJECT(label), "column", column);
    gtk_widget_set_has_tooltip(label, TRUE);
    g_signal_connect(label, "query-tooltip", G_CALLBACK(on_tip), row);
  }
  gtk_list_item_set_child(row, label);
}

static void bind_text(GtkSignalListItemFactory *factory, GtkListItem *row, gpointer column) {
  const ScribeCellItem *item = gtk_list_item_get_item(row);
  Column which = GPOINTER_TO_INT(column);
  char text[32] = "";
  (void)factory;
  if (which == PLACE)
    g_snprintf(text, sizeof text, "%.0f, %.0f", item->x, item->y);
  else if (which == ID && item->manual)
    g_snprintf(text, sizeof text, "✎ %u", item->id);
  else if (which == DOUBT && item->doubt > 0)
    g_snprintf(text, sizeof text, "%.1f", item->doubt);
  else if (which != DOUBT)
    g_snprintf(text, sizeof text, "%.0f", value_of(item, which));
  gtk_label_set_text(GTK_LABEL(gtk_list_item_get_child(row)), text);
}

static void on_toggled(GtkCheckButton *check, GtkListItem *row) {
  const ScribeCellItem *item = gtk_list_item_get_item(row);
  gboolean active = gtk_check_button_get_active(check);
  Column which = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(check), "column"));
  if (item && (value_of(item, which) > 0) != active)
    gtk_widget_activate_action(GTK_WIDGET(check), which == SHOWN ? "cells.shown" : "cells.reviewed",
                               "(ub)", item->id, active);
}

static void setup_check(GtkSignalListItemFactory *factory, GtkListItem *row, gpointer column) {
  GtkWidget *check = gtk_check_button_new();
  const char *what = GPOINTER_TO_INT(column) == SHOWN
                         ? _("Drawn on the picture")
                         : _("You looked at this cell and it is right");
  (void)factory;
  gtk_widget_set_tooltip_text(check, what);
  gtk_accessible_update_property(GTK_ACCESSIBLE(check), GTK_ACCESSIBLE_PROPERTY_LABEL, what, -1);
  g_object_set_data(G_OBJECT(check), "column", column);
  g_signal_connect(check, "toggled", G_CALLBACK(on_toggled), row);
  gtk_list_item_set_child(row, check);
}

static void bind_check(GtkSignalListItemFactory *factory, GtkListItem *row, gpointer column) {
  const ScribeCellItem *item = gtk_list_item_get_item(row);
  (void)factory;
  gtk_check_button_set_active(GTK_CHECK_BUTTON(gtk_list_item_get_child(row)),
                              value_of(item, GPOINTER_TO_INT(column)) > 0);
}

static void add_column(GtkColumnView *view, int c, const char *title) {
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
  gboolean check = c == REVIEWED || c == SHOWN;
  g_signal_connect(factory, "setup", G_CALLBACK(check ? setup_check : setup_text),
                   GINT_TO_POINTER(c));
  g_signal_connect(factory, "bind", G_CALLBACK(check ? bind_check : bind_text), GINT_TO_POINTER(c));
  GtkColumnViewColumn *column = gtk_column_view_column_new(title, factory);
  GtkSorter *sorter = GTK_SORTER(gtk_custom_sorter_new(compare, GINT_TO_POINTER(c), NULL));
  gtk_column_view_column_set_sorter(column, sorter);
  gtk_column_view_column_set_expand(column, !check);
  gtk_column_view_append_column(view, column);
  g_object_unref(sorter);
  g_object_unref(column);
}

void scribe_cell_columns_add(GtkColumnView *view) {
  /* Signs where words would make the panel too wide; the rows say in words what they mean. */
  const char *const titles[COLUMNS] = {_("No."), "✓", "◉", "?", _("Area"), _("Place")};
  for (int c = 0; c < COLUMNS; c++)
    add_column(view, c, titles[c]);
}

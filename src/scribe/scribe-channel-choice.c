#include "scribe-channel-choice.h"
#include <glib/gi18n.h>

enum { SWATCH = 12 };

/* data: the list item whose position tells the channel; 0 has no colour of its own. */
static void draw_swatch(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data) {
  GtkListItem *item = data;
  ScribeDisplay *display = g_object_get_data(G_OBJECT(area), "display");
  guint at = gtk_list_item_get_position(item);
  const ScribeChannel *channel = at > 0 && at != GTK_INVALID_LIST_POSITION
                                     ? scribe_display_get_channel(display, at - 1)
                                     : NULL;
  if (!channel)
    return;
  guint32 c = channel->colour;
  cairo_rectangle(cr, 0.5, 0.5, width - 1, height - 1);
  cairo_set_source_rgb(cr, (c >> 16 & 255) / 255.0, (c >> 8 & 255) / 255.0, (c & 255) / 255.0);
  cairo_fill_preserve(cr);
  cairo_set_source_rgba(cr, 0.5, 0.5, 0.5, 1);
  cairo_set_line_width(cr, 1);
  cairo_stroke(cr);
}

static void on_setup(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data) {
  ScribeDisplay *display = data;
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *swatch = gtk_drawing_area_new(), *label = gtk_label_new(NULL);
  (void)factory;
  gtk_drawing_area_set_content_width(GTK_DRAWING_AREA(swatch), SWATCH);
  gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(swatch), SWATCH);
  gtk_widget_set_valign(swatch, GTK_ALIGN_CENTER);
  g_object_set_data(G_OBJECT(swatch), "display", display);
  gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(swatch), draw_swatch, item, NULL);
  g_signal_connect_object(display, "changed", G_CALLBACK(gtk_widget_queue_draw), swatch,
                          G_CONNECT_SWAPPED);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
  gtk_box_append(GTK_BOX(box), swatch);
  gtk_box_append(GTK_BOX(box), label);
  gtk_list_item_set_child(item, box);
}

static void on_bind(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data) {
  GtkWidget *swatch = gtk_widget_get_first_child(gtk_list_item_get_child(item));
  (void)factory, (void)data;
  gtk_widget_set_visible(swatch, gtk_list_item_get_position(item) > 0);
  gtk_widget_queue_draw(swatch);
  gtk_label_set_text(GTK_LABEL(gtk_widget_get_next_sibling(swatch)),
                     gtk_string_object_get_string(gtk_list_item_get_item(item)));
}

void scribe_channel_choice_set_display(GtkDropDown *choice, ScribeDisplay *display) {
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
  g_signal_connect_object(factory, "setup", G_CALLBACK(on_setup), display, 0);
  g_signal_connect(factory, "bind", G_CALLBACK(on_bind), NULL);
  gtk_drop_down_set_factory(choice, factory);
  g_object_unref(factory);
}

static char *name_of(const CytoImage *image, gsize c) {
  static const char *const colours[] = {N_("red"), N_("green"), N_("blue")};
  const char *name = image->channel_names ? image->channel_names[c] : NULL;
  if ((!name || !*name) && c < 3 && image->nc <= 3)
    name = _(colours[c]);
  return name && *name ? g_strdup_printf("%zu  %s", c + 1, name) : g_strdup_printf("%zu", c + 1);
}

void scribe_channel_choice_fill(GtkDropDown *choice, const char *first, const CytoImage *image) {
  g_autoptr(GtkStringList) list = gtk_string_list_new(NULL);
  guint old = gtk_drop_down_get_selected(choice), n;
  gtk_string_list_append(list, first);
  for (gsize c = 0; image && image->nc > 1 && c < image->nc; c++)
    gtk_string_list_take(list, name_of(image, c));
  gtk_drop_down_set_model(choice, G_LIST_MODEL(list));
  n = g_list_model_get_n_items(G_LIST_MODEL(list));
  gtk_drop_down_set_selected(choice, old < n ? old : 0);
}

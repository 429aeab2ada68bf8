#include "scribe-panel-image.h"
#include "scribe-channel-row.h"

enum {
  MOST_ROWS = 12
}; /* pictures with more channels than a screen has room for: the first ones */

struct _ScribePanelImage {
  GtkBox parent;
  GtkDropDown *mode, *view;
  GtkCheckButton *lock;
  GtkBox *rows;
  GtkLabel *more;
  ScribeDisplay *display;
  guint n;
};

G_DEFINE_FINAL_TYPE(ScribePanelImage, scribe_panel_image, GTK_TYPE_BOX)

static void clear_rows(ScribePanelImage *self) {
  GtkWidget *row;
  while ((row = gtk_widget_get_first_child(GTK_WIDGET(self->rows))))
    gtk_box_remove(self->rows, row);
  self->n = 0;
}

/* The rows renew what they show by themselves; only another number of channels needs new rows. */
static void on_channels_changed(ScribePanelImage *self) {
  guint n = scribe_display_get_n_channels(self->display);
  if (n == self->n)
    return;
  clear_rows(self);
  self->n = n;
  for (guint c = 0; c < MIN(n, MOST_ROWS); c++)
    gtk_box_append(self->rows, scribe_channel_row_new(self->display, c));
  gtk_widget_set_visible(GTK_WIDGET(self->more), n > MOST_ROWS);
}

static void on_auto_all(ScribePanelImage *self) {
  if (self->display)
    scribe_display_auto_contrast(self->display, G_MAXUINT);
}

static void let_go(ScribePanelImage *self) {
  if (self->display)
    g_signal_handlers_disconnect_by_data(self->display, self);
  if (self->rows)
    clear_rows(self);
  g_clear_object(&self->display);
}

static void scribe_panel_image_dispose(GObject *object) {
  let_go(SCRIBE_PANEL_IMAGE(object));
  gtk_widget_dispose_template(GTK_WIDGET(object), SCRIBE_TYPE_PANEL_IMAGE);
  G_OBJECT_CLASS(scribe_panel_image_parent_class)->dispose(object);
}

static void scribe_panel_image_class_init(ScribePanelImageClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = scribe_panel_image_dispose;
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/panel-image.ui");
  gtk_widget_class_bind_template_child(widget, ScribePanelImage, mode);
  gtk_widget_class_bind_template_child(widget, ScribePanelImage, view);
  gtk_widget_class_bind_template_child(widget, ScribePanelImage, lock);
  gtk_widget_class_bind_template_child(widget, ScribePanelImage, rows);
  gtk_widget_class_bind_template_child(widget, ScribePanelImage, more);
  gtk_widget_class_bind_template_callback(widget, on_auto_all);
}

static void scribe_panel_image_init(ScribePanelImage *self) {
  gtk_widget_init_template(GTK_WIDGET(self));
}

GtkWidget *scribe_panel_image_new(void) {
  return g_object_new(SCRIBE_TYPE_PANEL_IMAGE, NULL);
}

void scribe_panel_image_set_display(ScribePanelImage *self, ScribeDisplay *display) {
  const GBindingFlags both = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;
  if (display == self->display)
    return;
  let_go(self);
  self->display = display ? g_object_ref(display) : NULL;
  if (!display)
    return;
  g_object_bind_property(display, "colour-mode", self->mode, "selected", both);
  g_object_bind_property(display, "view", self->view, "selected", both);
  g_object_bind_property(display, "lock-contrast", self->lock, "active", both);
  g_signal_connect_swapped(display, "channels-changed", G_CALLBACK(on_channels_changed), self);
  on_channels_changed(self);
}

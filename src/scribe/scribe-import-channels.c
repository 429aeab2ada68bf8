#include "scribe-import-private.h"
#include "scribe-thumbnail.h"
#include <glib/gi18n.h>

enum { SIDE = 44 };

static void add_channel(ScribeImport *self, const CytoImage *image, guint c) {
  const ScribeChannel *channel = scribe_display_get_channel(self->display, c);
  guint32 colour = channel->colour;
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6), *name = gtk_label_new(NULL);
  g_autoptr(GdkTexture) texture = scribe_thumbnail_channel(
      image, scribe_document_get_plane(self->doc), c, channel->levels, colour, SIDE);
  GtkWidget *picture = gtk_picture_new_for_paintable(GDK_PAINTABLE(texture));
  g_autofree char *own = channel->name ? g_utf8_make_valid(channel->name, -1)
                                       : g_strdup_printf(_("Channel %u"), c + 1);
  g_autofree char *markup =
      g_markup_printf_escaped("<span foreground=\"#%06x\">■</span> %s", colour, own);
  gtk_widget_set_size_request(picture, SIDE, SIDE);
  gtk_picture_set_can_shrink(GTK_PICTURE(picture), FALSE);
  gtk_picture_set_alternative_text(GTK_PICTURE(picture), own);
  gtk_label_set_markup(GTK_LABEL(name), markup);
  gtk_label_set_ellipsize(GTK_LABEL(name), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars(GTK_LABEL(name), 18);
  gtk_widget_set_tooltip_text(box, own);
  gtk_box_append(GTK_BOX(box), picture);
  gtk_box_append(GTK_BOX(box), name);
  gtk_box_append(GTK_BOX(self->channels), box);
}

static gboolean show_channels(gpointer data) {
  ScribeImport *self = data;
  self->redraw = 0;
  scribe_import_empty(self->channels);
  if (!self->doc || !gtk_toggle_button_get_active(self->more) || !scribe_import_is_shown(self))
    return G_SOURCE_REMOVE;
  const CytoImage *image = scribe_document_get_image(self->doc);
  guint n = MIN((guint)image->nc, scribe_display_get_n_channels(self->display));
  for (guint c = 0; c < n; c++)
    add_channel(self, image, c);
  return G_SOURCE_REMOVE;
}

/* Contrast handles move often: once they rest. */
void scribe_import_plan_channels(ScribeImport *self) {
  g_clear_handle_id(&self->redraw, g_source_remove);
  self->redraw = g_timeout_add(120, show_channels, self);
}

#include "scribe-import-private.h"
#include "task-axes.h"
#include <glib/gi18n.h>
#include <string.h>

static const char letters[] = "TZCYXS";

static const char *axis_text(char letter) {
  switch (letter) {
  case 'T':
    return _("Time");
  case 'Z':
    return _("Depth (z)");
  case 'C':
    return _("Channels");
  case 'Y':
    return _("Rows (y)");
  case 'X':
    return _("Columns (x)");
  default:
    return _("Colour samples");
  }
}

static void show_choices(ScribeImport *self) {
  self->quiet = TRUE;
  for (guint i = 0; i < MOST_AXES && self->choice[i]; i++)
    gtk_drop_down_set_selected(self->choice[i],
                               (guint)(strchr(letters, self->chosen[i]) - letters));
  self->quiet = FALSE;
}

/* An axis that had the meaning takes the one that became free, so that none is named twice. */
static void on_choice(GtkDropDown *drop, GParamSpec *pspec, ScribeImport *self) {
  (void)pspec;
  guint selected = gtk_drop_down_get_selected(drop), at = 0;
  if (self->quiet || selected >= strlen(letters))
    return;
  while (at < MOST_AXES && self->choice[at] != drop)
    at++;
  if (at == MOST_AXES || self->chosen[at] == letters[selected])
    return;
  for (guint i = 0; self->chosen[i]; i++)
    if (self->chosen[i] == letters[selected])
      self->chosen[i] = self->chosen[at];
  self->chosen[at] = letters[selected];
  show_choices(self);
  scribe_import_choose(self, self->chosen);
}

static void add_axis(ScribeImport *self, const CytoImage *image, guint i) {
  const char *texts[G_N_ELEMENTS(letters)] = {0};
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2), *size = gtk_label_new(NULL);
  gsize n = scribe_axis_size(image, i);
  g_autofree char *text =
      n ? g_strdup_printf(_("Axis %u, size %zu"), i + 1, n) : g_strdup_printf(_("Axis %u"), i + 1);
  for (guint k = 0; letters[k]; k++)
    texts[k] = axis_text(letters[k]);
  GtkWidget *drop = gtk_drop_down_new_from_strings(texts);
  gtk_label_set_text(GTK_LABEL(size), text);
  gtk_label_set_xalign(GTK_LABEL(size), 0);
  gtk_widget_add_css_class(size, "caption");
  gtk_accessible_update_property(GTK_ACCESSIBLE(drop), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_box_append(GTK_BOX(box), size);
  gtk_box_append(GTK_BOX(box), drop);
  gtk_box_append(GTK_BOX(self->axes), box);
  self->choice[i] = GTK_DROP_DOWN(drop);
  g_signal_connect_object(drop, "notify::selected", G_CALLBACK(on_choice), self, 0);
}

void scribe_import_show_axes(ScribeImport *self) {
  const CytoImage *image = scribe_document_get_image(self->doc);
  guint n = (guint)MIN(strlen(image->axes), MOST_AXES);
  self->quiet = TRUE;
  scribe_import_empty(self->axes);
  memset(self->choice, 0, sizeof self->choice);
  memset(self->chosen, 0, sizeof self->chosen);
  memcpy(self->chosen, image->axes, n);
  for (guint i = 0; i < n; i++)
    add_axis(self, image, i);
  show_choices(self);
  gboolean can = scribe_document_get_path(self->doc) != NULL && n > 2;
  gtk_widget_set_sensitive(self->axes, can);
}

/* Sliders of the strip: which plane of a stack is shown. */
#include "scribe-import-private.h"

static void set_slider(GtkWidget *box, GtkAdjustment *range, GtkLabel *of, gsize n, gsize now) {
  g_autofree char *text = g_strdup_printf("%zu/%zu", now + 1, n);
  gtk_widget_set_visible(box, n > 1);
  gtk_adjustment_set_upper(range, (double)n);
  gtk_adjustment_set_value(range, (double)now + 1);
  gtk_label_set_text(of, text);
}

void scribe_import_show_plane(ScribeImport *self) {
  const CytoImage *image = scribe_document_get_image(self->doc);
  guint plane = scribe_document_get_plane(self->doc);
  self->quiet = TRUE;
  set_slider(self->z_box, self->z_range, self->z_of, image->nz, plane % image->nz);
  set_slider(self->t_box, self->t_range, self->t_of, image->nt, plane / image->nz);
  self->quiet = FALSE;
  scribe_import_plan_channels(self);
}

void scribe_import_slid(ScribeImport *self) {
  if (self->quiet || !self->doc)
    return;
  const CytoImage *image = scribe_document_get_image(self->doc);
  guint z = (guint)gtk_adjustment_get_value(self->z_range) - 1;
  guint t = (guint)gtk_adjustment_get_value(self->t_range) - 1;
  scribe_document_set_plane(self->doc, t * (guint)image->nz + z);
}

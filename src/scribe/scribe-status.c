#include "scribe-status.h"
#include "scribe-words.h"
#include "../cyto/doc/labels.h"
#include <glib/gi18n.h>
#include <math.h>

struct _ScribeStatus {
  GtkBox parent;
  GtkLabel *pointer, *work, *zoom, *saved;
};

G_DEFINE_FINAL_TYPE(ScribeStatus, scribe_status, GTK_TYPE_BOX)

/* One pixel of any kind of image. */
static double sample(const CytoImage *image, gsize plane, gsize c, gsize y, gsize x) {
  gsize at = ((plane * image->nc + c) * image->ny + y) * image->nx + x;
  switch (image->dtype) {
  case CYTO_U8:
    return ((const guint8 *)image->data)[at];
  case CYTO_U16:
    return ((const guint16 *)image->data)[at];
  case CYTO_U32:
    return ((const guint32 *)image->data)[at];
  case CYTO_U64:
    return (double)((const guint64 *)image->data)[at];
  case CYTO_I8:
    return ((const gint8 *)image->data)[at];
  case CYTO_I16:
    return ((const gint16 *)image->data)[at];
  case CYTO_I32:
    return ((const gint32 *)image->data)[at];
  case CYTO_I64:
    return (double)((const gint64 *)image->data)[at];
  case CYTO_F32:
    return (double)((const float *)image->data)[at];
  case CYTO_F64:
    return ((const double *)image->data)[at];
  }
  return NAN;
}

static void add_flow(GString *text, ScribeDocument *doc, const CytoImage *image, gsize y, gsize x) {
  gsize fy, fx;
  const float *flow = scribe_document_get_flow(doc, &fy, &fx);
  if (!flow)
    return;
  gsize at = MIN(y * fy / image->ny, fy - 1) * fx + MIN(x * fx / image->nx, fx - 1);
  g_string_append_printf(text, _("   flow %+.1f %+.1f   probability %+.1f"),
                         (double)flow[fy * fx + at] / 5, (double)flow[at] / 5,
                         (double)flow[2 * fy * fx + at]);
}

static void add_ghost(GString *text, ScribeDocument *doc, gsize at) {
  const guint8 *reason = NULL;
  guint count = 0;
  const guint32 *ghosts = scribe_document_get_ghosts(doc, &reason, &count);
  const char *why = ghosts && ghosts[at] <= count ? scribe_reason_text(reason[ghosts[at]]) : NULL;
  if (why)
    g_string_append_printf(text, _("   rejected: %s"), why);
}

void scribe_status_show_pointer(ScribeStatus *self, ScribeDocument *doc, double x, double y) {
  const CytoImage *image = doc ? scribe_document_get_image(doc) : NULL;
  if (!image || !(x >= 0 && y >= 0 && x < (double)image->nx && y < (double)image->ny)) {
    gtk_label_set_text(self->pointer, "");
    return;
  }
  g_autoptr(GString) text = g_string_new(NULL);
  gsize row = (gsize)y, column = (gsize)x;
  g_string_append_printf(text, "x %zu  y %zu   ", column, row);
  for (gsize c = 0; c < image->nc && c < 8; c++)
    g_string_append_printf(text, c ? " · %.6g" : "%.6g",
                           sample(image, scribe_document_get_plane(doc), c, row, column));
  add_flow(text, doc, image, row, column);
  guint32 id = cyto_cells_at(scribe_document_get_cells(doc), (int64_t)row, (int64_t)column);
  if (id)
    g_string_append_printf(text, _("   cell %u"), id);
  add_ghost(text, doc, row * image->nx + column);
  gtk_label_set_text(self->pointer, text->str);
}

void scribe_status_show_zoom(ScribeStatus *self, double zoom) {
  g_autofree char *text = g_strdup_printf(zoom < 0.1 ? "%.1f %%" : "%.0f %%", zoom * 100);
  gtk_label_set_text(self->zoom, zoom > 0 ? text : "");
}

void scribe_status_show_saved(ScribeStatus *self, const char *text) {
  gtk_label_set_text(self->saved, text);
}

void scribe_status_show_work(ScribeStatus *self, const char *text) {
  gtk_label_set_text(self->work, text);
}

static GtkLabel *add_label(ScribeStatus *self, gboolean wide) {
  GtkWidget *label = gtk_label_new("");
  gtk_label_set_ellipsize(GTK_LABEL(label), wide ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_label_set_xalign(GTK_LABEL(label), wide ? 0 : 1);
  gtk_widget_set_hexpand(label, wide);
  gtk_box_append(GTK_BOX(self), label);
  return GTK_LABEL(label);
}

static void scribe_status_class_init(ScribeStatusClass *klass) {
  (void)klass;
}

static void scribe_status_init(ScribeStatus *self) {
  gtk_box_set_spacing(GTK_BOX(self), 18);
  gtk_widget_add_css_class(GTK_WIDGET(self), "status");
  self->pointer = add_label(self, TRUE);
  self->work = add_label(self, FALSE);
  self->zoom = add_label(self, FALSE);
  self->saved = add_label(self, FALSE);
}

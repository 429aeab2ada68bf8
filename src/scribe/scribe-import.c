#include "scribe-import-private.h"
#include "scribe-words.h"
#include "task-axes.h"
#include <glib/gi18n.h>
#include <string.h>

G_DEFINE_FINAL_TYPE(ScribeImport, scribe_import, GTK_TYPE_BOX)

enum { PROP_0, PROP_SHOWN, PROP_ASKED, PROP_CLOSED, N_PROPS };
static GParamSpec *props[N_PROPS];
static guint chosen_signal;

gboolean scribe_import_is_shown(ScribeImport *self) {
  return self->doc && (self->plain ? self->asked : !self->closed);
}

static void show_or_hide(ScribeImport *self) {
  gtk_widget_set_visible(GTK_WIDGET(self), scribe_import_is_shown(self));
  g_object_notify_by_pspec(G_OBJECT(self), props[PROP_SHOWN]);
}

static void set_shown(ScribeImport *self, gboolean shown) {
  if (self->plain)
    self->asked = shown;
  else
    self->closed = !shown;
  g_object_notify_by_pspec(G_OBJECT(self), props[self->plain ? PROP_ASKED : PROP_CLOSED]);
  if (shown && self->plain) /* who asks wants to see all of it */
    gtk_toggle_button_set_active(self->more, TRUE);
  show_or_hide(self);
}

/* What was understood, in one line */

static void show_summary(ScribeImport *self) {
  const CytoImage *image = scribe_document_get_image(self->doc);
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; image->axes[i]; i++) {
    gsize size = scribe_axis_size(image, i);
    g_string_append_printf(text, "%s%c", i ? " · " : "", image->axes[i]);
    if (size)
      g_string_append_printf(text, " %zu", size);
  }
  g_string_append_printf(text, "  —  %s", cyto_dtype_name(image->dtype));
  if (image->pixel_x > 0)
    g_string_append_printf(text, _(", %.4g µm a pixel"), image->pixel_x);
  if (image->nz > 1 && image->pixel_z > 0)
    g_string_append_printf(text, _(", planes %.4g µm apart"), image->pixel_z);
  gtk_label_set_text(self->summary, text->str);
  gtk_widget_set_tooltip_text(GTK_WIDGET(self->summary), text->str);
  const char *own = scribe_document_get_file_axes(self->doc);
  gboolean changed = own && strcmp(own, image->axes) != 0;
  g_autofree char *source =
      changed ? g_strdup_printf(_("As chosen for this folder; the file says %s."), own)
              : g_strdup_printf(_("As the file says (%s)."),
                                scribe_axes_source_text(image->axes_source));
  gtk_label_set_text(self->source, source);
  gtk_widget_set_visible(self->reset, changed);
}

void scribe_import_choose(ScribeImport *self, const char *axes) {
  g_signal_emit(self, chosen_signal, 0, axes);
}

static void on_reset(ScribeImport *self) {
  scribe_import_choose(self, "");
}

void scribe_import_empty(GtkWidget *box) {
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child(box)))
    gtk_box_remove(GTK_BOX(box), child);
}

static void on_more(ScribeImport *self) {
  gtk_widget_set_visible(self->details, gtk_toggle_button_get_active(self->more));
  scribe_import_plan_channels(self);
}

void scribe_import_open_details(ScribeImport *self, gboolean open) {
  gtk_toggle_button_set_active(self->more, open);
}

static void on_close(ScribeImport *self) {
  set_shown(self, FALSE);
}

/* The object */

void scribe_import_reset(ScribeImport *self) {
  if (!self->doc)
    return;
  show_summary(self);
  scribe_import_show_axes(self);
}

void scribe_import_set_document(ScribeImport *self, ScribeDocument *doc) {
  if (self->doc)
    g_signal_handlers_disconnect_by_data(self->doc, self);
  g_set_object(&self->doc, doc);
  if (doc) {
    const CytoImage *image = scribe_document_get_image(doc);
    self->plain = image->nt * image->nz == 1 && (image->nc == 1 || image->rgb);
    g_signal_connect_swapped(doc, "image-changed", G_CALLBACK(scribe_import_show_plane), self);
    scribe_import_reset(self);
    scribe_import_show_plane(self);
  }
  show_or_hide(self);
}

void scribe_import_set_display(ScribeImport *self, ScribeDisplay *display) {
  g_set_object(&self->display, display);
  g_signal_connect_object(display, "changed", G_CALLBACK(scribe_import_plan_channels), self,
                          G_CONNECT_SWAPPED);
}

static void scribe_import_get_property(GObject *object, guint id, GValue *value,
                                       GParamSpec *pspec) {
  ScribeImport *self = SCRIBE_IMPORT(object);
  (void)pspec;
  g_value_set_boolean(value, id == PROP_ASKED    ? self->asked
                             : id == PROP_CLOSED ? self->closed
                                                 : scribe_import_is_shown(self));
}

static void scribe_import_set_property(GObject *object, guint id, const GValue *value,
                                       GParamSpec *pspec) {
  ScribeImport *self = SCRIBE_IMPORT(object);
  gboolean yes = g_value_get_boolean(value);
  (void)pspec;
  if (id == PROP_SHOWN) {
    set_shown(self, yes);
    return;
  }
  *(id == PROP_ASKED ? &self->asked : &self->closed) = yes;
  show_or_hide(self);
}

static void scribe_import_dispose(GObject *object) {
  ScribeImport *self = SCRIBE_IMPORT(object);
  g_clear_handle_id(&self->redraw, g_source_remove);
  if (self->doc)
    g_signal_handlers_disconnect_by_data(self->doc, self);
  g_clear_object(&self->doc);
  g_clear_object(&self->display);
  gtk_widget_dispose_template(GTK_WIDGET(object), SCRIBE_TYPE_IMPORT);
  G_OBJECT_CLASS(scribe_import_parent_class)->dispose(object);
}

#define BIND(name) gtk_widget_class_bind_template_child(widget, ScribeImport, name)

static void scribe_import_class_init(ScribeImportClass *klass) {
  GObjectClass *object = G_OBJECT_CLASS(klass);
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  object->dispose = scribe_import_dispose;
  object->get_property = scribe_import_get_property;
  object->set_property = scribe_import_set_property;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  props[PROP_SHOWN] = g_param_spec_boolean("shown", NULL, NULL, FALSE, flags);
  props[PROP_ASKED] = g_param_spec_boolean("asked", NULL, NULL, FALSE, flags);
  props[PROP_CLOSED] = g_param_spec_boolean("closed", NULL, NULL, FALSE, flags);
  g_object_class_install_properties(object, N_PROPS, props);
  chosen_signal = g_signal_new("axes-chosen", SCRIBE_TYPE_IMPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/import.ui");
  BIND(summary), BIND(details), BIND(axes), BIND(channels), BIND(reset), BIND(z_box), BIND(t_box);
  BIND(more), BIND(z_range), BIND(t_range), BIND(z_of), BIND(t_of), BIND(source);
  gtk_widget_class_bind_template_callback(widget, on_more);
  gtk_widget_class_bind_template_callback(widget, on_close);
  gtk_widget_class_bind_template_callback(widget, on_reset);
  gtk_widget_class_bind_template_callback_full(widget, "on_slider", G_CALLBACK(scribe_import_slid));
}

static void scribe_import_init(ScribeImport *self) {
  gtk_widget_init_template(GTK_WIDGET(self));
}

#include "scribe-import.h"
#include "scribe-document-private.h"
#include "scribe-thumbnail.h"
#include "scribe-words.h"
#include "task-axes.h"
#include <glib/gi18n.h>
#include <string.h>

enum { SIDE = 44, MOST_AXES = 8 };
static const char letters[] = "TZCYXS";

struct _ScribeImport {
  GtkBox parent;
  GtkLabel *summary;
  GtkWidget *details, *axes, *channels, *reset, *z_box, *t_box;
  GtkToggleButton *more;
  GtkAdjustment *z_range, *t_range;
  GtkLabel *z_of, *t_of, *source;
  GtkDropDown *choice[MOST_AXES];
  char chosen[MOST_AXES + 1];
  ScribeDocument *doc;
  ScribeDisplay *display;
  guint redraw;
  gboolean plain, asked, closed; /* asked for although plain; closed although not */
  gboolean quiet;
};

G_DEFINE_FINAL_TYPE(ScribeImport, scribe_import, GTK_TYPE_BOX)

enum { PROP_0, PROP_SHOWN, N_PROPS };
static GParamSpec *props[N_PROPS];
static guint chosen_signal;

static gboolean is_shown(ScribeImport *self) {
  return self->doc && (self->plain ? self->asked : !self->closed);
}

static void show_or_hide(ScribeImport *self) {
  gtk_widget_set_visible(GTK_WIDGET(self), is_shown(self));
  g_object_notify_by_pspec(G_OBJECT(self), props[PROP_SHOWN]);
}

static void set_shown(ScribeImport *self, gboolean shown) {
  if (self->plain)
    self->asked = shown;
  else
    self->closed = !shown;
  if (shown && self->plain) /* who asks wants to see all of it */
    gtk_toggle_button_set_active(self->more, TRUE);
  show_or_hide(self);
}

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

/* Axes */

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
  g_signal_emit(self, chosen_signal, 0, self->chosen);
}

static void on_reset(ScribeImport *self) {
  g_signal_emit(self, chosen_signal, 0, "");
}

static void empty(GtkWidget *box) {
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child(box)))
    gtk_box_remove(GTK_BOX(box), child);
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

static void show_axes(ScribeImport *self) {
  const CytoImage *image = scribe_document_get_image(self->doc);
  guint n = (guint)MIN(strlen(image->axes), MOST_AXES);
  self->quiet = TRUE;
  empty(self->axes);
  memset(self->choice, 0, sizeof self->choice);
  memset(self->chosen, 0, sizeof self->chosen);
  memcpy(self->chosen, image->axes, n);
  for (guint i = 0; i < n; i++)
    add_axis(self, image, i);
  show_choices(self);
  gboolean can = scribe_document_get_path(self->doc) != NULL && n > 2;
  gtk_widget_set_sensitive(self->axes, can);
}

/* Channels */

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
  empty(self->channels);
  if (!self->doc || !gtk_toggle_button_get_active(self->more) || !is_shown(self))
    return G_SOURCE_REMOVE;
  const CytoImage *image = scribe_document_get_image(self->doc);
  guint n = MIN((guint)image->nc, scribe_display_get_n_channels(self->display));
  for (guint c = 0; c < n; c++)
    add_channel(self, image, c);
  return G_SOURCE_REMOVE;
}

/* Contrast handles move often: once they rest. */
static void plan_channels(ScribeImport *self) {
  g_clear_handle_id(&self->redraw, g_source_remove);
  self->redraw = g_timeout_add(120, show_channels, self);
}

static void on_more(ScribeImport *self) {
  gtk_widget_set_visible(self->details, gtk_toggle_button_get_active(self->more));
  plan_channels(self);
}

void scribe_import_open_details(ScribeImport *self, gboolean open) {
  gtk_toggle_button_set_active(self->more, open);
}

/* Planes */

static void set_slider(GtkWidget *box, GtkAdjustment *range, GtkLabel *of, gsize n, gsize now) {
  g_autofree char *text = g_strdup_printf("%zu/%zu", now + 1, n);
  gtk_widget_set_visible(box, n > 1);
  gtk_adjustment_set_upper(range, (double)n);
  gtk_adjustment_set_value(range, (double)now + 1);
  gtk_label_set_text(of, text);
}

static void show_plane(ScribeImport *self) {
  const CytoImage *image = scribe_document_get_image(self->doc);
  guint plane = scribe_document_get_plane(self->doc);
  self->quiet = TRUE;
  set_slider(self->z_box, self->z_range, self->z_of, image->nz, plane % image->nz);
  set_slider(self->t_box, self->t_range, self->t_of, image->nt, plane / image->nz);
  self->quiet = FALSE;
  plan_channels(self);
}

static void on_slider(ScribeImport *self) {
  if (self->quiet || !self->doc)
    return;
  const CytoImage *image = scribe_document_get_image(self->doc);
  guint z = (guint)gtk_adjustment_get_value(self->z_range) - 1;
  guint t = (guint)gtk_adjustment_get_value(self->t_range) - 1;
  scribe_document_set_plane(self->doc, t * (guint)image->nz + z);
}

static void on_close(ScribeImport *self) {
  set_shown(self, FALSE);
}

/* The object */

void scribe_import_reset(ScribeImport *self) {
  if (!self->doc)
    return;
  show_summary(self);
  show_axes(self);
}

void scribe_import_set_document(ScribeImport *self, ScribeDocument *doc) {
  if (self->doc)
    g_signal_handlers_disconnect_by_data(self->doc, self);
  g_set_object(&self->doc, doc);
  if (doc) {
    const CytoImage *image = scribe_document_get_image(doc);
    self->plain = image->nt * image->nz == 1 && (image->nc == 1 || image->rgb);
    g_signal_connect_swapped(doc, "image-changed", G_CALLBACK(show_plane), self);
    scribe_import_reset(self);
    show_plane(self);
  }
  show_or_hide(self);
}

void scribe_import_set_display(ScribeImport *self, ScribeDisplay *display) {
  g_set_object(&self->display, display);
  g_signal_connect_object(display, "changed", G_CALLBACK(plan_channels), self, G_CONNECT_SWAPPED);
}

static void scribe_import_get_property(GObject *object, guint id, GValue *value,
                                       GParamSpec *pspec) {
  (void)id;
  (void)pspec;
  g_value_set_boolean(value, is_shown(SCRIBE_IMPORT(object)));
}

static void scribe_import_set_property(GObject *object, guint id, const GValue *value,
                                       GParamSpec *pspec) {
  (void)id;
  (void)pspec;
  set_shown(SCRIBE_IMPORT(object), g_value_get_boolean(value));
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
  props[PROP_SHOWN] =
      g_param_spec_boolean("shown", NULL, NULL, FALSE,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties(object, N_PROPS, props);
  chosen_signal = g_signal_new("axes-chosen", SCRIBE_TYPE_IMPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/import.ui");
  BIND(summary), BIND(details), BIND(axes), BIND(channels), BIND(reset), BIND(z_box), BIND(t_box);
  BIND(more), BIND(z_range), BIND(t_range), BIND(z_of), BIND(t_of), BIND(source);
  gtk_widget_class_bind_template_callback(widget, on_more);
  gtk_widget_class_bind_template_callback(widget, on_close);
  gtk_widget_class_bind_template_callback(widget, on_reset);
  gtk_widget_class_bind_template_callback(widget, on_slider);
}

static void scribe_import_init(ScribeImport *self) {
  gtk_widget_init_template(GTK_WIDGET(self));
}

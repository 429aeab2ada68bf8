#include "scribe-recovery-row.h"
#include "scribe-thumbnail.h"
#include <glib/gi18n.h>

static void add_picture(GtkWidget *row, GtkWidget *box) {
  GtkWidget *stack = gtk_stack_new(), *picture = gtk_picture_new();
  GtkWidget *none = gtk_image_new_from_icon_name("image-missing-symbolic");
  gtk_stack_add_named(GTK_STACK(stack), gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0), "wait");
  gtk_stack_add_named(GTK_STACK(stack), picture, "picture");
  gtk_stack_add_named(GTK_STACK(stack), none, "none");
  gtk_widget_set_size_request(stack, SCRIBE_RECOVERY_SIDE, SCRIBE_RECOVERY_SIDE);
  gtk_widget_set_valign(stack, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class(none, "dim-label");
  g_object_set_data(G_OBJECT(row), "stack", stack);
  gtk_box_append(GTK_BOX(box), stack);
}

static GtkStack *stack_of(GtkWidget *row) {
  return g_object_get_data(G_OBJECT(row), "stack");
}

void scribe_recovery_row_show(GtkWidget *row, guint8 *rgb, guint width, guint height) {
  g_autoptr(GdkTexture) texture = scribe_thumbnail_texture(rgb, width, height);
  GtkWidget *picture = gtk_stack_get_child_by_name(stack_of(row), "picture");
  gtk_picture_set_paintable(GTK_PICTURE(picture), GDK_PAINTABLE(texture));
  gtk_stack_set_visible_child(stack_of(row), picture);
}

void scribe_recovery_row_fail(GtkWidget *row, const char *why) {
  gtk_widget_set_tooltip_text(GTK_WIDGET(stack_of(row)), why);
  gtk_stack_set_visible_child_name(stack_of(row), "none");
}

const char *scribe_recovery_row_journal(GtkWidget *row) {
  return g_object_get_data(G_OBJECT(row), "journal");
}

const char *scribe_recovery_row_image(GtkWidget *row) {
  return g_object_get_data(G_OBJECT(row), "image");
}

static GtkWidget *add_label(GtkWidget *box, const char *text, const char *style) {
  GtkWidget *label = gtk_label_new(text);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class(label, style);
  gtk_box_append(GTK_BOX(box), label);
  return label;
}

static void add_button(GtkWidget *box, const char *text, GCallback clicked) {
  GtkWidget *button = gtk_button_new_with_mnemonic(text);
  gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
  g_signal_connect(button, "clicked", clicked, NULL);
  gtk_box_append(GTK_BOX(box), button);
}

static char *describe(const CytoLost *lost) {
  g_autoptr(GDateTime) begun = g_date_time_new_from_unix_local(lost->head.started);
  g_autofree char *time = begun ? g_date_time_format(begun, "%c") : NULL;
  g_autofree char *steps = g_strdup_printf(
      ngettext("%zu change not saved", "%zu changes not saved", lost->steps), lost->steps);
  return time ? g_strdup_printf(_("%s · opened %s"), steps, time) : g_steal_pointer(&steps);
}

GtkWidget *scribe_recovery_row_new(const CytoLost *lost, GCallback discard, GCallback restore) {
  const char *image = lost->head.image ? lost->head.image : "";
  GtkWidget *row = gtk_list_box_row_new(), *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *text = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
  g_autofree char *name = g_filename_display_basename(image), *what = describe(lost);
  g_autofree char *folder = g_path_get_dirname(image);
  g_autofree char *place = g_filename_display_name(folder);
  gtk_widget_set_hexpand(text, TRUE);
  gtk_widget_set_valign(text, GTK_ALIGN_CENTER);
  add_picture(row, box);
  add_label(text, name, "heading");
  add_label(text, what, "caption");
  add_label(text, place, "dim-label");
  gtk_box_append(GTK_BOX(box), text);
  add_button(box, _("_Throw Away…"), discard);
  add_button(box, _("_Restore"), restore);
  gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
  gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), FALSE);
  g_object_set_data_full(G_OBJECT(row), "journal", g_strdup(lost->path), g_free);
  g_object_set_data_full(G_OBJECT(row), "image", g_strdup(image), g_free);
  return row;
}

#include "scribe-recovery.h"
#include <glib/gi18n.h>

struct _ScribeRecovery {
  GtkWindow parent;
  GtkListBox *list;
  GtkWidget *all;
};

G_DEFINE_FINAL_TYPE(ScribeRecovery, scribe_recovery, GTK_TYPE_WINDOW)

enum { RESTORE, DISCARD, N_SIGNALS };
static guint signals[N_SIGNALS];

static void drop_row(ScribeRecovery *self, GtkWidget *row) {
  gtk_list_box_remove(self->list, row);
  if (!gtk_list_box_get_row_at_index(self->list, 0))
    gtk_window_destroy(GTK_WINDOW(self));
}

static void restore_row(ScribeRecovery *self, GtkWidget *row) {
  g_autofree char *journal = g_strdup(g_object_get_data(G_OBJECT(row), "journal"));
  g_autofree char *image = g_strdup(g_object_get_data(G_OBJECT(row), "image"));
  g_signal_emit(self, signals[RESTORE], 0, journal, image);
  drop_row(self, row);
}

static void on_restore(GtkWidget *button) {
  GtkWidget *row = gtk_widget_get_ancestor(button, GTK_TYPE_LIST_BOX_ROW);
  restore_row(SCRIBE_RECOVERY(gtk_widget_get_root(button)), row);
}

static void on_response(GtkDialog *dialog, int response, GtkWidget *row) {
  gtk_window_set_transient_for(GTK_WINDOW(dialog), NULL); /* it outlives the list by a moment */
  gtk_window_destroy(GTK_WINDOW(dialog));
  ScribeRecovery *self = SCRIBE_RECOVERY(gtk_widget_get_root(row));
  if (response != GTK_RESPONSE_ACCEPT || !self)
    return;
  g_signal_emit(self, signals[DISCARD], 0, g_object_get_data(G_OBJECT(row), "journal"));
  drop_row(self, row);
}

static void on_discard(GtkWidget *button) {
  GtkWidget *row = gtk_widget_get_ancestor(button, GTK_TYPE_LIST_BOX_ROW);
  g_autofree char *name = g_filename_display_basename(g_object_get_data(G_OBJECT(row), "image"));
  GtkWidget *dialog = gtk_message_dialog_new(
      GTK_WINDOW(gtk_widget_get_root(button)), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
      GTK_MESSAGE_WARNING, GTK_BUTTONS_NONE, _("Throw the unsaved changes to %s away?"), name);
  gtk_message_dialog_format_secondary_text(
      GTK_MESSAGE_DIALOG(dialog),
      _("They cannot be brought back after that. Cells that were saved stay as they are."));
  gtk_window_set_title(GTK_WINDOW(dialog), _("Throw Away"));
  gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Cancel"), GTK_RESPONSE_CANCEL);
  gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Throw Away"), GTK_RESPONSE_ACCEPT);
  gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_CANCEL);
  g_signal_connect_object(dialog, "response", G_CALLBACK(on_response), row, 0);
  gtk_window_present(GTK_WINDOW(dialog));
}

static void on_all(ScribeRecovery *self) {
  g_object_ref(self);
  for (GtkListBoxRow *row; (row = gtk_list_box_get_row_at_index(self->list, 0));)
    restore_row(self, GTK_WIDGET(row));
  g_object_unref(self);
}

/* Rows */

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

static void add_row(ScribeRecovery *self, const CytoLost *lost) {
  const char *image = lost->head.image ? lost->head.image : "";
  GtkWidget *row = gtk_list_box_row_new(), *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *text = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
  g_autofree char *name = g_filename_display_basename(image), *what = describe(lost);
  g_autofree char *folder = g_path_get_dirname(image);
  g_autofree char *place = g_filename_display_name(folder);
  gtk_widget_set_hexpand(text, TRUE);
  add_label(text, name, "heading");
  add_label(text, what, "caption");
  add_label(text, place, "dim-label");
  gtk_box_append(GTK_BOX(box), text);
  add_button(box, _("_Throw Away…"), G_CALLBACK(on_discard));
  add_button(box, _("_Restore"), G_CALLBACK(on_restore));
  gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
  gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), FALSE);
  g_object_set_data_full(G_OBJECT(row), "journal", g_strdup(lost->path), g_free);
  g_object_set_data_full(G_OBJECT(row), "image", g_strdup(image), g_free);
  gtk_list_box_append(self->list, row);
}

ScribeRecovery *scribe_recovery_new(GtkWindow *parent, const CytoLost *lost, gsize n) {
  ScribeRecovery *self = g_object_new(SCRIBE_TYPE_RECOVERY, "transient-for", parent,
                                      "destroy-with-parent", TRUE, NULL);
  for (gsize i = 0; i < n; i++)
    add_row(self, &lost[i]);
  return self;
}

static void scribe_recovery_dispose(GObject *object) {
  gtk_widget_dispose_template(GTK_WIDGET(object), SCRIBE_TYPE_RECOVERY);
  G_OBJECT_CLASS(scribe_recovery_parent_class)->dispose(object);
}

static void scribe_recovery_class_init(ScribeRecoveryClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = scribe_recovery_dispose;
  signals[RESTORE] = g_signal_new("restore", SCRIBE_TYPE_RECOVERY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[DISCARD] = g_signal_new("discard", SCRIBE_TYPE_RECOVERY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/recovery.ui");
  gtk_widget_class_bind_template_child(widget, ScribeRecovery, list);
  gtk_widget_class_bind_template_child(widget, ScribeRecovery, all);
  gtk_widget_class_bind_template_callback(widget, on_all);
  gtk_widget_class_add_binding_action(widget, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void scribe_recovery_init(ScribeRecovery *self) {
  gtk_widget_init_template(GTK_WIDGET(self));
}

#include "scribe-recovery.h"
#include "scribe-errors.h"
#include "scribe-recovery-row.h"
#include "task-glimpse.h"
#include <glib/gi18n.h>

struct _ScribeRecovery {
  GtkWindow parent;
  GtkListBox *list;
  GtkWidget *all;
  ScribeWorker *worker;
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
  g_autofree char *journal = g_strdup(scribe_recovery_row_journal(row));
  g_autofree char *image = g_strdup(scribe_recovery_row_image(row));
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
  g_signal_emit(self, signals[DISCARD], 0, scribe_recovery_row_journal(row));
  drop_row(self, row);
}

static void on_discard(GtkWidget *button) {
  GtkWidget *row = gtk_widget_get_ancestor(button, GTK_TYPE_LIST_BOX_ROW);
  g_autofree char *name = g_filename_display_basename(scribe_recovery_row_image(row));
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

/* Pictures */

static void look_on(ScribeRecovery *self);

/* The row may be gone: restored or thrown away meanwhile. */
static GtkWidget *find_row(ScribeRecovery *self, const char *journal) {
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index(self->list, i)); i++)
    if (g_str_equal(scribe_recovery_row_journal(GTK_WIDGET(row)), journal))
      return GTK_WIDGET(row);
  return NULL;
}

static void on_glimpsed(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  (void)job;
  ScribeRecovery *self = owner;
  ScribeGlimpse *seen = data;
  if (!self->worker)
    return; /* it was closed */
  GtkWidget *row = find_row(self, seen->journal);
  g_autofree char *why = row && err ? scribe_error_text(err) : NULL;
  if (why)
    scribe_recovery_row_fail(row, why);
  else if (row)
    scribe_recovery_row_show(row, g_steal_pointer(&seen->rgb), seen->width, seen->height);
  look_on(self);
}

/* The next one not looked into; one at a time, so that what is restored need not wait for all. */
static void look_on(ScribeRecovery *self) {
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index(self->list, i)); i++) {
    if (g_object_get_data(G_OBJECT(row), "looked"))
      continue;
    g_object_set_data(G_OBJECT(row), "looked", self);
    guint side = (guint)(SCRIBE_RECOVERY_SIDE * gtk_widget_get_scale_factor(GTK_WIDGET(self)));
    scribe_worker_push(self->worker,
                       scribe_task_glimpse(scribe_recovery_row_journal(GTK_WIDGET(row)),
                                           scribe_recovery_row_image(GTK_WIDGET(row)), side, self,
                                           on_glimpsed));
    return;
  }
}

ScribeRecovery *scribe_recovery_new(GtkWindow *parent, ScribeWorker *worker, const CytoLost *lost,
                                    gsize n) {
  ScribeRecovery *self = g_object_new(SCRIBE_TYPE_RECOVERY, "transient-for", parent,
                                      "destroy-with-parent", TRUE, NULL);
  for (gsize i = 0; i < n; i++)
    gtk_list_box_append(self->list, scribe_recovery_row_new(&lost[i], G_CALLBACK(on_discard),
                                                            G_CALLBACK(on_restore)));
  self->worker = g_object_ref(worker);
  look_on(self);
  return self;
}

static void scribe_recovery_dispose(GObject *object) {
  g_clear_object(&SCRIBE_RECOVERY(object)->worker);
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

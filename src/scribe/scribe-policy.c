#include "scribe-policy.h"
#include "../cyto/doc/labels.h"
#include <glib/gi18n.h>

struct _ScribePolicy {
  GtkBox parent;
  GtkDropDown *choice;
  GtkLabel *note;
  ScribeDocument *doc;
  guint delay;
};

G_DEFINE_FINAL_TYPE(ScribePolicy, scribe_policy, GTK_TYPE_BOX)

CytoRunPolicy scribe_policy_get(ScribePolicy *self) {
  return (CytoRunPolicy)gtk_drop_down_get_selected(self->choice);
}

void scribe_policy_set(ScribePolicy *self, CytoRunPolicy value) {
  gtk_drop_down_set_selected(self->choice, value);
}

static char *text_of(CytoRunPolicy policy, guint manual, guint others) {
  guint all = manual + others;
  if (all == 0)
    return NULL;
  if (policy == CYTO_RUN_EMPTY_ONLY)
    return g_strdup_printf(
        ngettext("The %u cell there stays as it is.", "All %u cells there stay as they are.", all),
        all);
  if (policy == CYTO_RUN_REPLACE && manual)
    return g_strdup_printf(ngettext("%u cell goes, %u drawn by hand among them; undo brings them "
                                    "back.",
                                    "%u cells go, %u drawn by hand among them; undo brings them "
                                    "back.",
                                    all),
                           all, manual);
  if (policy == CYTO_RUN_REPLACE || manual == 0)
    return g_strdup_printf(ngettext("%u cell of an earlier run is replaced.",
                                    "%u cells of an earlier run are replaced.", all),
                           all);
  return g_strdup_printf(_("Drawn by hand and kept: %u. Replaced: %u."), manual, others);
}

static gboolean show(gpointer data) {
  ScribePolicy *self = data;
  const CytoCells *cells = self->doc ? scribe_document_get_cells(self->doc) : NULL;
  guint manual = 0, others = 0;
  self->delay = 0;
  for (guint32 id = 1; cells && id <= cells->top; id++) {
    const CytoCell *cell = cyto_cells_get(cells, id);
    manual += cell && cell->flags & CYTO_CELL_MANUAL;
    others += cell && !(cell->flags & CYTO_CELL_MANUAL);
  }
  g_autofree char *text = text_of(scribe_policy_get(self), manual, others);
  gtk_label_set_text(self->note, text ? text : "");
  gtk_widget_set_visible(GTK_WIDGET(self->note), text != NULL);
  return G_SOURCE_REMOVE;
}

/* Strokes change the cells many times a second; the sentence need not. */
static void plan(ScribePolicy *self) {
  if (!self->delay)
    self->delay = g_timeout_add(80, show, self);
}

void scribe_policy_set_document(ScribePolicy *self, ScribeDocument *doc) {
  if (self->doc)
    g_signal_handlers_disconnect_by_data(self->doc, self);
  g_set_object(&self->doc, doc);
  if (doc)
    g_signal_connect_swapped(doc, "state-changed", G_CALLBACK(plan), self);
  plan(self);
}

void scribe_policy_bind(ScribePolicy *self, GSettings *settings) {
  g_settings_bind(settings, "policy", self->choice, "selected", G_SETTINGS_BIND_DEFAULT);
}

static void scribe_policy_dispose(GObject *object) {
  ScribePolicy *self = SCRIBE_POLICY(object);
  scribe_policy_set_document(self, NULL);
  g_clear_handle_id(&self->delay, g_source_remove);
  gtk_widget_dispose_template(GTK_WIDGET(self), SCRIBE_TYPE_POLICY);
  G_OBJECT_CLASS(scribe_policy_parent_class)->dispose(object);
}

static void scribe_policy_class_init(ScribePolicyClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = scribe_policy_dispose;
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/policy.ui");
  gtk_widget_class_bind_template_child(widget, ScribePolicy, choice);
  gtk_widget_class_bind_template_child(widget, ScribePolicy, note);
  gtk_widget_class_bind_template_callback(widget, plan);
}

static void scribe_policy_init(ScribePolicy *self) {
  gtk_widget_init_template(GTK_WIDGET(self));
}

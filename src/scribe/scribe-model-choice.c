#include "scribe-model-choice.h"
#include "../cyto/seg/model.h"
#include "task-card.h"
#include <glib/gi18n.h>
#include <string.h>

struct _ScribeModelChoice {
  GtkBox parent;
  GtkDropDown *list;
  GtkLabel *summary;
  GtkMenuButton *about;
  GtkGrid *card;
  GtkStringList *names;
  ScribeWorker *worker;
  double diameter;
};

G_DEFINE_FINAL_TYPE(ScribeModelChoice, scribe_model_choice, GTK_TYPE_BOX)

static guint card_changed;

const char *scribe_model_choice_get(ScribeModelChoice *self) {
  guint at = gtk_drop_down_get_selected(self->list);
  return at == GTK_INVALID_LIST_POSITION ? NULL : gtk_string_list_get_string(self->names, at);
}

/* The card */

static void clear_card(ScribeModelChoice *self) {
  GtkWidget *old;
  while ((old = gtk_widget_get_first_child(GTK_WIDGET(self->card))))
    gtk_grid_remove(self->card, old);
}

static GtkWidget *new_label(const char *text, gboolean head) {
  GtkWidget *label = gtk_label_new(text);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_yalign(GTK_LABEL(label), 0);
  gtk_label_set_wrap(GTK_LABEL(label), !head);
  gtk_label_set_max_width_chars(GTK_LABEL(label), head ? -1 : 46);
  gtk_label_set_selectable(GTK_LABEL(label), FALSE);
  if (head)
    gtk_widget_add_css_class(label, "dim-label");
  return label;
}

static int add_line(ScribeModelChoice *self, int row, const char *head, const char *text) {
  if (!text || !*text)
    return row;
  if (head)
    gtk_grid_attach(self->card, new_label(head, TRUE), 0, row, 1, 1);
  gtk_grid_attach(self->card, new_label(text, FALSE), head ? 1 : 0, row, head ? 1 : 2, 1);
  return row + 1;
}

static void fill_card(ScribeModelChoice *self, const ScribeCard *card) {
  g_autofree char *diameter =
      g_strdup_printf(_("%.1f pixels, the median of its training"), card->diameter);
  int row = 0;
  clear_card(self);
  row = add_line(self, row, NULL, card->description);
  row = add_line(self, row, _("Cells of"), diameter);
  row = add_line(self, row, _("Estimates"),
                 card->can_estimate ? _("the diameter, by a size model of its own")
                                    : _("nothing: give the diameter"));
  row = add_line(self, row, _("Licence"), card->licence ? card->licence : _("not stated"));
  row = add_line(self, row, _("Data"), card->data ? card->data : _("not stated"));
  row = add_line(self, row, _("Training"), card->training);
  row = add_line(self, row, _("Scores"), card->scores);
  row = add_line(self, row, _("Limits"), card->limits);
  add_line(self, row, _("File"), card->path);
}

/* Main thread. */
static void on_card(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  ScribeModelChoice *self = owner;
  const ScribeCard *card = data;
  (void)job;
  if (g_strcmp0(scribe_model_choice_get(self), card->name) != 0)
    return;
  gtk_widget_set_sensitive(GTK_WIDGET(self->about), !err);
  self->diameter = err ? 0 : card->diameter;
  g_signal_emit(self, card_changed, 0);
  if (err) {
    gtk_label_set_text(self->summary, err->text);
    return;
  }
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(text, _("Trained with cells of %.0f pixels."), card->diameter);
  if (!card->can_estimate)
    g_string_append_printf(text, " %s", _("Cannot estimate diameters."));
  if (card->licence) {
    g_string_append_c(text, ' ');
    g_string_append_printf(text, _("Licence: %s."), card->licence);
  }
  gtk_label_set_text(self->summary, text->str);
  fill_card(self, card);
}

static void on_model(ScribeModelChoice *self) {
  const char *name = scribe_model_choice_get(self);
  if (self->worker && name)
    scribe_worker_push(self->worker, scribe_task_card(name, self, on_card));
}

void scribe_model_choice_set_worker(ScribeModelChoice *self, ScribeWorker *worker) {
  g_set_object(&self->worker, worker);
  on_model(self);
}

double scribe_model_choice_get_diameter(ScribeModelChoice *self) {
  return self->diameter;
}

char *scribe_model_choice_read_card(ScribeModelChoice *self) {
  GString *text = g_string_new(gtk_label_get_text(self->summary));
  for (GtkWidget *child = gtk_widget_get_first_child(GTK_WIDGET(self->card)); child;
       child = gtk_widget_get_next_sibling(child))
    g_string_append_printf(text, "\n%s", gtk_label_get_text(GTK_LABEL(child)));
  return g_string_free(text, FALSE);
}

/* The list */

gboolean scribe_model_choice_set(ScribeModelChoice *self, const char *name) {
  guint n = g_list_model_get_n_items(G_LIST_MODEL(self->names));
  for (guint i = 0; name && i < n; i++) {
    if (strcmp(gtk_string_list_get_string(self->names, i), name) == 0) {
      gtk_drop_down_set_selected(self->list, i);
      return TRUE;
    }
  }
  if (!name || !strchr(name, '/'))
    return FALSE;
  gtk_string_list_append(self->names, name); /* a file of the user's */
  gtk_drop_down_set_selected(self->list, n);
  return TRUE;
}

/* Names are read from folders alone: quick enough for the main thread. */
void scribe_model_choice_reload(ScribeModelChoice *self, const char *wanted) {
  g_autofree char *now = g_strdup(wanted ? wanted : scribe_model_choice_get(self));
  CytoModelList list = {0};
  gtk_string_list_splice(self->names, 0, g_list_model_get_n_items(G_LIST_MODEL(self->names)), NULL);
  if (cyto_model_list(&list, NULL))
    for (gsize i = 0; i < list.count; i++)
      gtk_string_list_append(self->names, list.entry[i].name);
  cyto_model_list_clear(&list);
  if (!scribe_model_choice_set(self, now))
    scribe_model_choice_set(self, "cyto");
  gtk_widget_set_sensitive(GTK_WIDGET(self->list), scribe_model_choice_get(self) != NULL);
  if (!scribe_model_choice_get(self))
    gtk_label_set_text(self->summary, _("No model was found. Add one from the menu."));
}

static void scribe_model_choice_dispose(GObject *object) {
  ScribeModelChoice *self = SCRIBE_MODEL_CHOICE(object);
  g_clear_object(&self->worker);
  g_clear_object(&self->names);
  gtk_widget_dispose_template(GTK_WIDGET(self), SCRIBE_TYPE_MODEL_CHOICE);
  G_OBJECT_CLASS(scribe_model_choice_parent_class)->dispose(object);
}

#define BIND(name) gtk_widget_class_bind_template_child(widget, ScribeModelChoice, name)

static void scribe_model_choice_class_init(ScribeModelChoiceClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = scribe_model_choice_dispose;
  card_changed = g_signal_new("card-changed", SCRIBE_TYPE_MODEL_CHOICE, G_SIGNAL_RUN_LAST, 0, NULL,
                              NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/model-choice.ui");
  BIND(list), BIND(summary), BIND(about), BIND(card);
  gtk_widget_class_bind_template_callback(widget, on_model);
}

static void scribe_model_choice_init(ScribeModelChoice *self) {
  gtk_widget_init_template(GTK_WIDGET(self));
  self->names = gtk_string_list_new(NULL);
  gtk_drop_down_set_model(self->list, G_LIST_MODEL(self->names));
  scribe_model_choice_reload(self, NULL);
}

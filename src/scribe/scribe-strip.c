#include "scribe-strip.h"
#include <glib/gi18n.h>
#include <string.h>

/* One image of the folder. */
#define SCRIBE_TYPE_ENTRY (scribe_entry_get_type())
G_DECLARE_FINAL_TYPE(ScribeEntry, scribe_entry, SCRIBE, ENTRY, GObject)
struct _ScribeEntry {
  GObject parent;
  char *path, *name;
  guint8 state;
  int percent; /* of work under way, -1 = none */
};
G_DEFINE_FINAL_TYPE(ScribeEntry, scribe_entry, G_TYPE_OBJECT)

enum { WIDTH = 22 }; /* characters of a name */

static guint changed_signal;

static void scribe_entry_finalize(GObject *object) {
  ScribeEntry *self = SCRIBE_ENTRY(object);
  g_free(self->path);
  g_free(self->name);
  G_OBJECT_CLASS(scribe_entry_parent_class)->finalize(object);
}

static void scribe_entry_class_init(ScribeEntryClass *klass) {
  G_OBJECT_CLASS(klass)->finalize = scribe_entry_finalize;
  changed_signal = g_signal_new("changed", SCRIBE_TYPE_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
}

static void scribe_entry_init(ScribeEntry *self) {
  self->percent = -1;
}

struct _ScribeStrip {
  GtkBox parent;
  GListStore *store;
  GtkSingleSelection *selection;
  GtkListView *list;
  GHashTable *places; /* path → index + 1 */
  char *folder;
  gboolean quiet;
};

G_DEFINE_FINAL_TYPE(ScribeStrip, scribe_strip, GTK_TYPE_BOX)

static guint chosen_signal;

static const char *state_class(guint8 state) {
  static const char *const names[] = {"unlabelled", "saved", "predicted", "edited", "failed"};
  return names[MIN(state, G_N_ELEMENTS(names) - 1)];
}

static const char *state_text(guint8 state) {
  switch (state) {
  case SCRIBE_IMAGE_SAVED:
    return _("saved");
  case SCRIBE_IMAGE_PREDICTED:
    return _("predicted, not saved");
  case SCRIBE_IMAGE_EDITED:
    return _("edited, not saved");
  case SCRIBE_IMAGE_FAILED:
    return _("failed, see the log");
  default:
    return _("no cells yet");
  }
}

/* Rows */

static void show_state(GtkWidget *row, ScribeEntry *entry) {
  GtkWidget *dot = gtk_widget_get_first_child(row);
  const char *classes[] = {"state", state_class(entry->state), NULL};
  GtkWidget *bar = gtk_widget_get_last_child(row);
  g_autofree char *tip = g_strdup_printf("%s: %s", entry->name, state_text(entry->state));
  gtk_widget_set_css_classes(dot, classes);
  gtk_widget_set_visible(bar, entry->percent >= 0);
  gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(bar), MAX(entry->percent, 0) / 100.0);
  gtk_widget_set_tooltip_text(row, tip);
  /* What a screen reader reads is the list's own widget around the row. */
  if (gtk_widget_get_parent(row))
    gtk_accessible_update_property(GTK_ACCESSIBLE(gtk_widget_get_parent(row)),
                                   GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
}

static void setup_row(GtkListItemFactory *factory, GtkListItem *item) {
  (void)factory;
  GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *dot = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0), *label = gtk_label_new(NULL);
  gtk_widget_set_valign(dot, GTK_ALIGN_CENTER);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars(GTK_LABEL(label), WIDTH);
  gtk_box_append(GTK_BOX(row), dot);
  gtk_box_append(GTK_BOX(row), label);
  GtkWidget *bar = gtk_progress_bar_new();
  gtk_widget_set_valign(bar, GTK_ALIGN_CENTER);
  gtk_box_append(GTK_BOX(row), bar);
  gtk_list_item_set_child(item, row);
}

static void on_entry_changed(ScribeEntry *entry, gpointer row) {
  show_state(row, entry);
}

static void bind_row(GtkListItemFactory *factory, GtkListItem *item) {
  (void)factory;
  GtkWidget *row = gtk_list_item_get_child(item);
  ScribeEntry *entry = gtk_list_item_get_item(item);
  GtkLabel *label = GTK_LABEL(gtk_widget_get_next_sibling(gtk_widget_get_first_child(row)));
  gtk_label_set_width_chars(label, (int)MIN(g_utf8_strlen(entry->name, -1), WIDTH));
  gtk_label_set_text(label, entry->name);
  show_state(row, entry);
  g_signal_connect_object(entry, "changed", G_CALLBACK(on_entry_changed), row, 0);
}

static void unbind_row(GtkListItemFactory *factory, GtkListItem *item) {
  (void)factory;
  g_signal_handlers_disconnect_by_data(gtk_list_item_get_item(item), gtk_list_item_get_child(item));
}

/* The list */

static ScribeEntry *entry_at(ScribeStrip *self, guint i) {
  g_autoptr(ScribeEntry) entry = g_list_model_get_item(G_LIST_MODEL(self->store), i);
  return entry; /* the store keeps it */
}

static gboolean find(ScribeStrip *self, const char *path, guint *at) {
  gpointer place = path ? g_hash_table_lookup(self->places, path) : NULL;
  *at = GPOINTER_TO_UINT(place) - 1;
  return place != NULL;
}

const char *scribe_strip_get_folder(ScribeStrip *self) {
  return self->folder;
}

guint scribe_strip_get_n(ScribeStrip *self) {
  return g_list_model_get_n_items(G_LIST_MODEL(self->store));
}

const char *scribe_strip_get_path(ScribeStrip *self, guint i) {
  return i < scribe_strip_get_n(self) ? entry_at(self, i)->path : NULL;
}

const char **scribe_strip_get_paths(ScribeStrip *self) {
  guint n = scribe_strip_get_n(self);
  const char **paths = g_new0(const char *, n + 1);
  for (guint i = 0; i < n; i++)
    paths[i] = entry_at(self, i)->path;
  return paths;
}

void scribe_strip_set_images(ScribeStrip *self, const char *folder, const char *const *paths,
                             const guint8 *states) {
  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_object_unref);
  g_free(self->folder);
  self->folder = g_strdup(folder);
  g_hash_table_remove_all(self->places);
  for (guint i = 0; paths && paths[i]; i++) {
    ScribeEntry *entry = g_object_new(SCRIBE_TYPE_ENTRY, NULL);
    entry->path = g_strdup(paths[i]);
    entry->name = g_filename_display_basename(paths[i]);
    entry->state = states ? states[i] : SCRIBE_IMAGE_UNLABELLED;
    g_ptr_array_add(entries, entry);
    g_hash_table_insert(self->places, entry->path, GUINT_TO_POINTER(i + 1));
  }
  self->quiet = TRUE;
  g_list_store_splice(self->store, 0, scribe_strip_get_n(self), entries->pdata, entries->len);
  gtk_single_selection_set_selected(self->selection, GTK_INVALID_LIST_POSITION);
  self->quiet = FALSE;
}

void scribe_strip_set_current(ScribeStrip *self, const char *path) {
  guint at;
  self->quiet = TRUE;
  if (find(self, path, &at)) {
    gtk_single_selection_set_selected(self->selection, at);
    gtk_widget_activate_action(GTK_WIDGET(self->list), "list.scroll-to-item", "u", at);
  } else {
    gtk_single_selection_set_selected(self->selection, GTK_INVALID_LIST_POSITION);
  }
  self->quiet = FALSE;
}

const char *scribe_strip_neighbour(ScribeStrip *self, int step) {
  guint n = scribe_strip_get_n(self), at = gtk_single_selection_get_selected(self->selection);
  if (n == 0 || (n == 1 && at == 0))
    return NULL;
  if (at == GTK_INVALID_LIST_POSITION)
    return scribe_strip_get_path(self, 0);
  return scribe_strip_get_path(self, (guint)(((int)at + step + (int)n) % (int)n));
}

void scribe_strip_set_state(ScribeStrip *self, const char *path, ScribeImageState state) {
  guint at;
  if (!find(self, path, &at) || entry_at(self, at)->state == state)
    return;
  entry_at(self, at)->state = (guint8)state;
  g_signal_emit(entry_at(self, at), changed_signal, 0);
}

void scribe_strip_set_progress(ScribeStrip *self, const char *path, int percent) {
  guint at;
  if (!find(self, path, &at) || entry_at(self, at)->percent == percent)
    return;
  entry_at(self, at)->percent = percent;
  g_signal_emit(entry_at(self, at), changed_signal, 0);
}

static void on_selected(ScribeStrip *self) {
  ScribeEntry *entry = gtk_single_selection_get_selected_item(self->selection);
  if (entry && !self->quiet)
    g_signal_emit(self, chosen_signal, 0, entry->path);
}

static void scribe_strip_finalize(GObject *object) {
  ScribeStrip *self = SCRIBE_STRIP(object);
  g_hash_table_unref(self->places);
  g_object_unref(self->store);
  g_free(self->folder);
  G_OBJECT_CLASS(scribe_strip_parent_class)->finalize(object);
}

static void scribe_strip_class_init(ScribeStripClass *klass) {
  G_OBJECT_CLASS(klass)->finalize = scribe_strip_finalize;
  chosen_signal = g_signal_new("chosen", SCRIBE_TYPE_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void scribe_strip_init(ScribeStrip *self) {
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
  GtkWidget *scrolled = gtk_scrolled_window_new();
  self->places = g_hash_table_new(g_str_hash, g_str_equal);
  self->store = g_list_store_new(SCRIBE_TYPE_ENTRY);
  self->selection = gtk_single_selection_new(g_object_ref(G_LIST_MODEL(self->store)));
  gtk_single_selection_set_autoselect(self->selection, FALSE);
  gtk_single_selection_set_can_unselect(self->selection, TRUE);
  g_signal_connect_swapped(self->selection, "notify::selected", G_CALLBACK(on_selected), self);
  g_signal_connect(factory, "setup", G_CALLBACK(setup_row), NULL);
  g_signal_connect(factory, "bind", G_CALLBACK(bind_row), NULL);
  g_signal_connect(factory, "unbind", G_CALLBACK(unbind_row), NULL);
  self->list = GTK_LIST_VIEW(gtk_list_view_new(GTK_SELECTION_MODEL(self->selection), factory));
  gtk_orientable_set_orientation(GTK_ORIENTABLE(self->list), GTK_ORIENTATION_HORIZONTAL);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 _("Images of the folder"), -1);
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), GTK_WIDGET(self->list));
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_AUTOMATIC,
                                 GTK_POLICY_NEVER);
  gtk_widget_set_hexpand(scrolled, TRUE);
  gtk_widget_add_css_class(GTK_WIDGET(self), "strip");
  gtk_box_append(GTK_BOX(self), scrolled);
}

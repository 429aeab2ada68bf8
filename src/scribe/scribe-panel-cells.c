#include "scribe-panel-cells.h"
#include "scribe-cell-columns.h"
#include "scribe-cell-list.h"
#include "scribe-number.h"
#include "../cyto/doc/edit.h"
#include <glib/gi18n.h>
#include <stdlib.h>

enum { REFRESH_MS = 80 };

struct _ScribePanelCells {
  GtkBox parent;
  GtkColumnView *view;
  GtkSpinButton *min, *max;
  GtkDropDown *state;
  GtkLabel *count, *progress;
  GtkWidget *buttons;
  ScribeReview *review;
  ScribeCellList *list;
  GtkSelectionModel *selection; /* over the sorted list */
  ScribeCanvas *canvas;
  ScribeDocument *document;
  GSignalGroup *signals;
  guint refresh;
  gboolean following; /* the list follows the document just now, or the other way round */
};

G_DEFINE_FINAL_TYPE(ScribePanelCells, scribe_panel_cells, GTK_TYPE_BOX)

static guint n_listed(ScribePanelCells *self) {
  return g_list_model_get_n_items(G_LIST_MODEL(self->selection));
}

static guint32 id_at(ScribePanelCells *self, guint i) {
  ScribeCellItem *item = g_list_model_get_item(G_LIST_MODEL(self->selection), i);
  guint32 id = item ? item->id : 0;
  g_clear_object(&item);
  return id;
}

/* The list itself is inside the column view; it knows how to scroll. */
static void scroll_to(ScribePanelCells *self, guint position) {
  for (GtkWidget *child = gtk_widget_get_first_child(GTK_WIDGET(self->view)); child;
       child = gtk_widget_get_next_sibling(child))
    if (GTK_IS_LIST_VIEW(child))
      gtk_widget_activate_action(child, "list.scroll-to-item", "u", position);
}

static void update_count(ScribePanelCells *self) {
  guint listed = n_listed(self), chosen = 0;
  if (self->document)
    scribe_document_get_selection(self->document, &chosen);
  g_autofree char *text =
      chosen ? g_strdup_printf(_("%u listed, %u selected"), listed, chosen)
             : g_strdup_printf(ngettext("%u cell listed", "%u cells listed", listed), listed);
  gtk_label_set_text(self->count, text);
}

/* From the document to the list. */
static void follow_selection(ScribePanelCells *self) {
  guint n = n_listed(self), first = G_MAXUINT;
  if (self->following || !self->document || !gtk_widget_get_mapped(GTK_WIDGET(self)))
    return;
  self->following = TRUE;
  GtkBitset *chosen = gtk_bitset_new_empty(), *all = gtk_bitset_new_range(0, n);
  guint n_ids;
  scribe_document_get_selection(self->document, &n_ids);
  for (guint i = 0; i < n && n_ids; i++)
    if (scribe_document_is_selected(self->document, id_at(self, i))) {
      gtk_bitset_add(chosen, i);
      first = MIN(first, i);
    }
  gtk_selection_model_set_selection(self->selection, chosen, all);
  if (first != G_MAXUINT)
    scroll_to(self, first);
  gtk_bitset_unref(chosen);
  gtk_bitset_unref(all);
  update_count(self);
  self->following = FALSE;
}

static int by_id(gconstpointer a, gconstpointer b) {
  guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;
  return (x > y) - (x < y);
}

static void select_ids(ScribePanelCells *self, GArray *ids) {
  g_array_sort(ids, by_id);
  scribe_document_select(self->document, (const guint32 *)(gpointer)ids->data, ids->len);
}

/* From the list to the document, and to the canvas when it is a single cell. */
static void on_list_selection(ScribePanelCells *self) {
  if (self->following || !self->document)
    return;
  self->following = TRUE;
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint32));
  GtkBitset *chosen = gtk_selection_model_get_selection(self->selection);
  GtkBitsetIter iter;
  guint i;
  for (gboolean more = gtk_bitset_iter_init_first(&iter, chosen, &i); more;
       more = gtk_bitset_iter_next(&iter, &i)) {
    guint32 id = id_at(self, i);
    g_array_append_val(ids, id);
  }
  select_ids(self, ids);
  if (ids->len == 1 && self->canvas)
    scribe_canvas_reveal_cell(self->canvas, g_array_index(ids, guint32, 0));
  gtk_bitset_unref(chosen);
  g_array_unref(ids);
  update_count(self);
  self->following = FALSE;
}

static void update_progress(ScribePanelCells *self) {
  guint seen, all;
  scribe_review_count(self->review, &seen, &all);
  g_autofree char *text = all ? g_strdup_printf(_("%u of %u seen"), seen, all) : g_strdup("");
  gtk_label_set_text(self->progress, text);
}

static gboolean refresh(gpointer data) {
  ScribePanelCells *self = data;
  self->refresh = 0;
  guint64 max = (guint64)gtk_spin_button_get_value(self->max);
  ScribeCellFilter filter = {.min_area = (guint64)gtk_spin_button_get_value(self->min),
                             .max_area = max ? max : G_MAXUINT64,
                             .state = (ScribeListState)gtk_drop_down_get_selected(self->state)};
  self->following = TRUE;
  scribe_cell_list_update(self->list, self->document, self->review, &filter);
  self->following = FALSE;
  gtk_widget_set_sensitive(self->buttons, n_listed(self) > 0);
  follow_selection(self);
  update_count(self);
  update_progress(self);
  return G_SOURCE_REMOVE;
}

/* A list nobody sees is not kept; a stroke of the brush renews it a few times a second. */
static void on_cells_changed(ScribePanelCells *self) {
  if (!self->refresh && gtk_widget_get_mapped(GTK_WIDGET(self)))
    self->refresh = g_timeout_add(REFRESH_MS, refresh, self);
}

static void scribe_panel_cells_map(GtkWidget *widget) {
  GTK_WIDGET_CLASS(scribe_panel_cells_parent_class)->map(widget);
  on_cells_changed(SCRIBE_PANEL_CELLS(widget));
}

static void on_select_listed(ScribePanelCells *self) {
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint32));
  for (guint i = 0; i < n_listed(self); i++) {
    guint32 id = id_at(self, i);
    g_array_append_val(ids, id);
  }
  if (self->document)
    select_ids(self, ids);
  g_array_unref(ids);
}

static void on_select_edge(ScribePanelCells *self) {
  uint32_t *ids = NULL;
  size_t n = 0;
  if (self->document &&
      cyto_cells_touching_edge(scribe_document_get_cells(self->document), &ids, &n, NULL))
    scribe_document_select(self->document, ids, (guint)n);
  free(ids);
}

static void on_delete(ScribePanelCells *self) {
  if (self->canvas)
    gtk_widget_activate_action(GTK_WIDGET(self->canvas), "canvas.delete-selected", NULL);
}

static gboolean mark_seen(ScribePanelCells *self, const guint32 *ids, guint n, gboolean seen) {
  CytoEdit edit = {.kind = CYTO_EDIT_FLAGS,
                   .z = scribe_document_get_plane(self->document),
                   .ids = ids,
                   .n_ids = n,
                   .flag_mask = CYTO_CELL_REVIEWED,
                   .flags = seen ? CYTO_CELL_REVIEWED : 0};
  return scribe_document_apply(self->document, &edit, NULL, NULL);
}

static void on_check(GtkWidget *widget, const char *action, GVariant *parameter) {
  ScribePanelCells *self = SCRIBE_PANEL_CELLS(widget);
  guint32 id;
  gboolean active;
  g_variant_get(parameter, "(ub)", &id, &active);
  if (!self->document)
    return;
  if (g_str_has_suffix(action, "shown"))
    scribe_document_set_hidden(self->document, &id, 1, !active);
  else
    mark_seen(self, &id, 1, active);
}

static void go_to(ScribePanelCells *self, guint32 id) {
  if (id == 0) {
    scribe_canvas_say(self->canvas, _("You have looked at every cell."));
    return;
  }
  scribe_document_select_one(self->document, id);
  scribe_canvas_centre_cell(self->canvas, id);
  const CytoOddity *oddity = scribe_review_get(self->review, id);
  g_autofree char *why = oddity ? scribe_review_explain(oddity) : NULL;
  if (why) {
    g_autofree char *text = g_strdup_printf(_("Cell %u: %s"), id, why);
    scribe_canvas_say(self->canvas, text);
  }
}

void scribe_panel_cells_next(ScribePanelCells *self, int step) {
  guint n;
  if (!self->document || !self->canvas)
    return;
  const guint32 *ids = scribe_document_get_selection(self->document, &n);
  go_to(self, scribe_review_next(self->review, n ? ids[0] : 0, step));
}

void scribe_panel_cells_accept(ScribePanelCells *self) {
  guint n = 0;
  if (!self->document || !self->canvas)
    return;
  const guint32 *ids = scribe_document_get_selection(self->document, &n);
  guint32 first = n ? ids[0] : 0;
  if (n) {
    g_autofree guint32 *copy = g_memdup2(ids, n * sizeof *ids);
    mark_seen(self, copy, n, TRUE);
  }
  go_to(self, scribe_review_next(self->review, first, 1));
}

static void scribe_panel_cells_dispose(GObject *object) {
  ScribePanelCells *self = SCRIBE_PANEL_CELLS(object);
  g_clear_handle_id(&self->refresh, g_source_remove);
  g_clear_object(&self->signals);
  g_clear_object(&self->document);
  if (self->canvas)
    g_object_remove_weak_pointer(G_OBJECT(self->canvas), (gpointer *)&self->canvas);
  self->canvas = NULL;
  if (self->selection)
    g_signal_handlers_disconnect_by_data(self->selection, self);
  g_clear_object(&self->selection);
  g_clear_object(&self->list);
  if (self->review)
    g_signal_handlers_disconnect_by_data(self->review, self);
  g_clear_object(&self->review);
  gtk_widget_dispose_template(GTK_WIDGET(self), SCRIBE_TYPE_PANEL_CELLS);
  G_OBJECT_CLASS(scribe_panel_cells_parent_class)->dispose(object);
}

static void scribe_panel_cells_class_init(ScribePanelCellsClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = scribe_panel_cells_dispose;
  widget->map = scribe_panel_cells_map;
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/panel-cells.ui");
  gtk_widget_class_bind_template_child(widget, ScribePanelCells, view);
  gtk_widget_class_bind_template_child(widget, ScribePanelCells, min);
  gtk_widget_class_bind_template_child(widget, ScribePanelCells, max);
  gtk_widget_class_bind_template_child(widget, ScribePanelCells, state);
  gtk_widget_class_bind_template_child(widget, ScribePanelCells, count);
  gtk_widget_class_bind_template_child(widget, ScribePanelCells, progress);
  gtk_widget_class_bind_template_child(widget, ScribePanelCells, buttons);
  gtk_widget_class_bind_template_callback(widget, on_cells_changed);
  gtk_widget_class_bind_template_callback(widget, on_select_listed);
  gtk_widget_class_bind_template_callback(widget, on_select_edge);
  gtk_widget_class_bind_template_callback(widget, on_delete);
  gtk_widget_class_install_action(widget, "cells.reviewed", "(ub)", on_check);
  gtk_widget_class_install_action(widget, "cells.shown", "(ub)", on_check);
}

static void scribe_panel_cells_init(ScribePanelCells *self) {
  gtk_widget_init_template(GTK_WIDGET(self));
  scribe_number_ignore_wheel(GTK_WIDGET(self->min));
  scribe_number_ignore_wheel(GTK_WIDGET(self->max));
  self->list = scribe_cell_list_new();
  self->review = scribe_review_new();
  g_signal_connect_swapped(self->review, "changed", G_CALLBACK(on_cells_changed), self);
  scribe_cell_columns_add(self->view);
  GtkSorter *sorter = gtk_column_view_get_sorter(self->view);
  GtkSortListModel *sorted =
      gtk_sort_list_model_new(g_object_ref(G_LIST_MODEL(self->list)), g_object_ref(sorter));
  self->selection = GTK_SELECTION_MODEL(gtk_multi_selection_new(G_LIST_MODEL(sorted)));
  gtk_column_view_set_model(self->view, self->selection);
  g_signal_connect_swapped(self->selection, "selection-changed", G_CALLBACK(on_list_selection),
                           self);
  self->signals = g_signal_group_new(SCRIBE_TYPE_DOCUMENT);
  g_signal_group_connect_swapped(self->signals, "labels-changed", G_CALLBACK(on_cells_changed),
                                 self);
  g_signal_group_connect_swapped(self->signals, "state-changed", G_CALLBACK(on_cells_changed),
                                 self);
  g_signal_group_connect_swapped(self->signals, "selection-changed", G_CALLBACK(follow_selection),
                                 self);
}

GtkWidget *scribe_panel_cells_new(void) {
  return g_object_new(SCRIBE_TYPE_PANEL_CELLS, NULL);
}

void scribe_panel_cells_set_canvas(ScribePanelCells *self, ScribeCanvas *canvas) {
  g_set_weak_pointer(&self->canvas, canvas);
}

void scribe_panel_cells_set_document(ScribePanelCells *self, ScribeDocument *document) {
  g_signal_group_set_target(self->signals, document);
  g_set_object(&self->document, document);
  scribe_review_set_document(self->review, document);
  on_cells_changed(self);
}

#include "scribe-window-private.h"
#include "scribe-words.h"
#include <glib/gi18n.h>
#include <string.h>

/* Title, strip and buttons */

static ScribeImageState state_of(ScribeDocument *doc) {
  if (!scribe_document_is_dirty(doc)) {
    g_autofree char *labels =
        scribe_document_get_path(doc) ? scribe_labels_beside(scribe_document_get_path(doc)) : NULL;
    return labels ? SCRIBE_IMAGE_SAVED : SCRIBE_IMAGE_UNLABELLED;
  }
  const CytoPatch *last =
      cyto_undo_peek(cyto_document_history(scribe_document_get_core(doc)), false);
  return last && last->kind == CYTO_STEP_RUN ? SCRIBE_IMAGE_PREDICTED : SCRIBE_IMAGE_EDITED;
}

static void show_title(ScribeWindow *self) {
  ScribeDocument *doc = self->doc;
  if (!doc) {
    gtk_label_set_text(self->title, "Cytoscribe");
    gtk_widget_set_visible(GTK_WIDGET(self->subtitle), FALSE);
    gtk_window_set_title(GTK_WINDOW(self), "Cytoscribe");
    scribe_status_show_saved(self->status, "");
    return;
  }
  gboolean dirty = scribe_document_is_dirty(doc);
  const CytoImage *image = scribe_document_get_image(doc);
  guint cells = scribe_document_count_cells(doc);
  g_autofree char *count = g_strdup_printf(ngettext("%u cell", "%u cells", cells), cells);
  g_autofree char *title =
      g_strdup_printf("%s%s", dirty ? "• " : "", scribe_document_get_name(doc));
  g_autofree char *subtitle = g_strdup_printf("%zu × %zu · %s", image->nx, image->ny, count);
  gtk_label_set_text(self->title, title);
  gtk_label_set_text(self->subtitle, subtitle);
  gtk_widget_set_visible(GTK_WIDGET(self->subtitle), TRUE);
  gtk_window_set_title(GTK_WINDOW(self), title);
  scribe_status_show_saved(self->status, dirty                                 ? _("not saved")
                                         : state_of(doc) == SCRIBE_IMAGE_SAVED ? _("saved")
                                                                               : "");
}

static gboolean update_now(gpointer data) {
  ScribeWindow *self = data;
  self->title_idle = 0;
  show_title(self);
  if (self->doc && scribe_document_get_path(self->doc))
    scribe_strip_set_state(self->strip, scribe_document_get_path(self->doc), state_of(self->doc));
  g_autofree char *undo = self->doc ? scribe_document_undo_name(self->doc) : NULL;
  g_autofree char *redo = self->doc ? scribe_document_redo_name(self->doc) : NULL;
  g_autofree char *undo_tip = g_strdup_printf(_("Undo: %s (Ctrl+Z)"), undo ? undo : "–");
  g_autofree char *redo_tip = g_strdup_printf(_("Redo: %s (Ctrl+Y)"), redo ? redo : "–");
  gtk_widget_set_tooltip_text(self->undo_button, undo_tip);
  gtk_widget_set_tooltip_text(self->redo_button, redo_tip);
  return G_SOURCE_REMOVE;
}

/* Strokes change the state many times a second; what commands may do is known at once. */
void scribe_window_update(ScribeWindow *self) {
  scribe_window_update_actions(self);
  if (!self->title_idle)
    self->title_idle = g_timeout_add(30, update_now, self);
}

/* What was understood of the file, for the Image group. */
static void show_understood(ScribeWindow *self) {
  if (!self->doc) {
    gtk_label_set_text(self->understood, _("No image is open."));
    gtk_widget_set_visible(self->plane_box, FALSE);
    return;
  }
  const CytoImage *image = scribe_document_get_image(self->doc);
  guint planes = scribe_document_get_n_planes(self->doc);
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(text, _("%zu × %zu pixels, %s"), image->nx, image->ny,
                         cyto_dtype_name(image->dtype));
  if (image->rgb)
    g_string_append(text, _(", colour picture"));
  else if (image->nc > 1)
    g_string_append_printf(text, _(", %zu channels"), image->nc);
  if (planes > 1)
    g_string_append_printf(text, _(", %zu planes in depth, %zu in time"), image->nz, image->nt);
  if (image->pixel_x > 0)
    g_string_append_printf(text, _(", %.4g µm a pixel"), image->pixel_x);
  if (image->axes[0])
    g_string_append_printf(text, _("\nAxes %s (from %s)"), image->axes,
                           scribe_axes_source_text(image->axes_source));
  gtk_label_set_text(self->understood, text->str);
  gtk_widget_set_visible(self->plane_box,
                         planes > 1 && !gtk_widget_get_visible(GTK_WIDGET(self->import)));
  gtk_adjustment_set_upper(self->plane_range, planes);
  gtk_adjustment_set_value(self->plane_range, scribe_document_get_plane(self->doc) + 1);
}

static void on_image(ScribeWindow *self) {
  gtk_adjustment_set_value(self->plane_range, scribe_document_get_plane(self->doc) + 1);
}

/* Candidates that were rejected are shown until the cells change in another way. */
static void on_labels(ScribeWindow *self, int x, int y, int w) {
  (void)x;
  (void)y;
  if (self->filtering || w == 0) /* w = 0: another plane, the same cells */
    return;
  scribe_document_set_ghosts(self->doc, NULL);
  scribe_panel_segment_set_counts(self->segment, NULL);
}

static void keep_on_shelf(ScribeWindow *self, ScribeDocument *doc) {
  const char *path = scribe_document_get_path(doc);
  if (path && scribe_document_is_dirty(doc))
    g_hash_table_insert(self->shelf, (gpointer)(guintptr)path, g_object_ref(doc));
}

void scribe_window_show_document(ScribeWindow *self, ScribeDocument *doc) {
  if (self->doc) {
    g_signal_handlers_disconnect_by_data(self->doc, self);
    scribe_document_stroke_cancel(self->doc);
    if (self->doc != doc) {
      keep_on_shelf(self, self->doc);
      scribe_window_toast(self, NULL); /* what it says is of the image that goes */
    }
  }
  scribe_window_forget_filter(self);
  g_set_object(&self->doc, doc);
  if (doc) {
    if (scribe_document_get_path(doc))
      g_hash_table_remove(self->shelf, scribe_document_get_path(doc));
    g_signal_connect_swapped(doc, "state-changed", G_CALLBACK(scribe_window_update), self);
    g_signal_connect_swapped(doc, "selection-changed", G_CALLBACK(scribe_window_update), self);
    g_signal_connect_swapped(doc, "image-changed", G_CALLBACK(on_image), self);
    g_signal_connect_swapped(doc, "labels-changed", G_CALLBACK(on_labels), self);
  }
  scribe_canvas_set_document(self->canvas, doc);
  scribe_import_set_document(self->import, doc);
  scribe_panel_masks_set_document(self->masks, doc);
  scribe_panel_cells_set_document(self->cells, doc);
  scribe_panel_segment_set_document(self->segment, doc);
  scribe_status_show_pointer(self->status, NULL, 0, 0);
  scribe_status_show_zoom(self->status, doc ? scribe_canvas_get_zoom(self->canvas) : 0);
  show_understood(self);
  gtk_stack_set_visible_child_name(self->stack, doc ? "canvas" : "empty");
  gtk_widget_set_visible(self->tools, doc != NULL);
  if (doc) {
    scribe_strip_set_current(self->strip, scribe_document_get_path(doc));
    gtk_widget_grab_focus(GTK_WIDGET(self->canvas));
  }
  scribe_window_update(self);
}

GPtrArray *scribe_window_get_unsaved(ScribeWindow *self) {
  GPtrArray *docs = g_ptr_array_new_with_free_func(g_object_unref);
  GHashTableIter iter;
  gpointer doc;
  if (self->doc && scribe_document_is_dirty(self->doc))
    g_ptr_array_add(docs, g_object_ref(self->doc));
  g_hash_table_iter_init(&iter, self->shelf);
  while (g_hash_table_iter_next(&iter, NULL, &doc))
    if (doc != self->doc && scribe_document_is_dirty(doc))
      g_ptr_array_add(docs, g_object_ref(doc));
  return docs;
}

/* Where the image lies on the surface, so that a real pointer finds a pixel of it: column c is at
 * left + zoom·c, in device pixels. */
static void describe_canvas(ScribeWindow *self, GVariantDict *dict) {
  graphene_point_t at = GRAPHENE_POINT_INIT(0, 0);
  double nx = 0, ny = 0, left, top, x, y;
  int factor = gtk_widget_get_scale_factor(GTK_WIDGET(self));
  gboolean masks, outlines;
  guint opacity;
  g_autofree char *tool = NULL;
  (void)!gtk_widget_compute_point(GTK_WIDGET(self->canvas), GTK_WIDGET(self), &at, &at);
  gtk_native_get_surface_transform(GTK_NATIVE(self), &nx, &ny);
  g_object_get(self->display, "show-masks", &masks, "show-outlines", &outlines, "mask-opacity",
               &opacity, NULL);
  g_object_get(self->canvas, "tool", &tool, NULL);
  const ScribeChannel *channel = scribe_display_get_channel(self->display, 0);
  g_autofree char *levels =
      channel ? g_strdup_printf("%g %g", channel->levels.min, channel->levels.max) : g_strdup("");
  g_variant_dict_insert(dict, "levels", "s", levels);
  g_variant_dict_insert(dict, "gamma", "d", channel ? channel->levels.gamma : 1);
  g_variant_dict_insert(dict, "opacity", "u", opacity);
  scribe_canvas_get_corner(self->canvas, &left, &top);
  scribe_canvas_get_pointer(self->canvas, &x, &y);
  g_variant_dict_insert(dict, "tool", "s", tool);
  g_variant_dict_insert(dict, "drawing", "b", scribe_canvas_is_drawing(self->canvas));
  g_variant_dict_insert(dict, "masks", "b", masks);
  g_variant_dict_insert(dict, "outlines", "b", outlines);
  g_variant_dict_insert(dict, "zoom", "d", scribe_canvas_get_zoom(self->canvas));
  g_variant_dict_insert(dict, "x", "d", x);
  g_variant_dict_insert(dict, "y", "d", y);
  g_variant_dict_insert(dict, "left", "d", (at.x + nx) * factor + left);
  g_variant_dict_insert(dict, "top", "d", (at.y + ny) * factor + top);
}

/* How many edits there are to take back, which state of the cells this is, and what of it a crash
 * would take along. */
static void describe_history(ScribeWindow *self, GVariantDict *dict) {
  CytoDocument *core = self->doc ? scribe_document_get_core(self->doc) : NULL;
  const CytoUndo *history = core ? cyto_document_history(core) : NULL;
  CytoJournal *journal = core ? cyto_document_journal(core) : NULL;
  g_variant_dict_insert(dict, "steps", "t", history ? (guint64)history->n_done : 0);
  g_variant_dict_insert(dict, "state", "t", history ? (guint64)history->now : 0);
  g_variant_dict_insert(dict, "risk", "t",
                        journal ? (guint64)cyto_journal_pending(journal) : (guint64)0);
}

static void describe_image(ScribeWindow *self, GVariantDict *dict) {
  const CytoImage *image = self->doc ? scribe_document_get_image(self->doc) : NULL;
  gsize sizes[5] = {0};
  if (image)
    memcpy(sizes, (gsize[5]){image->nt, image->nz, image->nc, image->ny, image->nx}, sizeof sizes);
  g_autofree char *shape =
      g_strdup_printf("%zu %zu %zu %zu %zu", sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
  g_variant_dict_insert(dict, "axes", "s", image ? image->axes : "");
  g_variant_dict_insert(dict, "shape", "s", shape);
  g_variant_dict_insert(dict, "plane", "u", self->doc ? scribe_document_get_plane(self->doc) : 0);
  g_variant_dict_insert(
      dict, "detail", "s",
      gtk_widget_get_visible(self->message_bar) ? gtk_label_get_text(self->message_text) : "");
  GMenuModel *recent = gtk_menu_button_get_menu_model(self->recent_button);
  g_variant_dict_insert(dict, "recent", "u", recent ? g_menu_model_get_n_items(recent) : 0);
  g_variant_dict_insert(dict, "import", "b", gtk_widget_get_visible(GTK_WIDGET(self->import)));
  g_variant_dict_insert(dict, "longest-stall-ms", "d", scribe_stall_longest(self->stall));
  g_variant_dict_insert(dict, "longest-stall-work-ms", "d", scribe_stall_work(self->stall));
}

/* Of the plane shown: its cells, the first one selected, how many were looked at or are hidden. */
static void describe_review(ScribeWindow *self, GVariantDict *dict) {
  guint n = 0, seen = 0;
  const guint32 *ids = self->doc ? scribe_document_get_selection(self->doc, &n) : NULL;
  const CytoCells *cells = self->doc ? scribe_document_get_cells(self->doc) : NULL;
  for (guint32 id = 1; cells && id <= cells->top; id++)
    seen += cells->cell[id].id && cells->cell[id].flags & CYTO_CELL_REVIEWED;
  g_variant_dict_insert(dict, "planecells", "u", cells ? cells->count : 0);
  g_variant_dict_insert(dict, "picked", "u", n ? ids[0] : 0);
  g_variant_dict_insert(dict, "seen", "u", seen);
  g_variant_dict_insert(dict, "hidden", "u",
                        self->doc ? scribe_document_count_hidden(self->doc) : 0);
}

GVariant *scribe_window_describe(ScribeWindow *self) {
  GVariantDict dict;
  guint selected = 0;
  const char *path = self->doc ? scribe_document_get_path(self->doc) : NULL;
  g_autofree char *undo = self->doc ? scribe_document_undo_name(self->doc) : NULL;
  g_autofree char *redo = self->doc ? scribe_document_redo_name(self->doc) : NULL;
  g_autoptr(GPtrArray) unsaved = scribe_window_get_unsaved(self);
  if (self->doc)
    scribe_document_get_selection(self->doc, &selected);
  g_variant_dict_init(&dict, NULL);
  g_variant_dict_insert(&dict, "path", "s", path ? path : "");
  g_variant_dict_insert(&dict, "cells", "u",
                        self->doc ? scribe_document_count_cells(self->doc) : 0);
  g_variant_dict_insert(&dict, "selected", "u", selected);
  describe_review(self, &dict);
  g_variant_dict_insert(&dict, "dirty", "b", self->doc && scribe_document_is_dirty(self->doc));
  g_variant_dict_insert(&dict, "unsaved", "u", unsaved->len);
  g_variant_dict_insert(&dict, "undo", "s", undo ? undo : "");
  g_variant_dict_insert(&dict, "redo", "s", redo ? redo : "");
  g_variant_dict_insert(&dict, "busy", "b",
                        self->open_job || self->run_job || self->filter_job || self->filter_delay ||
                            self->saving > 0);
  g_variant_dict_insert(&dict, "batch", "b", self->batch_job != NULL);
  g_variant_dict_insert(&dict, "diameter", "d", scribe_panel_segment_get_diameter(self->segment));
  scribe_window_describe_segment(self, &dict);
  g_variant_dict_insert(&dict, "images", "u", scribe_strip_get_n(self->strip));
  g_variant_dict_insert(
      &dict, "toast", "s",
      gtk_widget_get_visible(GTK_WIDGET(self->toast)) ? gtk_label_get_text(self->toast) : "");
  describe_canvas(self, &dict);
  describe_history(self, &dict);
  describe_image(self, &dict);
  g_variant_dict_insert(
      &dict, "message", "s",
      gtk_widget_get_visible(self->message_bar) ? gtk_label_get_text(self->message_heading) : "");
  return g_variant_ref_sink(g_variant_dict_end(&dict));
}

/* The canvas listens to its document and its display, and keeps the frame true to them. */
#include "scribe-canvas-private.h"
#include "../cyto/doc/labels.h"
#include <math.h>

static void mark_selected(ScribeCanvas *self, ScribeCellsLook *look) {
  guint n;
  const guint32 *ids = scribe_document_get_selection(self->document, &n);
  for (guint i = 0; i < n; i++)
    if (ids[i] <= look->count)
      look->flags[ids[i]] |= SCRIBE_CELL_SELECTED;
  if (self->hover && self->hover <= look->count)
    look->flags[self->hover] |= SCRIBE_CELL_HOVER;
}

static void mark_hidden(ScribeCanvas *self, ScribeCellsLook *look) {
  if (scribe_document_count_hidden(self->document) == 0)
    return;
  for (gsize id = 1; id <= look->count; id++)
    if (scribe_document_is_hidden(self->document, (guint32)id))
      look->flags[id] |= SCRIBE_CELL_HIDDEN;
}

void scribe_canvas_update_cells(ScribeCanvas *self) {
  ScribeCellsLook *look = scribe_frame_get_cells(self->frame);
  if (!self->document) {
    scribe_cells_look_clear(look);
    return;
  }
  const ScribeLook *shown = scribe_display_get_look(self->display);
  if (scribe_cells_look_fill(look, scribe_document_get_cells(self->document), shown->seed,
                             shown->ids)) {
    mark_hidden(self, look);
    mark_selected(self, look);
  }
}

static void damage_cell(ScribeCanvas *self, guint32 id) {
  const CytoCell *cell = cyto_cells_get(scribe_document_get_cells(self->document), id);
  if (cell)
    scribe_frame_damage_area(self->frame, cell->box.x0, cell->box.y0, cell->box.x1, cell->box.y1);
}

void scribe_canvas_set_hover(ScribeCanvas *self, guint32 id) {
  if (self->hover == id || !self->document)
    return;
  ScribeCellsLook *look = scribe_frame_get_cells(self->frame);
  if (self->hover && self->hover <= look->count)
    look->flags[self->hover] &= (uint8_t)~SCRIBE_CELL_HOVER;
  damage_cell(self, self->hover);
  self->hover = id;
  if (id && id <= look->count)
    look->flags[id] |= SCRIBE_CELL_HOVER;
  damage_cell(self, id);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void on_labels_changed(ScribeCanvas *self, int x, int y, int w, int h) {
  scribe_canvas_update_cells(self);
  /* Numbers move with their cells, over more than the pixels that changed. */
  if (w <= 0 || scribe_display_get_look(self->display)->ids)
    scribe_frame_damage(self->frame);
  else
    scribe_frame_damage_area(self->frame, x, y, x + w, y + h);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

/* Only cells whose look changed are drawn again. */
static void on_selection_changed(ScribeCanvas *self) {
  ScribeCellsLook *look = scribe_frame_get_cells(self->frame);
  const uint8_t changing = SCRIBE_CELL_SELECTED | SCRIBE_CELL_HOVER;
  if (!look->flags)
    return;
  uint8_t *before = g_memdup2(look->flags, look->count + 1);
  for (gsize i = 0; i <= look->count; i++)
    look->flags[i] &= (uint8_t)~changing;
  mark_selected(self, look);
  for (gsize i = 1; i <= look->count; i++)
    if ((before[i] ^ look->flags[i]) & changing)
      damage_cell(self, (guint32)i);
  g_free(before);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void on_ghosts_changed(ScribeCanvas *self) {
  const guint8 *reason = NULL;
  guint count = 0;
  const guint32 *ghosts = scribe_document_get_ghosts(self->document, &reason, &count);
  scribe_frame_set_ghosts(self->frame, ghosts, reason, count);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void on_flow_changed(ScribeCanvas *self) {
  gsize fy = 0, fx = 0;
  const float *flow = scribe_document_get_flow(self->document, &fy, &fx);
  scribe_frame_set_flow(self->frame, flow, fy, fx);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void on_image_changed(ScribeCanvas *self) {
  scribe_toolbox_cancel(self->box);
  self->hover = 0;
  scribe_canvas_set_preview(self, NULL); /* of another plane */
  CytoImage *image = self->document ? scribe_document_get_image(self->document) : NULL;
  guint plane = self->document ? scribe_document_get_plane(self->document) : 0;
  scribe_frame_set_ghosts(self->frame, NULL, NULL, 0);
  scribe_frame_set_image(self->frame, image, plane);
  scribe_display_set_image(self->display, image, plane);
  scribe_canvas_update_cells(self);
  if (self->document) {
    on_flow_changed(self);
    on_ghosts_changed(self);
  }
  scribe_canvas_view_moved(self);
}

static void on_display_changed(ScribeCanvas *self) {
  const ScribeLook *look = scribe_display_get_look(self->display);
  scribe_canvas_update_cells(self);
  scribe_frame_damage(self->frame);
  /* Not while the disk is in the hand, or the picture would slip away under it. */
  if (look->disk && isnan(look->disk_x) && scribe_frame_outgrown(self->frame))
    scribe_canvas_fit_again(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

void scribe_canvas_follow_document(ScribeCanvas *self) {
  static const struct {
    const char *signal;
    GCallback f;
  } follow[] = {
      {"image-changed", G_CALLBACK(on_image_changed)},
      {"labels-changed", G_CALLBACK(on_labels_changed)},
      {"selection-changed", G_CALLBACK(on_selection_changed)},
      {"ghosts-changed", G_CALLBACK(on_ghosts_changed)},
      {"flow-changed", G_CALLBACK(on_flow_changed)},
  };
  self->document_signals = g_signal_group_new(SCRIBE_TYPE_DOCUMENT);
  for (gsize i = 0; i < G_N_ELEMENTS(follow); i++)
    g_signal_group_connect_swapped(self->document_signals, follow[i].signal, follow[i].f, self);
  self->display_signals = g_signal_group_new(SCRIBE_TYPE_DISPLAY);
  g_signal_group_connect_swapped(self->display_signals, "changed", G_CALLBACK(on_display_changed),
                                 self);
}

void scribe_canvas_set_document(ScribeCanvas *self, ScribeDocument *document) {
  if (document == self->document)
    return;
  scribe_toolbox_cancel(self->box);
  scribe_canvas_forget_message(self);
  if (self->document_signals)
    g_signal_group_set_target(self->document_signals, document);
  g_set_object(&self->document, document);
  on_image_changed(self);
}

void scribe_canvas_set_display(ScribeCanvas *self, ScribeDisplay *display) {
  if (display == self->display)
    return;
  g_signal_group_set_target(self->display_signals, display);
  g_set_object(&self->display, display);
  scribe_frame_set_display(self->frame, display);
  on_image_changed(self);
}

static gboolean pixel_of(ScribeCanvas *self, double x, double y, gsize *row, gsize *column) {
  gsize ny, nx;
  if (!scribe_frame_get_image_size(self->frame, &ny, &nx) || !(x >= 0 && y >= 0) ||
      x >= (double)nx || y >= (double)ny)
    return FALSE;
  *row = (gsize)y;
  *column = (gsize)x;
  return TRUE;
}

double scribe_canvas_get_value(ScribeCanvas *self, guint c, double x, double y) {
  gsize row, column;
  return pixel_of(self, x, y, &row, &column) ? scribe_frame_get_value(self->frame, c, row, column)
                                             : 0;
}

guint32 scribe_canvas_get_cell_at(ScribeCanvas *self, double x, double y) {
  gsize row, column;
  if (!self->document || !pixel_of(self, x, y, &row, &column))
    return 0;
  return cyto_cells_at(scribe_document_get_cells(self->document), (int64_t)row, (int64_t)column);
}

void scribe_canvas_reveal_cell(ScribeCanvas *self, guint32 id) {
  const CytoCell *cell =
      self->document ? cyto_cells_get(scribe_document_get_cells(self->document), id) : NULL;
  if (cell)
    scribe_canvas_reveal(self, cell->box.x0, cell->box.y0, cell->box.x1, cell->box.y1);
}

void scribe_canvas_centre_cell(ScribeCanvas *self, guint32 id) {
  const CytoCell *cell =
      self->document ? cyto_cells_get(scribe_document_get_cells(self->document), id) : NULL;
  double x, y, s = scribe_canvas_factor(self);
  if (!cell)
    return;
  scribe_frame_to_device(self->frame, (cell->box.x0 + cell->box.x1) / 2.0,
                         (cell->box.y0 + cell->box.y1) / 2.0, &x, &y);
  scribe_frame_pan(self->frame, gtk_widget_get_width(GTK_WIDGET(self)) * s / 2 - x,
                   gtk_widget_get_height(GTK_WIDGET(self)) * s / 2 - y);
  scribe_canvas_reveal_cell(self, id);
}

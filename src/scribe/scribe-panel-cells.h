/* Side panel "Cells": a sortable list, filtered by size and state, that selects on the canvas and
 * follows the selection made there; and the way through the cells nobody has looked at yet. */
#pragma once
#include "scribe-canvas.h"

#define SCRIBE_TYPE_PANEL_CELLS (scribe_panel_cells_get_type())
G_DECLARE_FINAL_TYPE(ScribePanelCells, scribe_panel_cells, SCRIBE, PANEL_CELLS, GtkBox)

GtkWidget *scribe_panel_cells_new(void);
/* A row that is chosen is brought into view there. */
void scribe_panel_cells_set_canvas(ScribePanelCells *panel, ScribeCanvas *canvas);
void scribe_panel_cells_set_document(ScribePanelCells *panel, ScribeDocument *document);

/* Selects the next (or, step < 0, the last) cell nobody has looked at, the most doubtful first, and
 * brings it to the middle of the canvas. */
void scribe_panel_cells_next(ScribePanelCells *panel, int step);
/* The selected cells were looked at and are right; on to the next. */
void scribe_panel_cells_accept(ScribePanelCells *panel);

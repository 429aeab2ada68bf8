/* Side panel "Cells": a sortable list, filtered by size, that selects on the canvas and follows the
 * selection made there. */
#pragma once
#include "scribe-canvas.h"

#define SCRIBE_TYPE_PANEL_CELLS (scribe_panel_cells_get_type())
G_DECLARE_FINAL_TYPE(ScribePanelCells, scribe_panel_cells, SCRIBE, PANEL_CELLS, GtkBox)

GtkWidget *scribe_panel_cells_new(void);
/* A row that is chosen is brought into view there. */
void scribe_panel_cells_set_canvas(ScribePanelCells *panel, ScribeCanvas *canvas);
void scribe_panel_cells_set_document(ScribePanelCells *panel, ScribeDocument *document);

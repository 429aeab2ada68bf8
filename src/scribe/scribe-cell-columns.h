/* The columns of the list of cells: what they show and how they sort. */
#pragma once
#include <gtk/gtk.h>

/* Rows are ScribeCellItem. The check buttons of the last columns activate "cells.reviewed" and
 * "cells.shown" with the id and what is wanted. */
void scribe_cell_columns_add(GtkColumnView *view);

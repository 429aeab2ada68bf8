/* The columns of the list of cells: what they show and how they sort. */
#pragma once
#include <gtk/gtk.h>

/* Rows are ScribeCellItem. The last column has check buttons that activate "cells.reviewed". */
void scribe_cell_columns_add(GtkColumnView *view);

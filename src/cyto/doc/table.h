/* How the table of cells is kept: for the files of this folder alone. */
#pragma once
#include "labels.h"

/* A table without cells, around a map without any. */
bool cyto_cells_blank(CytoCells *cells, uint32_t *map, size_t ny, size_t nx, CytoError *err);
/* Makes cell[id] a valid place (zero when new). */
bool cyto_cells_reserve(CytoCells *cells, uint32_t id, CytoError *err);
/* Puts a record in a place reserved before (record.id 0 takes the cell out); keeps count and top.
 */
void cyto_cells_put(CytoCells *cells, uint32_t id, CytoCell record);
/* Counts a run of pixels in. */
void cyto_cell_add(CytoCell *cell, uint32_t y, uint32_t x0, uint32_t x1);
/* Shrinks a box that holds the cell to the smallest that does; the cell has a pixel in it. */
void cyto_cells_fit_box(const CytoCells *cells, CytoCell *cell);
/* number[id] = place of the id, from 1, among those of all planes, 0 where there is none; as long
 * as the longest table. *n = how many ids. Heap. */
uint32_t *cyto_cells_number(const CytoCells *plane, size_t nz, uint32_t *n, CytoError *err);

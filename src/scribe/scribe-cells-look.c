#include "scribe-cells-look.h"
#include "../cyto/doc/labels.h"
#include <stdlib.h>

void scribe_cells_look_clear(ScribeCellsLook *look) {
  free(look->colour);
  free(look->flags);
  free(look->mark);
  *look = (ScribeCellsLook){0};
}

static bool reserve(ScribeCellsLook *look, size_t top, size_t marks) {
  if (look->room <= top) {
    size_t room = top + top / 2 + 64;
    uint8_t *colour = realloc(look->colour, room), *flags = realloc(look->flags, room);
    look->colour = colour ? colour : look->colour;
    look->flags = flags ? flags : look->flags;
    if (!colour || !flags)
      return false;
    look->room = room;
  }
  if (look->mark_room < marks) {
    size_t room = marks + marks / 2 + 64;
    ScribeCellMark *mark = realloc(look->mark, room * sizeof *mark);
    if (!mark)
      return false;
    look->mark = mark;
    look->mark_room = room;
  }
  return true;
}

/* A shuffle of the palette: cells that differed still do. */
static void permute(uint8_t order[CYTO_COLOURS], uint32_t seed) {
  for (unsigned i = 0; i < CYTO_COLOURS; i++)
    order[i] = (uint8_t)i;
  for (unsigned i = CYTO_COLOURS - 1; seed && i > 0; i--) {
    seed = seed * 1664525u + 1013904223u;
    unsigned j = (seed >> 16) % (i + 1);
    uint8_t swap = order[i];
    order[i] = order[j];
    order[j] = swap;
  }
}

bool scribe_cells_look_fill(ScribeCellsLook *look, const CytoCells *cells, uint32_t seed,
                            bool marks) {
  uint8_t order[CYTO_COLOURS];
  if (!reserve(look, cells->top, marks ? cells->count : 0)) {
    scribe_cells_look_clear(look);
    return false;
  }
  permute(order, seed);
  look->map = cells->map;
  look->ny = cells->ny;
  look->nx = cells->nx;
  look->count = cells->top;
  look->marks = 0;
  look->colour[0] = look->flags[0] = 0;
  for (uint32_t id = 1; id <= cells->top; id++) {
    const CytoCell *cell = &cells->cell[id];
    look->colour[id] = order[cell->colour % CYTO_COLOURS];
    look->flags[id] = cell->flags & CYTO_CELL_MANUAL ? SCRIBE_CELL_MANUAL : 0;
    if (!marks || !cell->id)
      continue;
    ScribeCellMark *mark = &look->mark[look->marks++];
    *mark = (ScribeCellMark){id, 0, 0, cell->box.x0, cell->box.y0, cell->box.x1, cell->box.y1};
    cyto_cell_centre(cell, &mark->y, &mark->x);
  }
  return true;
}

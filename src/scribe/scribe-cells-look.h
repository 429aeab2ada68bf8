/* The table of cells turned into what the renderer reads: colours, flags and numbers by id. Plain
 * memory, no GTK. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct CytoCells CytoCells; /* doc/labels.h */

/* The renderer's bits (view/scene.h); scribe-scene.c checks that they agree. */
enum {
  SCRIBE_CELL_SELECTED = 1,
  SCRIBE_CELL_MANUAL = 2,
  SCRIBE_CELL_HIDDEN = 4,
  SCRIBE_CELL_HOVER = 8
};

typedef struct ScribeCellMark {
  uint32_t id;
  double x, y;
  uint32_t x0, y0, x1, y1;
} ScribeCellMark;

typedef struct ScribeCellsLook {
  const uint32_t *map;
  size_t ny, nx;
  uint8_t *colour, *flags; /* count + 1 entries */
  size_t count, room;
  ScribeCellMark *mark;
  size_t marks, mark_room;
} ScribeCellsLook;

/* False when memory is short; the look is then empty. */
bool scribe_cells_look_fill(ScribeCellsLook *look, const CytoCells *cells, uint32_t seed,
                            bool marks);
void scribe_cells_look_clear(ScribeCellsLook *look);

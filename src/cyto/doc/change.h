/* A change under way: pixels are set run by run, the table follows, and both are written down as
 * they go. It ends as a patch, or as if it had never been. For the files of this folder alone. */
#pragma once
#include "patch-private.h"
#include "shape.h"

typedef struct CytoTouched {
  size_t z;
  uint32_t id;
  CytoCell before;
} CytoTouched;

typedef struct CytoMaking {
  CytoCells *plane;
  size_t nz;
  CytoPatch *patch;
  size_t z;             /* of the strip being written */
  CytoRunWriter writer; /* that strip */
  CytoRect box;
  CytoTouched *touched; /* cells as they were when first changed */
  size_t n_touched, room_touched;
  uint32_t next_id; /* the first id no cell of any plane has */
  bool plain;       /* pixels only: the caller sets the table */
  uint32_t tracked; /* a cell whose new neighbours' colours are kept in `used`, 0 = none */
  bool used[256];
  bool failed; /* memory or ids ran out; err says which */
  CytoError err;
} CytoMaking;

bool cyto_making_begin(CytoMaking *making, CytoCells *plane, size_t nz, CytoError *err);
/* Runs that follow go to plane z; runs of one strip must be in raster order. */
void cyto_making_strip(CytoMaking *making, size_t z);
/* A free id, or 0 with `failed` set. */
uint32_t cyto_making_id(CytoMaking *making);

typedef enum { CYTO_OVER_ANY, CYTO_OVER_FREE, CYTO_OVER_ONE } CytoOver;
/* Sets pixels x0..x1-1 of row y to `after`: those of any cell, background only, or those of cell
 * `one` only. Returns how many changed. */
size_t cyto_making_run(CytoMaking *making, uint32_t y, uint32_t x0, uint32_t x1, uint32_t after,
                       CytoOver over, uint32_t one);
/* All pixels of a cell (a strip of its own). */
void cyto_making_repaint(CytoMaking *making, size_t z, uint32_t id, uint32_t after);
/* The table's record of a cell, to be changed; NULL when memory is short. Not for pixels' sums. */
CytoCell *cyto_making_cell(CytoMaking *making, size_t z, uint32_t id);

/* Ends the strip, and makes boxes exact and empty cells vanish: what lies between is a whole state.
 */
void cyto_making_settle(CytoMaking *making);
/* Chooses colours, then hands the patch over; NULL when it failed. Either way making is empty. A
 * change of nothing gives a patch without strips and changes. */
CytoPatch *cyto_making_end(CytoMaking *making, CytoStepKind kind, uint32_t count, uint32_t id,
                           CytoError *err);
void cyto_making_abort(CytoMaking *making); /* harmless after end */

/* colour.c: `used` of every colour a cell other than `id` has within CYTO_NEAR of those of its
 * pixels that lie in rect. row: scratch of nx numbers, all 0 before and after. */
void cyto_colours_near(const CytoCells *cells, uint32_t id, CytoRect rect, uint32_t *row,
                       bool used[256]);
/* The same for the pixels a strip gave to `id`, in time that grows with their number alone. */
bool cyto_colours_beside(const CytoCells *cells, uint32_t id, const CytoStrip *strip,
                         bool used[256], CytoError *err);
uint8_t cyto_colour_choose(uint32_t id, const bool used[256]);
/* Colours for every cell of a plane that has just been read. */
bool cyto_cells_colour(CytoCells *cells, CytoError *err);

/* The cells of one plane: a map that says which cell a pixel belongs to, and a table that says what
 * is known about each cell. The table is kept up by edits (change.h); nobody else writes to either.
 */
#pragma once
#include "../base/image.h"

/* Rows y0..y1-1, columns x0..x1-1; empty when y0 >= y1. */
typedef struct CytoRect {
  uint32_t y0, x0, y1, x1;
} CytoRect;
CytoRect cyto_rect_union(CytoRect a, CytoRect b);
/* `margin` pixels more on every side, but never outside ny, nx. */
CytoRect cyto_rect_grow(CytoRect rect, uint32_t margin, size_t ny, size_t nx);

enum {
  CYTO_CELL_MANUAL = 1,   /* made or mended by hand (drawn, brushed, split, merged) */
  CYTO_CELL_REVIEWED = 2, /* someone looked at it and said yes */
};

typedef struct CytoCell {
  uint32_t id;           /* what its pixels hold in the map; 0 in free places of the table */
  CytoRect box;          /* the smallest that holds it */
  uint8_t flags;         /* CYTO_CELL_… */
  uint8_t category;      /* the user's class of cell, 0 = none */
  uint8_t colour;        /* index into a palette: differs from every cell within CYTO_NEAR pixels.
                            Nearly always below CYTO_COLOURS, in a crowd more */
  uint8_t touched;       /* of an edit under way; 0 between edits */
  uint64_t area;         /* pixels, >= 1 */
  uint64_t sum_y, sum_x; /* of pixel coordinates; see cyto_cell_centre */
} CytoCell;

enum { CYTO_NEAR = 3, CYTO_COLOURS = 12 };

/* Ids are names: they stay when other cells go, so they have gaps; saving numbers cells 1..n. In a
 * stack the same id in two planes means one cell seen twice (or chance, as in Cellpose's files). */
typedef struct CytoCells {
  size_t ny, nx;
  uint32_t *map;  /* (ny,nx), 0 = background; borrowed, the document owns the stack */
  CytoCell *cell; /* cell[id] for id = 1..top; cell[0] is never a cell */
  uint32_t top;   /* highest id in use, 0 = no cell */
  uint32_t count; /* number of cells */
  size_t room;    /* allocated length of cell */
} CytoCells;

/* Reads the table off a map of ids (flags, categories and colours 0). Ids must be at most
 * CYTO_ID_MAX; cyto_labels_compact sees to it. Sides below 2^30, ny*nx below 2^32. */
bool cyto_cells_init(CytoCells *cells, uint32_t *map, size_t ny, size_t nx, CytoError *err);
void cyto_cells_clear(CytoCells *cells);
enum { CYTO_ID_MAX = 1 << 24 };
/* Renumbers 1..n in ascending order when the numbers are far larger than their count. */
bool cyto_labels_compact(CytoLabels *labels, CytoError *err);

/* The cell of that id, or NULL. */
static inline const CytoCell *cyto_cells_get(const CytoCells *cells, uint32_t id) {
  return id >= 1 && id <= cells->top && cells->cell[id].id ? &cells->cell[id] : NULL;
}
/* Id under a pixel; 0 for background and outside. */
uint32_t cyto_cells_at(const CytoCells *cells, int64_t y, int64_t x);
/* Mean pixel centre in image coordinates (pixel (0,0) spans 0..1, its centre is 0.5). */
void cyto_cell_centre(const CytoCell *cell, double *y, double *x);

/* Lists of ids, ascending; heap, free() them. Cells with a pixel in the rectangle (or, `whole`,
 * all of whose pixels lie there); cells of min_area..max_area pixels. */
bool cyto_cells_in_rect(const CytoCells *cells, CytoRect rect, bool whole, uint32_t **ids,
                        size_t *n, CytoError *err);
bool cyto_cells_by_area(const CytoCells *cells, uint64_t min_area, uint64_t max_area,
                        uint32_t **ids, size_t *n, CytoError *err);
bool cyto_cells_touching_edge(const CytoCells *cells, uint32_t **ids, size_t *n, CytoError *err);

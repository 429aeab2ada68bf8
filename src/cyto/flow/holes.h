/* Which gaps between the runs of a cell are its holes: background of the cell that no 4-connected
 * way leads out of (algorithm.md §5.8, 11.2). Time is in proportion to the runs. */
#pragma once
#include "regions.h"

/* Scratch; zero-initialise, cyto_holes_clear when done. */
typedef struct CytoHoles {
  bool *closed;   /* the gap between run i and run i+1 of the same row belongs to a hole */
  bool *open;     /* of a root: some way leads out */
  uint32_t *root; /* gaps that touch have one root */
  size_t capacity;
} CytoHoles;
void cyto_holes_clear(CytoHoles *holes);

/* n < 2^32 runs in raster order. */
bool cyto_holes_find(const CytoRun *run, size_t n, CytoHoles *holes, CytoError *err);

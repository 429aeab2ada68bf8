/* Labels as closed loops along pixel edges: corners at whole numbers, so that filling by pixel
 * centres gives the pixels back exactly. */
#pragma once
#include "label-index.h"

typedef struct CytoLoop {
  size_t place;  /* of its label in the index */
  size_t offset; /* first corner */
  size_t count;  /* corners; the last one joins the first */
} CytoLoop;

typedef struct CytoLoops {
  CytoLabelIndex index;
  size_t count, capacity;
  CytoLoop *loop; /* grouped by label after tracing, outer loops and holes mixed (even-odd fill) */
  int32_t *xy;    /* corners as x,y pairs */
  size_t corners, corner_capacity;
} CytoLoops;

/* Every pixel edge between a label and what is not that label lies on exactly one loop; pixels that
 * touch at a corner only share a loop. Time grows with the number of pixels alone. */
bool cyto_loops_trace(const uint32_t *labels, size_t ny, size_t nx, CytoLoops *out, CytoError *err);
void cyto_loops_clear(CytoLoops *loops);

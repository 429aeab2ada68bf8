/* Which cells look wrong, so that a person sees those first. */
#pragma once
#include "labels.h"

enum {
  CYTO_ODD_EDGE = 1, /* touches the edge of the image */
  CYTO_ODD_TINY = 2, /* under a quarter of the median area */
  CYTO_ODD_HUGE = 4, /* over four times the median area */
  CYTO_ODD_HOLES = 8,
  CYTO_ODD_PARTS = 16,  /* more than one piece */
  CYTO_ODD_HOLLOW = 32, /* fills less than 0.85 of its convex hull */
};

typedef struct CytoOddity {
  uint32_t id;
  unsigned reasons; /* CYTO_ODD_… */
  double solidity;  /* area / area of the convex hull of its pixels */
  double score;     /* 0 = nothing odd; higher = look here first */
} CytoOddity;

/* One entry per cell, the oddest first (ties by id); heap, free() it. */
bool cyto_review_score(const CytoCells *cells, CytoOddity **out, size_t *n, CytoError *err);

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

/* What was seen of a cell's shape, and the record it was seen with. */
typedef struct CytoShape {
  CytoRect box;
  uint64_t area, sum_y, sum_x;
  double solidity;
  unsigned reasons; /* those of the shape alone: holes, parts */
} CytoShape;

/* The same list kept up between edits: a shape is looked at again only when the record of its cell
 * is another one. Zero-initialise; one plane each. */
typedef struct CytoReview {
  CytoOddity *list; /* n entries, as above */
  size_t n, left;   /* left: cells whose shape was not looked at yet, scored by size alone */
  size_t room;
  CytoShape *shape; /* [id] */
  size_t shapes;
} CytoReview;
/* Looks at shapes until about `pixels` pixels of their boxes were read, then makes the list. False
 * when memory is short: the list is the last one. */
bool cyto_review_update(CytoReview *review, const CytoCells *cells, size_t pixels, CytoError *err);
void cyto_review_clear(CytoReview *review);

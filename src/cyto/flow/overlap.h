/* Pairs of a true and a predicted cell that share pixels (algorithm.md §10.1). */
#pragma once
#include "regions.h"

typedef struct CytoPair {
  uint32_t truth, pred; /* indices into the regions */
  uint64_t pixels;
  double iou;
} CytoPair;

/* Zero-initialise; cyto_overlap_clear when done. Pairs in ascending order of truth. */
typedef struct CytoOverlap {
  CytoRegions truth, pred;
  size_t count, capacity;
  CytoPair *pair;
} CytoOverlap;

bool cyto_overlap_find(const uint32_t *truth, const uint32_t *pred, size_t ny, size_t nx,
                       CytoOverlap *out, CytoError *err);
void cyto_overlap_clear(CytoOverlap *overlap);

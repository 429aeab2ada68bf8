/* The order in which seeds paint: ascending count, ties in the order of GNU's unstable sort, which
 * decides which of two overlapping plateau seeds is on top (algorithm.md §5.7d, 5.7a). */
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct CytoSeed {
  uint32_t count;
  size_t at;
} CytoSeed;

void cyto_seeds_sort(CytoSeed *seed, size_t n);

/* One-to-one matching of two sets with the largest sum of weights, on sparse edges. */
#pragma once
#include "../base/error.h"
#include <stdint.h>

typedef struct CytoEdge {
  uint32_t a, b;
  double weight; /* > 0; an element may stay alone at weight 0 */
} CytoEdge;

/* edges in ascending order of a, a < na, b < nb. mate[a] = index of its edge, or edges for none.
 * Exact: shortest augmenting paths with potentials, each search over a few neighbours only. */
bool cyto_match(const CytoEdge *edge, size_t edges, size_t na, size_t nb, size_t *mate,
                CytoError *err);

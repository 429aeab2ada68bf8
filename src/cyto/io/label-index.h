/* The labels that occur in a picture, ascending, and their place in that list. */
#pragma once
#include "../base/error.h"
#include <stdint.h>

typedef struct CytoLabelIndex {
  size_t count;
  uint32_t *label; /* count labels, ascending, 0 left out */
  uint32_t *table; /* label → place, for labels up to `top`; NULL when numbers are too sparse */
  uint32_t top;
} CytoLabelIndex;

bool cyto_label_index_init(CytoLabelIndex *index, const uint32_t *labels, size_t n, CytoError *err);
void cyto_label_index_clear(CytoLabelIndex *index);

/* Place of a label that occurs. */
size_t cyto_label_index_find(const CytoLabelIndex *index, uint32_t label);

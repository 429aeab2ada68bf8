/* A number for every label of an image: a table where labels are dense, a hash where they are not,
 * so that one stray label of four billion costs nothing. */
#pragma once
#include "../base/error.h"
#include <stdint.h>

/* Zero-initialise; cyto_label_map_clear when done. */
typedef struct CytoLabelMap {
  uint32_t *key; /* NULL for a table */
  uint64_t *value;
  size_t capacity, used;
} CytoLabelMap;

bool cyto_label_map_init(CytoLabelMap *map, const uint32_t *labels, size_t count, CytoError *err);
void cyto_label_map_clear(CytoLabelMap *map);

/* Where the number of a label of that image is kept, 0 at first; the label is not 0. Valid until
 * the next call. NULL with err when memory is short. */
uint64_t *cyto_label_map_at(CytoLabelMap *map, uint32_t label, CytoError *err);

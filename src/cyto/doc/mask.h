/* One cell cut out of the map, to be worked on apart. For the files of this folder alone. */
#pragma once
#include "labels.h"

typedef struct CytoMask {
  CytoRect box; /* what it covers of the plane: inside the image */
  size_t h, w;
  uint8_t *bit;    /* (h,w) 1 = the cell, 0 = not; later stages use other numbers */
  uint32_t *stack; /* h*w places: scratch of the floods, see cyto_mask_floods */
} CytoMask;

/* `margin` pixels more than the cell's box, cut off at the edge of the image. */
bool cyto_mask_of(CytoMask *mask, const CytoCells *cells, uint32_t id, uint32_t margin,
                  CytoError *err);
void cyto_mask_clear(CytoMask *mask);
/* Makes the scratch: before any flood, and before looking for holes. */
bool cyto_mask_floods(CytoMask *mask, CytoError *err);

/* Turns the piece of value `from` that holds place `start` into `to` (!= from): pixels that touch
 * by sides, or by corners too. Returns its size; its places are stack[0..size-1]. */
size_t cyto_mask_flood(CytoMask *mask, size_t start, uint8_t from, uint8_t to, bool corners);

/* Marks holes with 2: what is not the cell and no way by sides leads out of. Returns their pixels.
 */
size_t cyto_mask_holes(CytoMask *mask);

/* Squared distance of every pixel to the nearest whose bit == value, at most limit*limit + 1, which
 * means farther or none: (h,w), free() it. limit is at most 150. What lies outside the mask does
 * not count. */
uint16_t *cyto_mask_distance(const CytoMask *mask, uint8_t value, uint32_t limit, CytoError *err);

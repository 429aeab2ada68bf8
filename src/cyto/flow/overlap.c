#include "overlap.h"
#include "../base/mem.h"
#include "label-map.h"
#include <string.h>

void cyto_overlap_clear(CytoOverlap *overlap) {
  cyto_regions_clear(&overlap->truth);
  cyto_regions_clear(&overlap->pred);
  free(overlap->pair);
  memset(overlap, 0, sizeof *overlap);
}

static bool add_pair(CytoOverlap *overlap, CytoPair pair, CytoError *err) {
  if (overlap->count == overlap->capacity) {
    size_t capacity = 2 * overlap->capacity + 256;
    CytoPair *grown = cyto_realloc(overlap->pair, capacity, sizeof *grown, err);
    if (!grown)
      return false;
    overlap->pair = grown;
    overlap->capacity = capacity;
  }
  overlap->pair[overlap->count++] = pair;
  return true;
}

/* Adds n shared pixels to the pair of this truth, found by where[pred] = index of its last pair +
 * 1, which belongs to this truth only from `first` on. */
static bool count_shared(CytoOverlap *overlap, size_t first, size_t *where, uint32_t truth,
                         uint32_t pred, uint64_t n, CytoError *err) {
  if (where[pred] > first) {
    overlap->pair[where[pred] - 1].pixels += n;
    return true;
  }
  if (!add_pair(overlap, (CytoPair){.truth = truth, .pred = pred, .pixels = n}, err))
    return false;
  where[pred] = overlap->count;
  return true;
}

static bool count_region(CytoOverlap *overlap, const CytoRegion *cell, const uint32_t *pred,
                         size_t nx, CytoLabelMap *map, size_t *where, CytoError *err) {
  const size_t first = overlap->count;
  const uint32_t truth = (uint32_t)(cell - overlap->truth.region);
  const CytoRun *run = overlap->truth.run + cell->first;
  for (size_t i = 0; i < cell->count; i++) {
    const uint32_t *row = pred + run[i].y * nx;
    for (uint32_t x = run[i].x0, end; x < run[i].x1; x = end) {
      for (end = x + 1; end < run[i].x1 && row[end] == row[x];)
        end++;
      if (row[x] == 0)
        continue;
      uint32_t index = (uint32_t)*cyto_label_map_at(map, row[x], err);
      if (!count_shared(overlap, first, where, truth, index, end - x, err))
        return false;
    }
  }
  return true;
}

bool cyto_overlap_find(const uint32_t *truth, const uint32_t *pred, size_t ny, size_t nx,
                       CytoOverlap *out, CytoError *err) {
  CYTO_CLEANUP(cyto_overlap_clear) CytoOverlap overlap = {0};
  CYTO_CLEANUP(cyto_label_map_clear) CytoLabelMap map = {0};
  if (!cyto_regions_find(truth, ny, nx, &overlap.truth, err) ||
      !cyto_regions_find(pred, ny, nx, &overlap.pred, err) ||
      !cyto_label_map_init(&map, pred, ny * nx, err))
    return false;
  CYTO_AUTOFREE size_t *where = cyto_calloc(overlap.pred.count, sizeof *where, err);
  if (!where)
    return false;
  for (size_t i = 0; i < overlap.pred.count; i++) {
    uint64_t *index = cyto_label_map_at(&map, overlap.pred.region[i].label, err);
    if (!index)
      return false;
    *index = i;
  }
  for (size_t i = 0; i < overlap.truth.count; i++)
    if (!count_region(&overlap, &overlap.truth.region[i], pred, nx, &map, where, err))
      return false;
  for (size_t k = 0; k < overlap.count; k++) {
    CytoPair *pair = &overlap.pair[k];
    uint64_t both = overlap.truth.region[pair->truth].area + overlap.pred.region[pair->pred].area;
    pair->iou = (double)pair->pixels / (double)(both - pair->pixels);
  }
  *out = overlap;
  overlap = (CytoOverlap){0};
  return true;
}

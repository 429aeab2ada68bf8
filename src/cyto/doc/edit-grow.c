/* Growing: background within reach of several cells goes to the nearest, to the lower number when
 * it is as near to two. First every cell writes down how near it is, then each takes its own. */
#include "../base/mem.h"
#include "edit-private.h"
#include "mask.h"

enum { NONE = UINT16_MAX };

typedef struct Growth {
  CytoRect box; /* of all cells and what they may reach */
  size_t w;
  uint16_t *near; /* squared distance to the nearest cell that grows */
} Growth;

static void clear_growth(Growth *growth) {
  free(growth->near);
}

static uint16_t *near_at(const Growth *growth, const CytoMask *mask, size_t y) {
  size_t row = mask->box.y0 + y - growth->box.y0;
  return growth->near + row * growth->w + (mask->box.x0 - growth->box.x0);
}

static bool survey(CytoEditing *editing, size_t z, uint32_t id, Growth *growth) {
  uint32_t amount = editing->edit->amount;
  CYTO_CLEANUP(cyto_mask_clear) CytoMask mask = {0};
  if (!cyto_mask_of(&mask, &editing->making.plane[z], id, amount, editing->err))
    return false;
  CYTO_AUTOFREE uint16_t *distance = cyto_mask_distance(&mask, 1, amount, editing->err);
  if (!distance)
    return false;
  for (size_t y = 0; y < mask.h; y++) {
    uint16_t *near = near_at(growth, &mask, y);
    for (size_t x = 0; x < mask.w; x++)
      if (distance[y * mask.w + x] <= amount * amount && NONE - distance[y * mask.w + x] > near[x])
        near[x] = (uint16_t)(NONE - distance[y * mask.w + x]);
  }
  return true;
}

/* 2 = background that is this cell's share. */
static void claim(CytoMask *mask, const CytoCells *cells, const Growth *growth,
                  const uint16_t *distance, uint32_t amount) {
  for (size_t y = 0; y < mask->h; y++) {
    const uint32_t *row = cells->map + (mask->box.y0 + y) * cells->nx + mask->box.x0;
    const uint16_t *near = near_at(growth, mask, y);
    for (size_t x = 0; x < mask->w; x++) {
      size_t at = y * mask->w + x;
      if (row[x] == 0 && distance[at] <= amount * amount && distance[at] == NONE - near[x])
        mask->bit[at] = 2;
    }
  }
}

/* Keeps of the share what hangs together with the cell by sides: 3. Growth does not jump over a
 * neighbour. */
static void connect(CytoMask *mask) {
  size_t w = mask->w;
  for (size_t at = 0; at < mask->h * w; at++) {
    if (mask->bit[at] != 2)
      continue;
    size_t x = at % w, y = at / w;
    if ((x > 0 && mask->bit[at - 1] == 1) || (x + 1 < w && mask->bit[at + 1] == 1) ||
        (y > 0 && mask->bit[at - w] == 1) || (y + 1 < mask->h && mask->bit[at + w] == 1))
      cyto_mask_flood(mask, at, 2, 3, false);
  }
}

static bool grow(CytoEditing *editing, size_t z, uint32_t id, const Growth *growth) {
  CytoMaking *making = &editing->making;
  uint32_t amount = editing->edit->amount;
  CYTO_CLEANUP(cyto_mask_clear) CytoMask mask = {0};
  if (!cyto_mask_of(&mask, &making->plane[z], id, amount, editing->err))
    return false;
  CYTO_AUTOFREE uint16_t *distance = cyto_mask_distance(&mask, 1, amount, editing->err);
  if (!distance || !cyto_mask_floods(&mask, editing->err))
    return false;
  claim(&mask, &making->plane[z], growth, distance, amount);
  connect(&mask);
  cyto_making_strip(making, z);
  size_t changed = 0;
  for (size_t y = 0; y < mask.h; y++)
    for (size_t x = 0; x < mask.w; x++)
      if (mask.bit[y * mask.w + x] == 3) {
        uint32_t first = mask.box.x0 + (uint32_t)x;
        while (x + 1 < mask.w && mask.bit[y * mask.w + x + 1] == 3)
          x++;
        changed += cyto_making_run(making, mask.box.y0 + (uint32_t)y, first,
                                   mask.box.x0 + (uint32_t)x + 1, id, CYTO_OVER_FREE, 0);
      }
  if (changed)
    cyto_edit_count(editing, id);
  return true;
}

bool cyto_edit_grow(CytoEditing *editing, size_t z) {
  const CytoCells *cells = &editing->making.plane[z];
  CYTO_CLEANUP(clear_growth) Growth growth = {0};
  CYTO_AUTOFREE uint32_t *ids = NULL;
  size_t n = 0;
  if (!cyto_edit_targets(editing, z, &ids, &n))
    return false;
  for (size_t i = 0; i < n; i++)
    growth.box = cyto_rect_union(growth.box, cells->cell[ids[i]].box);
  growth.box = cyto_rect_grow(growth.box, editing->edit->amount, cells->ny, cells->nx);
  growth.w = growth.box.x1 - growth.box.x0;
  size_t pixels = growth.w * (growth.box.y1 - growth.box.y0);
  growth.near = calloc(pixels + 1, sizeof *growth.near);
  if (!growth.near)
    return cyto_fail(editing->err, CYTO_ERROR_MEMORY, "out of memory while growing cells");
  for (size_t i = 0; i < n; i++)
    if (!survey(editing, z, ids[i], &growth))
      return false;
  for (size_t i = 0; i < n && !editing->making.failed; i++)
    if (!grow(editing, z, ids[i], &growth))
      return false;
  return true;
}

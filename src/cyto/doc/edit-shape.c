/* Edits of a cell's shape: holes, parts, smoothing, growing, shrinking. */
#include "../base/mem.h"
#include "edit-private.h"
#include "mask.h"
#include "table.h"

/* Sets the pixels of the mask that have this value to `after`. Returns how many changed. */
static size_t paint(CytoMaking *making, const CytoMask *mask, uint8_t value, uint32_t after,
                    CytoOver over, uint32_t one) {
  size_t changed = 0;
  for (size_t y = 0; y < mask->h; y++) {
    const uint8_t *bit = mask->bit + y * mask->w;
    for (size_t x = 0; x < mask->w;) {
      size_t x0 = x;
      while (x < mask->w && bit[x] == value)
        x++;
      if (x > x0)
        changed += cyto_making_run(making, mask->box.y0 + (uint32_t)y, mask->box.x0 + (uint32_t)x0,
                                   mask->box.x0 + (uint32_t)x, after, over, one);
      else
        x++;
    }
  }
  return changed;
}

/* What one edit does to one cell: changes the mask's values, then paints. Returns pixels changed.
 */
typedef bool (*CellEdit)(CytoEditing *editing, CytoMask *mask, uint32_t id, size_t *changed);

static bool each_cell(CytoEditing *editing, size_t z, uint32_t margin, CellEdit one) {
  CYTO_AUTOFREE uint32_t *ids = NULL;
  size_t n = 0;
  if (!cyto_edit_targets(editing, z, &ids, &n))
    return false;
  for (size_t i = 0; i < n && !editing->making.failed; i++) {
    CYTO_CLEANUP(cyto_mask_clear) CytoMask mask = {0};
    size_t changed = 0;
    if (!cyto_mask_of(&mask, &editing->making.plane[z], ids[i], margin, editing->err))
      return false;
    cyto_making_strip(&editing->making, z);
    if (!one(editing, &mask, ids[i], &changed))
      return false;
    if (changed)
      cyto_edit_count(editing, ids[i]);
  }
  return true;
}

static bool fill_holes(CytoEditing *editing, CytoMask *mask, uint32_t id, size_t *changed) {
  if (!cyto_mask_floods(mask, editing->err))
    return false;
  if (cyto_mask_holes(mask))
    *changed = paint(&editing->making, mask, 2, id, CYTO_OVER_FREE, 0);
  return true;
}

bool cyto_edit_fill_holes(CytoEditing *editing, size_t z) {
  return each_cell(editing, z, 0, fill_holes);
}

/* The largest part becomes 3, others 2; of parts of one size the first stays. */
static bool keep_largest(CytoEditing *editing, CytoMask *mask, uint32_t id, size_t *changed) {
  size_t best = 0, best_size = 0;
  if (!cyto_mask_floods(mask, editing->err))
    return false;
  for (size_t i = 0; i < mask->h * mask->w; i++) {
    size_t size = mask->bit[i] == 1 ? cyto_mask_flood(mask, i, 1, 2, true) : 0;
    if (size > best_size) {
      best = i;
      best_size = size;
    }
  }
  cyto_mask_flood(mask, best, 2, 3, true);
  *changed = paint(&editing->making, mask, 2, 0, CYTO_OVER_ONE, id);
  return true;
}

bool cyto_edit_keep_largest(CytoEditing *editing, size_t z) {
  return each_cell(editing, z, 0, keep_largest);
}

/* Sums of `window` numbers to either side of each place, the place included. */
static void box_sums(const uint64_t *in, uint64_t *out, size_t n, size_t stride, size_t window) {
  uint64_t sum = 0;
  for (size_t i = 0; i < n && i < window; i++)
    sum += in[i * stride];
  for (size_t i = 0; i < n; i++) {
    if (i + window < n)
      sum += in[(i + window) * stride];
    if (i > window)
      sum -= in[(i - window - 1) * stride];
    out[i * stride] = sum;
  }
}

/* Weights of a cell's pixels around each pixel: a tent of half-width 2*window+1 each way, made of
 * two passes of a box. `scratch` has the size of `sums`. */
static void tent_sums(uint64_t *sums, uint64_t *scratch, size_t h, size_t w, size_t window) {
  for (size_t y = 0; y < h; y++) {
    box_sums(sums + y * w, scratch + y * w, w, 1, window);
    box_sums(scratch + y * w, sums + y * w, w, 1, window);
  }
  for (size_t x = 0; x < w; x++) {
    box_sums(sums + x, scratch + x, h, w, window);
    box_sums(scratch + x, sums + x, h, w, window);
  }
}

/* 2 = comes to the cell, 3 = leaves it: the majority of the weight around a pixel that lies in the
 * image decides; an even vote changes nothing. The mask's margin is as wide as the weights reach,
 * or ends where the image does, so what lies beyond it is no pixel at all; the first box needs a
 * border of its own there. */
static bool vote(CytoMask *mask, size_t window, size_t *left, CytoError *err) {
  size_t h = mask->h + 2 * window, w = mask->w + 2 * window, gone = 0, stay = 0;
  CYTO_AUTOFREE uint64_t *cell = cyto_calloc(h * w, sizeof *cell, err);
  CYTO_AUTOFREE uint64_t *all = cyto_calloc(h * w, sizeof *all, err);
  CYTO_AUTOFREE uint64_t *scratch = cyto_alloc(h * w, sizeof *scratch, err);
  if (!cell || !all || !scratch)
    return false;
  for (size_t i = 0; i < mask->h * mask->w; i++) {
    size_t at = (i / mask->w + window) * w + i % mask->w + window;
    cell[at] = mask->bit[i];
    all[at] = 1;
  }
  tent_sums(cell, scratch, h, w, window);
  tent_sums(all, scratch, h, w, window);
  for (size_t i = 0; i < mask->h * mask->w; i++) {
    size_t at = (i / mask->w + window) * w + i % mask->w + window;
    bool in = mask->bit[i] == 1;
    stay += in;
    if (!in && 2 * cell[at] > all[at])
      mask->bit[i] = 2;
    if (in && 2 * cell[at] < all[at]) {
      mask->bit[i] = 3;
      gone++;
    }
  }
  *left = stay - gone;
  return true;
}

static bool smooth(CytoEditing *editing, CytoMask *mask, uint32_t id, size_t *changed) {
  size_t left = 0;
  if (!vote(mask, editing->edit->amount, &left, editing->err))
    return false;
  if (left == 0)
    return true; /* too thin to smooth: it would vanish */
  *changed = paint(&editing->making, mask, 2, id, CYTO_OVER_FREE, 0);
  cyto_making_strip(&editing->making, editing->making.z);
  *changed += paint(&editing->making, mask, 3, 0, CYTO_OVER_ONE, id);
  return true;
}

bool cyto_edit_smooth(CytoEditing *editing, size_t z) {
  return each_cell(editing, z, 2 * editing->edit->amount, smooth);
}

static bool shrink(CytoEditing *editing, CytoMask *mask, uint32_t id, size_t *changed) {
  uint32_t amount = editing->edit->amount;
  CYTO_AUTOFREE uint16_t *distance = cyto_mask_distance(mask, 0, amount, editing->err);
  if (!distance)
    return false;
  size_t left = 0;
  for (size_t i = 0; i < mask->h * mask->w; i++) {
    if (mask->bit[i] == 1 && distance[i] <= amount * amount)
      mask->bit[i] = 2;
    left += mask->bit[i] == 1;
  }
  if (left)
    *changed = paint(&editing->making, mask, 2, 0, CYTO_OVER_ONE, id);
  return true;
}

bool cyto_edit_shrink(CytoEditing *editing, size_t z) {
  return each_cell(editing, z, 1, shrink);
}

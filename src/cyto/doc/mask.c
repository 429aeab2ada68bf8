#include "mask.h"
#include "../base/mem.h"
#include <string.h>

bool cyto_mask_of(CytoMask *mask, const CytoCells *cells, uint32_t id, uint32_t margin,
                  CytoError *err) {
  CytoRect box = cyto_rect_grow(cells->cell[id].box, margin, cells->ny, cells->nx);
  CytoMask out = {.box = box, .h = box.y1 - box.y0, .w = box.x1 - box.x0};
  out.bit = cyto_alloc(out.h * out.w, 1, err);
  if (!out.bit)
    return false;
  for (size_t y = 0; y < out.h; y++) {
    const uint32_t *row = cells->map + (box.y0 + y) * cells->nx + box.x0;
    for (size_t x = 0; x < out.w; x++)
      out.bit[y * out.w + x] = row[x] == id;
  }
  *mask = out;
  return true;
}

bool cyto_mask_floods(CytoMask *mask, CytoError *err) {
  mask->stack = cyto_alloc(mask->h * mask->w, sizeof *mask->stack, err);
  return mask->stack != NULL;
}

void cyto_mask_clear(CytoMask *mask) {
  free(mask->bit);
  free(mask->stack);
  *mask = (CytoMask){0};
}

static void push(CytoMask *mask, size_t at, uint8_t from, uint8_t to, size_t *n) {
  if (mask->bit[at] != from)
    return;
  mask->bit[at] = to;
  mask->stack[(*n)++] = (uint32_t)at;
}

size_t cyto_mask_flood(CytoMask *mask, size_t start, uint8_t from, uint8_t to, bool corners) {
  size_t n = 0, w = mask->w;
  push(mask, start, from, to, &n);
  for (size_t done = 0; done < n; done++) {
    size_t at = mask->stack[done], x = at % w;
    bool left = x > 0, right = x + 1 < w, up = at >= w, down = at / w + 1 < mask->h;
    if (left)
      push(mask, at - 1, from, to, &n);
    if (right)
      push(mask, at + 1, from, to, &n);
    if (up)
      push(mask, at - w, from, to, &n);
    if (down)
      push(mask, at + w, from, to, &n);
    if (!corners)
      continue;
    if (up && left)
      push(mask, at - w - 1, from, to, &n);
    if (up && right)
      push(mask, at - w + 1, from, to, &n);
    if (down && left)
      push(mask, at + w - 1, from, to, &n);
    if (down && right)
      push(mask, at + w + 1, from, to, &n);
  }
  return n;
}

size_t cyto_mask_holes(CytoMask *mask) {
  enum { OUT = 0, HOLE = 2, SEEN = 3 };
  size_t h = mask->h, w = mask->w, n = h * w, holes = 0;
  for (size_t x = 0; x < w; x++) {
    cyto_mask_flood(mask, x, 0, SEEN, false);
    cyto_mask_flood(mask, (h - 1) * w + x, 0, SEEN, false);
  }
  for (size_t y = 0; y < h; y++) {
    cyto_mask_flood(mask, y * w, 0, SEEN, false);
    cyto_mask_flood(mask, y * w + w - 1, 0, SEEN, false);
  }
  for (size_t i = 0; i < n; i++) {
    holes += mask->bit[i] == 0;
    mask->bit[i] = mask->bit[i] == 0 ? HOLE : mask->bit[i] == SEEN ? OUT : mask->bit[i];
  }
  return holes;
}

/* Rows to the nearest pixel of the value in each column, `far` where there is none. */
static void column_distances(const CytoMask *mask, uint8_t value, uint8_t far, uint8_t *rows) {
  size_t h = mask->h, w = mask->w;
  for (size_t x = 0; x < w; x++)
    rows[x] = mask->bit[x] == value ? 0 : far;
  for (size_t y = 1; y < h; y++) {
    const uint8_t *bit = mask->bit + y * w, *above = rows + (y - 1) * w;
    uint8_t *row = rows + y * w;
    for (size_t x = 0; x < w; x++) {
      uint8_t next = (uint8_t)(above[x] + (above[x] < far));
      row[x] = bit[x] == value ? 0 : next;
    }
  }
  for (size_t y = h - 1; y-- > 0;) {
    const uint8_t *below = rows + (y + 1) * w;
    uint8_t *row = rows + y * w;
    for (size_t x = 0; x < w; x++) {
      uint8_t next = (uint8_t)(below[x] + (below[x] < far));
      row[x] = next < row[x] ? next : row[x];
    }
  }
}

/* The nearest of a row's columns for each pixel of it: `square` has the squares of their distances
 * along the column, and `limit` numbers of `none` on either side. */
static void nearest_columns(const uint16_t *square, size_t w, uint32_t limit, uint16_t *out) {
  memcpy(out, square, w * sizeof *out);
  for (uint32_t k = 1; k <= limit; k++) {
    const uint16_t *left = square - k, *right = square + k, step = (uint16_t)(k * k);
    for (size_t x = 0; x < w; x++) {
      uint16_t near = (uint16_t)((left[x] < right[x] ? left[x] : right[x]) + step);
      out[x] = near < out[x] ? near : out[x];
    }
  }
}

uint16_t *cyto_mask_distance(const CytoMask *mask, uint8_t value, uint32_t limit, CytoError *err) {
  size_t h = mask->h, w = mask->w;
  uint16_t none = (uint16_t)(limit * limit + 1);
  CYTO_AUTOFREE uint8_t *rows = cyto_alloc(h * w, 1, err);
  CYTO_AUTOFREE uint16_t *square = rows ? cyto_alloc(w + 2 * limit, sizeof *square, err) : NULL;
  uint16_t *out = square ? cyto_alloc(h * w, sizeof *out, err) : NULL;
  if (!out)
    return NULL;
  column_distances(mask, value, (uint8_t)(limit + 1), rows);
  for (size_t x = 0; x < w + 2 * limit; x++)
    square[x] = none;
  for (size_t y = 0; y < h; y++) {
    const uint8_t *row = rows + y * w;
    for (size_t x = 0; x < w; x++)
      square[limit + x] = row[x] <= limit ? (uint16_t)(row[x] * row[x]) : none;
    nearest_columns(square + limit, w, limit, out + y * w);
    for (size_t x = 0; x < w; x++)
      out[y * w + x] = out[y * w + x] < none ? out[y * w + x] : none;
  }
  return out;
}

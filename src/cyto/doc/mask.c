#include "mask.h"
#include "../base/mem.h"
#include <string.h>

bool cyto_mask_of(CytoMask *mask, const CytoCells *cells, uint32_t id, uint32_t margin,
                  CytoError *err) {
  CytoRect box = cyto_rect_grow(cells->cell[id].box, margin, cells->ny, cells->nx);
  CytoMask out = {.box = box, .h = box.y1 - box.y0, .w = box.x1 - box.x0};
  out.bit = cyto_alloc(out.h * out.w, 1, err);
  out.stack = cyto_alloc(out.h * out.w, sizeof *out.stack, err);
  if (!out.bit || !out.stack) {
    cyto_mask_clear(&out);
    return false;
  }
  for (size_t y = 0; y < out.h; y++) {
    const uint32_t *row = cells->map + (box.y0 + y) * cells->nx + box.x0;
    for (size_t x = 0; x < out.w; x++)
      out.bit[y * out.w + x] = row[x] == id;
  }
  *mask = out;
  return true;
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
static void column_distances(const CytoMask *mask, uint8_t value, uint32_t far, uint32_t *rows) {
  size_t h = mask->h, w = mask->w;
  for (size_t y = 0; y < h; y++)
    for (size_t x = 0; x < w; x++) {
      uint32_t above = y ? rows[(y - 1) * w + x] : far;
      rows[y * w + x] = mask->bit[y * w + x] == value ? 0 : above < far ? above + 1 : far;
    }
  for (size_t y = h - 1; y-- > 0;)
    for (size_t x = 0; x < w; x++) {
      uint32_t below = rows[(y + 1) * w + x];
      if (below + 1 < rows[y * w + x])
        rows[y * w + x] = below + 1;
    }
}

uint32_t *cyto_mask_distance(const CytoMask *mask, uint8_t value, uint32_t limit, CytoError *err) {
  size_t h = mask->h, w = mask->w;
  uint32_t far = limit + 1, none = limit * limit + 1;
  uint32_t *out = cyto_alloc(h * w, sizeof *out, err);
  CYTO_AUTOFREE uint32_t *row = cyto_alloc(w, sizeof *row, err);
  if (!out || !row) {
    free(out);
    return NULL;
  }
  column_distances(mask, value, far, out);
  for (size_t y = 0; y < h; y++) {
    uint32_t *line = out + y * w;
    memcpy(row, line, w * sizeof *row);
    for (size_t x = 0; x < w; x++) {
      uint32_t best = row[x] < far ? row[x] * row[x] : none;
      for (uint32_t k = 1; k <= limit && k * k < best; k++) {
        uint32_t left = x >= k ? row[x - k] : far, right = x + k < w ? row[x + k] : far;
        uint32_t near = left < right ? left : right;
        if (near < far && near * near + k * k < best)
          best = near * near + k * k;
      }
      line[x] = best < none ? best : none;
    }
  }
  return out;
}

/* Label pictures for tests: the shapes that make borders hard. */
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline uint32_t pictures_next(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 33);
}

/* Kind 0: noise of few labels (touching at corners, in many parts, with holes); 1: discs that
 * overlap one another; 2: rings with islands of the same label inside; 3: one-pixel lines; 4:
 * mixture. */
enum { PICTURE_KINDS = 5 };

static inline void picture_disc(uint32_t *out, int ny, int nx, int cy, int cx, int r,
                                uint32_t label) {
  for (int y = cy - r; y <= cy + r; y++)
    for (int x = cx - r; x <= cx + r; x++)
      if (y >= 0 && x >= 0 && y < ny && x < nx &&
          (y - cy) * (y - cy) + (x - cx) * (x - cx) <= r * r)
        out[y * nx + x] = label;
}

static inline void picture_draw(uint32_t *out, int ny, int nx, unsigned kind, uint64_t seed) {
  uint64_t state = seed * 7919 + kind;
  memset(out, 0, (size_t)ny * (size_t)nx * sizeof *out);
  if (kind == 0) {
    for (int i = 0; i < ny * nx; i++)
      out[i] = pictures_next(&state) % 4;
    return;
  }
  const int n = 2 + (int)(pictures_next(&state) % 12);
  for (int k = 1; k <= n; k++) {
    const int cy = (int)(pictures_next(&state) % (unsigned)ny);
    const int cx = (int)(pictures_next(&state) % (unsigned)nx);
    int r = 1 + (int)(pictures_next(&state) % 9);
    const unsigned shape = kind == 4 ? 1 + pictures_next(&state) % 3 : kind;
    if (shape == 3) {
      for (int step = 0, y = cy, x = cx; step < 40; step++) {
        if (y >= 0 && x >= 0 && y < ny && x < nx)
          out[y * nx + x] = (uint32_t)k;
        y += (int)(pictures_next(&state) % 3) - 1;
        x += (int)(pictures_next(&state) % 3) - 1;
      }
      continue;
    }
    picture_disc(out, ny, nx, cy, cx, r, (uint32_t)k);
    for (r -= 2; shape == 2 && r > 0; r -= 2)
      picture_disc(out, ny, nx, cy, cx, r, r % 4 < 2 ? 0 : (uint32_t)k);
  }
}

/* Renumbers to 1..n in ascending order of the old numbers; returns n. */
static inline uint32_t picture_renumber(uint32_t *labels, size_t n) {
  uint32_t seen[64] = {0}, count = 0;
  for (size_t i = 0; i < n; i++)
    seen[labels[i]] = 1;
  for (uint32_t k = 1; k < 64; k++)
    if (seen[k])
      seen[k] = ++count;
  seen[0] = 0;
  for (size_t i = 0; i < n; i++)
    labels[i] = seen[labels[i]];
  return count;
}

/* Label images for the tests of this area: disks on a grid with random radii, and small drawings.
 */
#pragma once
#include "check.h"
#include "base/parallel.h"
#include <stdint.h>

static inline uint32_t next_random(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 33);
}

/* Overlapping disks of diameter lo..hi, later ones on top, about `share` of the pixels covered. */
static inline uint32_t *disk_labels(size_t ny, size_t nx, unsigned lo, unsigned hi, double share,
                                    uint64_t seed) {
  uint32_t *labels = calloc(ny * nx, sizeof *labels);
  uint32_t n = 0;
  for (size_t covered = 0; (double)covered < share * (double)(ny * nx);) {
    int64_t cy = (int64_t)(next_random(&seed) % ny), cx = (int64_t)(next_random(&seed) % nx);
    double r = (lo + next_random(&seed) % (hi - lo + 1)) / 2.0;
    n++;
    for (int64_t y = cy - (int64_t)r; y <= cy + (int64_t)r; y++)
      for (int64_t x = cx - (int64_t)r; x <= cx + (int64_t)r; x++) {
        if (y < 0 || x < 0 || y >= (int64_t)ny || x >= (int64_t)nx ||
            (double)((y - cy) * (y - cy) + (x - cx) * (x - cx)) > r * r)
          continue;
        uint32_t *at = &labels[(size_t)y * nx + (size_t)x];
        covered += *at == 0;
        *at = n;
      }
  }
  return labels;
}

/* Random labels 0..most, pixel by pixel: the worst shape a cell can have. */
static inline uint32_t *noise_labels(size_t ny, size_t nx, uint32_t most, uint64_t seed) {
  uint32_t *labels = calloc(ny * nx, sizeof *labels);
  for (size_t i = 0; i < ny * nx; i++)
    labels[i] = next_random(&seed) % (most + 1);
  return labels;
}

/* "11.|1.." style drawings: '.' is background, a digit or letter (a = 10) a label, '|' ends a row.
 */
static inline uint32_t *drawn_labels(const char *drawing, size_t *ny, size_t *nx) {
  *nx = strcspn(drawing, "|");
  *ny = 1;
  uint32_t *labels = calloc(strlen(drawing) + 1, sizeof *labels);
  size_t n = 0;
  for (const char *c = drawing; *c; c++) {
    if (*c == '|')
      ++*ny;
    else
      labels[n++] = *c == '.' ? 0 : (uint32_t)(*c >= 'a' ? *c - 'a' + 10 : *c - '0');
  }
  return labels;
}

/* Two label images that cut the plane the same way, whatever the numbers. */
static inline bool same_partition(const uint32_t *a, const uint32_t *b, size_t n) {
  uint32_t top_a = 0, top_b = 0;
  for (size_t i = 0; i < n; i++) {
    top_a = a[i] > top_a ? a[i] : top_a;
    top_b = b[i] > top_b ? b[i] : top_b;
  }
  uint32_t *to_b = calloc((size_t)top_a + 1, 4), *to_a = calloc((size_t)top_b + 1, 4);
  bool same = true;
  for (size_t i = 0; i < n && same; i++) {
    if ((a[i] == 0) != (b[i] == 0))
      same = false;
    if (a[i] == 0 || b[i] == 0)
      continue;
    if (to_b[a[i]] == 0 && to_a[b[i]] == 0) {
      to_b[a[i]] = b[i];
      to_a[b[i]] = a[i];
    }
    same = same && to_b[a[i]] == b[i] && to_a[b[i]] == a[i];
  }
  free(to_a);
  free(to_b);
  return same;
}

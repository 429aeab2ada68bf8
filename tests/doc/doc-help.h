/* What the tests of documents share: random numbers, scenes, and a slow truth to compare with. */
#pragma once
#include "check.h"
#include "doc/document.h"
#include <stdint.h>

static uint64_t rng_state = 1;
static inline uint64_t rng_next(void) {
  rng_state ^= rng_state << 13;
  rng_state ^= rng_state >> 7;
  rng_state ^= rng_state << 17;
  return rng_state;
}
static inline void rng_seed(uint64_t seed) {
  rng_state = seed * 0x9e3779b97f4a7c15u + 1;
  for (int i = 0; i < 8; i++)
    rng_next();
}
static inline uint32_t rng_below(uint32_t n) {
  return (uint32_t)((rng_next() >> 20) % n);
}
static inline double rng_real(double low, double high) {
  return low + (high - low) * (double)(rng_next() >> 11) / 9007199254740992.0;
}

/* Round cells at random places, later ones on top; ids with gaps. */
static inline void scene(uint32_t *map, size_t ny, size_t nx, int cells, double radius) {
  for (int i = 0; i < cells; i++) {
    double y = rng_real(0, (double)ny), x = rng_real(0, (double)nx), r = rng_real(2, radius);
    uint32_t id = (uint32_t)i + 1 + rng_below(3) * (uint32_t)cells;
    for (size_t v = 0; v < ny; v++)
      for (size_t u = 0; u < nx; u++) {
        double dy = (double)v + 0.5 - y, dx = (double)u + 0.5 - x;
        if (dy * dy + dx * dx < r * r)
          map[v * nx + u] = id;
      }
  }
}

/* The table told by the pixels, counted one by one. */
static inline bool table_is_true(const CytoCells *cells) {
  size_t n = cells->ny * cells->nx;
  CytoCell *truth = calloc((size_t)cells->top + 2, sizeof *truth);
  uint32_t top = 0, count = 0;
  bool ok = true;
  for (size_t i = 0; ok && i < n; i++) {
    uint32_t id = cells->map[i], y = (uint32_t)(i / cells->nx), x = (uint32_t)(i % cells->nx);
    if (!id)
      continue;
    ok = id <= cells->top;
    if (!ok)
      break;
    CytoCell *cell = &truth[id];
    if (cell->area++ == 0) {
      cell->box = (CytoRect){y, x, y + 1, x + 1};
      count++;
    }
    cell->box.x0 = x < cell->box.x0 ? x : cell->box.x0;
    cell->box.x1 = x + 1 > cell->box.x1 ? x + 1 : cell->box.x1;
    cell->box.y1 = y + 1;
    cell->sum_y += y;
    cell->sum_x += x;
    top = id > top ? id : top;
  }
  ok = ok && top == cells->top && count == cells->count;
  for (uint32_t id = 1; ok && id <= cells->top; id++) {
    const CytoCell *a = &truth[id], *b = &cells->cell[id];
    ok = a->area == b->area && a->sum_y == b->sum_y && a->sum_x == b->sum_x &&
         memcmp(&a->box, &b->box, sizeof a->box) == 0 && b->id == (a->area ? id : 0) &&
         b->touched == 0;
    if (!ok)
      printf("# cell %u differs from its pixels\n", id);
  }
  free(truth);
  return ok;
}

/* No two cells with pixels within CYTO_NEAR of each other have one colour. */
static inline bool colours_differ(const CytoCells *cells) {
  for (size_t y = 0; y < cells->ny; y++)
    for (size_t x = 0; x < cells->nx; x++) {
      uint32_t a = cells->map[y * cells->nx + x];
      for (size_t v = y; a && v < cells->ny && v <= y + CYTO_NEAR; v++)
        for (size_t u = x > CYTO_NEAR ? x - CYTO_NEAR : 0; u < cells->nx && u <= x + CYTO_NEAR;
             u++) {
          uint32_t b = cells->map[v * cells->nx + u];
          if (b && b != a && cells->cell[a].colour == cells->cell[b].colour) {
            printf("# cells %u and %u have colour %u\n", a, b, cells->cell[a].colour);
            return false;
          }
        }
    }
  return true;
}

/* A document of nz planes made of a scene; the map is copied. */
static inline CytoDocument *document_of(const uint32_t *map, size_t nz, size_t ny, size_t nx,
                                        const char *journal) {
  CytoError err = {0};
  CytoLabels labels = {0};
  if (!cyto_labels_init(&labels, nz, ny, nx, &err))
    return NULL;
  if (map)
    memcpy(labels.data, map, nz * ny * nx * sizeof *map);
  CytoDocumentOptions options = {.image_path = "/pictures/cells 1.tif",
                                 .nz = nz,
                                 .ny = ny,
                                 .nx = nx,
                                 .labels = &labels,
                                 .journal_folder = journal};
  CytoDocument *doc = cyto_document_new(&options, &err);
  if (!doc)
    printf("# %s\n", err.text);
  cyto_labels_clear(&labels);
  return doc;
}

/* Everything about the cells of a document as one block of bytes, free() it. */
static inline uint8_t *image_of(const CytoDocument *doc, size_t *size) {
  size_t total = 0;
  uint8_t *bytes = NULL;
  for (size_t z = 0; z < cyto_document_planes(doc); z++) {
    const CytoCells *cells = cyto_document_cells(doc, z);
    size_t pixels = cells->ny * cells->nx * 4, table = (cells->top + 1) * sizeof *cells->cell;
    bytes = realloc(bytes, total + pixels + table + 8);
    memcpy(bytes + total, cells->map, pixels);
    memcpy(bytes + total + pixels, cells->cell, table);
    memcpy(bytes + total + pixels + table, &cells->top, 4);
    memcpy(bytes + total + pixels + table + 4, &cells->count, 4);
    total += pixels + table + 8;
  }
  *size = total;
  return bytes;
}

static inline bool same_image(const CytoDocument *doc, const uint8_t *bytes, size_t size) {
  size_t n = 0;
  uint8_t *now = image_of(doc, &n);
  bool same = n == size && memcmp(now, bytes, n) == 0;
  free(now);
  return same;
}

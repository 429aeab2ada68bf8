/* One edit, tried on a copy of a scene from every side: the pixels it should leave, the table, the
 * colours, back and forth, into a file and back. */
#pragma once
#include "doc-help.h"
#include "doc/change.h"

enum { NY = 44, NX = 56, NP = NY * NX };

typedef struct Tried {
  bool done;
  CytoRefusal why;
  CytoStepKind kind;
  uint32_t count, id;
  uint32_t map[NP]; /* after it */
  CytoCell cell[1024];
  uint32_t top;
} Tried;

static inline bool same_cells(const CytoCells *a, const uint32_t *map, const CytoCell *cell,
                              uint32_t top) {
  return memcmp(a->map, map, NP * 4) == 0 && a->top == top &&
         memcmp(a->cell, cell, (top + 1) * sizeof *cell) == 0;
}

/* Patches out of a file do the same, and only where they fit. */
static inline void check_packed(const CytoPatch *patch, CytoCells *cells, const uint32_t *start,
                                const Tried *tried) {
  uint8_t *bytes = NULL;
  size_t size = 0;
  REQUIRE(cyto_patch_pack(patch, &bytes, &size, NULL));
  CytoPatch *copy = cyto_patch_unpack(bytes, size, NULL);
  REQUIRE(copy);
  CHECK(!cyto_patch_replay(copy, cells, 1, false, NULL)); /* it is done already */
  CHECK(same_cells(cells, tried->map, tried->cell, tried->top));
  CHECK(cyto_patch_replay(copy, cells, 1, true, NULL));
  CHECK(memcmp(cells->map, start, NP * 4) == 0 && table_is_true(cells));
  CHECK(!cyto_patch_replay(copy, cells, 1, true, NULL));
  CHECK(cyto_patch_replay(copy, cells, 1, false, NULL));
  CHECK(same_cells(cells, tried->map, tried->cell, tried->top));
  for (size_t n = 0; n < size; n += 1 + size / 40) {
    CytoPatch *cut = cyto_patch_unpack(bytes, n, NULL);
    CHECK(!cut);
    cyto_patch_free(cut);
  }
  cyto_patch_free(copy);
  /* Damaged at random: it is not a patch, or does not fit, or does what can be taken back. */
  for (int i = 0; i < 20; i++) {
    uint8_t *at = &bytes[rng_below((uint32_t)size)], was = *at;
    *at = (uint8_t)rng_next();
    copy = cyto_patch_unpack(bytes, size, NULL);
    if (copy && cyto_patch_replay(copy, cells, 1, true, NULL))
      CHECK(cyto_patch_replay(copy, cells, 1, false, NULL));
    CHECK(same_cells(cells, tried->map, tried->cell, tried->top));
    cyto_patch_free(copy);
    *at = was;
  }
  free(bytes);
}

static inline void try_edit(const uint32_t *start, const CytoCell *flags, const CytoEdit *edit,
                            Tried *tried) {
  uint32_t *map = malloc(NP * 4);
  memcpy(map, start, NP * 4);
  CytoCells cells = {0};
  CytoError err = {0};
  memset(tried, 0, sizeof *tried);
  REQUIRE(cyto_cells_init(&cells, map, NY, NX, NULL));
  REQUIRE(cyto_cells_colour(&cells, NULL));
  for (uint32_t id = 1; flags && id <= cells.top; id++) {
    cells.cell[id].flags = cells.cell[id].id ? flags[id].flags : 0;
    cells.cell[id].category = cells.cell[id].id ? flags[id].category : 0;
  }
  CytoCell *before = malloc((cells.top + 1) * sizeof *before);
  uint32_t top = cells.top;
  memcpy(before, cells.cell, (top + 1) * sizeof *before);
  CytoPatch *patch = cyto_edit_apply(edit, &cells, 1, &tried->why, &err);
  tried->done = patch != NULL;
  CHECK(table_is_true(&cells));
  CHECK(colours_differ(&cells));
  memcpy(tried->map, map, NP * 4);
  REQUIRE(cells.top < 1024);
  tried->top = cells.top;
  memcpy(tried->cell, cells.cell, (cells.top + 1) * sizeof *cells.cell);
  if (patch) {
    size_t z0, z1;
    CytoRect dirty = cyto_patch_dirty(patch, &z0, &z1);
    CHECK(tried->why == CYTO_REFUSED_NOT && z0 == 0 && z1 == 1);
    for (uint32_t i = 0; i < NP; i++)
      CHECK(map[i] == start[i] ||
            (i / NX >= dirty.y0 && i / NX < dirty.y1 && i % NX >= dirty.x0 && i % NX < dirty.x1));
    tried->kind = patch->kind;
    tried->count = patch->count;
    tried->id = patch->id;
    CHECK(cyto_patch_revert(patch, &cells, 1, NULL));
    CHECK(same_cells(&cells, start, before, top));
    CHECK(cyto_patch_apply(patch, &cells, 1, NULL));
    CHECK(same_cells(&cells, tried->map, tried->cell, tried->top));
    check_packed(patch, &cells, start, tried);
  } else {
    CHECK(tried->why != CYTO_REFUSED_NOT && err.text[0]);
    CHECK(same_cells(&cells, start, before, top));
  }
  cyto_patch_free(patch);
  free(before);
  cyto_cells_clear(&cells);
  free(map);
}

/* Whether the edit left these pixels; a refusal must mean that nothing should have changed. */
static inline bool left(const Tried *tried, const uint32_t *start, const uint32_t *expected) {
  if (!tried->done && memcmp(start, expected, NP * 4) != 0)
    return false;
  return memcmp(tried->map, expected, NP * 4) == 0;
}

/* Pixels that hang together with `start` among those where in[i] is 1; they become 2. */
static inline size_t naive_flood(uint8_t *in, int start, bool corners) {
  size_t n = 1;
  bool more = true;
  in[start] = 2;
  while (more) {
    more = false;
    for (int i = 0; i < NP; i++) {
      if (in[i] != 1)
        continue;
      int y = i / NX, x = i % NX;
      for (int dy = -1; dy <= 1 && in[i] == 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
          int v = y + dy, u = x + dx;
          if (v < 0 || v >= NY || u < 0 || u >= NX || (!corners && dy && dx) || in[v * NX + u] != 2)
            continue;
          in[i] = 2;
          n++;
          more = true;
          break;
        }
    }
  }
  return n;
}

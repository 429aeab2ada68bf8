/* Random sessions: every kind of edit, strokes, and steps back and forth. */
#pragma once
#include "doc-help.h"

enum { SIDE_Y = 72, SIDE_X = 80, PLANES = 2 };

static inline uint32_t random_id(const CytoDocument *doc, size_t z) {
  const CytoCells *cells = cyto_document_cells(doc, z);
  return rng_below(6) ? cells->map[rng_below(SIDE_Y * SIDE_X)] : rng_below(cells->top + 2);
}

static inline bool random_stroke(CytoDocument *doc, size_t z) {
  CytoBrush brush = {z, rng_below(3) == 0, rng_below(3) ? random_id(doc, z) : 0, rng_below(4) == 0};
  if (!cyto_document_stroke_begin(doc, brush, NULL))
    return false;
  CytoPoint at = {rng_real(-5, SIDE_Y + 5), rng_real(-5, SIDE_X + 5)};
  double radius = rng_real(0.5, 6);
  for (uint32_t i = rng_below(8); i-- > 0;) {
    CytoPoint to = {at.y + rng_real(-8, 8), at.x + rng_real(-8, 8)};
    CHECK(cyto_document_stroke_to(doc, at, to, radius, NULL, NULL));
    at = to;
  }
  if (rng_below(10) == 0) {
    cyto_document_stroke_cancel(doc, NULL);
    return false;
  }
  return cyto_document_stroke_end(doc, NULL, NULL);
}

static inline bool random_edit(CytoDocument *doc) {
  size_t z = rng_below(PLANES);
  if (rng_below(4) == 0)
    return random_stroke(doc, z);
  static uint32_t pasted[PLANES * SIDE_Y * SIDE_X];
  uint32_t ids[5];
  CytoPoint point[12];
  CytoLabels labels = {1, SIDE_Y, SIDE_X, pasted};
  CytoPoint middle = {rng_real(0, SIDE_Y), rng_real(0, SIDE_X)};
  double reach = rng_real(2, 20);
  for (int i = 0; i < 5; i++)
    ids[i] = random_id(doc, z);
  for (int i = 0; i < 12; i++)
    point[i] = (CytoPoint){middle.y + rng_real(-reach, reach), middle.x + rng_real(-reach, reach)};
  static const CytoEditKind kinds[] = {
      CYTO_EDIT_DRAW,   CYTO_EDIT_DRAW,       CYTO_EDIT_DRAW,        CYTO_EDIT_DRAW,
      CYTO_EDIT_SPLIT,  CYTO_EDIT_SPLIT,      CYTO_EDIT_MERGE,       CYTO_EDIT_DELETE,
      CYTO_EDIT_SMOOTH, CYTO_EDIT_GROW,       CYTO_EDIT_SHRINK,      CYTO_EDIT_FLAGS,
      CYTO_EDIT_FLAGS,  CYTO_EDIT_FILL_HOLES, CYTO_EDIT_KEEP_LARGEST};
  CytoEdit edit = {.kind = kinds[rng_below(sizeof kinds / sizeof *kinds)],
                   .z = z,
                   .ids = ids,
                   .n_ids = 1 + rng_below(5),
                   .points = point,
                   .n_points = 12,
                   .even_odd = rng_below(2),
                   .steal = rng_below(4) == 0,
                   .amount = 1 + rng_below(3),
                   .flag_mask = (uint8_t)rng_below(4),
                   .flags = (uint8_t)rng_below(4),
                   .set_category = rng_below(2),
                   .category = (uint8_t)rng_below(5),
                   .again = rng_below(5) == 0};
  if (edit.kind == CYTO_EDIT_SPLIT) {
    edit.ids = rng_below(2) ? ids : NULL;
    edit.n_points = 2 + rng_below(2);
  }
  uint32_t rare = rng_below(60);
  if (rare == 0)
    edit = (CytoEdit){.kind = CYTO_EDIT_RELABEL, .z = rng_below(2) ? z : CYTO_ALL_PLANES};
  if (rare == 1)
    edit = (CytoEdit){.kind = CYTO_EDIT_CLEAR, .z = rng_below(3) ? z : CYTO_ALL_PLANES};
  if (rare == 2 || rare == 3) {
    memset(pasted, 0, sizeof pasted);
    scene(pasted, SIDE_Y, SIDE_X, 15, 9);
    scene(pasted + SIDE_Y * SIDE_X, SIDE_Y, SIDE_X, 15, 9);
    labels.nz = rare == 2 ? PLANES : 1;
    edit = (CytoEdit){.kind = CYTO_EDIT_RUN,
                      .z = rare == 2 ? CYTO_ALL_PLANES : z,
                      .labels = &labels,
                      .policy = (CytoRunPolicy)rng_below(3),
                      .again = rng_below(2)};
  }
  return cyto_document_apply(doc, &edit, NULL, NULL);
}

static inline CytoDocument *random_document(const char *journal) {
  static uint32_t map[PLANES * SIDE_Y * SIDE_X];
  memset(map, 0, sizeof map);
  scene(map, SIDE_Y, SIDE_X, 20, 9);
  return document_of(map, PLANES, SIDE_Y, SIDE_X, journal);
}

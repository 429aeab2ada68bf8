/* Which cells: by place, by size. */
#include "../base/mem.h"
#include "labels.h"
#include "table.h"

static bool row_has(const uint32_t *row, uint32_t x0, uint32_t x1, uint32_t id) {
  for (uint32_t x = x0; x < x1; x++)
    if (row[x] == id)
      return true;
  return false;
}

void cyto_cells_fit_box(const CytoCells *cells, CytoCell *cell) {
  CytoRect box = cell->box;
  size_t nx = cells->nx;
  while (!row_has(cells->map + box.y0 * nx, box.x0, box.x1, cell->id))
    box.y0++;
  while (!row_has(cells->map + (box.y1 - 1) * nx, box.x0, box.x1, cell->id))
    box.y1--;
  /* From either side each row is looked at only up to the best column so far. */
  uint32_t left = box.x1 - 1, right = box.x0;
  for (uint32_t y = box.y0; y < box.y1 && (left > box.x0 || right < box.x1 - 1); y++) {
    const uint32_t *row = cells->map + y * nx;
    for (uint32_t x = box.x0; x < left; x++)
      if (row[x] == cell->id)
        left = x;
    for (uint32_t x = box.x1 - 1; x > right; x--)
      if (row[x] == cell->id)
        right = x;
  }
  cell->box = (CytoRect){box.y0, left, box.y1, right + 1};
}

static bool overlap(CytoRect a, CytoRect b) {
  return a.y0 < b.y1 && b.y0 < a.y1 && a.x0 < b.x1 && b.x0 < a.x1;
}

static bool holds(CytoRect a, CytoRect b) {
  return a.y0 <= b.y0 && a.x0 <= b.x0 && a.y1 >= b.y1 && a.x1 >= b.x1;
}

static bool has_pixel_in(const CytoCells *cells, const CytoCell *cell, CytoRect rect) {
  if (!overlap(cell->box, rect))
    return false;
  if (holds(rect, cell->box))
    return true;
  uint32_t y0 = rect.y0 > cell->box.y0 ? rect.y0 : cell->box.y0;
  uint32_t y1 = rect.y1 < cell->box.y1 ? rect.y1 : cell->box.y1;
  uint32_t x0 = rect.x0 > cell->box.x0 ? rect.x0 : cell->box.x0;
  uint32_t x1 = rect.x1 < cell->box.x1 ? rect.x1 : cell->box.x1;
  for (uint32_t y = y0; y < y1; y++)
    if (row_has(cells->map + y * cells->nx, x0, x1, cell->id))
      return true;
  return false;
}

typedef struct Rule {
  CytoRect rect;
  uint64_t min_area, max_area;
} Rule;
typedef bool (*Choose)(const CytoCells *cells, const CytoCell *cell, const Rule *rule);

static bool collect(const CytoCells *cells, Choose choose, const Rule *rule, uint32_t **ids,
                    size_t *n, CytoError *err) {
  uint32_t *list = cyto_alloc(cells->count, sizeof *list, err);
  if (!list)
    return false;
  size_t found = 0;
  for (uint32_t id = 1; id <= cells->top; id++)
    if (cells->cell[id].id && choose(cells, &cells->cell[id], rule))
      list[found++] = id;
  *ids = list;
  *n = found;
  return true;
}

static bool choose_part(const CytoCells *cells, const CytoCell *cell, const Rule *rule) {
  return has_pixel_in(cells, cell, rule->rect);
}

static bool choose_whole(const CytoCells *cells, const CytoCell *cell, const Rule *rule) {
  (void)cells;
  return holds(rule->rect, cell->box);
}

static bool choose_area(const CytoCells *cells, const CytoCell *cell, const Rule *rule) {
  (void)cells;
  return cell->area >= rule->min_area && cell->area <= rule->max_area;
}

static bool choose_edge(const CytoCells *cells, const CytoCell *cell, const Rule *rule) {
  (void)rule;
  CytoRect box = cell->box;
  return box.y0 == 0 || box.x0 == 0 || box.y1 == cells->ny || box.x1 == cells->nx;
}

bool cyto_cells_in_rect(const CytoCells *cells, CytoRect rect, bool whole, uint32_t **ids,
                        size_t *n, CytoError *err) {
  Rule rule = {.rect = rect};
  return collect(cells, whole ? choose_whole : choose_part, &rule, ids, n, err);
}

bool cyto_cells_by_area(const CytoCells *cells, uint64_t min_area, uint64_t max_area,
                        uint32_t **ids, size_t *n, CytoError *err) {
  Rule rule = {.min_area = min_area, .max_area = max_area};
  return collect(cells, choose_area, &rule, ids, n, err);
}

bool cyto_cells_touching_edge(const CytoCells *cells, uint32_t **ids, size_t *n, CytoError *err) {
  return collect(cells, choose_edge, &(Rule){.min_area = 0}, ids, n, err);
}

uint32_t *cyto_cells_number(const CytoCells *plane, size_t nz, uint32_t *n, CytoError *err) {
  uint32_t top = 0, place = 0;
  for (size_t z = 0; z < nz; z++)
    top = plane[z].top > top ? plane[z].top : top;
  uint32_t *number = cyto_calloc((size_t)top + 1, sizeof *number, err);
  if (!number)
    return NULL;
  for (size_t z = 0; z < nz; z++)
    for (uint32_t id = 1; id <= plane[z].top; id++)
      number[id] |= plane[z].cell[id].id != 0;
  for (uint32_t id = 1; id <= top; id++)
    number[id] = number[id] ? ++place : 0;
  *n = place;
  return number;
}

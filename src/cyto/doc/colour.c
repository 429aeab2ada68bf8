/* Colours that tell neighbours apart: each cell takes the first that no cell nearby has, starting
 * from a place its id names, so that the picture is varied and always the same. */
#include "../base/mem.h"
#include "change.h"
#include "table.h"
#include <string.h>

uint8_t cyto_colour_choose(uint32_t id, const bool used[256]) {
  uint32_t start = (id * 2654435761u >> 16) % CYTO_COLOURS;
  for (uint32_t i = 0; i < CYTO_COLOURS; i++)
    if (!used[(start + i) % CYTO_COLOURS])
      return (uint8_t)((start + i) % CYTO_COLOURS);
  for (uint32_t colour = CYTO_COLOURS; colour < 256; colour++)
    if (!used[colour])
      return (uint8_t)colour;
  return (uint8_t)start;
}

/* seen[x] = 1 + the last row, as counted from the first of the scan, in which a pixel of the cell
 * lies within CYTO_NEAR columns of x. */
static void see_row(const uint32_t *row, uint32_t id, CytoRect rect, CytoRect wide, uint32_t turn,
                    uint32_t *seen) {
  for (uint32_t x = rect.x0; x < rect.x1;) {
    if (row[x] != id) {
      x++;
      continue;
    }
    uint32_t x0 = x;
    while (x < rect.x1 && row[x] == id)
      x++;
    uint32_t from = x0 - wide.x0 > CYTO_NEAR ? x0 - CYTO_NEAR : wide.x0;
    uint32_t to = wide.x1 - x > CYTO_NEAR ? x + CYTO_NEAR : wide.x1;
    for (uint32_t k = from; k < to; k++)
      seen[k] = turn;
  }
}

static void use_row(const CytoCells *cells, const uint32_t *row, uint32_t id, CytoRect wide,
                    uint32_t turn, const uint32_t *seen, bool used[256]) {
  uint32_t last = 0, oldest = turn > 2 * CYTO_NEAR ? turn - 2 * CYTO_NEAR : 1;
  for (uint32_t x = wide.x0; x < wide.x1; x++) {
    uint32_t other = row[x];
    if (other == 0 || other == id || other == last || seen[x] < oldest)
      continue;
    last = other;
    used[cells->cell[other].colour] = true;
  }
}

void cyto_colours_near(const CytoCells *cells, uint32_t id, CytoRect rect, uint32_t *row,
                       bool used[256]) {
  if (rect.y0 >= rect.y1)
    return;
  CytoRect wide = cyto_rect_grow(rect, CYTO_NEAR, cells->ny, cells->nx);
  /* At turn t the row seen is wide.y0 + t - 1 and the row looked at lies CYTO_NEAR above it. */
  uint32_t rows = wide.y1 - wide.y0;
  for (uint32_t turn = 1; turn <= rows + CYTO_NEAR; turn++) {
    uint32_t y = wide.y0 + turn - 1;
    if (y >= rect.y0 && y < rect.y1)
      see_row(cells->map + y * cells->nx, id, rect, wide, turn, row);
    if (turn > CYTO_NEAR)
      use_row(cells, cells->map + (y - CYTO_NEAR) * cells->nx, id, wide, turn, row, used);
  }
  memset(row + wide.x0, 0, (wide.x1 - wide.x0) * sizeof *row);
}

/* Other cells within reach of a run in row reach.y, outside the runs that lie in that row. *cursor:
 * a run not after the first that matters; it moves on as runs come from left to right. */
static void use_gaps(const CytoCells *cells, uint32_t id, const CytoSpans *runs, size_t *cursor,
                     CytoSpan reach, bool used[256]) {
  const uint32_t *row = cells->map + (size_t)reach.y * cells->nx;
  const CytoSpan *span = runs->span, *end = runs->span + runs->count;
  uint32_t x = reach.x0, last = 0;
  for (span += *cursor; span < end && span->y == reach.y && span->x1 <= x; span++) {
  }
  *cursor = (size_t)(span - runs->span);
  while (x < reach.x1) {
    bool more = span < end && span->y == reach.y && span->x0 < reach.x1;
    uint32_t stop = more ? span->x0 : reach.x1;
    for (; x < stop; x++)
      if (row[x] != last && row[x] != 0 && row[x] != id) {
        last = row[x];
        used[cells->cell[last].colour] = true;
      }
    x = more ? span++->x1 : x;
  }
}

bool cyto_colours_beside(const CytoCells *cells, uint32_t id, const CytoStrip *strip,
                         bool used[256], CytoError *err) {
  enum { ROWS = 2 * CYTO_NEAR + 1 };
  CYTO_CLEANUP(cyto_spans_clear) CytoSpans runs = {0};
  CytoRunReader reader = {.at = strip->bytes, .end = strip->bytes + strip->size};
  CytoPixelRun run;
  while (cyto_runs_next(&reader, &run))
    if (run.after == id && !cyto_spans_add(&runs, run.y, run.x0, run.x1, err))
      return false;
  size_t cursor[ROWS] = {0};
  for (size_t i = 0; i < runs.count; i++) {
    CytoSpan at = runs.span[i];
    CytoRect reach =
        cyto_rect_grow((CytoRect){at.y, at.x0, at.y + 1, at.x1}, CYTO_NEAR, cells->ny, cells->nx);
    bool new_row = i == 0 || runs.span[i - 1].y != at.y;
    for (uint32_t y = reach.y0, k = 0; y < reach.y1; y++, k++) {
      while (new_row && cursor[k] < runs.count && runs.span[cursor[k]].y < y)
        cursor[k]++;
      use_gaps(cells, id, &runs, &cursor[k], (CytoSpan){y, reach.x0, reach.x1}, used);
    }
  }
  return true;
}

bool cyto_cells_colour(CytoCells *cells, CytoError *err) {
  enum { NONE = 255 };
  CYTO_AUTOFREE uint32_t *row = cyto_calloc(cells->nx, sizeof *row, err);
  if (!row)
    return false;
  for (uint32_t id = 1; id <= cells->top; id++)
    cells->cell[id].colour = NONE;
  for (uint32_t id = 1; id <= cells->top; id++) {
    if (!cells->cell[id].id)
      continue;
    bool used[256] = {false};
    cyto_colours_near(cells, id, cells->cell[id].box, row, used);
    used[NONE] = false;
    cells->cell[id].colour = cyto_colour_choose(id, used);
  }
  for (uint32_t id = 1; id <= cells->top; id++)
    if (!cells->cell[id].id)
      cells->cell[id].colour = 0;
  return true;
}

#include "labels.h"
#include "../base/mem.h"
#include "../io/label-index.h"
#include "table.h"
#include <string.h>

CytoRect cyto_rect_union(CytoRect a, CytoRect b) {
  if (a.y0 >= a.y1 || a.x0 >= a.x1)
    return b;
  if (b.y0 >= b.y1 || b.x0 >= b.x1)
    return a;
  return (CytoRect){a.y0 < b.y0 ? a.y0 : b.y0, a.x0 < b.x0 ? a.x0 : b.x0, a.y1 > b.y1 ? a.y1 : b.y1,
                    a.x1 > b.x1 ? a.x1 : b.x1};
}

static uint32_t grown(uint32_t end, uint32_t margin, size_t limit) {
  return margin < limit - end ? end + margin : (uint32_t)limit;
}

CytoRect cyto_rect_grow(CytoRect rect, uint32_t margin, size_t ny, size_t nx) {
  if (rect.y0 >= rect.y1 || rect.x0 >= rect.x1)
    return rect;
  return (CytoRect){rect.y0 > margin ? rect.y0 - margin : 0,
                    rect.x0 > margin ? rect.x0 - margin : 0, grown(rect.y1, margin, ny),
                    grown(rect.x1, margin, nx)};
}

bool cyto_cells_reserve(CytoCells *cells, uint32_t id, CytoError *err) {
  if (id < cells->room)
    return true;
  if (id > CYTO_ID_MAX)
    return cyto_fail(err, CYTO_ERROR_LIMIT,
                     "cell number %u is above the largest that can be handled, %d", (unsigned)id,
                     CYTO_ID_MAX);
  size_t room = cells->room * 2 > 64 ? cells->room * 2 : 64;
  if (room <= id)
    room = (size_t)id + 1;
  CytoCell *cell = cyto_realloc(cells->cell, room, sizeof *cell, err);
  if (!cell)
    return false;
  memset(cell + cells->room, 0, (room - cells->room) * sizeof *cell);
  cells->cell = cell;
  cells->room = room;
  return true;
}

void cyto_cell_add(CytoCell *cell, uint32_t y, uint32_t x0, uint32_t x1) {
  uint64_t n = x1 - x0;
  CytoRect run = {y, x0, y + 1, x1};
  cell->box = cell->area ? cyto_rect_union(cell->box, run) : run;
  cell->area += n;
  cell->sum_y += n * y;
  cell->sum_x += n * ((uint64_t)x0 + x1 - 1) / 2;
}

/* Puts a record into the table (id 0 takes it out) and keeps count and top. */
void cyto_cells_put(CytoCells *cells, uint32_t id, CytoCell record) {
  bool was = id <= cells->top && cells->cell[id].id != 0, is = record.id != 0;
  cells->cell[id] = record;
  cells->count += (uint32_t)is - (uint32_t)was;
  if (is && id > cells->top)
    cells->top = id;
  while (cells->top > 0 && cells->cell[cells->top].id == 0)
    cells->top--;
}

static bool read_row(CytoCells *cells, uint32_t y, CytoError *err) {
  const uint32_t *row = cells->map + (size_t)y * cells->nx;
  for (uint32_t x = 0, x0; x < cells->nx;) {
    uint32_t id = row[x];
    for (x0 = x++; x < cells->nx && row[x] == id;)
      x++;
    if (id == 0)
      continue;
    if (!cyto_cells_reserve(cells, id, err))
      return false;
    CytoCell *cell = &cells->cell[id];
    if (cell->area == 0) {
      cell->id = id;
      cells->count++;
      cells->top = id > cells->top ? id : cells->top;
    }
    cyto_cell_add(cell, y, x0, x);
  }
  return true;
}

bool cyto_cells_blank(CytoCells *cells, uint32_t *map, size_t ny, size_t nx, CytoError *err) {
  size_t pixels;
  if (ny < 1 || nx < 1 || ny > 1u << 30 || nx > 1u << 30 || !cyto_mul(ny, nx, &pixels) ||
      pixels > UINT32_MAX)
    return cyto_fail(err, CYTO_ERROR_LIMIT,
                     "a plane of %zux%zu pixels is too large to draw cells in", ny, nx);
  CytoCells out = {.ny = ny, .nx = nx, .map = map};
  if (!cyto_cells_reserve(&out, 0, err))
    return false;
  *cells = out;
  return true;
}

bool cyto_cells_init(CytoCells *cells, uint32_t *map, size_t ny, size_t nx, CytoError *err) {
  CytoCells out = {0};
  if (!cyto_cells_blank(&out, map, ny, nx, err))
    return false;
  bool ok = true;
  for (uint32_t y = 0; ok && y < ny; y++)
    ok = read_row(&out, y, err);
  if (ok)
    *cells = out;
  else
    cyto_cells_clear(&out);
  return ok;
}

void cyto_cells_clear(CytoCells *cells) {
  free(cells->cell);
  *cells = (CytoCells){0};
}

bool cyto_labels_compact(CytoLabels *labels, CytoError *err) {
  enum { SMALL = 1 << 16 };
  uint32_t top = cyto_labels_max(labels);
  if (top <= SMALL)
    return true;
  size_t n = labels->nz * labels->ny * labels->nx;
  CYTO_CLEANUP(cyto_label_index_clear) CytoLabelIndex index = {0};
  if (!cyto_label_index_init(&index, labels->data, n, err))
    return false;
  if (top <= CYTO_ID_MAX && top / 2 <= index.count)
    return true;
  uint32_t last = 0, place = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t label = labels->data[i];
    if (label != last) {
      last = label;
      place = label ? (uint32_t)cyto_label_index_find(&index, label) + 1 : 0;
    }
    labels->data[i] = place;
  }
  return true;
}

uint32_t cyto_cells_at(const CytoCells *cells, int64_t y, int64_t x) {
  bool inside = y >= 0 && x >= 0 && y < (int64_t)cells->ny && x < (int64_t)cells->nx;
  return inside ? cells->map[(size_t)y * cells->nx + (size_t)x] : 0;
}

void cyto_cell_centre(const CytoCell *cell, double *y, double *x) {
  *y = (double)cell->sum_y / (double)cell->area + 0.5;
  *x = (double)cell->sum_x / (double)cell->area + 0.5;
}

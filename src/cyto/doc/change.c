#include "change.h"
#include "../base/mem.h"
#include "table.h"
#include <string.h>

enum {
  TOUCHED = 1, /* its former record is kept */
  LOST = 2,    /* it lost pixels at the side of its box, or its last ones */
  GAINED = 4,  /* it gained pixels: it may have new neighbours */
};

bool cyto_making_begin(CytoMaking *making, CytoCells *plane, size_t nz, CytoError *err) {
  CytoPatch *patch = cyto_patch_new(CYTO_STEP_OPEN, err);
  if (!patch)
    return false;
  *making = (CytoMaking){.plane = plane, .nz = nz, .patch = patch, .next_id = 1};
  for (size_t z = 0; z < nz; z++)
    if (plane[z].top >= making->next_id)
      making->next_id = plane[z].top + 1;
  return true;
}

void cyto_making_strip(CytoMaking *making, size_t z) {
  if (making->writer.runs && !making->failed &&
      !cyto_patch_add_strip(making->patch, making->z, making->box, &making->writer, &making->err))
    making->failed = true;
  if (making->failed)
    return;
  making->z = z;
  making->box = (CytoRect){0};
}

uint32_t cyto_making_id(CytoMaking *making) {
  if (making->next_id > CYTO_ID_MAX) {
    making->failed = true;
    cyto_fail(&making->err, CYTO_ERROR_LIMIT,
              "no cell number is left below %d; renumber the cells first", CYTO_ID_MAX);
    return 0;
  }
  return making->next_id++;
}

CytoCell *cyto_making_cell(CytoMaking *making, size_t z, uint32_t id) {
  CytoCells *cells = &making->plane[z];
  if (!cyto_cells_reserve(cells, id, &making->err)) {
    making->failed = true;
    return NULL;
  }
  CytoCell *cell = &cells->cell[id];
  if (cell->touched & TOUCHED)
    return cell;
  if (making->n_touched == making->room_touched) {
    size_t room = making->room_touched * 2 + 16;
    CytoTouched *touched = cyto_realloc(making->touched, room, sizeof *touched, &making->err);
    if (!touched) {
      making->failed = true;
      return NULL;
    }
    making->touched = touched;
    making->room_touched = room;
  }
  making->touched[making->n_touched++] = (CytoTouched){z, id, *cell};
  cell->touched = TOUCHED;
  return cell;
}

static void lose(CytoCell *cell, uint32_t y, uint32_t x0, uint32_t x1) {
  uint64_t n = x1 - x0;
  cell->area -= n;
  cell->sum_y -= n * y;
  cell->sum_x -= n * ((uint64_t)x0 + x1 - 1) / 2;
  CytoRect box = cell->box;
  if (y == box.y0 || y + 1 == box.y1 || x0 == box.x0 || x1 == box.x1)
    cell->touched |= LOST;
}

static void gain(CytoCells *cells, uint32_t id, uint32_t y, uint32_t x0, uint32_t x1) {
  CytoCell *cell = &cells->cell[id];
  if (!cell->id) {
    static const bool none[256];
    CytoCell fresh = {.id = id, .colour = cyto_colour_choose(id, none), .touched = cell->touched};
    cyto_cells_put(cells, id, fresh);
  }
  cyto_cell_add(cell, y, x0, x1);
  cell->touched |= GAINED;
}

/* One run of pixels that all hold `before`. Writes it down first: what cannot be taken back is not
 * done. */
static bool set_run(CytoMaking *making, CytoPixelRun run) {
  CytoCells *cells = &making->plane[making->z];
  if (!making->plain && ((run.before && !cyto_making_cell(making, making->z, run.before)) ||
                         (run.after && !cyto_making_cell(making, making->z, run.after))))
    return false;
  if (!cyto_runs_put(&making->writer, run)) {
    making->failed = true;
    return cyto_fail(&making->err, CYTO_ERROR_MEMORY, "out of memory while changing cells");
  }
  making->box = cyto_rect_union(making->box, (CytoRect){run.y, run.x0, run.y + 1, run.x1});
  uint32_t *row = cells->map + (size_t)run.y * cells->nx;
  for (uint32_t x = run.x0; x < run.x1; x++)
    row[x] = run.after;
  if (run.before && !making->plain)
    lose(&cells->cell[run.before], run.y, run.x0, run.x1);
  if (run.after && !making->plain)
    gain(cells, run.after, run.y, run.x0, run.x1);
  return true;
}

size_t cyto_making_run(CytoMaking *making, uint32_t y, uint32_t x0, uint32_t x1, uint32_t after,
                       CytoOver over, uint32_t one) {
  const CytoCells *cells = &making->plane[making->z];
  const uint32_t *row = cells->map + (size_t)y * cells->nx;
  size_t changed = 0;
  if (making->failed)
    return 0;
  for (uint32_t x = x0; x < x1;) {
    uint32_t from = x, before = row[x];
    while (x < x1 && row[x] == before)
      x++;
    if (before == after || (over == CYTO_OVER_FREE && before != 0) ||
        (over == CYTO_OVER_ONE && before != one))
      continue;
    if (!set_run(making, (CytoPixelRun){y, from, x, before, after}))
      return changed;
    changed += x - from;
  }
  return changed;
}

void cyto_making_repaint(CytoMaking *making, size_t z, uint32_t id, uint32_t after) {
  const CytoCell *cell = cyto_cells_get(&making->plane[z], id);
  if (!cell)
    return;
  CytoRect box = cell->box;
  cyto_making_strip(making, z);
  for (uint32_t y = box.y0; y < box.y1; y++)
    cyto_making_run(making, y, box.x0, box.x1, after, CYTO_OVER_ONE, id);
}

void cyto_making_settle(CytoMaking *making) {
  cyto_making_strip(making, making->z);
  for (size_t i = 0; i < making->n_touched && !making->failed; i++) {
    CytoCells *cells = &making->plane[making->touched[i].z];
    CytoCell *cell = &cells->cell[making->touched[i].id];
    if (!(cell->touched & LOST))
      continue;
    cell->touched &= (uint8_t)~LOST;
    if (cell->area == 0)
      cyto_cells_put(cells, making->touched[i].id, (CytoCell){.touched = TOUCHED});
    else
      cyto_cells_fit_box(cells, cell);
  }
}

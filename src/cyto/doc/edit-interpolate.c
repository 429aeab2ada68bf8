/* A cell drawn on two planes of a stack is filled in on those between: its outline changes evenly
 * from one to the other. Signed distances to the two outlines, laid centre on centre, are averaged
 * by how near the planes are; what comes out positive is the cell. */
#include "../base/mem.h"
#include "edit-private.h"
#include "mask.h"
#include "table.h"
#include <math.h>

enum { FAR = 150 }; /* distances beyond count as this */

typedef struct Field {
  CytoRect box;
  double cy, cx;   /* centre of the cell */
  float *distance; /* of each pixel of the box: > 0 inside */
} Field;

static void field_clear(Field *field) {
  free(field->distance);
}

static bool field_of(Field *field, const CytoCells *cells, uint32_t id, uint32_t margin,
                     CytoError *err) {
  CYTO_CLEANUP(cyto_mask_clear) CytoMask mask = {0};
  if (!cyto_mask_of(&mask, cells, id, margin, err))
    return false;
  CYTO_AUTOFREE uint16_t *in = cyto_mask_distance(&mask, 0, FAR, err);
  CYTO_AUTOFREE uint16_t *out = in ? cyto_mask_distance(&mask, 1, FAR, err) : NULL;
  field->distance = out ? cyto_alloc(mask.h * mask.w, sizeof *field->distance, err) : NULL;
  if (!field->distance)
    return false;
  for (size_t i = 0; i < mask.h * mask.w; i++)
    field->distance[i] = mask.bit[i] ? sqrtf((float)in[i]) - 0.5f : 0.5f - sqrtf((float)out[i]);
  field->box = mask.box;
  cyto_cell_centre(&cells->cell[id], &field->cy, &field->cx);
  return true;
}

static float field_at(const Field *field, int64_t y, int64_t x) {
  CytoRect box = field->box;
  if (y < box.y0 || y >= box.y1 || x < box.x0 || x >= box.x1)
    return -FAR;
  return field->distance[(size_t)(y - box.y0) * (box.x1 - box.x0) + (size_t)(x - box.x0)];
}

static uint32_t margin_for(const CytoCell *cell) {
  uint32_t h = cell->box.y1 - cell->box.y0, w = cell->box.x1 - cell->box.x0;
  uint32_t half = (h > w ? h : w) / 2 + 2;
  return half < FAR ? half : FAR;
}

/* The way from the centre between to that of a field, in whole pixels. */
typedef struct Shift {
  int64_t y, x;
} Shift;

static Shift shift_to(const Field *field, double cy, double cx) {
  return (Shift){llround(field->cy - cy), llround(field->cx - cx)};
}

static void fill_plane(CytoMaking *making, size_t z, uint32_t id, const Field *a, const Field *b,
                       double t) {
  const CytoCells *cells = &making->plane[z];
  double cy = a->cy + t * (b->cy - a->cy), cx = a->cx + t * (b->cx - a->cx);
  Shift to_a = shift_to(a, cy, cx), to_b = shift_to(b, cy, cx);
  cyto_making_strip(making, z);
  /* The shape between lies within the larger of the two boxes, laid on its centre. */
  int64_t y0 = INT64_MAX, y1 = 0, x0 = INT64_MAX, x1 = 0;
  for (int k = 0; k < 2; k++) {
    CytoRect box = k ? b->box : a->box;
    Shift to = k ? to_b : to_a;
    y0 = box.y0 - to.y < y0 ? box.y0 - to.y : y0;
    x0 = box.x0 - to.x < x0 ? box.x0 - to.x : x0;
    y1 = box.y1 - to.y > y1 ? box.y1 - to.y : y1;
    x1 = box.x1 - to.x > x1 ? box.x1 - to.x : x1;
  }
  y0 = y0 > 0 ? y0 : 0;
  x0 = x0 > 0 ? x0 : 0;
  y1 = y1 < (int64_t)cells->ny ? y1 : (int64_t)cells->ny;
  x1 = x1 < (int64_t)cells->nx ? x1 : (int64_t)cells->nx;
  for (int64_t y = y0; y < y1; y++)
    for (int64_t x = x0, from = -1; x <= x1; x++) {
      bool in = x < x1 && (1 - t) * (double)field_at(a, y + to_a.y, x + to_a.x) +
                                  t * (double)field_at(b, y + to_b.y, x + to_b.x) >
                              0;
      if (in && from < 0)
        from = x;
      if (!in && from >= 0) {
        cyto_making_run(making, (uint32_t)y, (uint32_t)from, (uint32_t)x, id, CYTO_OVER_FREE, 0);
        from = -1;
      }
    }
}

/* The cell of a plane that shares most pixels with `id` of plane z, at least a quarter of the
 * smaller of the two; 0 = none. */
static bool find_below(CytoEditing *editing, size_t z, uint32_t id, size_t other, uint32_t *found) {
  const CytoCells *here = &editing->making.plane[z], *there = &editing->making.plane[other];
  const CytoCell *cell = &here->cell[id];
  uint64_t best = 0;
  CYTO_AUTOFREE uint64_t *shared =
      cyto_calloc((size_t)there->top + 1, sizeof *shared, editing->err);
  if (!shared)
    return false;
  *found = 0;
  for (size_t y = cell->box.y0; y < cell->box.y1; y++)
    for (size_t x = cell->box.x0; x < cell->box.x1; x++)
      if (here->map[y * here->nx + x] == id)
        shared[there->map[y * there->nx + x]]++;
  for (uint32_t k = 1; k <= there->top; k++) {
    uint64_t area = there->cell[k].area < cell->area ? there->cell[k].area : cell->area;
    if (shared[k] > best && 4 * shared[k] >= area) {
      best = shared[k];
      *found = k;
    }
  }
  return true;
}

/* The nearest plane within z0..z1-1 that shows the cell, with others between: by its number, or, by
 * `place`, as the cell that lies in the same place. *other is z when there is none. */
static bool find_end(CytoEditing *editing, size_t z, uint32_t id, bool place, size_t z0, size_t z1,
                     size_t *other, uint32_t *its_id) {
  bool open[2] = {true, true};
  *other = z;
  for (size_t k = 1; k < z1 - z0 && (open[0] || open[1]); k++)
    for (int up = 0; up < 2; up++) {
      bool inside = up ? z + k < z1 : z >= z0 + k;
      size_t at = up ? z + k : z - k;
      uint32_t found = 0;
      if (!open[up] || !inside)
        continue;
      if (cyto_cells_get(&editing->making.plane[at], id))
        found = id;
      else if (place && !find_below(editing, z, id, at, &found))
        return false;
      if (found && k > 1) {
        *other = at;
        *its_id = found;
        return true;
      }
      open[up] = !found; /* the plane beside shows it: nothing to fill in on this side */
    }
  return true;
}

static void fill_between(CytoEditing *editing, size_t z, size_t other, uint32_t id, const Field *a,
                         const Field *b) {
  CytoMaking *making = &editing->making;
  uint8_t category = making->plane[z].cell[id].category;
  size_t low = z < other ? z : other, high = z < other ? other : z;
  for (size_t k = low + 1; k < high && !making->failed; k++) {
    double t = fabs((double)k - (double)z) / (double)(high - low);
    fill_plane(making, k, id, a, b, t);
    if (making->failed || !cyto_cells_get(&making->plane[k], id))
      continue;
    CytoCell *cell = cyto_making_cell(making, k, id);
    if (!cell)
      return;
    cell->flags |= CYTO_CELL_MANUAL;
    cell->category = category;
    editing->count++;
  }
  editing->id = id;
}

static void rename_cell(CytoMaking *making, size_t z, uint32_t from, uint32_t to) {
  CytoCell was = making->plane[z].cell[from];
  cyto_making_repaint(making, z, from, to);
  CytoCell *cell = making->failed ? NULL : cyto_making_cell(making, z, to);
  if (cell) {
    cell->flags = was.flags;
    cell->category = was.category;
  }
}

bool cyto_edit_interpolate(CytoEditing *editing, size_t z0, size_t z1) {
  const CytoEdit *edit = editing->edit;
  CytoMaking *making = &editing->making;
  size_t z = edit->z, nz = making->nz, step = edit->amount ? edit->amount : nz, other = z;
  uint32_t id = 0, its_id = 0;
  (void)z0, (void)z1;
  if (z == CYTO_ALL_PLANES)
    return cyto_refuse(editing, CYTO_REFUSED_ARGUMENT, "a cell of one plane is needed");
  for (size_t i = 0; i < edit->n_ids && edit->ids && !id; i++)
    id = cyto_cells_get(&making->plane[z], edit->ids[i]) ? edit->ids[i] : 0;
  if (!id)
    return cyto_refuse(editing, CYTO_REFUSED_NO_CELL, "there is no such cell");
  size_t first = z / step * step, last = first + step < nz ? first + step : nz;
  for (int place = 0; place < 2 && other == z; place++)
    if (!find_end(editing, z, id, place, first, last, &other, &its_id))
      return false;
  if (other == z)
    return cyto_refuse(editing, CYTO_REFUSED_NO_PLANE,
                       "no other plane shows this cell with planes between that do not");
  CYTO_CLEANUP(field_clear) Field a = {0}, b = {0};
  uint32_t wide = margin_for(&making->plane[z].cell[id]);
  uint32_t its = margin_for(&making->plane[other].cell[its_id]);
  wide = its > wide ? its : wide;
  if (!field_of(&a, &making->plane[z], id, wide, editing->err) ||
      !field_of(&b, &making->plane[other], its_id, wide, editing->err))
    return false;
  fill_between(editing, z, other, id, &a, &b);
  if (its_id != id && !making->failed)
    rename_cell(making, other, its_id, id);
  return true;
}

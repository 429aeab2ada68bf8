/* Edits of whole cells: draw, merge, delete, mark, renumber. */
#include "../base/mem.h"
#include "edit-private.h"
#include "table.h"

/* Whether enough of the outline can become a cell. */
static bool check_drawn(CytoEditing *editing, const CytoSpans *spans, const CytoCells *cells) {
  uint64_t area = cyto_spans_area(spans), free_area = 0;
  if (area == 0)
    return cyto_refuse(editing, CYTO_REFUSED_OUTSIDE, "the outline lies outside the image");
  if (area < CYTO_MIN_DRAWN)
    return cyto_refuse(editing, CYTO_REFUSED_SMALL,
                       "the outline holds %u pixels; a cell needs at least %d", (unsigned)area,
                       CYTO_MIN_DRAWN);
  for (size_t i = 0; i < spans->count && !editing->edit->steal; i++) {
    CytoSpan span = spans->span[i];
    const uint32_t *row = cells->map + span.y * cells->nx;
    for (uint32_t x = span.x0; x < span.x1; x++)
      free_area += row[x] == 0;
  }
  if (!editing->edit->steal && free_area < CYTO_MIN_DRAWN)
    return cyto_refuse(editing, CYTO_REFUSED_COVERED,
                       "%s of the outline's %llu pixels lie on other cells; a cell needs at least "
                       "%d free ones",
                       free_area ? "nearly all" : "all", (unsigned long long)area, CYTO_MIN_DRAWN);
  return true;
}

bool cyto_edit_draw(CytoEditing *editing, size_t z) {
  const CytoEdit *edit = editing->edit;
  CytoMaking *making = &editing->making;
  CytoCells *cells = &making->plane[z];
  CYTO_CLEANUP(cyto_spans_clear) CytoSpans spans = {0};
  if (!cyto_shape_outline(edit->points, edit->n_points, edit->even_odd, cells->ny, cells->nx,
                          &spans, editing->err))
    return false;
  if (!check_drawn(editing, &spans, cells))
    return false;
  uint32_t id = cyto_making_id(making);
  cyto_making_strip(making, z);
  for (size_t i = 0; i < spans.count; i++)
    cyto_making_run(making, spans.span[i].y, spans.span[i].x0, spans.span[i].x1, id,
                    edit->steal ? CYTO_OVER_ANY : CYTO_OVER_FREE, 0);
  CytoCell *cell = making->failed ? NULL : cyto_making_cell(making, z, id);
  if (cell)
    cell->flags |= CYTO_CELL_MANUAL;
  cyto_edit_count(editing, id);
  return true;
}

bool cyto_edit_merge(CytoEditing *editing, size_t z) {
  const CytoEdit *edit = editing->edit;
  const CytoCells *cells = &editing->making.plane[z];
  CYTO_AUTOFREE uint32_t *ids = NULL;
  size_t n = 0;
  if (edit->z == CYTO_ALL_PLANES || !edit->ids)
    return cyto_refuse(editing, CYTO_REFUSED_ARGUMENT, "name the cells of one plane to merge");
  if (!cyto_edit_targets(editing, z, &ids, &n))
    return false;
  if (n < 2)
    return cyto_refuse(editing, CYTO_REFUSED_ONE_CELL,
                       n ? "merging needs two cells" : "there is no such cell");
  uint32_t first = 0;
  for (size_t i = 0; !first; i++)
    first = cyto_cells_get(cells, edit->ids[i]) ? edit->ids[i] : 0;
  for (size_t i = 0; i < n; i++)
    if (ids[i] != first)
      cyto_making_repaint(&editing->making, z, ids[i], first);
  CytoCell *cell = cyto_making_cell(&editing->making, z, first);
  if (cell)
    cell->flags |= CYTO_CELL_MANUAL;
  editing->count = (uint32_t)n;
  editing->id = first;
  return true;
}

bool cyto_edit_delete(CytoEditing *editing, size_t z) {
  CYTO_AUTOFREE uint32_t *ids = NULL;
  size_t n = 0;
  if (editing->edit->kind == CYTO_EDIT_CLEAR) {
    const CytoCells *cells = &editing->making.plane[z];
    for (uint32_t id = 1, top = cells->top; id <= top; id++)
      cyto_making_repaint(&editing->making, z, id, 0);
    editing->count += cells->count;
    return true;
  }
  if (!cyto_edit_targets(editing, z, &ids, &n))
    return false;
  for (size_t i = 0; i < n; i++) {
    cyto_making_repaint(&editing->making, z, ids[i], 0);
    cyto_edit_count(editing, ids[i]);
  }
  return true;
}

bool cyto_edit_flags(CytoEditing *editing, size_t z) {
  const CytoEdit *edit = editing->edit;
  CYTO_AUTOFREE uint32_t *ids = NULL;
  size_t n = 0;
  if (!cyto_edit_targets(editing, z, &ids, &n))
    return false;
  for (size_t i = 0; i < n; i++) {
    const CytoCell *now = cyto_cells_get(&editing->making.plane[z], ids[i]);
    uint8_t flags = (uint8_t)((now->flags & ~edit->flag_mask) | (edit->flags & edit->flag_mask));
    uint8_t category = edit->set_category ? edit->category : now->category;
    if (flags == now->flags && category == now->category)
      continue;
    CytoCell *cell = cyto_making_cell(&editing->making, z, ids[i]);
    if (!cell)
      return true;
    cell->flags = flags;
    cell->category = category;
    cyto_edit_count(editing, ids[i]);
  }
  return true;
}

/* number[id] for the cells the edit names; others keep theirs. A new number is never above the old
 * one, for the old ones are free as well. */
static bool number_named(CytoEditing *editing, size_t z0, size_t z1, uint32_t *number) {
  const CytoCells *plane = editing->making.plane;
  const CytoEdit *edit = editing->edit;
  uint32_t top = 0, next = 0;
  for (size_t z = z0; z < z1; z++)
    top = plane[z].top > top ? plane[z].top : top;
  CYTO_AUTOFREE bool *named = cyto_calloc((size_t)top + 1, sizeof *named, editing->err);
  if (!named)
    return false;
  for (size_t i = 0; i < edit->n_ids; i++)
    if (edit->ids[i] <= top)
      named[edit->ids[i]] = number[edit->ids[i]] != 0;
  editing->count = 0;
  for (uint32_t id = 1; id <= top; id++) {
    if (!named[id]) {
      number[id] = number[id] ? id : 0;
      continue;
    }
    do
      next++;
    while (number[next] && !named[next] && next < id);
    cyto_edit_count(editing, id);
    number[id] = next;
  }
  return true;
}

static void renumber_table(CytoMaking *making, size_t z, const uint32_t *number) {
  CytoCells *cells = &making->plane[z];
  for (uint32_t id = 1, top = cells->top; id <= top; id++) {
    if (!cells->cell[id].id || number[id] == id)
      continue;
    /* The place of the new number is free or was emptied earlier: numbers only go down. */
    CytoCell *from = cyto_making_cell(making, z, id);
    CytoCell *to = from ? cyto_making_cell(making, z, number[id]) : NULL;
    if (!to)
      return;
    CytoCell moved = *from;
    moved.id = number[id];
    cyto_cells_put(cells, number[id], moved);
    cyto_cells_put(cells, id, (CytoCell){.touched = moved.touched});
  }
}

bool cyto_edit_relabel(CytoEditing *editing, size_t z0, size_t z1) {
  CytoMaking *making = &editing->making;
  CYTO_AUTOFREE uint32_t *number =
      cyto_cells_number(making->plane + z0, z1 - z0, &editing->count, editing->err);
  if (!number || (editing->edit->ids && !number_named(editing, z0, z1, number)))
    return false;
  making->plain = true;
  for (size_t z = z0; z < z1; z++) {
    const CytoCells *cells = &making->plane[z];
    cyto_making_strip(making, z);
    for (uint32_t y = 0; y < cells->ny; y++) {
      const uint32_t *row = cells->map + y * cells->nx;
      for (uint32_t x = 0; x < cells->nx;) {
        uint32_t x0 = x, id = row[x];
        while (x < cells->nx && row[x] == id)
          x++;
        if (id != number[id])
          cyto_making_run(making, y, x0, x, number[id], CYTO_OVER_ANY, 0);
      }
    }
    if (!making->failed)
      renumber_table(making, z, number);
  }
  return true;
}

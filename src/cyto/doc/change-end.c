/* How a change ends: with colours and a patch, or taken back. */
#include "../base/mem.h"
#include "change.h"
#include "table.h"
#include <string.h>

static int compare_touched(const void *a, const void *b) {
  const CytoTouched *p = a, *q = b;
  if (p->z != q->z)
    return p->z < q->z ? -1 : 1;
  return (p->id > q->id) - (p->id < q->id);
}

static void empty(CytoMaking *making) {
  cyto_patch_free(making->patch);
  cyto_str_clear(&making->writer.bytes);
  free(making->touched);
  *making = (CytoMaking){0};
}

static CytoRect clip(CytoRect a, CytoRect b) {
  CytoRect both = {a.y0 > b.y0 ? a.y0 : b.y0, a.x0 > b.x0 ? a.x0 : b.x0, a.y1 < b.y1 ? a.y1 : b.y1,
                   a.x1 < b.x1 ? a.x1 : b.x1};
  return both.y0 < both.y1 && both.x0 < both.x1 ? both : (CytoRect){0};
}

/* A cell that was there keeps its colour unless a cell near its new pixels has the same. */
static void recolour(const CytoMaking *making, const CytoTouched *touched, CytoRect dirty,
                     uint32_t *row) {
  CytoCells *cells = &making->plane[touched->z];
  CytoCell *cell = &cells->cell[touched->id];
  bool tracked = making->tracked == touched->id, used[256] = {false};
  if (tracked)
    memcpy(used, making->used, sizeof used);
  else if (touched->before.id)
    cyto_colours_near(cells, cell->id, clip(dirty, cell->box), row, used);
  if (touched->before.id && !used[cell->colour])
    return;
  if (touched->before.id || !tracked)
    cyto_colours_near(cells, cell->id, cell->box, row, used);
  cell->colour = cyto_colour_choose(cell->id, used);
}

static bool grew(const CytoMaking *making, const CytoTouched *touched) {
  enum { GAINED = 4 };
  const CytoCell *cell = cyto_cells_get(&making->plane[touched->z], touched->id);
  return cell && (cell->touched & GAINED);
}

static bool colour_all(CytoMaking *making, CytoError *err) {
  enum { NONE = 255 };
  CYTO_AUTOFREE uint32_t *row = NULL;
  for (size_t i = 0; i < making->n_touched; i++) {
    const CytoTouched *touched = &making->touched[i];
    if (!touched->before.id && grew(making, touched))
      making->plane[touched->z].cell[touched->id].colour = NONE;
  }
  for (size_t i = 0; i < making->n_touched; i++) {
    const CytoTouched *touched = &making->touched[i];
    CytoCells *cells = &making->plane[touched->z];
    if (!grew(making, touched))
      continue;
    if (!row && !(row = cyto_calloc(cells->nx, sizeof *row, err)))
      return false;
    CytoRect dirty = {0};
    for (size_t k = 0; k < making->patch->strips; k++)
      if (making->patch->strip[k].z == touched->z)
        dirty = cyto_rect_union(dirty, making->patch->strip[k].box);
    recolour(making, touched, dirty, row);
  }
  return true;
}

static bool list_changes(CytoMaking *making, CytoError *err) {
  CytoPatch *patch = making->patch;
  patch->change = cyto_alloc(making->n_touched, sizeof *patch->change, err);
  if (!patch->change)
    return false;
  for (size_t i = 0; i < making->n_touched; i++) {
    const CytoTouched *touched = &making->touched[i];
    CytoCell *cell = &making->plane[touched->z].cell[touched->id];
    CytoCell after = *cell;
    after.touched = 0;
    if (memcmp(&touched->before, &after, sizeof after) != 0)
      patch->change[patch->changes++] = (CytoCellChange){touched->z, touched->before, after};
  }
  for (size_t i = 0; i < making->n_touched; i++)
    making->plane[making->touched[i].z].cell[making->touched[i].id].touched = 0;
  return true;
}

CytoPatch *cyto_making_end(CytoMaking *making, CytoStepKind kind, uint32_t count, uint32_t id,
                           CytoError *err) {
  cyto_making_settle(making);
  if (making->n_touched)
    qsort(making->touched, making->n_touched, sizeof *making->touched, compare_touched);
  if (!making->failed && ((!making->plain && !colour_all(making, &making->err)) ||
                          !list_changes(making, &making->err)))
    making->failed = true;
  if (making->failed) {
    cyto_fail(err, making->err.code, "%s", making->err.text);
    cyto_making_abort(making);
    return NULL;
  }
  CytoPatch *patch = cyto_steal(&making->patch);
  patch->kind = kind;
  patch->count = count;
  patch->id = id;
  cyto_patch_measure(patch);
  empty(making);
  return patch;
}

void cyto_making_abort(CytoMaking *making) {
  if (!making->patch)
    return;
  if (making->writer.runs) {
    CytoStrip open = {.z = making->z,
                      .size = making->writer.bytes.length,
                      .bytes = (uint8_t *)making->writer.bytes.text};
    cyto_strip_paint(&open, &making->plane[making->z], true);
  }
  for (size_t i = making->patch->strips; i-- > 0;) {
    const CytoStrip *strip = &making->patch->strip[i];
    cyto_strip_paint(strip, &making->plane[strip->z], true);
  }
  for (size_t i = 0; i < making->n_touched; i++) {
    const CytoTouched *touched = &making->touched[i];
    cyto_cells_put(&making->plane[touched->z], touched->id, touched->before);
  }
  empty(making);
}

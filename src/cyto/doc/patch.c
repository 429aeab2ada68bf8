#include "patch.h"
#include "../base/mem.h"
#include "fill.h"
#include "patch-private.h"
#include "table.h"
#include <string.h>

void cyto_patch_free(CytoPatch *patch) {
  if (!patch)
    return;
  for (size_t i = 0; i < patch->strips; i++)
    free(patch->strip[i].bytes);
  free(patch->strip);
  free(patch->change);
  free(patch);
}

static bool looks_different(const CytoCell *a, const CytoCell *b) {
  return a->id != b->id || a->flags != b->flags || a->category != b->category ||
         a->colour != b->colour;
}

static void include(CytoRect *rect, size_t *z0, size_t *z1, CytoRect more, size_t z) {
  *rect = cyto_rect_union(*rect, more);
  *z0 = z < *z0 ? z : *z0;
  *z1 = z + 1 > *z1 ? z + 1 : *z1;
}

CytoRect cyto_patch_dirty(const CytoPatch *patch, size_t *z0, size_t *z1) {
  CytoRect rect = {0};
  *z0 = SIZE_MAX;
  *z1 = 0;
  for (size_t i = 0; i < patch->strips; i++)
    include(&rect, z0, z1, patch->strip[i].box, patch->strip[i].z);
  for (size_t i = 0; i < patch->changes; i++) {
    const CytoCellChange *change = &patch->change[i];
    if (looks_different(&change->before, &change->after))
      include(&rect, z0, z1, cyto_rect_union(change->before.box, change->after.box), change->z);
  }
  if (*z0 > *z1)
    *z0 = *z1 = 0;
  return rect;
}

void cyto_strip_paint(const CytoStrip *strip, CytoCells *cells, bool revert) {
  CytoRunReader reader = {.at = strip->bytes, .end = strip->bytes + strip->size};
  CytoPixelRun run;
  while (cyto_runs_next(&reader, &run)) {
    uint32_t *row = cells->map + (size_t)run.y * cells->nx;
    cyto_fill(row + run.x0, run.x1 - run.x0, revert ? run.before : run.after);
  }
  cyto_filled();
}

static uint32_t change_id(const CytoCellChange *change) {
  return change->after.id ? change->after.id : change->before.id;
}

static bool reserve_table(const CytoPatch *patch, CytoCells *plane, CytoError *err) {
  for (size_t i = 0; i < patch->changes; i++)
    if (!cyto_cells_reserve(&plane[patch->change[i].z], change_id(&patch->change[i]), err))
      return false;
  return true;
}

void cyto_patch_put_table(const CytoPatch *patch, CytoCells *plane, bool revert) {
  for (size_t i = 0; i < patch->changes; i++) {
    const CytoCellChange *change = &patch->change[i];
    cyto_cells_put(&plane[change->z], change_id(change), revert ? change->before : change->after);
  }
}

bool cyto_patch_apply(const CytoPatch *patch, CytoCells *plane, size_t nz, CytoError *err) {
  (void)nz;
  if (!reserve_table(patch, plane, err))
    return false;
  for (size_t i = 0; i < patch->strips; i++)
    cyto_strip_paint(&patch->strip[i], &plane[patch->strip[i].z], false);
  cyto_patch_put_table(patch, plane, false);
  return true;
}

bool cyto_patch_revert(const CytoPatch *patch, CytoCells *plane, size_t nz, CytoError *err) {
  (void)nz;
  if (!reserve_table(patch, plane, err))
    return false;
  for (size_t i = patch->strips; i-- > 0;)
    cyto_strip_paint(&patch->strip[i], &plane[patch->strip[i].z], true);
  cyto_patch_put_table(patch, plane, true);
  return true;
}

CytoPatch *cyto_patch_new(CytoStepKind kind, CytoError *err) {
  CytoPatch *patch = cyto_calloc(1, sizeof *patch, err);
  if (patch)
    patch->kind = kind;
  return patch;
}

/* Takes what the writer holds as one more strip. */
bool cyto_patch_add_strip(CytoPatch *patch, size_t z, CytoRect box, CytoRunWriter *writer,
                          CytoError *err) {
  CytoStrip *strip = cyto_realloc(patch->strip, patch->strips + 1, sizeof *strip, err);
  if (!strip)
    return false;
  patch->strip = strip;
  uint8_t *bytes = (uint8_t *)writer->bytes.text;
  uint8_t *fitted = realloc(bytes, writer->bytes.length);
  strip[patch->strips++] =
      (CytoStrip){z, box, writer->runs, writer->bytes.length, fitted ? fitted : bytes};
  *writer = (CytoRunWriter){0};
  return true;
}

void cyto_patch_measure(CytoPatch *patch) {
  patch->bytes =
      sizeof *patch + patch->strips * sizeof *patch->strip + patch->changes * sizeof *patch->change;
  for (size_t i = 0; i < patch->strips; i++)
    patch->bytes += patch->strip[i].size;
}

static void drop_patch(CytoPatch **patch) {
  cyto_patch_free(*patch);
}

CytoPatch *cyto_patch_copy(const CytoPatch *patch, CytoError *err) {
  CYTO_CLEANUP(drop_patch) CytoPatch *copy = cyto_patch_new(patch->kind, err);
  if (!copy)
    return NULL;
  copy->count = patch->count;
  copy->id = patch->id;
  copy->bytes = patch->bytes;
  copy->strip = cyto_alloc(patch->strips, sizeof *copy->strip, err);
  copy->change = copy->strip ? cyto_alloc(patch->changes, sizeof *copy->change, err) : NULL;
  if (!copy->change)
    return NULL;
  for (size_t i = 0; i < patch->strips; i++) {
    const CytoStrip *from = &patch->strip[i];
    uint8_t *bytes = cyto_alloc(from->size, 1, err);
    if (!bytes)
      return NULL;
    memcpy(bytes, from->bytes, from->size);
    copy->strip[i] = *from;
    copy->strip[copy->strips++].bytes = bytes;
  }
  if (patch->changes)
    memcpy(copy->change, patch->change, patch->changes * sizeof *copy->change);
  copy->changes = patch->changes;
  return cyto_steal(&copy);
}

static bool snapshot_row(const CytoCells *cells, uint32_t y, CytoRunWriter *writer, CytoRect *box) {
  const uint32_t *row = cells->map + (size_t)y * cells->nx;
  for (uint32_t x = 0; x < cells->nx;) {
    uint32_t x0 = x, id = row[x];
    while (x < cells->nx && row[x] == id)
      x++;
    if (id == 0)
      continue;
    *box = cyto_rect_union(*box, (CytoRect){y, x0, y + 1, x});
    if (!cyto_runs_put(writer, (CytoPixelRun){y, x0, x, 0, id}))
      return false;
  }
  return true;
}

static void clear_writer(CytoRunWriter *writer) {
  cyto_str_clear(&writer->bytes);
}

static bool snapshot_plane(CytoPatch *patch, const CytoCells *cells, size_t z, CytoError *err) {
  CYTO_CLEANUP(clear_writer) CytoRunWriter writer = {0};
  CytoRect box = {0};
  bool ok = true;
  for (uint32_t y = 0; ok && y < cells->ny; y++)
    ok = snapshot_row(cells, y, &writer, &box);
  if (!ok)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while copying the cells");
  for (uint32_t id = 1; id <= cells->top; id++)
    if (cells->cell[id].id)
      patch->change[patch->changes++] = (CytoCellChange){.z = z, .after = cells->cell[id]};
  return cyto_patch_add_strip(patch, z, box, &writer, err);
}

CytoPatch *cyto_patch_snapshot(const CytoCells *plane, size_t nz, CytoError *err) {
  CYTO_CLEANUP(drop_patch) CytoPatch *patch = cyto_patch_new(CYTO_STEP_OPEN, err);
  if (!patch)
    return NULL;
  size_t cells = 0;
  for (size_t z = 0; z < nz; z++)
    cells += plane[z].count;
  patch->count = (uint32_t)cells;
  patch->change = cyto_alloc(cells, sizeof *patch->change, err);
  if (!patch->change)
    return NULL;
  for (size_t z = 0; z < nz; z++)
    if (plane[z].count && !snapshot_plane(patch, &plane[z], z, err))
      return NULL;
  cyto_patch_measure(patch);
  return cyto_steal(&patch);
}

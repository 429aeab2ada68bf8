/* Patches that come from a file are believed only as far as they can be checked. */
#include "../base/mem.h"
#include "patch-private.h"
#include "table.h"
#include <string.h>

static bool refuse(CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_FORMAT,
                   "a recorded change does not belong to the cells it should change");
}

static bool within(CytoRect box, const CytoCells *cells) {
  return box.y0 <= box.y1 && box.x0 <= box.x1 && box.y1 <= cells->ny && box.x1 <= cells->nx;
}

/* Runs lie in the strip's box (checked when it was unpacked). */
static bool strip_fits(const CytoStrip *strip, const CytoCells *cells, bool revert) {
  CytoRunReader reader = {.at = strip->bytes, .end = strip->bytes + strip->size};
  CytoPixelRun run;
  while (cyto_runs_next(&reader, &run)) {
    uint32_t expected = revert ? run.after : run.before;
    const uint32_t *row = cells->map + (size_t)run.y * cells->nx;
    for (uint32_t x = run.x0; x < run.x1; x++)
      if (row[x] != expected)
        return false;
  }
  return !reader.bad;
}

static bool cell_fits(const CytoCellChange *change, const CytoCells *cells, bool revert) {
  uint32_t id = change->after.id ? change->after.id : change->before.id;
  const CytoCell *expected = revert ? &change->after : &change->before;
  const CytoCell *found = cyto_cells_get(cells, id);
  if (!within(change->after.box, cells) || !within(change->before.box, cells))
    return false;
  return found ? memcmp(found, expected, sizeof *found) == 0 : expected->id == 0;
}

static bool shape_fits(const CytoPatch *patch, const CytoCells *plane, size_t nz, bool revert) {
  for (size_t i = 0; i < patch->strips; i++)
    if (patch->strip[i].z >= nz || !within(patch->strip[i].box, &plane[patch->strip[i].z]))
      return false;
  for (size_t i = 0; i < patch->changes; i++)
    if (patch->change[i].z >= nz ||
        !cell_fits(&patch->change[i], &plane[patch->change[i].z], revert))
      return false;
  return true;
}

/* Strips may lie over one another, so each is compared when its turn comes. */
static const CytoStrip *strip_of(const CytoPatch *patch, size_t turn, bool revert) {
  return &patch->strip[revert ? patch->strips - 1 - turn : turn];
}

bool cyto_patch_replay(const CytoPatch *patch, CytoCells *plane, size_t nz, bool revert,
                       CytoError *err) {
  if (!shape_fits(patch, plane, nz, revert))
    return refuse(err);
  for (size_t i = 0; i < patch->changes; i++) {
    const CytoCellChange *change = &patch->change[i];
    uint32_t id = change->after.id ? change->after.id : change->before.id;
    if (!cyto_cells_reserve(&plane[change->z], id, err))
      return false;
  }
  size_t turn = 0;
  for (; turn < patch->strips; turn++) {
    const CytoStrip *strip = strip_of(patch, turn, revert);
    if (!strip_fits(strip, &plane[strip->z], revert))
      break;
    cyto_strip_paint(strip, &plane[strip->z], revert);
  }
  if (turn < patch->strips) {
    while (turn-- > 0) {
      const CytoStrip *strip = strip_of(patch, turn, revert);
      cyto_strip_paint(strip, &plane[strip->z], !revert);
    }
    return refuse(err);
  }
  cyto_patch_put_table(patch, plane, revert);
  return true;
}

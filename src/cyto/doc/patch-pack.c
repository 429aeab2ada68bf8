/* Patches as bytes of a file, and whether such a patch is true of the cells it claims to change. */
#include "../base/mem.h"
#include "patch-private.h"
#include "table.h"
#include <string.h>

char *cyto_step_name(CytoStepKind kind, uint32_t count, char buffer[64]) {
  static const char *const one[CYTO_STEPS] = {"Open",
                                              "Draw cell",
                                              "Brush",
                                              "Erase",
                                              "Fill holes",
                                              "Split cell",
                                              "Merge cells",
                                              "Delete cell",
                                              "Keep largest part",
                                              "Smooth cell",
                                              "Grow cell",
                                              "Shrink cell",
                                              "Renumber cells",
                                              "Run model",
                                              "Mark cell",
                                              "Clear all cells",
                                              "Fill in a plane"};
  static const char *const many[CYTO_STEPS] = {[CYTO_STEP_FILL_HOLES] = "Fill holes of %u cells",
                                               [CYTO_STEP_SPLIT] = "Split %u cells",
                                               [CYTO_STEP_MERGE] = "Merge %u cells",
                                               [CYTO_STEP_DELETE] = "Delete %u cells",
                                               [CYTO_STEP_KEEP_LARGEST] =
                                                   "Keep largest part of %u cells",
                                               [CYTO_STEP_SMOOTH] = "Smooth %u cells",
                                               [CYTO_STEP_GROW] = "Grow %u cells",
                                               [CYTO_STEP_SHRINK] = "Shrink %u cells",
                                               [CYTO_STEP_FLAGS] = "Mark %u cells",
                                               [CYTO_STEP_INTERPOLATE] = "Fill in %u planes"};
  const char *format = count > 1 && many[kind] ? many[kind] : NULL;
  CytoStr text = {0};
  if (format) {
    const char *mark = strstr(format, "%u");
    cyto_str_add_bytes(&text, format, (size_t)(mark - format));
    cyto_str_printf(&text, "%u%s", (unsigned)count, mark + 2);
  } else {
    cyto_str_add(&text, one[kind]);
  }
  size_t n = text.failed ? 0 : text.length < 63 ? text.length : 63;
  memcpy(buffer, text.text ? text.text : "", n);
  buffer[n] = 0;
  cyto_str_clear(&text);
  return buffer;
}

static void put_rect(CytoStr *out, CytoRect rect) {
  cyto_put_number(out, rect.y0);
  cyto_put_number(out, rect.x0);
  cyto_put_number(out, rect.y1 - rect.y0);
  cyto_put_number(out, rect.x1 - rect.x0);
}

static void put_cell(CytoStr *out, const CytoCell *cell) {
  cyto_put_number(out, cell->id);
  if (!cell->id)
    return;
  put_rect(out, cell->box);
  cyto_put_number(out, cell->flags);
  cyto_put_number(out, cell->category);
  cyto_put_number(out, cell->colour);
  cyto_put_number(out, cell->area);
  cyto_put_number(out, cell->sum_y);
  cyto_put_number(out, cell->sum_x);
}

bool cyto_patch_pack(const CytoPatch *patch, uint8_t **bytes, size_t *size, CytoError *err) {
  CytoStr out = {0};
  cyto_put_number(&out, patch->kind);
  cyto_put_number(&out, patch->count);
  cyto_put_number(&out, patch->id);
  cyto_put_number(&out, patch->strips);
  cyto_put_number(&out, patch->changes);
  for (size_t i = 0; i < patch->strips; i++) {
    const CytoStrip *strip = &patch->strip[i];
    cyto_put_number(&out, strip->z);
    put_rect(&out, strip->box);
    cyto_put_number(&out, strip->runs);
    cyto_put_number(&out, strip->size);
    cyto_str_add_bytes(&out, strip->bytes, strip->size);
  }
  for (size_t i = 0; i < patch->changes; i++) {
    cyto_put_number(&out, patch->change[i].z);
    put_cell(&out, &patch->change[i].before);
    put_cell(&out, &patch->change[i].after);
  }
  if (out.failed) {
    cyto_str_clear(&out);
    return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while writing down a change");
  }
  *bytes = (uint8_t *)out.text;
  *size = out.length;
  return true;
}

typedef struct Source {
  const uint8_t *at, *end;
  bool bad;
} Source;

static uint64_t take(Source *source, uint64_t max) {
  uint64_t value = 0;
  if (source->bad || !cyto_take_number(&source->at, source->end, &value) || value > max) {
    source->bad = true;
    return 0;
  }
  return value;
}

static CytoRect take_rect(Source *source) {
  CytoRect rect;
  rect.y0 = (uint32_t)take(source, INT32_MAX);
  rect.x0 = (uint32_t)take(source, INT32_MAX);
  rect.y1 = rect.y0 + (uint32_t)take(source, INT32_MAX);
  rect.x1 = rect.x0 + (uint32_t)take(source, INT32_MAX);
  return rect;
}

static CytoCell take_cell(Source *source) {
  CytoCell cell = {.id = (uint32_t)take(source, CYTO_ID_MAX)};
  if (!cell.id)
    return cell;
  cell.box = take_rect(source);
  cell.flags = (uint8_t)take(source, UINT8_MAX);
  cell.category = (uint8_t)take(source, UINT8_MAX);
  cell.colour = (uint8_t)take(source, UINT8_MAX);
  cell.area = take(source, UINT32_MAX);
  cell.sum_y = take(source, UINT64_MAX);
  cell.sum_x = take(source, UINT64_MAX);
  source->bad |= cell.area == 0;
  return cell;
}

/* Every run lies in the box and comes after the one before it. */
static bool runs_are_sound(const CytoStrip *strip) {
  CytoRunReader reader = {.at = strip->bytes, .end = strip->bytes + strip->size};
  CytoPixelRun run;
  size_t n = 0;
  for (; cyto_runs_next(&reader, &run); n++)
    if (run.y < strip->box.y0 || run.y >= strip->box.y1 || run.x0 < strip->box.x0 ||
        run.x1 > strip->box.x1 || run.before > CYTO_ID_MAX || run.after > CYTO_ID_MAX)
      return false;
  return !reader.bad && n == strip->runs;
}

static bool take_strip(Source *source, CytoPatch *patch, CytoError *err) {
  CytoStrip strip = {.z = take(source, INT32_MAX)};
  strip.box = take_rect(source);
  strip.runs = take(source, SIZE_MAX);
  strip.size = take(source, (uint64_t)(source->end - source->at));
  if (source->bad || strip.size > (size_t)(source->end - source->at)) {
    source->bad = true;
    return true;
  }
  strip.bytes = cyto_alloc(strip.size, 1, err);
  if (!strip.bytes)
    return false;
  memcpy(strip.bytes, source->at, strip.size);
  source->at += strip.size;
  source->bad |= !runs_are_sound(&strip);
  patch->strip[patch->strips++] = strip;
  return true;
}

static uint32_t id_of(const CytoCellChange *change) {
  return change->after.id ? change->after.id : change->before.id;
}

/* One change a cell, in order. */
static void take_change(Source *source, CytoPatch *patch) {
  CytoCellChange *change = &patch->change[patch->changes], *last = change - 1;
  *change = (CytoCellChange){.z = take(source, INT32_MAX)};
  change->before = take_cell(source);
  change->after = take_cell(source);
  uint32_t before = change->before.id, after = change->after.id;
  source->bad |= (!before && !after) || (before && after && before != after);
  source->bad |= patch->changes > 0 &&
                 (last->z > change->z || (last->z == change->z && id_of(last) >= id_of(change)));
  patch->changes++;
}

static void drop_patch(CytoPatch **patch) {
  cyto_patch_free(*patch);
}

CytoPatch *cyto_patch_unpack(const uint8_t *bytes, size_t size, CytoError *err) {
  Source source = {.at = bytes, .end = bytes + size};
  CYTO_CLEANUP(drop_patch) CytoPatch *patch = cyto_patch_new(CYTO_STEP_OPEN, err);
  if (!patch)
    return NULL;
  patch->kind = (CytoStepKind)take(&source, CYTO_STEPS - 1);
  patch->count = (uint32_t)take(&source, UINT32_MAX);
  patch->id = (uint32_t)take(&source, CYTO_ID_MAX);
  /* A strip takes at least 7 bytes, a change 12. */
  size_t strips = take(&source, size / 7), changes = take(&source, size / 12);
  patch->strip = cyto_alloc(strips, sizeof *patch->strip, err);
  patch->change = cyto_alloc(changes, sizeof *patch->change, err);
  if (!patch->strip || !patch->change)
    return NULL;
  while (!source.bad && patch->strips < strips)
    if (!take_strip(&source, patch, err))
      return NULL;
  while (!source.bad && patch->changes < changes)
    take_change(&source, patch);
  if (source.bad || source.at != source.end) {
    cyto_fail(err, CYTO_ERROR_FORMAT, "a recorded change is damaged");
    return NULL;
  }
  cyto_patch_measure(patch);
  return cyto_steal(&patch);
}

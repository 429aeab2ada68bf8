/* Strips that lie beside one another become one, with runs as long as they can be: a stroke of
 * hundreds of dabs is then taken back in one pass over its rows. */
#include "../base/mem.h"
#include "patch-private.h"

typedef struct Source {
  CytoRunReader reader;
  CytoPixelRun run;
  bool more;
} Source;

static void advance(Source *source) {
  source->more = cyto_runs_next(&source->reader, &source->run);
}

static Source read_strip(const CytoStrip *strip) {
  Source source = {.reader = {.at = strip->bytes, .end = strip->bytes + strip->size}};
  advance(&source);
  return source;
}

static bool comes_first(const CytoPixelRun *a, const CytoPixelRun *b) {
  return a->y != b->y ? a->y < b->y : a->x0 < b->x0;
}

static bool goes_on(const CytoPixelRun *held, const CytoPixelRun *next) {
  return held->y == next->y && held->x1 == next->x0 && held->before == next->before &&
         held->after == next->after;
}

/* False when a pixel is in both, or memory is short. */
static bool merge(const CytoStrip *first, const CytoStrip *second, CytoRunWriter *writer) {
  Source a = read_strip(first), b = read_strip(second);
  CytoPixelRun held = {0}; /* empty: x0 = x1 */
  while (a.more || b.more) {
    Source *next = a.more && (!b.more || comes_first(&a.run, &b.run)) ? &a : &b;
    if (held.x1 > held.x0 && goes_on(&held, &next->run)) {
      held.x1 = next->run.x1;
    } else {
      if (held.x1 > held.x0 && held.y == next->run.y && next->run.x0 < held.x1)
        return false;
      if (held.x1 > held.x0 && !cyto_runs_put(writer, held))
        return false;
      held = next->run;
    }
    advance(next);
  }
  return held.x1 == held.x0 || cyto_runs_put(writer, held);
}

static void clear_writer(CytoRunWriter *writer) {
  cyto_str_clear(&writer->bytes);
}

bool cyto_patch_join(CytoPatch *patch) {
  if (patch->strips < 2)
    return false;
  CytoStrip *last = &patch->strip[patch->strips - 1], *before = last - 1;
  CYTO_CLEANUP(clear_writer) CytoRunWriter writer = {0};
  if (before->z != last->z || !merge(before, last, &writer))
    return false;
  free(before->bytes);
  free(last->bytes);
  before->box = cyto_rect_union(before->box, last->box);
  before->runs = writer.runs;
  before->size = writer.bytes.length;
  before->bytes = (uint8_t *)cyto_steal(&writer.bytes.text);
  patch->strips--;
  return true;
}

#include "shape-private.h"
#include "../base/mem.h"

void cyto_spans_clear(CytoSpans *spans) {
  free(spans->span);
  *spans = (CytoSpans){0};
}

bool cyto_spans_add(CytoSpans *spans, uint32_t y, uint32_t x0, uint32_t x1, CytoError *err) {
  if (spans->count == spans->room) {
    size_t room = spans->room * 2 + 64;
    CytoSpan *span = cyto_realloc(spans->span, room, sizeof *span, err);
    if (!span)
      return false;
    spans->span = span;
    spans->room = room;
  }
  spans->span[spans->count++] = (CytoSpan){y, x0, x1};
  return true;
}

static int compare_spans(const void *a, const void *b) {
  const CytoSpan *p = a, *q = b;
  if (p->y != q->y)
    return p->y < q->y ? -1 : 1;
  return (p->x0 > q->x0) - (p->x0 < q->x0);
}

void cyto_spans_sort(CytoSpans *spans) {
  size_t n = 0;
  if (spans->count)
    qsort(spans->span, spans->count, sizeof *spans->span, compare_spans);
  for (size_t i = 0; i < spans->count; i++) {
    CytoSpan span = spans->span[i], *last = n ? &spans->span[n - 1] : NULL;
    if (last && last->y == span.y && span.x0 <= last->x1)
      last->x1 = span.x1 > last->x1 ? span.x1 : last->x1;
    else
      spans->span[n++] = span;
  }
  spans->count = n;
}

CytoRect cyto_spans_box(const CytoSpans *spans) {
  CytoRect box = {0};
  for (size_t i = 0; i < spans->count; i++) {
    CytoSpan span = spans->span[i];
    box = cyto_rect_union(box, (CytoRect){span.y, span.x0, span.y + 1, span.x1});
  }
  return box;
}

uint64_t cyto_spans_area(const CytoSpans *spans) {
  uint64_t area = 0;
  for (size_t i = 0; i < spans->count; i++)
    area += spans->span[i].x1 - spans->span[i].x0;
  return area;
}

/* Adds the part of columns first..last of row y that lies in the image. */
bool cyto_spans_clip(CytoSpans *out, int64_t y, int64_t first, int64_t last, size_t ny, size_t nx,
                     CytoError *err) {
  first = first > 0 ? first : 0;
  last = last < (int64_t)nx - 1 ? last : (int64_t)nx - 1;
  if (y < 0 || y >= (int64_t)ny || first > last)
    return true;
  return cyto_spans_add(out, (uint32_t)y, (uint32_t)first, (uint32_t)last + 1, err);
}

double cyto_shape_tame(double value) {
  return value > 1e7 ? 1e7 : value > -1e7 ? value : -1e7;
}

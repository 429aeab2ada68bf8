/* Which cells: by an outline drawn around them. */
#include "../base/mem.h"
#include "shape.h"

static void count_span(const CytoCells *cells, CytoSpan span, uint64_t *inside) {
  const uint32_t *row = cells->map + span.y * cells->nx;
  for (uint32_t x = span.x0; x < span.x1;) {
    uint32_t x0 = x, id = row[x];
    while (x < span.x1 && row[x] == id)
      x++;
    inside[id] += x - x0;
  }
}

bool cyto_cells_in_shape(const CytoCells *cells, const CytoPoint *point, size_t n, uint32_t **ids,
                         size_t *count, CytoError *err) {
  CYTO_CLEANUP(cyto_spans_clear) CytoSpans spans = {0};
  if (!cyto_shape_outline(point, n, false, cells->ny, cells->nx, &spans, err))
    return false;
  CYTO_AUTOFREE uint64_t *inside = cyto_calloc((size_t)cells->top + 1, sizeof *inside, err);
  CYTO_AUTOFREE uint32_t *list = inside ? cyto_alloc(cells->count, sizeof *list, err) : NULL;
  if (!list)
    return false;
  for (size_t i = 0; i < spans.count; i++)
    count_span(cells, spans.span[i], inside);
  size_t found = 0;
  for (uint32_t id = 1; id <= cells->top; id++)
    if (cells->cell[id].id && 2 * inside[id] >= cells->cell[id].area)
      list[found++] = id;
  *ids = cyto_steal(&list);
  *count = found;
  return true;
}

/* How far inside its cell a pixel lies. */
#include "../base/mem.h"
#include "classes.h"
#include "regions.h"
#include <string.h>

enum { FAR = 32 };

static bool on_contour(const uint32_t *labels, size_t ny, size_t nx, size_t y, size_t x) {
  const uint32_t *at = labels + y * nx + x;
  return y == 0 || x == 0 || y + 1 == ny || x + 1 == nx || at[-1] != *at || at[1] != *at ||
         *(at - nx) != *at || at[nx] != *at;
}

/* Rows to the nearest contour pixel of the label, straight up or down, within its box. */
static void fill_rows(const uint32_t *labels, size_t ny, size_t nx, const CytoRegion *r,
                      uint8_t *rows) {
  size_t w = r->x1 - r->x0;
  for (size_t x = r->x0; x < r->x1; x++) {
    unsigned since = FAR;
    for (size_t y = r->y0; y < r->y1; y++) {
      bool here = labels[y * nx + x] == r->label && on_contour(labels, ny, nx, y, x);
      since = here ? 0 : since < FAR ? since + 1 : FAR;
      rows[(y - r->y0) * w + x - r->x0] = (uint8_t)since;
    }
    since = FAR;
    for (size_t y = r->y1; y-- > r->y0;) {
      uint8_t *at = &rows[(y - r->y0) * w + x - r->x0];
      since = *at == 0 ? 0 : since < FAR ? since + 1 : FAR;
      *at = *at < since ? *at : (uint8_t)since;
    }
  }
}

/* The smallest sum of squares over the columns near x. */
static float distance_at(const uint8_t *row, size_t w, size_t x) {
  unsigned best = row[x] * (unsigned)row[x];
  for (size_t d = 1; d < FAR && d * d < best; d++)
    for (int side = 0; side < 2; side++) {
      if (side ? x + d >= w : d > x)
        continue;
      unsigned rows = row[side ? x + d : x - d], sum = rows * rows + (unsigned)(d * d);
      best = sum < best ? sum : best;
    }
  return (float)best;
}

static void regions_clear(CytoRegions *regions) {
  cyto_regions_clear(regions);
}

bool cyto_contour_distance(const uint32_t *labels, size_t ny, size_t nx, float *out,
                           CytoError *err) {
  CYTO_CLEANUP(regions_clear) CytoRegions regions = {0};
  if (!cyto_regions_find(labels, ny, nx, &regions, err))
    return false;
  CYTO_AUTOFREE uint8_t *rows = cyto_alloc(ny, nx, err);
  if (!rows)
    return false;
  memset(out, 0, ny * nx * sizeof *out);
  for (size_t i = 0; i < regions.count; i++) {
    const CytoRegion *r = &regions.region[i];
    size_t w = r->x1 - r->x0;
    fill_rows(labels, ny, nx, r, rows);
    for (size_t k = r->first; k < r->first + r->count; k++) {
      const CytoRun *run = &regions.run[k];
      for (size_t x = run->x0; x < run->x1; x++)
        out[run->y * nx + x] = distance_at(rows + (run->y - r->y0) * w, w, x - r->x0);
    }
  }
  return true;
}

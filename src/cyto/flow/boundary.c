#include "metrics.h"
#include "../base/mem.h"
#include "clean.h"
#include "holes.h"
#include <math.h>
#include <string.h>

/* A cell with its holes closed: outline pixels are those with a 4-neighbour outside it (§11.2). */
typedef struct Outline {
  uint8_t *on;
  size_t nx;
  CytoHoles holes;
  CytoRun *run;
  size_t capacity;
} Outline;

static void outline_clear(Outline *outline) {
  cyto_holes_clear(&outline->holes);
  free(outline->run);
}

static size_t close_runs(Outline *outline, const CytoRun *run, size_t n) {
  size_t closed = 0;
  for (size_t i = 0; i < n; i++) {
    if (i > 0 && outline->holes.closed[i - 1])
      outline->run[closed - 1].x1 = run[i].x1;
    else
      outline->run[closed++] = run[i];
  }
  return closed;
}

/* Marks the pixels of `run` that the runs first..end-1 of a neighbouring row do not cover. */
static void mark_bare(Outline *outline, CytoRun run, size_t first, size_t end) {
  uint8_t *row = outline->on + run.y * outline->nx;
  uint32_t x = run.x0;
  for (size_t i = first; i < end && outline->run[i].x0 < run.x1; i++) {
    for (; x < outline->run[i].x0; x++)
      row[x] = 1;
    x = outline->run[i].x1 > x ? outline->run[i].x1 : x;
  }
  for (; x < run.x1; x++)
    row[x] = 1;
}

/* `k` follows the neighbouring row from left to right. */
static void mark_side(Outline *outline, size_t n, size_t i, int64_t y, size_t *k) {
  const CytoRun run = outline->run[i];
  while (*k < n &&
         (outline->run[*k].y < y || (outline->run[*k].y == y && outline->run[*k].x1 <= run.x0)))
    ++*k;
  size_t end = *k;
  while (end < n && outline->run[end].y == y && outline->run[end].x0 < run.x1)
    end++;
  mark_bare(outline, run, *k, end);
}

static bool mark_cell(Outline *outline, const CytoRun *run, size_t n, CytoError *err) {
  if (n > outline->capacity) {
    CytoRun *grown = cyto_realloc(outline->run, n + n / 2, sizeof *grown, err);
    if (!grown)
      return false;
    outline->run = grown;
    outline->capacity = n + n / 2;
  }
  if (!cyto_holes_find(run, n, &outline->holes, err))
    return false;
  n = close_runs(outline, run, n);
  size_t above = 0, below = 0;
  for (size_t i = 0; i < n; i++) {
    const CytoRun *r = &outline->run[i];
    outline->on[r->y * outline->nx + r->x0] = outline->on[r->y * outline->nx + r->x1 - 1] = 1;
    mark_side(outline, n, i, (int64_t)r->y - 1, &above);
    mark_side(outline, n, i, (int64_t)r->y + 1, &below);
  }
  return true;
}

static uint8_t *find_outlines(const uint32_t *labels, size_t ny, size_t nx, CytoError *err) {
  CYTO_CLEANUP(cyto_regions_clear) CytoRegions regions = {0};
  CYTO_AUTOFREE uint8_t *on = cyto_calloc(ny * nx, 1, err);
  CYTO_CLEANUP(outline_clear) Outline outline = {.on = on, .nx = nx};
  if (!on || !cyto_regions_find(labels, ny, nx, &regions, err))
    return NULL;
  for (size_t i = 0; i < regions.count; i++)
    if (!mark_cell(&outline, regions.run + regions.region[i].first, regions.region[i].count, err))
      return NULL;
  return cyto_steal(&on);
}

/* Distance along the column to the nearest outline pixel, UINT32_MAX where the column has none. */
static void column_distances(const uint8_t *on, size_t ny, size_t nx, uint32_t *distance) {
  for (size_t i = 0; i < nx; i++)
    distance[i] = on[i] ? 0 : UINT32_MAX;
  for (size_t i = nx; i < ny * nx; i++)
    distance[i] = on[i] ? 0 : distance[i - nx] == UINT32_MAX ? UINT32_MAX : distance[i - nx] + 1;
  for (size_t i = (ny - 1) * nx; i-- > 0;)
    if (distance[i + nx] != UINT32_MAX && distance[i + nx] + 1 < distance[i])
      distance[i] = distance[i + nx] + 1;
}

/* How far a disk around a pixel `up` rows away reaches to both sides in this row; -1 = not at all.
 */
static int64_t half_width(uint32_t up, double radius) {
  if (up == UINT32_MAX || (double)up > radius)
    return -1;
  int64_t half = (int64_t)sqrt(radius * radius - (double)up * up);
  while (sqrt((double)up * up + (double)(half + 1) * (double)(half + 1)) <= radius)
    half++;
  while (half >= 0 && sqrt((double)up * up + (double)half * (double)half) > radius)
    half--;
  return half;
}

/* Dilation by a disk (§10.5): in a row every column covers an interval around itself. */
static void dilate_row(const uint32_t *distance, size_t nx, double radius, int64_t *change,
                       uint8_t *on) {
  memset(change, 0, (nx + 1) * sizeof *change);
  for (size_t x = 0; x < nx; x++) {
    int64_t half = half_width(distance[x], radius);
    if (half < 0)
      continue;
    change[(int64_t)x > half ? x - (size_t)half : 0]++;
    change[x + (size_t)half + 1 < nx ? x + (size_t)half + 1 : nx]--;
  }
  int64_t covering = 0;
  for (size_t x = 0; x < nx; x++) {
    covering += change[x];
    on[x] = covering > 0;
  }
}

static uint8_t *dilated_outlines(const uint32_t *labels, size_t ny, size_t nx, double radius,
                                 CytoError *err) {
  CYTO_AUTOFREE uint8_t *on = find_outlines(labels, ny, nx, err);
  CYTO_AUTOFREE uint32_t *distance = on ? cyto_alloc(ny * nx, sizeof *distance, err) : NULL;
  CYTO_AUTOFREE int64_t *change = distance ? cyto_alloc(nx + 1, sizeof *change, err) : NULL;
  if (!change)
    return NULL;
  column_distances(on, ny, nx, distance);
  for (size_t y = 0; y < ny; y++)
    dilate_row(distance + y * nx, nx, radius, change, on + y * nx);
  return cyto_steal(&on);
}

bool cyto_boundary_score(const uint32_t *truth, const uint32_t *pred, size_t ny, size_t nx,
                         double scale, double *precision, double *recall, double *f,
                         CytoError *err) {
  double diameter;
  if (!cyto_flow_size_ok(ny, nx, err) || !cyto_labels_diameter(truth, ny * nx, &diameter, err))
    return false;
  double radius = scale * diameter;
  radius = radius > 1 ? fmin(radius, (double)ny + (double)nx) : 1;
  CYTO_AUTOFREE uint8_t *a = dilated_outlines(truth, ny, nx, radius, err);
  CYTO_AUTOFREE uint8_t *b = a ? dilated_outlines(pred, ny, nx, radius, err) : NULL;
  if (!b)
    return false;
  size_t both = 0, truths = 0, preds = 0;
  for (size_t i = 0; i < ny * nx; i++) {
    both += a[i] & b[i];
    truths += a[i];
    preds += b[i];
  }
  bool nothing = truths == 0 && preds == 0;
  *precision = nothing ? 1 : preds ? (double)both / (double)preds : 0;
  *recall = nothing ? 1 : truths ? (double)both / (double)truths : 0;
  *f = both || nothing ? 2 * *precision * *recall / (*precision + *recall) : 0;
  return true;
}

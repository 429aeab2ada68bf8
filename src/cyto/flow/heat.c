#include "heat.h"
#include "../base/mem.h"
#include <math.h>
#include <string.h>

void cyto_heat_clear(CytoHeat *heat) {
  free(heat->warm);
  free(heat->next);
  free(heat->run);
  free(heat->root);
  free(heat->dy);
  free(heat->dx);
  memset(heat, 0, sizeof *heat);
}

static bool reserve_runs(CytoHeat *heat, size_t runs, CytoError *err) {
  if (runs <= heat->runs_capacity)
    return true;
  runs += runs / 2;
  CYTO_AUTOFREE CytoRun *run = cyto_alloc(runs, sizeof *run, err);
  CYTO_AUTOFREE uint32_t *root = run ? cyto_alloc(runs, sizeof *root, err) : NULL;
  if (!root)
    return false;
  free(heat->run);
  free(heat->root);
  heat->run = cyto_steal(&run);
  heat->root = cyto_steal(&root);
  heat->runs_capacity = runs;
  return true;
}

static bool reserve_box(CytoHeat *heat, size_t h, size_t w, CytoError *err) {
  size_t cells = (h + 2) * (w + 2);
  if (cells > heat->capacity) {
    CYTO_AUTOFREE double *warm = cyto_calloc(cells, sizeof *warm, err);
    CYTO_AUTOFREE double *next = warm ? cyto_calloc(cells, sizeof *next, err) : NULL;
    if (!next)
      return false;
    free(heat->warm);
    free(heat->next);
    heat->warm = cyto_steal(&warm);
    heat->next = cyto_steal(&next);
    heat->capacity = cells;
  }
  if (w > heat->row_capacity) {
    CYTO_AUTOFREE double *dy = cyto_alloc(w, sizeof *dy, err);
    CYTO_AUTOFREE double *dx = dy ? cyto_alloc(w, sizeof *dx, err) : NULL;
    if (!dx)
      return false;
    free(heat->dy);
    free(heat->dx);
    heat->dy = cyto_steal(&dy);
    heat->dx = cyto_steal(&dx);
    heat->row_capacity = w;
  }
  heat->stride = w + 2;
  return true;
}

typedef struct Centre {
  size_t run; /* of the cell's runs */
  uint32_t y, x;
} Centre;

/* The pixel nearest to the mean position, the first one in raster order. Coordinates count from the
 * corner of the padded box, as the distances are rounded there. */
static Centre find_centre(const CytoRegion *cell, const CytoRun *run) {
  uint64_t sum_y = 0, sum_x = 0;
  for (size_t i = 0; i < cell->count; i++) {
    uint64_t n = run[i].x1 - run[i].x0, first = run[i].x0 - cell->x0 + 1;
    sum_y += n * (run[i].y - cell->y0 + 1);
    sum_x += n * (2 * first + n - 1) / 2;
  }
  double mean_y = (double)sum_y / (double)cell->area, mean_x = (double)sum_x / (double)cell->area;
  double nearest = INFINITY;
  Centre centre = {0};
  for (size_t i = 0; i < cell->count; i++) {
    double y = (double)(run[i].y - cell->y0 + 1) - mean_y;
    if (y * y >= nearest)
      continue;
    for (uint32_t px = run[i].x0; px < run[i].x1; px++) {
      double x = (double)(px - cell->x0 + 1) - mean_x, distance = y * y + x * x;
      if (distance < nearest) {
        nearest = distance;
        centre = (Centre){i, run[i].y, px};
      }
    }
  }
  return centre;
}

static uint32_t find_root(uint32_t *root, uint32_t i) {
  while (root[i] != i) {
    root[i] = root[root[i]];
    i = root[i];
  }
  return i;
}

/* Joins runs that touch, corners included, across neighbouring rows. */
static void join_runs(const CytoRun *run, size_t n, uint32_t *root) {
  size_t above = 0;
  for (size_t i = 0; i < n; i++) {
    root[i] = (uint32_t)i;
    while (above < i && (run[above].y + 1 < run[i].y ||
                         (run[above].y + 1 == run[i].y && run[above].x1 < run[i].x0)))
      above++;
    for (size_t k = above; k < i && run[k].y + 1 == run[i].y && run[k].x0 <= run[i].x1; k++) {
      uint32_t a = find_root(root, (uint32_t)k), b = find_root(root, (uint32_t)i);
      root[a > b ? a : b] = a > b ? b : a;
    }
  }
}

/* Copies the runs of the piece that holds the centre, relative to the piece's own padded box. */
static bool take_piece(const CytoRegion *cell, const CytoRun *run, size_t centre, CytoHeat *heat,
                       CytoError *err) {
  if (!reserve_runs(heat, cell->count, err))
    return false;
  join_runs(run, cell->count, heat->root);
  uint32_t wanted = find_root(heat->root, (uint32_t)centre);
  uint32_t x0 = UINT32_MAX, x1 = 0;
  heat->runs = 0;
  for (size_t i = 0; i < cell->count; i++) {
    if (find_root(heat->root, (uint32_t)i) != wanted)
      continue;
    heat->run[heat->runs++] = run[i];
    x0 = run[i].x0 < x0 ? run[i].x0 : x0;
    x1 = run[i].x1 > x1 ? run[i].x1 : x1;
  }
  heat->y0 = heat->run[0].y;
  heat->x0 = x0;
  for (size_t i = 0; i < heat->runs; i++) {
    heat->run[i].y -= heat->y0 - 1;
    heat->run[i].x0 -= x0 - 1;
    heat->run[i].x1 -= x0 - 1;
  }
  return reserve_box(heat, heat->run[heat->runs - 1].y, x1 - x0, err);
}

/* After t steps heat is at most t pixels away from the centre: only those pixels are computed. */
static bool diffuse(CytoHeat *heat, uint32_t cy, uint32_t cx, uint64_t steps, const CytoJob *job) {
  const CytoSmooth smooth = cyto_smooth_best();
  const size_t stride = heat->stride, runs = heat->runs;
  size_t lo = 0, hi = 0;
  while (lo < runs && heat->run[lo].y < cy)
    lo++;
  hi = lo;
  for (uint64_t t = 1; t <= steps; t++) {
    heat->warm[cy * stride + cx] += 1;
    while (lo > 0 && heat->run[lo - 1].y + t >= cy)
      lo--;
    while (hi < runs && heat->run[hi].y <= cy + t)
      hi++;
    uint32_t x_min = cx > t ? (uint32_t)(cx - t) : 0;
    uint64_t x_end = cx + t + 1;
    for (size_t i = lo; i < hi; i++) {
      const CytoRun *run = &heat->run[i];
      uint32_t x0 = run->x0 > x_min ? run->x0 : x_min;
      uint32_t x1 = run->x1 < x_end ? run->x1 : (uint32_t)x_end;
      size_t offset = run->y * stride + x0;
      if (x0 < x1)
        smooth(heat->warm + offset, stride, heat->next + offset, x1 - x0);
    }
    double *swapped = heat->warm;
    heat->warm = heat->next;
    heat->next = swapped;
    if (cyto_job_cancelled(job))
      return false;
  }
  return true;
}

bool cyto_heat_cell(const CytoRegion *cell, const CytoRun *run, CytoHeat *heat, const CytoJob *job,
                    CytoError *err) {
  Centre centre = find_centre(cell, run);
  if (!take_piece(cell, run, centre.run, heat, err))
    return false;
  uint64_t h = cell->y1 - cell->y0, w = cell->x1 - cell->x0;
  if (heat->runs == 1 && heat->run->x1 - heat->run->x0 == 1)
    return true; /* a lone pixel warms no neighbour: it has no flow */
  if (diffuse(heat, centre.y - heat->y0 + 1, centre.x - heat->x0 + 1, 2 * (h + 2 + w + 2), job))
    return true;
  cyto_heat_reset(heat);
  return cyto_fail(err, CYTO_ERROR_CANCELLED, "stopped on request");
}

CytoRun cyto_heat_flows(CytoHeat *heat, size_t i) {
  CytoRun run = heat->run[i];
  const size_t stride = heat->stride, n = run.x1 - run.x0;
  const double *t = heat->warm + run.y * stride + run.x0;
  double *restrict dy = heat->dy, *restrict dx = heat->dx;
  for (size_t k = 0; k < n; k++) {
    double down = t[k + stride] - (t - stride)[k], right = t[k + 1] - (t - 1)[k];
    double length = 1e-60 + sqrt(down * down + right * right);
    dy[k] = down / length;
    dx[k] = right / length;
  }
  run.y += heat->y0 - 1;
  run.x0 += heat->x0 - 1;
  run.x1 += heat->x0 - 1;
  return run;
}

void cyto_heat_reset(CytoHeat *heat) {
  for (size_t i = 0; i < heat->runs; i++) {
    const CytoRun *run = &heat->run[i];
    size_t offset = run->y * heat->stride + run->x0, bytes = (run->x1 - run->x0) * sizeof(double);
    memset(heat->warm + offset, 0, bytes);
    memset(heat->next + offset, 0, bytes);
  }
  heat->runs = 0;
}

#include "clean.h"
#include "../base/mem.h"
#include "../base/stats.h"
#include "heat.h"
#include "label-map.h"
#include <math.h>
#include <stdlib.h>

typedef struct Check {
  const CytoRegions *regions;
  const float *flow;
  size_t ny, nx;
  double *error; /* one a region */
} Check;

/* Mean squares per axis, added up in raster order in f64; a pixel that no heat reached has unit
 * flow 0 (§5.7b). */
static void check_cell(void *context, const CytoRegion *cell, CytoHeat *heat) {
  const Check *check = context;
  const CytoRun *run = check->regions->run + cell->first;
  double sum_y = 0, sum_x = 0;
  size_t piece = 0;
  for (size_t i = 0; i < cell->count; i++) {
    CytoRun flows = {0};
    if (piece < heat->runs)
      flows = cyto_heat_flows(heat, piece);
    bool warm = piece < heat->runs && flows.y == run[i].y && flows.x0 == run[i].x0;
    const float *dy = check->flow + run[i].y * check->nx + run[i].x0;
    const float *dx = dy + check->ny * check->nx;
    for (size_t k = 0; k < run[i].x1 - run[i].x0; k++) {
      double off_y = (warm ? heat->dy[k] : 0) - (double)(dy[k] / 5);
      double off_x = (warm ? heat->dx[k] : 0) - (double)(dx[k] / 5);
      sum_y += off_y * off_y;
      sum_x += off_x * off_x;
    }
    piece += warm;
  }
  check->error[cell - check->regions->region] =
      sum_y / (double)cell->area + sum_x / (double)cell->area;
}

static double *region_errors(const CytoRegions *regions, size_t ny, size_t nx, const float *flow,
                             CytoJob *job, CytoError *err) {
  CYTO_AUTOFREE double *error = cyto_alloc(regions->count, sizeof *error, err);
  Check check = {regions, flow, ny, nx, error};
  if (!error || !cyto_heat_each(regions, check_cell, &check, "checking flows", job, err))
    return NULL;
  return cyto_steal(&error);
}

bool cyto_flow_errors(const uint32_t *labels, size_t ny, size_t nx, uint32_t n, const float *flow,
                      double *errors, CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(cyto_regions_clear) CytoRegions regions = {0};
  if (!cyto_regions_find(labels, ny, nx, &regions, err))
    return false;
  CYTO_AUTOFREE double *error = region_errors(&regions, ny, nx, flow, job, err);
  if (!error)
    return false;
  for (size_t k = 0; k < n; k++)
    errors[k] = 0;
  for (size_t i = 0; i < regions.count; i++)
    if (regions.region[i].label <= n)
      errors[regions.region[i].label - 1] = error[i];
  return true;
}

bool cyto_remove_bad_flow(uint32_t *labels, size_t ny, size_t nx, const float *flow,
                          double threshold, CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(cyto_regions_clear) CytoRegions regions = {0};
  if (!cyto_regions_find(labels, ny, nx, &regions, err))
    return false;
  CYTO_AUTOFREE double *error = region_errors(&regions, ny, nx, flow, job, err);
  if (!error)
    return false;
  for (size_t i = 0; i < regions.count; i++)
    if (error[i] > threshold)
      cyto_region_paint(&regions, &regions.region[i], 0, labels, nx);
  return true;
}

bool cyto_remove_large(uint32_t *labels, size_t ny, size_t nx, uint64_t max_size, CytoError *err) {
  CYTO_CLEANUP(cyto_regions_clear) CytoRegions regions = {0};
  if (max_size == 0)
    return true;
  if (!cyto_regions_find(labels, ny, nx, &regions, err))
    return false;
  for (size_t i = 0; i < regions.count; i++)
    if (regions.region[i].area > max_size)
      cyto_region_paint(&regions, &regions.region[i], 0, labels, nx);
  return true;
}

bool cyto_remove_edge(uint32_t *labels, size_t ny, size_t nx, uint32_t *n, CytoError *err) {
  CYTO_CLEANUP(cyto_regions_clear) CytoRegions regions = {0};
  if (!cyto_regions_find(labels, ny, nx, &regions, err))
    return false;
  uint32_t left = 0;
  for (size_t i = 0; i < regions.count; i++) {
    const CytoRegion *cell = &regions.region[i];
    bool edge = cell->y0 == 0 || cell->x0 == 0 || cell->y1 == ny || cell->x1 == nx;
    cyto_region_paint(&regions, cell, edge ? 0 : ++left, labels, nx);
  }
  if (n)
    *n = left;
  return true;
}

bool cyto_renumber(uint32_t *labels, size_t count, uint32_t *n, CytoError *err) {
  CYTO_CLEANUP(cyto_label_map_clear) CytoLabelMap map = {0};
  if (!cyto_label_map_init(&map, labels, count, err))
    return false;
  uint32_t next = 0;
  for (size_t i = 0; i < count; i++) {
    if (labels[i] == 0 || (i > 0 && labels[i] == labels[i - 1]))
      continue;
    uint64_t *number = cyto_label_map_at(&map, labels[i], err);
    if (!number)
      return false;
    if (*number == 0)
      *number = ++next;
  }
  uint32_t before = 0, number = 0;
  for (size_t i = 0; i < count; i++) {
    if (labels[i] != before) {
      before = labels[i];
      number = before ? (uint32_t)*cyto_label_map_at(&map, before, err) : 0;
    }
    labels[i] = number;
  }
  if (n)
    *n = next;
  return true;
}

static int compare_roots(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* Linear between the two nearest of n values in ascending order. */
static double quantile(const double *value, size_t n, double q) {
  double at = q * (double)(n - 1);
  size_t below = (size_t)at, above = below + 1 < n ? below + 1 : below;
  return value[below] + (at - (double)below) * (value[above] - value[below]);
}

bool cyto_labels_spread(const uint32_t *labels, size_t count, CytoSpread *spread, CytoError *err) {
  CYTO_CLEANUP(cyto_label_map_clear) CytoLabelMap map = {0};
  if (!cyto_label_map_init(&map, labels, count, err))
    return false;
  for (size_t i = 0; i < count;) {
    size_t first = i;
    while (i < count && labels[i] == labels[first])
      i++;
    if (labels[first] == 0)
      continue;
    uint64_t *area = cyto_label_map_at(&map, labels[first], err);
    if (!area)
      return false;
    *area += i - first;
  }
  CYTO_AUTOFREE double *root = cyto_alloc(map.capacity, sizeof *root, err);
  if (!root)
    return false;
  size_t n = 0;
  for (size_t i = 0; i < map.capacity; i++)
    if (map.value[i] > 0)
      root[n++] = sqrt((double)map.value[i]);
  *spread = (CytoSpread){.n = n};
  if (n == 0)
    return true;
  qsort(root, n, sizeof *root, compare_roots);
  spread->low = quantile(root, n, 0.25) / (sqrt(M_PI) / 2);
  spread->median = cyto_median(root, n) / (sqrt(M_PI) / 2);
  spread->high = quantile(root, n, 0.75) / (sqrt(M_PI) / 2);
  return true;
}

bool cyto_labels_diameter(const uint32_t *labels, size_t count, double *diameter, CytoError *err) {
  CytoSpread spread;
  if (!cyto_labels_spread(labels, count, &spread, err))
    return false;
  *diameter = spread.median;
  return true;
}

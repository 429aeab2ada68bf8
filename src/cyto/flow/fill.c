#include "clean.h"
#include "../base/mem.h"
#include "holes.h"
#include <string.h>

/* Cells are numbered 1..count in the order in which they are filled. */
typedef struct Fill {
  uint32_t *labels;
  size_t nx;
  CytoRegions regions;
  size_t *order; /* region of cell number k+1 */
  size_t count;
  uint64_t *area; /* of cell number k */
  bool *changed;  /* cell number k lost pixels to a cell around it */
  CytoRun *run;   /* what is left of a changed cell */
  size_t run_capacity;
  CytoHoles holes;
} Fill;

static void fill_clear(Fill *fill) {
  cyto_regions_clear(&fill->regions);
  cyto_holes_clear(&fill->holes);
  free(fill->order);
  free(fill->area);
  free(fill->changed);
  free(fill->run);
}

typedef struct Place {
  uint64_t first; /* first pixel in raster order */
  size_t region;
} Place;

static int compare_places(const void *left, const void *right) {
  const Place *a = left, *b = right;
  return (a->first > b->first) - (a->first < b->first);
}

/* Removes small cells and numbers the others: by first appearance when small ones are to go, as
 * they are renumbered then, else in ascending order of label (§5.8). */
static bool number_cells(Fill *fill, int64_t min_size, CytoError *err) {
  const CytoRegions *regions = &fill->regions;
  CYTO_AUTOFREE Place *place = cyto_alloc(regions->count, sizeof *place, err);
  fill->order = place ? cyto_alloc(regions->count, sizeof *fill->order, err) : NULL;
  fill->area = fill->order ? cyto_calloc(regions->count + 1, sizeof *fill->area, err) : NULL;
  fill->changed = fill->area ? cyto_calloc(regions->count + 1, sizeof(bool), err) : NULL;
  if (!fill->changed)
    return false;
  for (size_t i = 0; i < regions->count; i++) {
    const CytoRegion *cell = &regions->region[i];
    const CytoRun *run = regions->run + cell->first;
    if (min_size > 0 && cell->area < (uint64_t)min_size)
      cyto_region_paint(regions, cell, 0, fill->labels, fill->nx);
    else
      place[fill->count++] = (Place){(uint64_t)run->y * fill->nx + run->x0, i};
  }
  if (min_size > 0)
    qsort(place, fill->count, sizeof *place, compare_places);
  for (size_t k = 0; k < fill->count; k++) {
    const CytoRegion *cell = &regions->region[place[k].region];
    fill->order[k] = place[k].region;
    fill->area[k + 1] = cell->area;
    cyto_region_paint(regions, cell, (uint32_t)k + 1, fill->labels, fill->nx);
  }
  return true;
}

static bool add_run(Fill *fill, size_t *n, CytoRun run, CytoError *err) {
  if (*n == fill->run_capacity) {
    size_t capacity = 2 * fill->run_capacity + 64;
    CytoRun *grown = cyto_realloc(fill->run, capacity, sizeof *grown, err);
    if (!grown)
      return false;
    fill->run = grown;
    fill->run_capacity = capacity;
  }
  fill->run[(*n)++] = run;
  return true;
}

/* The runs of a cell as they are now: a cell can only lose pixels before its own turn. */
static bool rescan(Fill *fill, const CytoRun *old, size_t count, uint32_t number, size_t *n,
                   CytoError *err) {
  *n = 0;
  for (size_t i = 0; i < count; i++) {
    const uint32_t *row = fill->labels + old[i].y * fill->nx;
    for (uint32_t x = old[i].x0; x < old[i].x1;) {
      if (row[x] != number) {
        x++;
        continue;
      }
      CytoRun run = {number, old[i].y, x, x};
      while (run.x1 < old[i].x1 && row[run.x1] == number)
        run.x1++;
      x = run.x1;
      if (!add_run(fill, n, run, err))
        return false;
    }
  }
  return true;
}

static bool fill_cell(Fill *fill, uint32_t number, CytoError *err) {
  const CytoRegion *cell = &fill->regions.region[fill->order[number - 1]];
  const CytoRun *run = fill->regions.run + cell->first;
  size_t n = cell->count;
  if (fill->changed[number]) {
    if (!rescan(fill, run, cell->count, number, &n, err))
      return false;
    run = fill->run;
  }
  if (!cyto_holes_find(run, n, &fill->holes, err))
    return false;
  for (size_t i = 0; i < n; i++) {
    if (!fill->holes.closed[i])
      continue;
    uint32_t *row = fill->labels + run[i].y * fill->nx;
    for (uint32_t x = run[i].x1; x < run[i + 1].x0; x++) {
      fill->area[row[x]]--;
      fill->changed[row[x]] = true;
      row[x] = number;
      fill->area[number]++;
    }
  }
  return true;
}

/* Small cells go, the others are numbered by first appearance. */
static uint32_t finish(Fill *fill, size_t pixels, uint64_t min_size, uint32_t *final) {
  uint32_t next = 0;
  for (size_t i = 0; i < pixels; i++) {
    uint32_t number = fill->labels[i];
    if (number == 0)
      continue;
    if (final[number] == 0 && fill->area[number] >= min_size)
      final[number] = ++next;
    fill->labels[i] = final[number];
  }
  return next;
}

bool cyto_fill_and_remove_small(uint32_t *labels, size_t ny, size_t nx, int64_t min_size,
                                uint32_t *n, CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(fill_clear) Fill fill = {.labels = labels, .nx = nx};
  if (!cyto_job_step(job, "filling holes", 0, 1, err) ||
      !cyto_regions_find(labels, ny, nx, &fill.regions, err))
    return false;
  CYTO_AUTOFREE uint32_t *final = cyto_calloc(fill.regions.count + 1, sizeof *final, err);
  if (!final || !number_cells(&fill, min_size, err))
    return false;
  for (uint32_t number = 1; number <= fill.count; number++)
    if (!fill_cell(&fill, number, err))
      return false;
  uint32_t left = finish(&fill, ny * nx, min_size > 0 ? (uint64_t)min_size : 0, final);
  if (n)
    *n = left;
  return true;
}

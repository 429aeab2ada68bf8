#include "cluster.h"
#include "../base/mem.h"
#include "regions.h"
#include "seeds.h"
#include <string.h>

enum {
  MARGIN = 5, /* cells around the image, so that every window is whole; §5.7 has 20, all empty */
  REACH = 5,  /* a seed grows 5 times: its window is 11×11 */
  PEAK = 2,   /* half of the 5×5 neighbourhood in which a seed is the maximum */
  SEED_COUNT = 10,
  GROW_COUNT = 2,
};

/* End points per pixel of the padded plane, and later the label painted there. */
typedef struct Grid {
  size_t ny, nx; /* padded */
  uint32_t *count, *label;
} Grid;

static void grid_clear(Grid *grid) {
  free(grid->count);
  free(grid->label);
}

static inline size_t grid_at(const Grid *grid, int32_t y, int32_t x) {
  int64_t y_last = (int64_t)grid->ny - 2 * MARGIN - 1, x_last = (int64_t)grid->nx - 2 * MARGIN - 1;
  int64_t cy = y < 0 ? 0 : y > y_last ? y_last : y, cx = x < 0 ? 0 : x > x_last ? x_last : x;
  return (size_t)(cy + MARGIN) * grid->nx + (size_t)(cx + MARGIN);
}

static bool is_peak(const Grid *grid, size_t at) {
  const uint32_t count = grid->count[at];
  for (size_t y = 0; y < 2 * PEAK + 1; y++) {
    const uint32_t *row = grid->count + at - PEAK + y * grid->nx - PEAK * grid->nx;
    for (size_t x = 0; x < 2 * PEAK + 1; x++)
      if (row[x] > count)
        return false;
  }
  return true;
}

/* Seeds in raster order; with seed = NULL only their number. */
static size_t find_seeds(const Grid *grid, CytoSeed *seed) {
  size_t n = 0;
  for (size_t y = MARGIN; y + MARGIN < grid->ny; y++)
    for (size_t at = y * grid->nx + MARGIN; at < (y + 1) * grid->nx - MARGIN; at++)
      if (grid->count[at] > SEED_COUNT && is_peak(grid, at)) {
        if (seed)
          seed[n] = (CytoSeed){grid->count[at], at};
        n++;
      }
  return n;
}

/* Grows the seed inside its window, one bit a cell (§5.7e), and paints what it reached. */
static void paint_seed(Grid *grid, size_t centre, uint32_t label) {
  enum { SIDE = 2 * REACH + 1 };
  const uint32_t all = (1u << SIDE) - 1;
  uint32_t open[SIDE], reached[SIDE + 2] = {0}; /* a row of zeros above and below */
  const size_t corner = centre - REACH * grid->nx - REACH;
  for (size_t y = 0; y < SIDE; y++) {
    open[y] = 0;
    for (size_t x = 0; x < SIDE; x++)
      open[y] |= (uint32_t)(grid->count[corner + y * grid->nx + x] > GROW_COUNT) << x;
  }
  reached[1 + REACH] = 1u << REACH;
  for (int k = 0; k < REACH; k++) {
    uint32_t wide[SIDE + 2];
    for (size_t y = 0; y < SIDE + 2; y++)
      wide[y] = (reached[y] | reached[y] << 1 | reached[y] >> 1) & all;
    for (size_t y = 0; y < SIDE; y++)
      reached[y + 1] = (wide[y] | wide[y + 1] | wide[y + 2]) & open[y];
  }
  for (size_t y = 0; y < SIDE; y++)
    for (size_t x = 0; x < SIDE; x++)
      if (reached[y + 1] >> x & 1)
        grid->label[corner + y * grid->nx + x] = label;
}

static bool make_grid(const CytoTracks *tracks, size_t ny, size_t nx, Grid *grid, CytoError *err) {
  grid->ny = ny + 2 * MARGIN;
  grid->nx = nx + 2 * MARGIN;
  size_t cells;
  if (!cyto_mul(grid->ny, grid->nx, &cells))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "a plane of %zu×%zu pixels is too large", ny, nx);
  grid->count = cyto_calloc(cells, sizeof *grid->count, err);
  grid->label = grid->count ? cyto_calloc(cells, sizeof *grid->label, err) : NULL;
  if (!grid->label)
    return false;
  for (size_t i = 0; i < tracks->count; i++)
    grid->count[grid_at(grid, tracks->y[i], tracks->x[i])]++;
  return true;
}

/* Labels above the limit vanish, the others are numbered by first appearance (§5.7h, i). `final`
 * has room for n + 1 numbers. */
static uint32_t number_labels(const CytoTracks *tracks, const Grid *grid, double limit,
                              uint32_t *size, uint32_t *final) {
  uint32_t next = 0;
  for (size_t i = 0; i < tracks->count; i++)
    size[grid->label[grid_at(grid, tracks->y[i], tracks->x[i])]]++;
  for (size_t i = 0; i < tracks->count; i++) {
    uint32_t label = grid->label[grid_at(grid, tracks->y[i], tracks->x[i])];
    if (label != 0 && final[label] == 0 && !((double)size[label] > limit))
      final[label] = ++next;
  }
  return next;
}

bool cyto_cluster(const CytoTracks *tracks, size_t ny, size_t nx, double max_size_fraction,
                  uint32_t *labels, uint32_t *n, CytoJob *job, CytoError *err) {
  if (!cyto_flow_size_ok(ny, nx, err) || !cyto_job_step(job, "clustering", 0, 1, err))
    return false;
  CYTO_CLEANUP(grid_clear) Grid grid = {0};
  if (!make_grid(tracks, ny, nx, &grid, err))
    return false;
  size_t seeds = find_seeds(&grid, NULL);
  CYTO_AUTOFREE CytoSeed *seed = cyto_alloc(seeds, sizeof *seed, err);
  CYTO_AUTOFREE uint32_t *size = seed ? cyto_calloc(seeds + 1, sizeof *size, err) : NULL;
  CYTO_AUTOFREE uint32_t *final = size ? cyto_calloc(seeds + 1, sizeof *final, err) : NULL;
  if (!final)
    return false;
  find_seeds(&grid, seed);
  cyto_seeds_sort(seed, seeds);
  for (size_t k = 0; k < seeds; k++)
    paint_seed(&grid, seed[k].at, (uint32_t)k + 1);

  *n = number_labels(tracks, &grid, max_size_fraction * ((double)ny * (double)nx), size, final);
  memset(labels, 0, ny * nx * sizeof *labels);
  for (size_t i = 0; i < tracks->count; i++)
    labels[tracks->pixel[i]] = final[grid.label[grid_at(&grid, tracks->y[i], tracks->x[i])]];
  return true;
}

#include "classes.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include "regions.h"
#include <math.h>
#include <string.h>

enum { SIGMA = 5, REACH = 4 * SIGMA, AROUND = 10 };

/* A pixel in each direction that is cell and not yet labelled goes on the pile. */
static size_t pile_neighbours(const uint8_t *cell, const uint32_t *labels, size_t ny, size_t nx,
                              uint32_t at, uint32_t *pile, size_t piled) {
  size_t y = at / nx, x = at % nx;
  const struct {
    bool there;
    size_t to;
  } next[] = {{y > 0, at - nx}, {x > 0, at - 1}, {x + 1 < nx, at + 1}, {y + 1 < ny, at + nx}};
  for (int i = 0; i < 4; i++)
    if (next[i].there && cell[next[i].to] && !labels[next[i].to])
      pile[piled++] = (uint32_t)next[i].to;
  return piled;
}

bool cyto_components(const uint8_t *cell, size_t ny, size_t nx, uint32_t *labels, uint32_t *n,
                     CytoError *err) {
  size_t pixels, room;
  if (!cyto_flow_size_ok(ny, nx, err))
    return false;
  pixels = ny * nx;
  /* A pixel is put on the pile up to four times before it is labelled, three of them in vain. */
  if (!cyto_mul(3, pixels, &room))
    room = SIZE_MAX;
  CYTO_AUTOFREE uint32_t *pile = cyto_alloc(room, sizeof *pile, err);
  uint32_t count = 0;
  if (!pile)
    return false;
  memset(labels, 0, pixels * sizeof *labels);
  for (size_t start = 0; start < pixels; start++) {
    if (!cell[start] || labels[start])
      continue;
    size_t piled = 1;
    pile[0] = (uint32_t)start;
    count++;
    while (piled > 0) {
      uint32_t at = pile[--piled];
      if (labels[at])
        continue;
      labels[at] = count;
      piled = pile_neighbours(cell, labels, ny, nx, at, pile, piled);
    }
  }
  *n = count;
  return true;
}

/* ---- who a border pixel belongs to ---- */

/* Half of the Gaussian, its sum over both halves 1. */
static void weights_of(double weight[REACH + 1]) {
  double sum = 0;
  for (int i = 0; i <= REACH; i++) {
    weight[i] = exp(-0.5 * i * i / (SIGMA * SIGMA));
    sum += i ? 2 * weight[i] : weight[i];
  }
  for (int i = 0; i <= REACH; i++)
    weight[i] /= sum;
}

/* Index of a line of n values that goes on mirrored at both ends, the end values twice. */
static size_t mirrored(ptrdiff_t i, size_t n) {
  ptrdiff_t period = 2 * (ptrdiff_t)n, at = i % period;
  at = at < 0 ? at + period : at;
  return (size_t)(at < (ptrdiff_t)n ? at : period - 1 - at);
}

/* The Gaussian of a mask within a box: rows first, then columns. */
typedef struct Box {
  size_t h, w;
  float *mask, *half; /* (h,w) */
  double *sum;        /* (w) */
  double *line;       /* (w + 2*REACH) */
} Box;

static void blur_down(const Box *box, const double *weight) {
  for (size_t y = 0; y < box->h; y++) {
    for (size_t x = 0; x < box->w; x++)
      box->sum[x] = weight[0] * (double)box->mask[y * box->w + x];
    for (int d = REACH; d > 0; d--) {
      const float *above = box->mask + mirrored((ptrdiff_t)y - d, box->h) * box->w;
      const float *below = box->mask + mirrored((ptrdiff_t)y + d, box->h) * box->w;
      for (size_t x = 0; x < box->w; x++)
        box->sum[x] += weight[d] * ((double)above[x] + (double)below[x]);
    }
    for (size_t x = 0; x < box->w; x++)
      box->half[y * box->w + x] = (float)box->sum[x];
  }
}

static void blur_across(const Box *box, const double *weight) {
  for (size_t y = 0; y < box->h; y++) {
    const float *from = box->half + y * box->w;
    for (size_t i = 0; i < box->w + 2 * REACH; i++)
      box->line[i] = (double)from[mirrored((ptrdiff_t)i - REACH, box->w)];
    for (size_t x = 0; x < box->w; x++)
      box->sum[x] = weight[0] * box->line[x + REACH];
    for (int d = REACH; d > 0; d--)
      for (size_t x = 0; x < box->w; x++)
        box->sum[x] +=
            weight[d] * (box->line[x + REACH - (size_t)d] + box->line[x + REACH + (size_t)d]);
    for (size_t x = 0; x < box->w; x++)
      box->mask[y * box->w + x] = (float)box->sum[x];
  }
}

typedef struct Nearest {
  const uint32_t *labels;
  size_t ny, nx;
  float *best; /* (ny,nx) */
  uint32_t *nearest;
  Box box;
  double weight[REACH + 1];
} Nearest;

static void join_region(Nearest *n, const CytoRegions *regions, const CytoRegion *region) {
  size_t y0 = region->y0 > AROUND ? region->y0 - AROUND : 0, y1 = region->y1 + AROUND;
  size_t x0 = region->x0 > AROUND ? region->x0 - AROUND : 0, x1 = region->x1 + AROUND;
  Box *box = &n->box;
  box->h = (y1 < n->ny ? y1 : n->ny) - y0;
  box->w = (x1 < n->nx ? x1 : n->nx) - x0;
  memset(box->mask, 0, box->h * box->w * sizeof *box->mask);
  for (size_t r = region->first; r < region->first + region->count; r++) {
    const CytoRun *run = &regions->run[r];
    for (size_t x = run->x0; x < run->x1; x++)
      box->mask[(run->y - y0) * box->w + x - x0] = 1;
  }
  blur_down(box, n->weight);
  blur_across(box, n->weight);
  for (size_t y = 0; y < box->h; y++)
    for (size_t x = 0; x < box->w; x++) {
      size_t at = (y0 + y) * n->nx + x0 + x;
      float value = 1 - box->mask[y * box->w + x];
      if (n->labels[at] || value > n->best[at])
        continue;
      n->best[at] = value;
      n->nearest[at] = region->label;
    }
}

static void regions_clear(CytoRegions *regions) {
  cyto_regions_clear(regions);
}

bool cyto_nearest_labels(const uint32_t *labels, size_t ny, size_t nx, uint32_t *nearest,
                         CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(regions_clear) CytoRegions regions = {0};
  Nearest n = {.labels = labels, .ny = ny, .nx = nx, .nearest = nearest};
  if (!cyto_regions_find(labels, ny, nx, &regions, err))
    return false;
  CYTO_AUTOFREE float *planes = cyto_alloc(ny * nx, 3 * sizeof *planes, err);
  CYTO_AUTOFREE double *lines = cyto_alloc(2 * nx + 2 * REACH, sizeof *lines, err);
  if (!planes || !lines)
    return false;
  weights_of(n.weight);
  n.best = planes;
  n.box = (Box){
      .mask = planes + ny * nx, .half = planes + 2 * ny * nx, .sum = lines, .line = lines + nx};
  for (size_t i = 0; i < ny * nx; i++)
    n.best[i] = 10000;
  memset(nearest, 0, ny * nx * sizeof *nearest);
  for (size_t i = 0; i < regions.count; i++) {
    join_region(&n, &regions, &regions.region[i]);
    if (!cyto_job_step(job, "borders", i, regions.count, err))
      return false;
  }
  return true;
}

/* ---- the rule ---- */

void cyto_class_cells(const float *y, size_t pixels, size_t classes, double threshold,
                      uint8_t *cell) {
  for (size_t i = 0; i < pixels; i++)
    cell[i] = (classes > 1 ? y[pixels + i] - y[i] : y[i]) > threshold;
}

void cyto_class_join(const float *y, size_t pixels, double threshold, const uint32_t *nearest,
                     uint32_t *labels) {
  for (size_t i = 0; i < pixels; i++)
    if (!labels[i] && y[2 * pixels + i] > threshold)
      labels[i] = nearest[i];
}

bool cyto_labels_from_classes(const float *y, size_t ny, size_t nx, const CytoClassRule *rule,
                              uint32_t *labels, uint32_t *n, CytoJob *job, CytoError *err) {
  if (!cyto_flow_size_ok(ny, nx, err))
    return false;
  size_t pixels = ny * nx;
  CYTO_AUTOFREE uint8_t *cell = cyto_alloc(pixels, sizeof *cell, err);
  if (!cell)
    return false;
  cyto_class_cells(y, pixels, rule->classes, rule->cell_threshold, cell);
  if (!cyto_components(cell, ny, nx, labels, n, err))
    return false;
  if (rule->classes < 3 || *n == 0)
    return true;
  CYTO_AUTOFREE uint32_t *nearest = cyto_alloc(pixels, sizeof *nearest, err);
  if (!nearest || !cyto_nearest_labels(labels, ny, nx, nearest, job, err))
    return false;
  cyto_class_join(y, pixels, rule->boundary_threshold, nearest, labels);
  return true;
}

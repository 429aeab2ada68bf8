#include "follow.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include "follow-step.h"
#include "regions.h"
#include <math.h>
#include <string.h>

enum {
  ROWS = 64,     /* of the image: an item of the preparation */
  POINTS = 1024, /* an item of the walk: its positions stay in the nearest cache */
  ROUND = 6,     /* steps: a multiple of the short periods 1, 2, 3 and 6 */
};

typedef struct Walk {
  const float *flow, *cellprob;
  size_t ny, nx;
  float threshold;
  unsigned iterations;
  CytoField field;
  CytoStep step;
  size_t *rows_count; /* points before each item of rows */
  CytoTracks tracks;
} Walk;

static void walk_clear(Walk *walk) {
  free(walk->field.pair);
  free(walk->rows_count);
  cyto_tracks_clear(&walk->tracks);
}

void cyto_tracks_clear(CytoTracks *tracks) {
  free(tracks->pixel);
  free(tracks->y);
  free(tracks->x);
  memset(tracks, 0, sizeof *tracks);
}

/* A pixel whose flow is not a number would spoil every point that passes: it is no cell. */
static inline bool is_cell(const Walk *walk, size_t i) {
  return walk->cellprob[i] > walk->threshold && isfinite(walk->flow[i]) &&
         isfinite(walk->flow[walk->ny * walk->nx + i]);
}

/* F = flow/5 where there is a cell, 0 elsewhere (§5.1), and the number of cell pixels. */
static void prepare_rows(void *context, size_t item, unsigned worker) {
  (void)worker;
  Walk *walk = context;
  const size_t nx = walk->nx, end = cyto_item_end(walk->ny, ROWS, item);
  size_t n = 0;
  for (size_t y = item * ROWS; y < end; y++) {
    const float *dy = walk->flow + y * nx, *dx = dy + walk->ny * nx;
    float *pair = walk->field.pair + 2 * y * walk->field.stride;
    for (size_t x = 0; x < nx; x++) {
      bool cell = is_cell(walk, y * nx + x);
      pair[2 * x] = cell ? dy[x] / 5 : 0;
      pair[2 * x + 1] = cell ? dx[x] / 5 : 0;
      n += cell;
    }
    memcpy(pair + 2 * nx, pair + 2 * nx - 2, 2 * sizeof *pair);
  }
  walk->rows_count[item + 1] = n;
}

static void list_rows(void *context, size_t item, unsigned worker) {
  (void)worker;
  Walk *walk = context;
  size_t end = cyto_item_end(walk->ny, ROWS, item) * walk->nx;
  uint32_t *pixel = walk->tracks.pixel + walk->rows_count[item];
  for (size_t i = item * ROWS * walk->nx; i < end; i++)
    if (is_cell(walk, i))
      *pixel++ = (uint32_t)i;
}

/* The points of an item that still move; `who` is their place in the item. */
typedef struct Moving {
  float y[POINTS], x[POINTS], y_before[POINTS], x_before[POINTS];
  uint16_t who[POINTS];
  size_t n;
} Moving;

/* The step of a point depends on its position alone. So a point that is back where it was ROUND
 * steps ago walks in a circle, a whole number of rounds remains, and it is at its end already. */
static void retire(Moving *m, CytoTracks *tracks, size_t first, bool all) {
  size_t kept = 0;
  for (size_t i = 0; i < m->n; i++) {
    if (all || (m->y[i] == m->y_before[i] && m->x[i] == m->x_before[i])) {
      tracks->y[first + m->who[i]] = (int32_t)m->y[i];
      tracks->x[first + m->who[i]] = (int32_t)m->x[i];
      continue;
    }
    m->y[kept] = m->y[i];
    m->x[kept] = m->x[i];
    m->who[kept++] = m->who[i];
  }
  m->n = kept;
}

static void walk_points(void *context, size_t item, unsigned worker) {
  (void)worker;
  Walk *walk = context;
  const size_t first = item * POINTS, end = cyto_item_end(walk->tracks.count, POINTS, item);
  Moving m = {.n = end - first};
  for (size_t i = 0; i < m.n; i++) {
    uint32_t pixel = walk->tracks.pixel[first + i];
    m.y[i] = fminf((float)(pixel / walk->nx), walk->field.y_max);
    m.x[i] = fminf((float)(pixel % walk->nx), walk->field.x_max);
    m.who[i] = (uint16_t)i;
  }
  for (unsigned k = 0; k < walk->iterations % ROUND; k++)
    walk->step(&walk->field, m.y, m.x, m.n);
  for (unsigned round = walk->iterations / ROUND; round > 0 && m.n > 0; round--) {
    memcpy(m.y_before, m.y, m.n * sizeof *m.y);
    memcpy(m.x_before, m.x, m.n * sizeof *m.x);
    for (unsigned k = 0; k < ROUND; k++)
      walk->step(&walk->field, m.y, m.x, m.n);
    retire(&m, &walk->tracks, first, false);
  }
  retire(&m, &walk->tracks, first, true);
}

/* The largest position on an axis; beyond 2^24 pixels not every one is an f32. */
static float last_position(size_t length) {
  float last = (float)(length - 1);
  return (double)last > (double)(length - 1) ? nextafterf(last, 0) : last;
}

static bool prepare(Walk *walk, CytoJob *job, CytoError *err) {
  const size_t ny = walk->ny, nx = walk->nx, items = cyto_items(ny, ROWS);
  walk->field =
      (CytoField){.stride = nx + 1, .y_max = last_position(ny), .x_max = last_position(nx)};
  walk->field.pair = cyto_alloc((ny + 1) * (nx + 1), 2 * sizeof(float), err);
  walk->rows_count = walk->field.pair ? cyto_calloc(items + 1, sizeof(size_t), err) : NULL;
  if (!walk->rows_count || !cyto_parallel(job, items, prepare_rows, walk, NULL, err))
    return false;
  memcpy(walk->field.pair + 2 * ny * (nx + 1), walk->field.pair + 2 * (ny - 1) * (nx + 1),
         2 * (nx + 1) * sizeof(float));
  for (size_t i = 0; i < items; i++)
    walk->rows_count[i + 1] += walk->rows_count[i];

  CytoTracks *tracks = &walk->tracks;
  tracks->count = walk->rows_count[items];
  tracks->pixel = cyto_alloc(tracks->count, sizeof *tracks->pixel, err);
  tracks->y = tracks->pixel ? cyto_alloc(tracks->count, sizeof *tracks->y, err) : NULL;
  tracks->x = tracks->y ? cyto_alloc(tracks->count, sizeof *tracks->x, err) : NULL;
  return tracks->x && cyto_parallel(job, items, list_rows, walk, NULL, err);
}

bool cyto_follow(const float *flow, const float *cellprob, size_t ny, size_t nx,
                 const CytoFollow *options, CytoTracks *out, CytoJob *job, CytoError *err) {
  if (!cyto_flow_size_ok(ny, nx, err))
    return false;
  CYTO_CLEANUP(walk_clear)
  Walk walk = {.flow = flow,
               .cellprob = cellprob,
               .ny = ny,
               .nx = nx,
               .threshold = (float)options->cellprob_threshold,
               .iterations = options->iterations};
  if (!prepare(&walk, job, err))
    return false;
  walk.step = options->interpolate ? cyto_step_best(&walk.field, ny) : cyto_step_nearest;
  if (!cyto_parallel(job, cyto_items(walk.tracks.count, POINTS), walk_points, &walk,
                     "following the flows", err))
    return false;
  *out = walk.tracks;
  walk.tracks = (CytoTracks){0};
  return true;
}

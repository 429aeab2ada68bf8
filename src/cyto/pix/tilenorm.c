#include "tilenorm.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include "../base/stats.h"
#include "resize.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { ROWS = 32 };

typedef struct TileNorm {
  const CytoNormalize *options;
  float *plane;
  size_t ny, nx;
  size_t ty, tx, count_y, count_x; /* tiles */
  double *raw[2];                  /* low and high percentile of every tile */
  bool *good;                      /* tiles with contrast */
  size_t *left, *right;            /* nearest good tile of the row on either side; NONE */
  double *filled;                  /* a map with bad tiles filled in */
  float *map[2];                   /* smoothed maps of tiles */
  float *wide[2];                  /* the same at the size of the picture */
  float *scratch;                  /* a tile a worker */
  CytoError *error;                /* one a worker; code 0 = none */
} TileNorm;

static const size_t NONE = SIZE_MAX;

static void tilenorm_clear(TileNorm *t) {
  for (size_t k = 0; k < 2; k++) {
    free(t->raw[k]);
    free(t->map[k]);
    free(t->wide[k]);
  }
  free(t->good);
  free(t->left);
  free(t->right);
  free(t->filled);
  free(t->scratch);
  free(t->error);
}

static void cut_axis(size_t size, double block, size_t *tile, size_t *count) {
  bool one = (double)size <= block;
  *tile = one ? size : (size_t)block;
  *count = one ? 1 : (size_t)ceil(1.2 * (double)size / block);
}

static size_t start_of(size_t k, size_t count, size_t size, size_t tile) {
  if (k + 1 == count)
    return size - tile;
  return (size_t)((double)k * ((double)(size - tile) / (double)(count - 1)));
}

static bool tilenorm_init(TileNorm *t, unsigned threads, CytoError *err) {
  double block = t->options->tile_blocksize;
  cut_axis(t->ny, block, &t->ty, &t->count_y);
  cut_axis(t->nx, block, &t->tx, &t->count_x);
  size_t tiles = t->count_y * t->count_x, pixels = t->ny * t->nx, room;
  if (!cyto_mul(t->ty * t->tx, threads, &room))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "tiles of %zu x %zu pixels are too large", t->tx,
                     t->ty);
  for (size_t k = 0; k < 2; k++)
    if (!(t->raw[k] = cyto_alloc(tiles, sizeof *t->raw[k], err)) ||
        !(t->map[k] = cyto_alloc(tiles, sizeof *t->map[k], err)) ||
        !(t->wide[k] = cyto_alloc(pixels, sizeof *t->wide[k], err)))
      return false;
  return (t->good = cyto_alloc(tiles, sizeof *t->good, err)) &&
         (t->left = cyto_alloc(tiles, sizeof *t->left, err)) &&
         (t->right = cyto_alloc(tiles, sizeof *t->right, err)) &&
         (t->filled = cyto_alloc(tiles, sizeof *t->filled, err)) &&
         (t->scratch = cyto_alloc(room, sizeof *t->scratch, err)) &&
         (t->error = cyto_calloc(threads, sizeof *t->error, err));
}

static void measure_tile(void *context, size_t item, unsigned worker) {
  TileNorm *t = context;
  float *tile = t->scratch + worker * t->ty * t->tx;
  size_t top = start_of(item / t->count_x, t->count_y, t->ny, t->ty);
  size_t left = start_of(item % t->count_x, t->count_x, t->nx, t->tx);
  for (size_t y = 0; y < t->ty; y++)
    memcpy(tile + y * t->tx, t->plane + (top + y) * t->nx + left, t->tx * sizeof *tile);
  double percent[2] = {t->options->percentile_low, t->options->percentile_high}, value[2];
  if (t->error[worker].code ||
      !cyto_percentiles(tile, t->ty * t->tx, percent, 2, value, &t->error[worker]))
    return;
  t->raw[0][item] = value[0];
  t->raw[1][item] = value[1];
  t->good[item] = value[1] - value[0] >= 1e-3;
}

/* For every tile the nearest good one at or before it, and at or after it, in its row. */
static bool find_neighbours(TileNorm *t) {
  bool any = false;
  for (size_t j = 0; j < t->count_y; j++) {
    size_t *left = t->left + j * t->count_x, *right = t->right + j * t->count_x;
    const bool *good = t->good + j * t->count_x;
    for (size_t i = 0; i < t->count_x; i++)
      left[i] = good[i] ? i : i > 0 ? left[i - 1] : NONE;
    for (size_t i = t->count_x; i-- > 0;)
      right[i] = good[i] ? i : i + 1 < t->count_x ? right[i + 1] : NONE;
    any = any || right[0] != NONE;
  }
  return any;
}

typedef struct Nearest {
  size_t distance, tile; /* squared; number of the tile */
} Nearest;

static void try_row(const TileNorm *t, size_t j, size_t i, size_t rows_away, Nearest *nearest) {
  const size_t candidate[2] = {t->left[j * t->count_x + i], t->right[j * t->count_x + i]};
  for (size_t k = 0; k < 2; k++) {
    if (candidate[k] == NONE)
      continue;
    size_t dx = k == 0 ? i - candidate[k] : candidate[k] - i;
    size_t distance = rows_away * rows_away + dx * dx, tile = j * t->count_x + candidate[k];
    if (distance < nearest->distance || (distance == nearest->distance && tile < nearest->tile))
      *nearest = (Nearest){distance, tile};
  }
}

/* The good tile at the smallest distance on the grid, the first one in reading order among equals.
 */
static size_t nearest_good(const TileNorm *t, size_t j, size_t i) {
  Nearest nearest = {SIZE_MAX, SIZE_MAX};
  for (size_t away = 0; away < t->count_y && away * away <= nearest.distance; away++) {
    if (away <= j)
      try_row(t, j - away, i, away, &nearest);
    if (away < t->count_y - j)
      try_row(t, j + away, i, away, &nearest);
  }
  return nearest.tile;
}

/* Gaussian of sigma 1 along y, four samples to either side, mirrored at the borders with the border
 * sample repeated. Not along x: the reference results show it so. */
static void smooth_rows(const TileNorm *t, const double *in, float *out) {
  double weight[9], sum = 0;
  for (int d = -4; d <= 4; d++)
    sum += weight[d + 4] = exp(-0.5 * d * d);
  ptrdiff_t rows = (ptrdiff_t)t->count_y;
  for (ptrdiff_t j = 0; j < rows; j++)
    for (size_t i = 0; i < t->count_x; i++) {
      double value = 0;
      for (ptrdiff_t d = -4; d <= 4; d++) {
        ptrdiff_t from = ((j + d) % (2 * rows) + 2 * rows) % (2 * rows);
        from = from < rows ? from : 2 * rows - 1 - from;
        value += in[(size_t)from * t->count_x + i] * (weight[d + 4] / sum);
      }
      out[(size_t)j * t->count_x + i] = (float)value;
    }
}

static void scale_rows(void *context, size_t item, unsigned worker) {
  (void)worker;
  TileNorm *t = context;
  size_t end = cyto_item_end(t->ny, ROWS, item) * t->nx;
  const float *low = t->wide[0], *high = t->wide[1];
  for (size_t i = item * ROWS * t->nx; i < end; i++) {
    float y = (t->plane[i] - low[i]) / (high[i] - low[i]);
    y = t->options->invert ? 1 - y : y;
    t->plane[i] = fabsf(y) <= FLT_MAX ? y : 0;
  }
}

/* Maps of the two percentiles with the bad tiles filled in, at the size of the picture. */
static bool make_maps(TileNorm *t, CytoJob *job, CytoError *err) {
  for (size_t k = 0; k < 2; k++) {
    for (size_t j = 0; j < t->count_y; j++) {
      if (cyto_job_cancelled(job))
        return cyto_fail(err, CYTO_ERROR_CANCELLED, "stopped on request");
      for (size_t i = 0; i < t->count_x; i++)
        t->filled[j * t->count_x + i] = t->raw[k][nearest_good(t, j, i)];
    }
    smooth_rows(t, t->filled, t->map[k]);
    if (!cyto_resize_linear(t->map[k], 1, t->count_y, t->count_x, t->wide[k], t->ny, t->nx, job,
                            err))
      return false;
  }
  return true;
}

static void clean_plane(float *plane, size_t n) {
  for (size_t i = 0; i < n; i++)
    plane[i] = fabsf(plane[i]) <= FLT_MAX ? plane[i] : 0;
}

bool cyto_normalize_tiles(float *x, size_t nc, size_t ny, size_t nx, const CytoNormalize *options,
                          CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(tilenorm_clear) TileNorm t = {.options = options, .ny = ny, .nx = nx};
  unsigned threads = cyto_pool_threads(job ? job->pool : NULL);
  if (!tilenorm_init(&t, threads, err))
    return false;
  for (size_t c = 0; c < nc; c++) {
    t.plane = x + c * ny * nx;
    if (!cyto_parallel(job, t.count_y * t.count_x, measure_tile, &t, NULL, err))
      return false;
    for (unsigned w = 0; w < threads; w++)
      if (t.error[w].code)
        return cyto_fail(err, t.error[w].code, "%s", t.error[w].text);
    if (!find_neighbours(&t)) {
      clean_plane(t.plane, ny * nx);
      continue;
    }
    if (!make_maps(&t, job, err) ||
        !cyto_parallel(job, cyto_items(ny, ROWS), scale_rows, &t, NULL, err))
      return false;
  }
  return true;
}

#include "tile.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include <math.h>
#include <string.h>

enum { BAND = 32 }; /* rows of the picture in one item of work */

/* Padding to a multiple of 16 with at least 8 zeros on either side (§4.4). */
static bool pad_axis(size_t size, size_t least, size_t *before, size_t *padded, CytoError *err) {
  size_t room;
  if (size < 1 || !cyto_add(size, least, &room) || !cyto_add(room, 32, &room))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "a picture of %zu pixels cannot be cut into tiles",
                     size);
  size_t fill = (16 - size % 16) % 16;
  *before = 8 + fill / 2;
  *padded = size + fill + 16;
  if (*padded < least)
    *padded = least;
  return true;
}

/* Offsets of count tiles, evenly spread and truncated (§4.5). */
static size_t *starts_new(size_t padded, size_t tile, size_t count, CytoError *err) {
  size_t *start = cyto_alloc(count, sizeof *start, err);
  if (!start)
    return NULL;
  double last = (double)(padded - tile), step = count > 1 ? last / (double)(count - 1) : 0;
  for (size_t k = 0; k < count; k++)
    start[k] = k + 1 == count && count > 1 ? padded - tile : (size_t)((double)k * step);
  return start;
}

static size_t count_axis(size_t padded, size_t block, double overlap, bool augment) {
  if (augment) {
    size_t count = (size_t)ceil(2.0 * (double)padded / (double)block);
    return count < 2 ? 2 : count;
  }
  return padded <= block ? 1 : (size_t)ceil((1.0 + 2.0 * overlap) * (double)padded / (double)block);
}

bool cyto_tiling_init(CytoTiling *tiling, size_t ny, size_t nx, size_t block, double overlap,
                      bool augment, CytoError *err) {
  if (block < 16 || block % 16 != 0)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "the size of a tile must be a multiple of 16, found %zu; 224 is usual", block);
  overlap = overlap > 0.05 ? fmin(overlap, 0.5) : 0.05;
  CytoTiling t = {.ny = ny, .nx = nx, .augment = augment};
  size_t least = augment ? block : 0, pixels;
  if (!pad_axis(ny, least, &t.pad_top, &t.py, err) || !pad_axis(nx, least, &t.pad_left, &t.px, err))
    return false;
  if (!cyto_mul(t.py, t.px, &pixels) || pixels > SIZE_MAX / 64)
    return cyto_fail(err, CYTO_ERROR_LIMIT, "a picture of %zu x %zu pixels is too large", nx, ny);
  t.ty = t.py < block ? t.py : block;
  t.tx = t.px < block ? t.px : block;
  t.count_y = count_axis(t.py, block, overlap, augment);
  t.count_x = count_axis(t.px, block, overlap, augment);
  CYTO_AUTOFREE size_t *start_y = starts_new(t.py, t.ty, t.count_y, err);
  t.start_x = start_y ? starts_new(t.px, t.tx, t.count_x, err) : NULL;
  if (!t.start_x)
    return false;
  t.start_y = cyto_steal(&start_y);
  *tiling = t;
  return true;
}

void cyto_tiling_clear(CytoTiling *tiling) {
  free(tiling->start_y);
  free(tiling->start_x);
  *tiling = (CytoTiling){0};
}

size_t cyto_tiling_count(const CytoTiling *tiling) {
  return tiling->count_y * tiling->count_x;
}

/* One tile in the padded picture. The parities of §4.6 amount to: odd columns of tiles are flipped
 * vertically, odd rows of tiles horizontally. */
typedef struct Place {
  size_t top, left;
  bool vertical, horizontal;
} Place;

static Place place_of(const CytoTiling *tiling, size_t k) {
  size_t j = k / tiling->count_x, i = k % tiling->count_x;
  return (Place){tiling->start_y[j], tiling->start_x[i], tiling->augment && i % 2 != 0,
                 tiling->augment && j % 2 != 0};
}

static void reverse(float *row, size_t n) {
  for (size_t a = 0, b = n; a + 1 < b; a++) {
    float kept = row[a];
    row[a] = row[--b];
    row[b] = kept;
  }
}

/* Samples [left, left + n) of a padded row whose picture part is `row`; NULL = all padding. */
static void cut_row(const float *row, size_t nx, size_t pad, size_t left, size_t n, float *out) {
  size_t begin = left > pad ? left : pad;
  size_t end = left + n < pad + nx ? left + n : pad + nx;
  if (!row || begin >= end) {
    memset(out, 0, n * sizeof *out);
    return;
  }
  memset(out, 0, (begin - left) * sizeof *out);
  memcpy(out + (begin - left), row + (begin - pad), (end - begin) * sizeof *out);
  memset(out + (end - left), 0, (left + n - end) * sizeof *out);
}

void cyto_tile_cut(const CytoTiling *tiling, size_t k, const float *x, size_t nc, float *tile) {
  Place place = place_of(tiling, k);
  size_t ty = tiling->ty, tx = tiling->tx;
  for (size_t c = 0; c < nc; c++)
    for (size_t r = 0; r < ty; r++) {
      size_t y = place.top + (place.vertical ? ty - 1 - r : r);
      bool inside = y >= tiling->pad_top && y - tiling->pad_top < tiling->ny;
      const float *row = inside ? x + (c * tiling->ny + y - tiling->pad_top) * tiling->nx : NULL;
      float *out = tile + (c * ty + r) * tx;
      cut_row(row, tiling->nx, tiling->pad_left, place.left, tx, out);
      if (place.horizontal)
        reverse(out, tx);
    }
}

typedef struct Cutting {
  const CytoTiling *tiling;
  size_t first, nc;
  const float *x;
  float *tiles;
} Cutting;

static void cut_item(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Cutting *c = context;
  size_t size = c->nc * c->tiling->ty * c->tiling->tx;
  cyto_tile_cut(c->tiling, c->first + item, c->x, c->nc, c->tiles + item * size);
}

bool cyto_tiles_cut(const CytoTiling *tiling, size_t first, size_t n, const float *x, size_t nc,
                    float *tiles, CytoJob *job, CytoError *err) {
  Cutting cutting = {tiling, first, nc, x, tiles};
  return cyto_parallel(job, n, cut_item, &cutting, NULL, err);
}

void cyto_tile_taper(size_t ty, size_t tx, double *weights) {
  size_t size = ty > tx ? ty : tx, base = size > 224 ? size : 224;
  double half = (double)base / 2.0, middle = ((double)base - 1) / 2.0;
  size_t top = base / 2 - ty / 2, left = base / 2 - tx / 2;
  /* the first row carries the profile along x until its own turn, last of all */
  for (size_t x = 0; x < tx; x++)
    weights[x] = 1.0 / (1.0 + exp((fabs((double)(left + x) - middle) - (half - 20)) / 7.5));
  for (size_t r = ty; r-- > 0;) {
    double m = 1.0 / (1.0 + exp((fabs((double)(top + r) - middle) - (half - 20)) / 7.5));
    for (size_t x = 0; x < tx; x++)
      weights[r * tx + x] = m * weights[x];
  }
}

bool cyto_tile_sum_init(CytoTileSum *sum, const CytoTiling *tiling, size_t nc, CytoError *err) {
  size_t pixels = tiling->py * tiling->px, cells;
  if (!cyto_mul(pixels, nc, &cells))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "%zu maps of %zu x %zu pixels are too large", nc,
                     tiling->px, tiling->py);
  CYTO_AUTOFREE float *values = cyto_calloc(cells, sizeof *values, err);
  CYTO_AUTOFREE double *weight = values ? cyto_calloc(pixels, sizeof *weight, err) : NULL;
  double *taper = weight ? cyto_alloc(tiling->ty * tiling->tx, sizeof *taper, err) : NULL;
  if (!taper)
    return false;
  cyto_tile_taper(tiling->ty, tiling->tx, taper);
  *sum = (CytoTileSum){
      .nc = nc, .sum = cyto_steal(&values), .weight = cyto_steal(&weight), .taper = taper};
  return true;
}

void cyto_tile_sum_clear(CytoTileSum *sum) {
  free(sum->sum);
  free(sum->weight);
  free(sum->taper);
  *sum = (CytoTileSum){0};
}

/* f64 product, added in f64, rounded to f32 (§4.7). sign turns a flow that a flip has mirrored. */
static void add_row(float *sum, const float *y, const double *taper, size_t n, bool mirrored,
                    float sign) {
  if (mirrored)
    for (size_t x = 0; x < n; x++)
      sum[x] = (float)((double)sum[x] + (double)(sign * y[n - 1 - x]) * taper[x]);
  else
    for (size_t x = 0; x < n; x++)
      sum[x] = (float)((double)sum[x] + (double)(sign * y[x]) * taper[x]);
}

typedef struct Adding {
  const CytoTileSum *sum;
  const CytoTiling *tiling;
  size_t first, n;
  const float *y;
} Adding;

/* Row r of a tile, all channels and the weight. */
static void add_tile_row(const Adding *a, const Place *place, const float *y, size_t r) {
  const CytoTileSum *sum = a->sum;
  size_t ty = a->tiling->ty, tx = a->tiling->tx, pixels = a->tiling->py * a->tiling->px;
  const double *taper = sum->taper + r * tx;
  size_t at = (place->top + r) * a->tiling->px + place->left;
  size_t from = place->vertical ? ty - 1 - r : r;
  for (size_t c = 0; c < sum->nc; c++) {
    bool mirrored = (c == 0 && place->vertical) || (c == 1 && place->horizontal);
    bool turned = mirrored && !sum->no_flows;
    add_row(sum->sum + c * pixels + at, y + (c * ty + from) * tx, taper, tx, place->horizontal,
            turned ? -1.0f : 1.0f);
  }
  for (size_t x = 0; x < tx; x++)
    sum->weight[at + x] += taper[x];
}

/* A band of the padded picture takes its rows of every tile, in the order of the tiles. */
static void add_band(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Adding *a = context;
  const CytoTiling *t = a->tiling;
  size_t begin = item * BAND, end = cyto_item_end(t->py, BAND, item);
  for (size_t k = 0; k < a->n; k++) {
    Place place = place_of(t, a->first + k);
    size_t from = begin > place.top ? begin : place.top;
    size_t to = end < place.top + t->ty ? end : place.top + t->ty;
    for (size_t y = from; y < to; y++)
      add_tile_row(a, &place, a->y + k * a->sum->nc * t->ty * t->tx, y - place.top);
  }
}

bool cyto_tile_sum_add(CytoTileSum *sum, const CytoTiling *tiling, size_t first, size_t n,
                       const float *y, CytoJob *job, CytoError *err) {
  Adding adding = {sum, tiling, first, n, y};
  return cyto_parallel(job, cyto_items(tiling->py, BAND), add_band, &adding, NULL, err);
}

typedef struct Finishing {
  const CytoTileSum *sum;
  const CytoTiling *tiling;
  float *out;
} Finishing;

static void finish_band(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Finishing *f = context;
  const CytoTiling *t = f->tiling;
  size_t pixels = t->py * t->px;
  for (size_t c = 0; c < f->sum->nc; c++)
    for (size_t y = item * BAND; y < cyto_item_end(t->ny, BAND, item); y++) {
      size_t at = (t->pad_top + y) * t->px + t->pad_left;
      const float *sum = f->sum->sum + c * pixels + at;
      const double *weight = f->sum->weight + at;
      float *row = f->out + (c * t->ny + y) * t->nx;
      for (size_t x = 0; x < t->nx; x++)
        row[x] = (float)((double)sum[x] / weight[x]);
    }
}

bool cyto_tile_sum_finish(const CytoTileSum *sum, const CytoTiling *tiling, float *out,
                          CytoJob *job, CytoError *err) {
  Finishing finishing = {sum, tiling, out};
  return cyto_parallel(job, cyto_items(tiling->ny, BAND), finish_band, &finishing, NULL, err);
}

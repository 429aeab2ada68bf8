#include "resize.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include <math.h>
#include <string.h>

enum { ROWS = 32 }; /* rows of the result in one item of work */

/* Where one sample of the result lies between two samples of the source (algorithm.md §4.3). */
typedef struct Tap {
  size_t a, b;
  float wa, wb;
} Tap;

static Tap *taps_new(size_t source, size_t size, CytoError *err) {
  Tap *taps = cyto_alloc(size, sizeof *taps, err);
  if (!taps)
    return NULL;
  double scale = 1.0 / ((double)size / (double)source);
  for (size_t d = 0; d < size; d++) {
    float at = (float)(((double)d + 0.5) * scale - 0.5), low = floorf(at), w = at - low;
    bool before = low < 0, after = !before && (size_t)low >= source - 1;
    size_t a = before ? 0 : after ? source - 1 : (size_t)low;
    w = before || after ? 0 : w;
    taps[d] = (Tap){a, a + 1 < source ? a + 1 : a, 1 - w, w};
  }
  return taps;
}

typedef struct Linear {
  const float *src;
  float *dst;
  size_t sy, sx, dy, dx, blocks; /* blocks of rows in a plane */
  const Tap *rows, *columns;
  float *scratch; /* two rows of the result's width a worker */
} Linear;

static void stretch_row(const float *src, const Tap *columns, size_t n, float *out) {
  for (size_t d = 0; d < n; d++)
    out[d] = src[columns[d].a] * columns[d].wa + src[columns[d].b] * columns[d].wb;
}

/* Horizontal pass into two kept rows, vertical pass into the result. Neighbouring rows of the
 * result mostly need the same source rows, so a row is stretched only when it is new. */
static void linear_rows(void *context, size_t item, unsigned worker) {
  const Linear *l = context;
  const float *src = l->src + item / l->blocks * l->sy * l->sx;
  float *dst = l->dst + item / l->blocks * l->dy * l->dx;
  float *row[2] = {l->scratch + 2 * worker * l->dx, l->scratch + (2 * worker + 1) * l->dx};
  size_t held[2] = {SIZE_MAX, SIZE_MAX}, block = item % l->blocks;
  for (size_t y = block * ROWS; y < cyto_item_end(l->dy, ROWS, block); y++) {
    Tap tap = l->rows[y];
    if (held[1] == tap.a) {
      float *kept = row[0];
      row[0] = row[1];
      row[1] = kept;
      held[1] = held[0];
      held[0] = tap.a;
    }
    if (held[0] != tap.a)
      stretch_row(src + tap.a * l->sx, l->columns, l->dx, row[0]);
    held[0] = tap.a;
    if (tap.b != tap.a && held[1] != tap.b) {
      stretch_row(src + tap.b * l->sx, l->columns, l->dx, row[1]);
      held[1] = tap.b;
    }
    const float *a = row[0], *b = tap.b == tap.a ? row[0] : row[1];
    float *out = dst + y * l->dx;
    for (size_t x = 0; x < l->dx; x++)
      out[x] = a[x] * tap.wa + b[x] * tap.wb;
  }
}

bool cyto_resize_linear(const float *src, size_t nc, size_t sy, size_t sx, float *dst, size_t dy,
                        size_t dx, CytoJob *job, CytoError *err) {
  if (sy == dy && sx == dx) {
    memcpy(dst, src, nc * sy * sx * sizeof *dst);
    return true;
  }
  size_t cells;
  unsigned threads = cyto_pool_threads(job ? job->pool : NULL);
  if (!cyto_mul(dx, 2 * (size_t)threads, &cells))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "an image %zu pixels wide is too large", dx);
  CYTO_AUTOFREE Tap *rows = taps_new(sy, dy, err);
  CYTO_AUTOFREE Tap *columns = rows ? taps_new(sx, dx, err) : NULL;
  CYTO_AUTOFREE float *scratch = columns ? cyto_alloc(cells, sizeof *scratch, err) : NULL;
  if (!scratch)
    return false;
  Linear linear = {src, dst, sy, sx, dy, dx, cyto_items(dy, ROWS), rows, columns, scratch};
  return cyto_parallel(job, nc * linear.blocks, linear_rows, &linear, NULL, err);
}

static size_t nearest(size_t d, size_t source, size_t size) {
  double scale = 1.0 / ((double)size / (double)source), at = floor((double)d * scale);
  return at < (double)(source - 1) ? (size_t)at : source - 1;
}

/* Offsets of the source samples of a row, in elements. */
static size_t *nearest_new(size_t source, size_t size, size_t step, CytoError *err) {
  size_t *from = cyto_alloc(size, sizeof *from, err);
  for (size_t d = 0; from && d < size; d++)
    from[d] = nearest(d, source, size) * step;
  return from;
}

bool cyto_resize_nearest_u32(const uint32_t *src, size_t sy, size_t sx, uint32_t *dst, size_t dy,
                             size_t dx, CytoError *err) {
  CYTO_AUTOFREE size_t *from = nearest_new(sx, dx, 1, err);
  if (!from)
    return false;
  for (size_t y = 0; y < dy; y++) {
    const uint32_t *row = src + nearest(y, sy, dy) * sx;
    for (size_t x = 0; x < dx; x++)
      dst[y * dx + x] = row[from[x]];
  }
  return true;
}

bool cyto_resize_nearest_u8(const uint8_t *src, size_t nc, size_t sy, size_t sx, uint8_t *dst,
                            size_t dy, size_t dx, CytoError *err) {
  CYTO_AUTOFREE size_t *from = nearest_new(sx, dx, nc, err);
  if (!from)
    return false;
  for (size_t y = 0; y < dy; y++) {
    const uint8_t *row = src + nearest(y, sy, dy) * sx * nc;
    uint8_t *out = dst + y * dx * nc;
    for (size_t x = 0; x < dx; x++)
      for (size_t c = 0; c < nc; c++)
        out[x * nc + c] = row[from[x] + c];
  }
  return true;
}

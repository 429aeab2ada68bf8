#include "pyramid.h"
#include "../base/mem.h"
#include <math.h>

enum { BAND = 16 }; /* rows of a level made at a time */

struct CytoPyramid {
  CytoPlane plane[CYTO_PYRAMID_LEVELS]; /* data NULL while not built */
  unsigned count;                       /* levels 0..count-1 exist at all */
  unsigned first;                       /* the finest level above 0 that is ever made */
  CytoImage *owner;
};

static CytoDtype level_dtype(CytoDtype dtype) {
  return dtype == CYTO_U8 || dtype == CYTO_U16 ? dtype : CYTO_F32;
}

/* Bytes of the levels k, k+1, …; all are smaller than the plane, which is in memory. */
static size_t bytes_from(const CytoPyramid *pyramid, unsigned k) {
  size_t bytes = 0;
  for (; k < pyramid->count; k++) {
    const CytoPlane *p = &pyramid->plane[k];
    bytes += p->ny * p->nx * cyto_dtype_size(p->dtype);
  }
  return bytes;
}

CytoPyramid *cyto_pyramid_new(CytoPlane plane, CytoImage *owner, size_t max_bytes, CytoError *err) {
  if (plane.ny == 0 || plane.nx == 0 || !plane.data) {
    cyto_fail(err, CYTO_ERROR_ARGUMENT, "a picture of %zu × %zu pixels cannot be shown", plane.nx,
              plane.ny);
    return NULL;
  }
  CytoPyramid *pyramid = cyto_calloc(1, sizeof *pyramid, err);
  if (!pyramid)
    return NULL;
  pyramid->plane[0] = plane;
  pyramid->count = 1;
  while (pyramid->count < CYTO_PYRAMID_LEVELS) {
    const CytoPlane *finer = &pyramid->plane[pyramid->count - 1];
    if (finer->ny == 1 && finer->nx == 1)
      break;
    size_t ny = finer->ny / 2 + finer->ny % 2, nx = finer->nx / 2 + finer->nx % 2;
    pyramid->plane[pyramid->count++] = (CytoPlane){level_dtype(plane.dtype), NULL, ny, nx, 1, nx};
  }
  pyramid->first = 1;
  while (max_bytes && pyramid->first < pyramid->count &&
         bytes_from(pyramid, pyramid->first) > max_bytes)
    pyramid->first++;
  pyramid->owner = owner ? cyto_image_ref(owner) : NULL;
  return pyramid;
}

void cyto_pyramid_free(CytoPyramid *pyramid) {
  if (!pyramid)
    return;
  for (unsigned k = 1; k < CYTO_PYRAMID_LEVELS; k++)
    free((void *)(uintptr_t)pyramid->plane[k].data);
  if (pyramid->owner)
    cyto_image_unref(pyramid->owner);
  free(pyramid);
}

unsigned cyto_pyramid_level(const CytoPyramid *pyramid, double scale) {
  unsigned level = 0;
  while (level + 1 < pyramid->count && ldexp(scale, (int)level + 1) <= 1)
    level++;
  return level < pyramid->first ? 0 : level;
}

typedef struct Reduction {
  const CytoPlane *from, *to;
  size_t factor;
  float *rows; /* f32 only: `factor` rows for each worker */
} Reduction;

/* One row of whole numbers: mean of the factor × factor pixels that exist, halves upwards. */
#define REDUCE_ROW(name, type)                                                                     \
  static void name(const Reduction *r, size_t y) {                                                 \
    const CytoPlane *from = r->from;                                                               \
    size_t f = r->factor, step = from->step, x = 0;                                                \
    size_t tall = from->ny - y * f < f ? from->ny - y * f : f;                                     \
    const type *row = (const type *)from->data + y * f * from->pitch;                              \
    type *to = (type *)(uintptr_t)r->to->data + y * r->to->nx;                                     \
    if (f == 2 && step == 1 && tall == 2) {                                                        \
      const type *below = row + from->pitch;                                                       \
      for (; x < from->nx / 2; x++)                                                                \
        to[x] = (type)((row[2 * x] + row[2 * x + 1] + below[2 * x] + below[2 * x + 1] + 2) >> 2);  \
    }                                                                                              \
    for (; x < r->to->nx; x++) {                                                                   \
      size_t wide = from->nx - x * f < f ? from->nx - x * f : f;                                   \
      uint64_t sum = tall * wide / 2;                                                              \
      for (size_t j = 0; j < tall; j++)                                                            \
        for (size_t i = 0; i < wide; i++)                                                          \
          sum += row[j * from->pitch + (x * f + i) * step];                                        \
      to[x] = (type)(sum / (tall * wide));                                                         \
    }                                                                                              \
  }
REDUCE_ROW(reduce_u8, uint8_t)
REDUCE_ROW(reduce_u16, uint16_t)

/* The mean of the finite pixels, summed row by row in f64. */
static void reduce_f32(const Reduction *r, size_t y, float *rows) {
  const CytoPlane *from = r->from;
  size_t f = r->factor, tall = from->ny - y * f < f ? from->ny - y * f : f;
  float *to = (float *)(uintptr_t)r->to->data + y * r->to->nx;
  for (size_t j = 0; j < tall; j++)
    cyto_plane_row_f32(from, y * f + j, 0, from->nx, rows + j * from->nx);
  for (size_t x = 0; x < r->to->nx; x++) {
    size_t wide = from->nx - x * f < f ? from->nx - x * f : f;
    double sum = 0;
    unsigned count = 0;
    for (size_t j = 0; j < tall; j++)
      for (size_t i = 0; i < wide; i++) {
        float v = rows[j * from->nx + x * f + i];
        bool finite = isfinite(v);
        sum += finite ? (double)v : 0.0;
        count += finite;
      }
    to[x] = count ? (float)(sum / count) : NAN;
  }
}

static void reduce_band(void *context, size_t item, unsigned worker) {
  const Reduction *r = context;
  size_t end = cyto_item_end(r->to->ny, BAND, item);
  for (size_t y = item * BAND; y < end; y++)
    switch (r->to->dtype) {
    case CYTO_U8:
      reduce_u8(r, y);
      break;
    case CYTO_U16:
      reduce_u16(r, y);
      break;
    default:
      reduce_f32(r, y, r->rows + worker * r->factor * r->from->nx);
    }
}

/* Fills level k from the next finer one there is. */
static bool build_level(CytoPyramid *pyramid, unsigned k, CytoJob *job, CytoError *err) {
  unsigned finer = k == pyramid->first ? 0 : k - 1;
  CytoPlane to = pyramid->plane[k];
  CYTO_AUTOFREE void *data = cyto_alloc(to.ny * to.nx, cyto_dtype_size(to.dtype), err);
  if (!data)
    return false;
  to.data = data;
  Reduction r = {&pyramid->plane[finer], &to, (size_t)1 << (k - finer), NULL};
  CYTO_AUTOFREE float *rows = NULL;
  if (to.dtype == CYTO_F32) {
    rows = cyto_alloc(cyto_pool_threads(job ? job->pool : NULL) * r.factor * r.from->nx,
                      sizeof *rows, err);
    if (!rows)
      return false;
    r.rows = rows;
  }
  if (!cyto_parallel(job, cyto_items(to.ny, BAND), reduce_band, &r, NULL, err))
    return false;
  pyramid->plane[k].data = cyto_steal(&data);
  return true;
}

bool cyto_pyramid_build(CytoPyramid *pyramid, unsigned level, CytoJob *job, CytoError *err) {
  for (unsigned k = pyramid->first; k < pyramid->count && k <= level; k++)
    if (!pyramid->plane[k].data && !build_level(pyramid, k, job, err))
      return false;
  return true;
}

CytoPlane cyto_pyramid_plane(const CytoPyramid *pyramid, unsigned level) {
  return pyramid->plane[level];
}

size_t cyto_pyramid_bytes(const CytoPyramid *pyramid) {
  size_t bytes = 0;
  for (unsigned k = 1; k < pyramid->count; k++)
    if (pyramid->plane[k].data)
      bytes +=
          pyramid->plane[k].ny * pyramid->plane[k].nx * cyto_dtype_size(pyramid->plane[k].dtype);
  return bytes;
}

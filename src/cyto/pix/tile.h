/* Cutting a picture into overlapping tiles and averaging the network's answers (algorithm.md
 * §4.4–4.7). */
#pragma once
#include "../base/job.h"

typedef struct CytoTiling {
  size_t ny, nx; /* picture */
  size_t py, px; /* padded picture (multiples of 16, at least 224 each when augmenting) */
  size_t pad_top, pad_left;  /* where the picture lies in it */
  size_t ty, tx;             /* one tile */
  size_t count_y, count_x;   /* tiles; number k = j*count_x + i, y-major */
  size_t *start_y, *start_x; /* count_y and count_x offsets in the padded picture; owned */
  bool augment;              /* flips by parity of (j,i), §4.6 */
} CytoTiling;

/* block = 224, overlap = 0.1 unless the user says otherwise; overlap is clamped to 0.05..0.5. */
bool cyto_tiling_init(CytoTiling *tiling, size_t ny, size_t nx, size_t block, double overlap,
                      bool augment, CytoError *err);
void cyto_tiling_clear(CytoTiling *tiling);
size_t cyto_tiling_count(const CytoTiling *tiling);

/* Tile k of x (C,ny,nx) with padding zeros and the flips of augment: tile (C,ty,tx). */
void cyto_tile_cut(const CytoTiling *tiling, size_t k, const float *x, size_t nc, float *tile);

/* Tiles first..first+n-1, one after the other. */
bool cyto_tiles_cut(const CytoTiling *tiling, size_t first, size_t n, const float *x, size_t nc,
                    float *tiles, CytoJob *job, CytoError *err);

/* Taper weights of §4.7, (ty,tx) f64. */
void cyto_tile_taper(size_t ty, size_t tx, double *weights);

/* Sum of tapered answers. Tiles must be added in the order of k for bit-identical results. */
typedef struct CytoTileSum {
  size_t nc;
  bool no_flows;  /* channels are of classes: none turns with a flip; false after init */
  float *sum;     /* (C,py,px), owned */
  double *weight; /* (py,px), owned */
  double *taper;  /* (ty,tx), owned */
} CytoTileSum;
bool cyto_tile_sum_init(CytoTileSum *sum, const CytoTiling *tiling, size_t nc, CytoError *err);
void cyto_tile_sum_clear(CytoTileSum *sum);
/* y is (n,C,ty,tx) as the network gave it for tiles first..first+n-1; flips are undone, flow signs
 * (channel 0 = Y, 1 = X) turned, then f32 sum += y·weight. */
bool cyto_tile_sum_add(CytoTileSum *sum, const CytoTiling *tiling, size_t first, size_t n,
                       const float *y, CytoJob *job, CytoError *err);
/* Divides and crops to the picture: out (C,ny,nx). */
bool cyto_tile_sum_finish(const CytoTileSum *sum, const CytoTiling *tiling, float *out,
                          CytoJob *job, CytoError *err);

/* The cut of a batch into tiles of 4×4 outputs for Winograd's F(4×4,3×3), and how they are read. */
#pragma once
#include "train-conv.h"

enum {
  CYTO_TILE_POINTS = 36,
  CYTO_TILE_PAD = 16, /* floats between the points, for different sets of the cache */
};

typedef struct CytoTiles {
  size_t n, h, w;
  size_t across, each, count; /* tiles side by side, of one image, and of all */
} CytoTiles;

/* One tile: its image, its first output, and whether all it reads and writes lies inside. */
typedef struct CytoTrainTile {
  size_t image, y, x;
  size_t rows, columns;
  bool inside; /* with the border that a 3×3 convolution reads */
} CytoTrainTile;

CytoTiles cyto_tiles(size_t n, size_t h, size_t w);
CytoTrainTile cyto_tile(const CytoTiles *tiles, size_t index);

/* A picture that tiles are read from. */
typedef struct CytoTileSource {
  const CytoTrainKernel *train;
  const CytoTiles *tiles;
  const float *x;
  size_t channels; /* of the picture */
  unsigned halve;
  const float *scale, *shift; /* NULL, or (channels) and (n, channels) */
  ptrdiff_t patch[36], block[16];
} CytoTileSource;

void cyto_tile_source(CytoTileSource *source, const CytoTiles *tiles, const CytoTrainKernel *train,
                      const CytoTrainIn *in, size_t channels);
/* Channels first.. of the 6×6 patch of a tile to its 36 points; edge is (36, channels). */
typedef struct CytoTileRange {
  size_t first, channels;
  float *v;
  size_t step;
  float *edge;
  float *sum; /* of blocks alone, or NULL */
} CytoTileRange;
void cyto_tile_patch(const CytoTileSource *source, const CytoTrainTile *tile,
                     const CytoTileRange *range);
/* The same of the 4×4 block of a gradient. */
void cyto_tile_block(const CytoTileSource *source, const CytoTrainTile *tile,
                     const CytoTileRange *range);

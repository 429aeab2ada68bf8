/* The way of a tile through the network as a list of steps: each is cut into items that any thread
 * may do in any order, and needs all steps before it. */
#pragma once
#include "unet-private.h"

typedef struct CytoTile CytoTile;
typedef struct CytoStep CytoStep;
struct CytoStep {
  void (*item)(const CytoTile *tile, const CytoStep *step, size_t item, float *scratch);
  size_t items;
  const CytoConv *conv;
  unsigned part; /* of a convolution */
  CytoConvIo io; /* of a convolution; x, y, h and w are those of other steps as well */
  size_t channels;
};

enum { CYTO_MAX_STEPS = 4 + (3 + 8 * CYTO_CONV_MOST_PARTS) * CYTO_MAX_LEVELS };

/* Memory of one tile on its way; activations are (H,W,C). */
struct CytoTile {
  const CytoUnet *net;
  size_t h, w;
  const float *x;               /* (C,H,W): what goes in */
  float *y, *found;             /* (nout,H,W) and (S): what comes out */
  float *skip[CYTO_MAX_LEVELS]; /* d_n of algorithm.md §1.4 */
  float *input, *work[2], *half;
  float *shared; /* by the parts of one convolution */
  float *shift;  /* (levels, 3, widest): of the layers that the style shifts */
  size_t widest;
  size_t steps;
  CytoStep step[CYTO_MAX_STEPS];
};

/* Floats that a tile of this size and that one thread at work on it need. */
size_t cyto_tile_size(const CytoUnet *net, size_t h, size_t w);
size_t cyto_tile_scratch(const CytoUnet *net, size_t h, size_t w);
/* Lays the tile out in a block of cyto_tile_size floats and lists its steps; x, y and found are the
 * caller's to set. */
void cyto_tile_init(CytoTile *tile, const CytoUnet *net, size_t h, size_t w, float *block);

/* All steps, by this thread alone; stops between two steps once the job is cancelled. */
void cyto_tile_alone(const CytoTile *tile, const CytoJob *job, float *scratch);
/* All steps by the job's threads together: the same numbers. */
bool cyto_tile_together(const CytoTile *tile, CytoJob *job, float *scratch, CytoError *err);

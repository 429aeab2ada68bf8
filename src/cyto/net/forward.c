#include "../base/mem.h"
#include "../base/parallel.h"
#include "steps.h"

size_t cyto_unet_scratch(const CytoUnet *net, size_t h, size_t w) {
  return (cyto_tile_size(net, h, w) + cyto_tile_scratch(net, h, w)) * sizeof(float);
}

/* The memory of a call on one tile is kept by the network for the next one: the system clears fresh
 * pages, which takes several percent of a tile. A batch frees what is kept, and so does the one
 * tile that may be left over from it: what follows the network then needs the room. Calls beside
 * each other have a block each. */
static float *take_memory(const CytoUnet *net, size_t n, size_t floats, CytoError *err) {
  float *block = atomic_exchange(&net->kept->block, NULL);
  if (block && n == 1 && *(const size_t *)(const void *)block >= floats)
    return block;
  free(block);
  block = cyto_alloc(floats + CYTO_KEPT_HEAD, sizeof(float), err);
  if (block)
    *(size_t *)(void *)block = floats;
  return block;
}

static void leave_memory(const CytoUnet *net, size_t n, float *block) {
  bool after_batch = atomic_exchange(&net->kept->batch, n > 1);
  free(n == 1 && !after_batch ? atomic_exchange(&net->kept->block, block) : block);
}

typedef struct Batch {
  CytoTile *tile;
  float *scratch; /* of the first thread; behind it the next thread's tile and scratch */
  size_t apart;   /* floats from one thread's to the next one's */
  const CytoJob *job;
  const float *x;
  float *y, *style;
} Batch;

/* What tile `item` of the batch reads and writes. */
static CytoTile *aim(const Batch *batch, CytoTile *tile, size_t item) {
  const CytoLayout *layout = &tile->net->layout;
  size_t pixels = tile->h * tile->w;
  tile->x = batch->x + item * layout->nbase[0] * pixels;
  tile->y = batch->y + item * layout->nout * pixels;
  tile->found = batch->style + item * cyto_unet_style_size(tile->net);
  return tile;
}

static void tile_item(void *context, size_t item, unsigned worker) {
  const Batch *batch = context;
  cyto_tile_alone(aim(batch, &batch->tile[worker], item), batch->job,
                  batch->scratch + worker * batch->apart);
}

/* All tiles side by side, one thread each. */
static bool forward_tiles(const CytoUnet *net, Batch *batch, size_t n, size_t h, size_t w,
                          float *block, CytoJob *job, CytoError *err) {
  unsigned threads = cyto_pool_threads(job ? job->pool : NULL);
  size_t scratch = cyto_tile_scratch(net, h, w);
  CYTO_AUTOFREE CytoTile *tile = cyto_alloc(threads, sizeof *tile, err);
  if (!tile)
    return false;
  batch->apart = scratch + cyto_tile_size(net, h, w);
  batch->scratch = block;
  batch->tile = tile;
  for (unsigned i = 0; i < threads; i++)
    cyto_tile_init(&tile[i], net, h, w, block + i * batch->apart + scratch);
  return cyto_parallel(job, n, tile_item, batch, NULL, err);
}

/* One tile after the other, all threads on each. */
static bool forward_rows(const CytoUnet *net, const Batch *batch, size_t n, size_t h, size_t w,
                         float *block, CytoJob *job, CytoError *err) {
  unsigned threads = cyto_pool_threads(job ? job->pool : NULL);
  CYTO_AUTOFREE CytoTile *tile = cyto_alloc(1, sizeof *tile, err);
  if (!tile)
    return false;
  cyto_tile_init(tile, net, h, w, block + threads * cyto_tile_scratch(net, h, w));
  for (size_t i = 0; i < n; i++)
    if (!cyto_tile_together(aim(batch, tile, i), job, block, err))
      return false;
  return true;
}

/* With fewer tiles than this, side by side gains no time, and every thread would need the memory of
 * a tile: 34 MB. */
enum { FEW_TILES = 8 };

bool cyto_unet_forward(const CytoUnet *net, const float *x, size_t n, size_t h, size_t w, float *y,
                       float *style, CytoJob *job, CytoError *err) {
  size_t step = (size_t)1 << (net->layout.levels - 1);
  if (h == 0 || w == 0 || h % step || w % step)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "a tile of %zu × %zu is not a multiple of %zu", h, w,
                     step);
  unsigned threads = cyto_pool_threads(job ? job->pool : NULL);
  size_t whole = n < FEW_TILES ? 0 : n / threads * threads, pixels = h * w;
  size_t tile = cyto_tile_size(net, h, w), scratch = cyto_tile_scratch(net, h, w);
  float *memory = take_memory(net, n, (whole ? threads : 1) * tile + threads * scratch, err);
  if (!memory)
    return false;
  float *block = memory + CYTO_KEPT_HEAD;
  Batch batch = {.job = job, .x = x, .y = y, .style = style};
  bool ok = whole == 0 || forward_tiles(net, &batch, whole, h, w, block, job, err);
  batch.x += whole * net->layout.nbase[0] * pixels;
  batch.y += whole * net->layout.nout * pixels;
  batch.style += whole * cyto_unet_style_size(net);
  ok = ok && (whole == n || forward_rows(net, &batch, n - whole, h, w, block, job, err));
  leave_memory(net, n, memory);
  return ok;
}

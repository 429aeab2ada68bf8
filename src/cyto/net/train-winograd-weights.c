/* Gradient of 3×3 weights in Winograd's domain: at each of 36 points the products of transformed
 * input and transformed gradient summed over all tiles, then one transform back. A block of input
 * channels times a block of output channels keeps its sums in the cache; the tiles are cut into
 * groups, whose sums are added in order. */
#include "../base/parallel.h"
#include "train-tiles.h"
#include <string.h>

enum {
  BLOCK = 64, /* channels of a block, at most */
  CHUNK = 28, /* tiles transformed at a time */
  ITEMS = 16, /* items there should be at least, where the tiles suffice */
};

typedef struct Pass {
  const CytoTrainWork *work;
  const CytoTrainConv *conv;
  CytoTiles tiles;
  CytoTileSource x, g;
  size_t in_block, out_block, in_blocks, out_blocks; /* channels of a block; blocks */
  size_t groups;
  float *scratch, *partial, *bias_partial; /* sums (group, in block, out block, 36, in, out) */
  size_t scratch_size;
  float *g_weight, *g_bias;
} Pass;

static size_t sums_size(const Pass *p) {
  return CYTO_TILE_POINTS * p->in_block * p->out_block;
}

static size_t largest_block(size_t channels, size_t panel) {
  size_t block = BLOCK / panel * panel;
  while (channels % block)
    block -= panel;
  return block;
}

/* sum (in, out) += V(tiles, in)ᵀ · G(tiles, out). */
static void multiply(const Pass *p, const float *v, const float *g, size_t tiles, float *sum) {
  const CytoTrainKernel *train = p->work->train;
  size_t panel = p->work->kernel->panel, rows = train->outer_rows;
  CytoOuter o = {
      .a_step = p->in_block, .b_step = p->out_block, .depth = tiles, .out_step = p->out_block};
  for (size_t j = 0; j < p->out_block; j += panel)
    for (size_t i = 0; i < p->in_block; i += rows) {
      o.a = v + i;
      o.b = g + j;
      o.out = sum + i * p->out_block + j;
      train->outer(&o, p->in_block - i < rows ? p->in_block - i : rows);
    }
}

static void group_item(void *context, size_t item, unsigned worker) {
  const Pass *p = context;
  size_t out = item % p->out_blocks, in = item / p->out_blocks % p->in_blocks;
  size_t group = item / p->out_blocks / p->in_blocks;
  size_t first = group * p->tiles.count / p->groups, end = (group + 1) * p->tiles.count / p->groups;
  float *sum = p->partial + item * sums_size(p);
  CytoTileRange x = {.first = in * p->in_block,
                     .channels = p->in_block,
                     .step = CHUNK * p->in_block + CYTO_TILE_PAD};
  CytoTileRange g = {.first = out * p->out_block,
                     .channels = p->out_block,
                     .step = CHUNK * p->out_block + CYTO_TILE_PAD};
  float *v = p->scratch + worker * p->scratch_size, *w = v + CYTO_TILE_POINTS * x.step;
  x.edge = g.edge = w + CYTO_TILE_POINTS * g.step;
  memset(sum, 0, sums_size(p) * sizeof *sum);
  if (p->g_bias && in == 0) {
    g.sum = p->bias_partial + group * p->conv->out + g.first;
    memset(g.sum, 0, p->out_block * sizeof *g.sum);
  }
  for (size_t t = first; t < end; t += CHUNK) {
    size_t tiles = end - t < CHUNK ? end - t : CHUNK;
    for (size_t k = 0; k < tiles; k++) {
      const CytoTrainTile tile = cyto_tile(&p->tiles, t + k);
      x.v = v + k * p->in_block;
      g.v = w + k * p->out_block;
      cyto_tile_patch(&p->x, &tile, &x);
      cyto_tile_block(&p->g, &tile, &g);
    }
    for (size_t f = 0; f < CYTO_TILE_POINTS; f++)
      multiply(p, v + f * x.step, w + f * g.step, tiles, sum + f * p->in_block * p->out_block);
  }
}

/* The sums of one input channel over the groups, and back to 3×3 weights. */
static void gather_item(void *context, size_t i, unsigned worker) {
  (void)worker;
  const Pass *p = context;
  size_t lanes = p->work->kernel->lanes, plane = p->in_block * p->out_block;
  size_t blocks = p->in_blocks * p->out_blocks;
  for (size_t o = 0; o < p->conv->out; o += lanes) {
    float m[CYTO_TILE_POINTS * 64], w[9 * 64];
    size_t block = i / p->in_block * p->out_blocks + o / p->out_block;
    size_t at = i % p->in_block * p->out_block + o % p->out_block;
    memset(m, 0, CYTO_TILE_POINTS * lanes * sizeof *m);
    for (size_t group = 0; group < p->groups; group++) {
      const float *from = p->partial + (group * blocks + block) * sums_size(p) + at;
      for (size_t f = 0; f < CYTO_TILE_POINTS; f++)
        for (size_t l = 0; l < lanes; l++)
          m[f * lanes + l] += from[f * plane + l];
    }
    p->work->train->weights_back(m, lanes, w);
    for (size_t l = 0; l < lanes; l++)
      for (size_t t = 0; t < 9; t++)
        p->g_weight[((o + l) * p->conv->in + i) * 9 + t] = w[t * lanes + l];
  }
}

static void gather_bias(const Pass *p) {
  for (size_t o = 0; o < p->conv->out && p->g_bias; o++) {
    double sum = 0;
    for (size_t group = 0; group < p->groups; group++)
      sum += p->bias_partial[group * p->conv->out + o];
    p->g_bias[o] = (float)sum;
  }
}

bool cyto_winograd_weights(CytoTrainWork *work, const CytoTrainConv *conv, const CytoTrainIn *in,
                           const float *g, float *g_weight, float *g_bias, CytoError *err) {
  Pass p = {.work = work, .conv = conv, .g_weight = g_weight, .g_bias = g_bias};
  const CytoTrainIn gradient = {.n = in->n, .h = in->h, .w = in->w, .x = g};
  p.tiles = cyto_tiles(in->n, in->h, in->w);
  cyto_tile_source(&p.x, &p.tiles, work->train, in, conv->in);
  cyto_tile_source(&p.g, &p.tiles, work->train, &gradient, conv->out);
  p.in_block = largest_block(conv->in, work->kernel->panel);
  p.out_block = largest_block(conv->out, work->kernel->panel);
  p.in_blocks = conv->in / p.in_block;
  p.out_blocks = conv->out / p.out_block;
  size_t blocks = p.in_blocks * p.out_blocks, chunks = cyto_items(p.tiles.count, CHUNK);
  p.groups = cyto_items(ITEMS, blocks);
  p.groups = p.groups < chunks ? p.groups : chunks;
  p.scratch_size = CYTO_TILE_POINTS * (CHUNK + 1) * (p.in_block + p.out_block) +
                   2 * CYTO_TILE_POINTS * CYTO_TILE_PAD;
  unsigned threads = cyto_pool_threads(work->job ? work->job->pool : NULL);
  size_t sums = p.groups * blocks * sums_size(&p);
  p.scratch = cyto_room(&work->scratch, threads * p.scratch_size, err);
  p.partial = p.scratch ? cyto_room(&work->partial, sums + p.groups * conv->out, err) : NULL;
  p.bias_partial = p.partial ? p.partial + sums : NULL;
  if (!p.partial || !cyto_parallel(work->job, p.groups * blocks, group_item, &p, NULL, err) ||
      !cyto_parallel(work->job, conv->in, gather_item, &p, NULL, err))
    return false;
  gather_bias(&p);
  return true;
}

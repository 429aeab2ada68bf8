/* Winograd's F(4×4,3×3) over a batch: the convolution, and the gradient of its input, which is the
 * convolution of the gradient with the weights turned around and channels exchanged. */
#include "../base/parallel.h"
#include "train-tiles.h"
#include <string.h>

typedef struct Pass {
  const CytoTrainWork *work;
  const CytoTrainConv *conv;
  const CytoTrainIn *in;
  const CytoTrainOut *out;   /* forward, */
  const CytoTrainBack *back; /* or backward */
  CytoTiles tiles;
  CytoTileSource source;
  size_t depth, width; /* channels read and written */
  size_t group;        /* tiles of an item */
  size_t span;         /* images an item may touch */
  float *packed, *scratch, *partial;
  size_t scratch_size;
} Pass;

static size_t step_of(const Pass *p, size_t channels) {
  return p->group * channels + CYTO_TILE_PAD;
}

/* Transformed weights (36, panels, depth, panel); `item` is one vector of written channels. */
static void pack_item(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Pass *p = context;
  const CytoTrainConv *conv = p->conv;
  size_t lanes = p->work->kernel->lanes, panel = p->work->kernel->panel, o = item * lanes;
  size_t plane = p->width * p->depth;
  for (size_t d = 0; d < p->depth; d++) {
    float g[9 * 64];
    for (size_t l = 0; l < lanes; l++) {
      const float *w = p->back ? conv->weight + (d * conv->in + o + l) * 9
                               : conv->weight + ((o + l) * conv->in + d) * 9;
      for (size_t t = 0; t < 9; t++)
        g[t * lanes + l] = w[p->back ? 8 - t : t];
    }
    float *u = p->packed + (o / panel * p->depth + d) * panel + o % panel;
    p->work->train->weights_in(g, u, plane);
  }
}

/* The 36 products V(tiles, depth) · U(depth, width). */
static void multiply(const Pass *p, size_t tiles, const float *v, float *m) {
  static const float no_bias[64] = {0};
  const CytoKernel *kernel = p->work->kernel;
  size_t panel = kernel->panel, panels = p->width / panel;
  size_t blocks = cyto_items(tiles, kernel->rows), step = cyto_items(tiles, blocks);
  const ptrdiff_t tap = 0;
  CytoBlock block = {.stride = p->depth,
                     .tap = &tap,
                     .taps = 1,
                     .depth = p->depth,
                     .bias = no_bias,
                     .out_stride = p->width,
                     .columns = panel};
  for (size_t f = 0; f < CYTO_TILE_POINTS; f++)
    for (size_t j = 0; j < panels; j++) {
      block.b = p->packed + (f * panels + j) * p->depth * panel;
      for (size_t i = 0; i < tiles; i += step) {
        block.a = v + f * step_of(p, p->depth) + i * p->depth;
        block.out = m + f * step_of(p, p->width) + i * p->width + j * panel;
        kernel->block(&block, tiles - i < step ? tiles - i : step);
      }
    }
}

static void store_out(const Pass *p, const CytoTrainTile *tile, const float *m, float *sums) {
  const CytoTrainOut *o = p->out;
  size_t c = p->width, w = p->in->w, halve = o->residual_halve;
  size_t row = tile->image * (p->in->h >> halve) + (tile->y >> halve);
  CytoTileOut out = {.m = m,
                     .step = step_of(p, c),
                     .channels = c,
                     .rows = tile->rows,
                     .columns = tile->columns,
                     .out = o->y + ((tile->image * p->in->h + tile->y) * w + tile->x) * c,
                     .out_row = w * c,
                     .bias = p->conv->bias,
                     .residual_row = (w >> halve) * c,
                     .halve = o->residual_halve,
                     .pivot = o->pivot,
                     .sum = sums,
                     .product = sums + c};
  if (o->residual)
    out.residual = o->residual + (row * (w >> halve) + (tile->x >> halve)) * c;
  p->work->train->tile_out(&out);
}

static void store_back(const Pass *p, const CytoTrainTile *tile, const float *m, float *sums) {
  const CytoTrainBack *b = p->back;
  unsigned halve = p->in->halve;
  size_t c = p->width, w = p->in->w >> halve;
  size_t at = (tile->image * (p->in->h >> halve) + (tile->y >> halve)) * w + (tile->x >> halve);
  CytoTileOut out = {.m = m,
                     .step = step_of(p, c),
                     .channels = c,
                     .rows = tile->rows,
                     .columns = tile->columns,
                     .out = b->gz + at * c,
                     .out_row = w * c,
                     .halve = halve,
                     .pivot = b->pivot + tile->image * c,
                     .sum = sums,
                     .product = sums + c,
                     .s = p->in->x + at * c,
                     .s_row = w * c,
                     .scale = p->in->scale,
                     .shift = p->in->shift + tile->image * c};
  p->work->train->tile_back(&out);
}

static void tiles_item(void *context, size_t item, unsigned worker) {
  const Pass *p = context;
  size_t first = item * p->group, end = cyto_item_end(p->tiles.count, p->group, item);
  float *v = p->scratch + worker * p->scratch_size;
  float *m = v + CYTO_TILE_POINTS * step_of(p, p->depth);
  float *partial = p->partial + item * p->span * 2 * p->width;
  CytoTileRange range = {.channels = p->depth,
                         .step = step_of(p, p->depth),
                         .edge = m + CYTO_TILE_POINTS * step_of(p, p->width)};
  memset(partial, 0, p->span * 2 * p->width * sizeof *partial);
  for (size_t t = first; t < end; t++) {
    const CytoTrainTile tile = cyto_tile(&p->tiles, t);
    range.v = v + (t - first) * p->depth;
    cyto_tile_patch(&p->source, &tile, &range);
  }
  multiply(p, end - first, v, m);
  for (size_t t = first; t < end; t++) {
    const CytoTrainTile tile = cyto_tile(&p->tiles, t);
    float *sums = partial + (tile.image - first / p->tiles.each) * 2 * p->width;
    (p->back ? store_back : store_out)(p, &tile, m + (t - first) * p->width, sums);
  }
}

/* Tiles of an item: two blocks of the kernel, more where large weights stream through for each. */
static size_t group_of(const CytoTrainConv *conv) {
  return conv->in * conv->out >= 256 * 128 ? 56 : 28;
}

static bool run(CytoTrainWork *work, Pass *p, double *sum, double *product, CytoError *err) {
  p->work = work;
  p->group = group_of(p->conv);
  p->span = (p->group - 1) / p->tiles.each + 2;
  size_t items = cyto_items(p->tiles.count, p->group);
  p->scratch_size = CYTO_TILE_POINTS * (step_of(p, p->depth) + step_of(p, p->width) + p->depth);
  p->scratch_size = (p->scratch_size + 15) / 16 * 16;
  unsigned threads = cyto_pool_threads(work->job ? work->job->pool : NULL);
  p->packed = cyto_room(&work->packed, CYTO_TILE_POINTS * p->depth * p->width, err);
  p->scratch = p->packed ? cyto_room(&work->scratch, threads * p->scratch_size, err) : NULL;
  p->partial = p->scratch ? cyto_room(&work->partial, items * p->span * 2 * p->width, err) : NULL;
  if (!p->partial ||
      !cyto_parallel(work->job, p->width / work->kernel->lanes, pack_item, p, NULL, err) ||
      !cyto_parallel(work->job, items, tiles_item, p, NULL, err))
    return false;
  const CytoPartials partials = {.data = p->partial,
                                 .items = items,
                                 .span = p->span,
                                 .channels = p->width,
                                 .n = p->tiles.n,
                                 .per_item = p->group,
                                 .per_image = p->tiles.each};
  cyto_partials_add(&partials, sum, product);
  return true;
}

bool cyto_winograd_forward(CytoTrainWork *work, const CytoTrainConv *conv, const CytoTrainIn *in,
                           const CytoTrainOut *out, CytoError *err) {
  Pass p = {.conv = conv, .in = in, .out = out, .depth = conv->in, .width = conv->out};
  p.tiles = cyto_tiles(in->n, in->h, in->w);
  cyto_tile_source(&p.source, &p.tiles, work->train, in, conv->in);
  return run(work, &p, out->sum, out->square, err);
}

bool cyto_winograd_back(CytoTrainWork *work, const CytoTrainConv *conv, const CytoTrainIn *in,
                        const CytoTrainBack *back, CytoError *err) {
  Pass p = {.conv = conv, .in = in, .back = back, .depth = conv->out, .width = conv->in};
  const CytoTrainIn gradient = {.n = in->n, .h = in->h, .w = in->w, .x = back->g};
  p.tiles = cyto_tiles(in->n, in->h, in->w);
  cyto_tile_source(&p.source, &p.tiles, work->train, &gradient, conv->out);
  return run(work, &p, back->sum, back->product, err);
}

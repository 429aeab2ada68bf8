#include "steps.h"
#include "../base/parallel.h"
#include <math.h>
#include <string.h>

enum { POOL_ROWS = 4, LAYOUT_ROWS = 16, HEAD_ROWS = 4, SHIFTS = 3 };

static size_t larger(size_t a, size_t b) {
  return a > b ? a : b;
}

static size_t level_size(const CytoUnet *net, size_t n, size_t h, size_t w) {
  return (h >> n) * (w >> n) * net->layout.nbase[n + 1];
}

/* Largest scratch any step asks for. */
size_t cyto_tile_scratch(const CytoUnet *net, size_t h, size_t w) {
  size_t most = larger(cyto_conv_scratch(&net->head.conv, h, w), HEAD_ROWS * w * net->head.conv.in);
  most = larger(most, 2 * cyto_unet_style_size(net)); /* sums in f64 */
  for (size_t n = 0; n < net->layout.levels; n++)
    for (int i = 0; i < 4; i++) { /* basic blocks have fewer layers */
      const CytoConv *down = &net->down[n].layer[i].conv, *up = &net->up[n].layer[i].conv;
      most = larger(most, down->in ? cyto_conv_scratch(down, h >> n, w >> n) : 0);
      most = larger(most, up->in ? cyto_conv_scratch(up, h >> n, w >> n) : 0);
    }
  return (most + 15) / 16 * 16;
}

/* Floats that the parts of a convolution of level n share, at most. */
static size_t level_shared(const CytoUnet *net, size_t n, size_t h, size_t w) {
  size_t most = 0;
  for (int i = 0; i < 4; i++) {
    most = larger(most, cyto_conv_shared(&net->down[n].layer[i].conv, h >> n, w >> n));
    most = larger(most, cyto_conv_shared(&net->up[n].layer[i].conv, h >> n, w >> n));
  }
  return most;
}

/* Where the parts of a tile lie in a block; NULL measures it. */
static size_t place(CytoTile *t, float *block) {
  const CytoLayout *layout = &t->net->layout;
  enum { FIXED = 6 };
  size_t work = t->h * t->w * layout->nout, half = 0, shared = 0, parts = FIXED, at = 0;
  size_t size[FIXED + CYTO_MAX_LEVELS];
  float **part[FIXED + CYTO_MAX_LEVELS] = {&t->work[0], &t->work[1], &t->half,
                                           &t->input,   &t->shift,   &t->shared};
  for (size_t n = 0; n < layout->levels; n++) {
    size_t here = level_size(t->net, n, t->h, t->w);
    work = larger(work, here);
    half = n ? larger(half, (t->h >> n) * (t->w >> n) * layout->nbase[n]) : 0;
    t->widest = larger(t->widest, layout->nbase[n + 1]);
    shared = larger(shared, level_shared(t->net, n, t->h, t->w));
    part[parts] = &t->skip[n];
    size[parts++] = here;
  }
  size[0] = size[1] = work;
  size[2] = half;
  size[3] = t->h * t->w * layout->nbase[0];
  size[4] = SHIFTS * layout->levels * t->widest;
  size[5] = shared;
  for (size_t i = 0; i < parts; i++) {
    *part[i] = block ? block + at : NULL;
    at += (size[i] + 15) / 16 * 16;
  }
  return at;
}

size_t cyto_tile_size(const CytoUnet *net, size_t h, size_t w) {
  CytoTile tile = {.net = net, .h = h, .w = w};
  return place(&tile, NULL);
}

static void conv_item(const CytoTile *t, const CytoStep *s, size_t item, float *scratch) {
  (void)t;
  cyto_conv_run(s->conv, &s->io, s->part, item, scratch);
}

/* The caller's (C,H,W) to (H,W,C). */
static void input_item(const CytoTile *t, const CytoStep *s, size_t item, float *scratch) {
  (void)scratch;
  size_t pixels = t->h * t->w, n = s->channels;
  size_t end = cyto_item_end(t->h, LAYOUT_ROWS, item) * t->w;
  for (size_t c = 0; c < n; c++)
    for (size_t i = item * LAYOUT_ROWS * t->w; i < end; i++)
      t->input[i * n + c] = t->x[c * pixels + i];
}

/* And back. */
static void output_item(const CytoTile *t, const CytoStep *s, size_t item, float *scratch) {
  (void)scratch;
  size_t pixels = t->h * t->w, n = s->channels;
  size_t end = cyto_item_end(t->h, LAYOUT_ROWS, item) * t->w;
  for (size_t c = 0; c < n; c++)
    for (size_t i = item * LAYOUT_ROWS * t->w; i < end; i++)
      t->y[c * pixels + i] = s->io.x[i * n + c];
}

/* Max pooling 2×2 of x (2h,2w,c) into y (h,w,c). */
static void pool_item(const CytoTile *t, const CytoStep *s, size_t item, float *scratch) {
  (void)t;
  (void)scratch;
  size_t c = s->channels, w = s->io.w, end = cyto_item_end(s->io.h, POOL_ROWS, item);
  for (size_t i = item * POOL_ROWS; i < end; i++)
    for (size_t j = 0; j < w; j++) {
      const float *a = s->io.x + (2 * i * 2 * w + 2 * j) * c, *b = a + 2 * w * c;
      float *restrict y = s->io.y + (i * w + j) * c;
      for (size_t k = 0; k < c; k++) {
        float top = a[k] > a[c + k] ? a[k] : a[c + k];
        float low = b[k] > b[c + k] ? b[k] : b[c + k];
        y[k] = top > low ? top : low;
      }
    }
}

/* Mean over pixels, then unit length (§1.5); an all-zero picture keeps a zero style, not NaN. */
static void style_item(const CytoTile *t, const CytoStep *s, size_t item, float *scratch) {
  (void)item;
  size_t c = s->channels, pixels = s->io.h * s->io.w;
  double *restrict sum = (double *)scratch, norm = 0;
  memset(sum, 0, c * sizeof *sum);
  for (size_t i = 0; i < pixels; i++)
    for (size_t k = 0; k < c; k++)
      sum[k] += s->io.x[i * c + k];
  for (size_t k = 0; k < c; k++) {
    t->found[k] = (float)(sum[k] / (double)pixels);
    norm += (double)t->found[k] * t->found[k];
  }
  for (size_t k = 0; k < c && norm > 0; k++)
    t->found[k] = (float)(t->found[k] / sqrt(norm));
}

/* One layer of the decoder each. */
static void shift_item(const CytoTile *t, const CytoStep *s, size_t item, float *scratch) {
  (void)s;
  (void)scratch;
  cyto_layer_shift(&t->net->up[item / SHIFTS].layer[1 + item % SHIFTS], t->found,
                   t->shift + item * t->widest);
}

/* The head where its channels fill vectors: products with each output's weights, straight to the
 * caller's (C,H,W). */
static void head_item(const CytoTile *t, const CytoStep *s, size_t item, float *scratch) {
  const CytoConv *conv = s->conv;
  size_t first = item * HEAD_ROWS, rows = cyto_item_end(t->h, HEAD_ROWS, item) - first;
  const CytoWindow window = {first, 0, rows, t->w};
  cyto_conv_load(conv, &s->io, &window, scratch);
  for (size_t o = 0; o < conv->out; o++) {
    CytoDots dots = {.a = scratch,
                     .channels = conv->in,
                     .pixels = rows * t->w,
                     .weight = conv->weight + o,
                     .step = conv->kernel->panel,
                     .bias = conv->bias[o]};
    conv->kernel->dots(&dots, t->y + (o * t->h + first) * t->w);
  }
}

static CytoStep *add(CytoTile *t, CytoStep step) {
  t->step[t->steps] = step;
  return &t->step[t->steps++];
}

static void add_conv(CytoTile *t, const CytoConv *conv, CytoConvIo io) {
  io.shared = t->shared;
  for (unsigned part = 0; part < cyto_conv_parts(conv, io.h, io.w); part++)
    add(t, (CytoStep){.item = conv_item,
                      .items = cyto_conv_items(conv, part, io.h, io.w),
                      .conv = conv,
                      .part = part,
                      .io = io});
}

static void add_layer(CytoTile *t, const CytoLayer *layer, const float *shift, CytoConvIo io) {
  io.scale = layer->norm.scale;
  io.shift = layer->style ? shift : layer->norm.shift;
  add_conv(t, &layer->conv, io);
}

/* x → a through the residual block of level n, with b for what lies between; x is half that size
 * when halve is 1, and may be a then. The sums are made in place where they can be: what is added
 * is in the cache, and so is where they go. */
static void add_residual(CytoTile *t, const CytoResidual *block, size_t n, const float *x,
                         unsigned halve, const float *skip, float *b, float *a) {
  size_t h = t->h >> n, w = t->w >> n;
  const float *shift = t->shift + SHIFTS * n * t->widest;
  float *p = halve ? t->half : a;
  add_conv(t, &block->proj, (CytoConvIo){.h = h >> halve, .w = w >> halve, .x = x, .y = p});
  add_layer(t, &block->layer[0], NULL,
            (CytoConvIo){.h = h, .w = w, .x = x, .halve = halve, .residual = skip, .y = b});
  add_layer(t, &block->layer[1], shift,
            (CytoConvIo){.h = h, .w = w, .x = b, .residual = p, .residual_halve = halve, .y = a});
  add_layer(t, &block->layer[2], shift + t->widest, (CytoConvIo){.h = h, .w = w, .x = a, .y = b});
  add_layer(t, &block->layer[3], shift + 2 * t->widest,
            (CytoConvIo){.h = h, .w = w, .x = b, .residual = a, .y = a});
}

/* The blocks of a basic U-Net. In the decoder the skip's half of the joined channels goes first,
 * and the other is added to it. */
static void add_basic(CytoTile *t, const CytoResidual *block, size_t n, const float *x,
                      unsigned halve, const float *skip, float *b, float *y) {
  size_t h = t->h >> n, w = t->w >> n;
  add_layer(t, &block->layer[0], NULL,
            (CytoConvIo){.h = h, .w = w, .x = x, .halve = halve, .y = b});
  if (skip)
    add_layer(t, &block->layer[1], NULL, (CytoConvIo){.h = h, .w = w, .x = skip, .y = y});
  add_layer(t, &block->layer[skip ? 2 : 1], NULL,
            (CytoConvIo){.h = h, .w = w, .x = b, .residual = skip ? y : NULL, .y = y});
}

static void add_head(CytoTile *t, const float *x) {
  const CytoLayer *head = &t->net->head;
  const CytoKernel *kernel = t->net->kernel;
  CytoConvIo io = {.h = t->h,
                   .w = t->w,
                   .x = x,
                   .scale = head->norm.scale,
                   .shift = head->norm.shift,
                   .y = t->work[0]};
  if (head->conv.in % kernel->lanes == 0 && head->conv.in <= CYTO_DOTS_CHANNELS &&
      head->conv.out <= kernel->panel) {
    add(t, (CytoStep){head_item, cyto_items(t->h, HEAD_ROWS), &head->conv, 0, io, 0});
    return;
  }
  add_conv(t, &head->conv, io);
  add(t,
      (CytoStep){output_item, cyto_items(t->h, LAYOUT_ROWS), NULL, 0, {.x = io.y}, head->conv.out});
}

void cyto_tile_init(CytoTile *t, const CytoUnet *net, size_t h, size_t w, float *block) {
  const CytoLayout *layout = &net->layout;
  size_t deepest = layout->levels - 1;
  *t = (CytoTile){.net = net, .h = h, .w = w};
  place(t, block);
  add(t, (CytoStep){input_item, cyto_items(h, LAYOUT_ROWS), NULL, 0, {0}, layout->nbase[0]});
  const float *x = t->input;
  for (size_t n = 0; n <= deepest; n++) {
    CytoConvIo pool = {.h = h >> n, .w = w >> n, .x = n ? t->skip[n - 1] : NULL, .y = t->half};
    if (n > 0) {
      add(t, (CytoStep){pool_item, cyto_items(h >> n, POOL_ROWS), NULL, 0, pool, layout->nbase[n]});
      x = t->half;
    }
    (layout->basic ? add_basic : add_residual)(t, &net->down[n], n, x, 0, NULL, t->work[0],
                                               t->skip[n]);
  }
  x = t->skip[deepest];
  add(t, (CytoStep){style_item,
                    1,
                    NULL,
                    0,
                    {.h = h >> deepest, .w = w >> deepest, .x = x},
                    cyto_unet_style_size(net)});
  if (!layout->basic)
    add(t, (CytoStep){shift_item, SHIFTS * layout->levels, NULL, 0, {0}, 0});
  for (size_t n = deepest + 1; n-- > 0; x = t->work[1])
    if (layout->basic)
      add_basic(t, &net->up[n], n, x, n < deepest, t->skip[n], t->work[0], t->work[1]);
    else
      add_residual(t, &net->up[n], n, x, n < deepest, t->skip[n],
                   n < deepest ? t->skip[n] : t->work[0], t->work[1]);
  add_head(t, x);
}

/* 3×3 convolution through Winograd's F(4×4,3×3) or F(6×6,3×3) (kernel-winograd.h): patches of 6×6
 * or 8×8 inputs and the weights are transformed, 36 or 64 matrix products sum over the channels,
 * blocks of 4×4 or 6×6 are transformed back. Both transforms happen in the cache, beside the
 * loading and the storing of the layer. */
#include "conv.h"
#include <string.h>

enum {
  ACROSS = 14, /* patches of an item side by side: one block of the kernel's rows */
  MOST = 28,   /* patches of an item: two blocks */
  PAD = 16,    /* floats between the points, so that they fall on different sets of the cache */
};

static size_t patches_of(const CytoConv *conv, size_t pixels) {
  return (pixels + conv->winograd->side - 1) / conv->winograd->side;
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* The cut of a layer into items: squarish, so that few inputs are loaded by two of them. */
typedef struct Plan {
  size_t across, down;   /* patches of a whole item */
  size_t columns, items; /* items side by side, and all of them */
  size_t channels;       /* output channels, whole panels */
  size_t rows, v, m;     /* floats of the three parts of the scratch */
} Plan;

static Plan plan(const CytoConv *conv, size_t h, size_t w) {
  size_t all = patches_of(conv, w), down = patches_of(conv, h), side = conv->winograd->side;
  size_t points = cyto_conv_points(conv);
  Plan p = {.columns = (all + ACROSS - 1) / ACROSS,
            .channels = cyto_conv_panels(conv) * conv->kernel->panel};
  p.across = (all + p.columns - 1) / p.columns;
  p.down = MOST / p.across;
  p.items = (down + p.down - 1) / p.down * p.columns;
  p.rows = (side * p.down + 2) * (side * p.across + 2) * conv->in;
  p.v = points * (p.across * p.down * conv->in + PAD);
  p.m = points * (p.across * p.down * p.channels + PAD);
  return p;
}

size_t cyto_winograd_items(const CytoConv *conv, size_t h, size_t w) {
  return plan(conv, h, w).items;
}

size_t cyto_winograd_scratch(const CytoConv *conv, size_t w) {
  Plan p = plan(conv, 1, w);
  return p.rows + p.v + p.m;
}

void cyto_winograd_pack(const CytoConv *conv, const float *weight, float *out) {
  size_t panel = conv->kernel->panel, lanes = conv->kernel->lanes;
  size_t plane = cyto_conv_panels(conv) * conv->in * panel;
  for (size_t o = 0; o < conv->out; o += lanes)
    for (size_t i = 0; i < conv->in; i++) {
      float g[9 * 64];
      for (size_t l = 0; l < lanes; l++)
        for (size_t t = 0; t < 9; t++)
          g[t * lanes + l] = weight[((o + l) * conv->in + i) * 9 + t];
      conv->winograd->weights_in(g, out + (o / panel * conv->in + i) * panel + o % panel, plane);
    }
}

/* One item at work. */
typedef struct Item {
  size_t top, left, down, across; /* first output pixel; patches inside the picture */
  size_t v_step, m_step;          /* floats from one point to the next */
  float *rows, *v, *m;
} Item;

/* The products V(patches, in) · U(in, out) of an item, one a point. */
static void multiply(const CytoConv *conv, const Item *item, size_t channels) {
  static const float no_bias[64] = {0};
  size_t panel = conv->kernel->panel, count = cyto_conv_panels(conv);
  size_t points = cyto_conv_points(conv), patches = item->down * item->across;
  size_t blocks = (patches + conv->kernel->rows - 1) / conv->kernel->rows;
  size_t step = (patches + blocks - 1) / blocks; /* blocks of much the same height */
  const ptrdiff_t tap = 0;
  CytoBlock block = {.stride = conv->in,
                     .tap = &tap,
                     .taps = 1,
                     .depth = conv->in,
                     .bias = no_bias,
                     .out_stride = channels,
                     .columns = panel};
  for (size_t f = 0; f < points; f++)
    for (size_t p = 0; p < count; p++) {
      block.b = conv->weight + (f * count + p) * conv->in * panel;
      for (size_t i = 0; i < patches; i += step) {
        block.a = item->v + f * item->v_step + i * conv->in;
        block.out = item->m + f * item->m_step + i * channels + p * panel;
        conv->kernel->block(&block, least(patches - i, step));
      }
    }
}

static void transform(const CytoConv *conv, const Item *item) {
  size_t side = conv->winograd->side, row = (side * item->across + 2) * conv->in;
  for (size_t i = 0; i < item->down; i++)
    for (size_t j = 0; j < item->across; j++)
      conv->winograd->patch_in(item->rows + side * (i * row + j * conv->in), row, conv->in,
                               item->v + (i * item->across + j) * conv->in, item->v_step);
}

/* Back to outputs: bias, residual, and only the pixels that exist. */
static void store(const CytoConv *conv, const CytoConvIo *io, const Item *item, size_t channels) {
  size_t n = conv->out, side = conv->winograd->side, residual_w = io->w >> io->residual_halve;
  CytoPatchOut patch = {.step = item->m_step,
                        .channels = n,
                        .bias = conv->bias,
                        .residual_row = residual_w * n,
                        .halve = io->residual_halve,
                        .out_row = io->w * n};
  for (size_t i = 0; i < item->down; i++)
    for (size_t j = 0; j < item->across; j++) {
      size_t y = item->top + side * i, x = item->left + side * j;
      size_t at = (y >> io->residual_halve) * residual_w + (x >> io->residual_halve);
      patch.m = item->m + (i * item->across + j) * channels;
      patch.residual = io->residual ? io->residual + at * n : NULL;
      patch.out = io->y + (y * io->w + x) * n;
      patch.rows = least(io->h - y, side);
      patch.columns = least(io->w - x, side);
      conv->winograd->patch_out(&patch);
    }
}

void cyto_winograd_run(const CytoConv *conv, const CytoConvIo *io, size_t item, float *scratch) {
  const Plan p = plan(conv, io->h, io->w);
  size_t side = conv->winograd->side;
  Item it = {.top = item / p.columns * p.down * side,
             .left = item % p.columns * p.across * side,
             .rows = scratch,
             .v = scratch + p.rows,
             .m = scratch + p.rows + p.v};
  it.down = least(patches_of(conv, io->h - it.top), p.down);
  it.across = least(patches_of(conv, io->w - it.left), p.across);
  it.v_step = it.down * it.across * conv->in + PAD;
  it.m_step = it.down * it.across * p.channels + PAD;
  const CytoWindow window = {it.top, it.left, side * it.down + 2, side * it.across + 2};
  cyto_conv_load(conv, io, &window, it.rows);
  transform(conv, &it);
  multiply(conv, &it, p.channels);
  store(conv, io, &it, p.channels);
}

/* 3×3 convolution through Winograd's F(4×4,3×3) (kernel-winograd.h): patches of 6×6 inputs and the
 * weights are transformed, 36 matrix products sum over the channels, blocks of 4×4 are transformed
 * back. Both transforms happen in the cache, beside the loading and the storing of the layer. */
#include "conv.h"
#include <string.h>

enum { POINTS = 36, LEAST_PATCHES = 28 }; /* patches of an item: two blocks of the kernel's rows */

static size_t patches_across(size_t w) {
  return (w + 3) / 4;
}

size_t cyto_winograd_rows(const CytoConv *conv, size_t w) {
  (void)conv;
  size_t across = patches_across(w);
  return 4 * ((LEAST_PATCHES + across - 1) / across);
}

typedef struct Scratch {
  size_t width;      /* pixels of a loaded row */
  size_t patches;    /* of a whole item */
  size_t columns;    /* output channels, whole panels */
  size_t rows, v, m; /* floats of the three parts */
} Scratch;

static Scratch plan(const CytoConv *conv, size_t w) {
  size_t down = cyto_winograd_rows(conv, w) / 4, across = patches_across(w);
  Scratch s = {.width = 4 * across + 2,
               .patches = down * across,
               .columns = cyto_conv_panels(conv) * conv->kernel->panel};
  s.rows = (4 * down + 2) * s.width * conv->in;
  s.v = POINTS * s.patches * conv->in;
  s.m = POINTS * s.patches * s.columns;
  return s;
}

size_t cyto_winograd_scratch(const CytoConv *conv, size_t w) {
  Scratch s = plan(conv, w);
  return s.rows + s.v + s.m;
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
      conv->kernel->weights_in(g, out + (o / panel * conv->in + i) * panel + o % panel, plane);
    }
}

/* The 36 products V(patches, in) · U(in, out) of an item. */
static void multiply(const CytoConv *conv, const Scratch *s, size_t patches, const float *v,
                     float *m) {
  static const float no_bias[64] = {0};
  size_t panel = conv->kernel->panel, step = conv->kernel->rows, count = cyto_conv_panels(conv);
  const ptrdiff_t tap = 0;
  CytoBlock block = {.stride = conv->in,
                     .tap = &tap,
                     .taps = 1,
                     .depth = conv->in,
                     .bias = no_bias,
                     .out_stride = s->columns,
                     .columns = panel};
  for (size_t f = 0; f < POINTS; f++)
    for (size_t p = 0; p < count; p++) {
      block.b = conv->weight + (f * count + p) * conv->in * panel;
      for (size_t i = 0; i < patches; i += step) {
        block.a = v + (f * patches + i) * conv->in;
        block.out = m + (f * patches + i) * s->columns + p * panel;
        conv->kernel->block(&block, patches - i < step ? patches - i : step);
      }
    }
}

/* Back to outputs: bias, residual, and only the pixels that exist. */
static void store(const CytoConv *conv, const CytoConvIo *io, const Scratch *s, size_t first,
                  size_t down, const float *m) {
  size_t across = patches_across(io->w), n = conv->out;
  size_t residual_w = io->w >> io->residual_halve;
  CytoPatchOut patch = {.step = down * across * s->columns,
                        .channels = n,
                        .bias = conv->bias,
                        .residual_row = residual_w * n,
                        .halve = io->residual_halve,
                        .out_row = io->w * n};
  for (size_t i = 0; i < down; i++)
    for (size_t j = 0; j < across; j++) {
      size_t y = first + 4 * i, x = 4 * j;
      size_t at = (y >> io->residual_halve) * residual_w + (x >> io->residual_halve);
      patch.m = m + (i * across + j) * s->columns;
      patch.residual = io->residual ? io->residual + at * n : NULL;
      patch.out = io->y + (y * io->w + x) * n;
      patch.rows = io->h - y < 4 ? io->h - y : 4;
      patch.columns = io->w - x < 4 ? io->w - x : 4;
      conv->kernel->patch_out(&patch);
    }
}

void cyto_winograd_run(const CytoConv *conv, const CytoConvIo *io, size_t item, float *scratch) {
  const Scratch s = plan(conv, io->w);
  size_t first = item * cyto_winograd_rows(conv, io->w), left = io->h - first;
  size_t across = patches_across(io->w), down = s.patches / across;
  down = (left + 3) / 4 < down ? (left + 3) / 4 : down;
  size_t row = s.width * conv->in, patches = down * across;
  float *rows = scratch, *v = rows + s.rows, *m = v + s.v;
  cyto_conv_load(conv, io, first, 4 * down + 2, s.width, rows);
  for (size_t i = 0; i < down; i++)
    for (size_t j = 0; j < across; j++)
      conv->kernel->patch_in(rows + 4 * i * row + 4 * j * conv->in, row, conv->in,
                             v + (i * across + j) * conv->in, patches * conv->in);
  multiply(conv, &s, patches, v, m);
  store(conv, io, &s, first, down, m);
}

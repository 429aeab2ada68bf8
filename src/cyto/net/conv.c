#include "conv.h"
#include "../base/mem.h"
#include <string.h>

enum { CACHE_BYTES = 256 * 1024 }; /* activated rows of one item */

static size_t panels(const CytoConv *conv) {
  return (conv->out + conv->kernel->panel - 1) / conv->kernel->panel;
}

static void pack(CytoConv *conv, const float *weight, const float *in_scale) {
  size_t panel = conv->kernel->panel;
  for (size_t o = 0; o < conv->out; o++)
    for (size_t i = 0; i < conv->in; i++)
      for (size_t t = 0; t < conv->taps; t++) {
        float w = weight[(o * conv->in + i) * conv->taps + t] * (in_scale ? in_scale[i] : 1);
        size_t row = (o / panel * conv->taps + t) * conv->in + i;
        conv->weight[row * panel + o % panel] = w;
      }
}

bool cyto_conv_init(CytoConv *conv, const CytoKernel *kernel, size_t in, size_t out, size_t taps,
                    const float *weight, const float *bias, const float *in_scale,
                    const float *in_shift, CytoError *err) {
  CytoConv made = {kernel, in, out, taps, NULL, NULL};
  size_t columns = panels(&made) * kernel->panel;
  made.weight = cyto_calloc(columns * taps, in * sizeof(float), err);
  made.bias = cyto_calloc(columns, sizeof(float), err);
  if (!made.weight || !made.bias) {
    cyto_conv_clear(&made);
    return false;
  }
  pack(&made, weight, in_scale);
  for (size_t o = 0; o < out; o++) {
    double sum = bias[o];
    for (size_t i = 0; in_shift && i < in; i++)
      sum += (double)weight[o * in + i] * in_shift[i];
    made.bias[o] = (float)sum;
  }
  *conv = made;
  return true;
}

void cyto_conv_clear(CytoConv *conv) {
  free(conv->weight);
  free(conv->bias);
  *conv = (CytoConv){0};
}

static size_t item_rows(const CytoConv *conv, size_t w) {
  size_t row = (w + 2) * conv->in * sizeof(float), rows = CACHE_BYTES / row;
  return rows > 3 ? rows - 2 : 1;
}

size_t cyto_conv_items(const CytoConv *conv, size_t h, size_t w) {
  size_t rows = item_rows(conv, w);
  return (h + rows - 1) / rows;
}

size_t cyto_conv_scratch(const CytoConv *conv, size_t w) {
  return (item_rows(conv, w) + 2) * (w + 2) * conv->in;
}

/* Rows first..last of the input after batch norm and ReLU; for 3×3 with a row and a column of zeros
 * around the picture. */
static void load_rows(const CytoConv *conv, const CytoConvIo *io, size_t first, size_t last,
                      float *rows) {
  size_t c = conv->in, border = conv->taps == 9, stride = (io->w + 2 * border) * c;
  CytoActivate row = {
      .scale = io->scale, .shift = io->shift, .channels = c, .pixels = io->w, .halve = io->halve};
  for (size_t i = first; i < last + 2 * border; i++) { /* input row i - border */
    float *out = rows + (i - first) * stride;
    if (border && (i == 0 || i == io->h + 1)) {
      memset(out, 0, stride * sizeof(float));
      continue;
    }
    size_t y = i - border;
    row.x = io->x + (y >> io->halve) * (io->w >> io->halve) * c;
    row.skip = io->skip ? io->skip + y * io->w * c : NULL;
    if (border) {
      memset(out, 0, c * sizeof(float));
      memset(out + stride - c, 0, c * sizeof(float));
    }
    conv->kernel->activate(&row, out + border * c);
  }
}

void cyto_conv_run(const CytoConv *conv, const CytoConvIo *io, size_t item, float *scratch) {
  size_t rows = item_rows(conv, io->w), first = item * rows;
  size_t last = first + rows < io->h ? first + rows : io->h;
  size_t panel = conv->kernel->panel, step = conv->kernel->rows, c = conv->in;
  const float *a = io->x + first * io->w * c;
  size_t a_row = io->w * c;
  ptrdiff_t tap[9] = {0};
  if (io->scale) {
    load_rows(conv, io, first, last, scratch);
    a = scratch;
  }
  if (conv->taps == 9) {
    a_row += 2 * c;
    for (size_t t = 0; t < 9; t++)
      tap[t] = (ptrdiff_t)(t / 3 * a_row + t % 3 * c);
  }
  CytoBlock block = {.stride = c,
                     .tap = tap,
                     .taps = conv->taps,
                     .depth = c,
                     .residual_stride = conv->out,
                     .halve = io->residual_halve,
                     .out_stride = conv->out};
  for (size_t p = 0; p < panels(conv); p++) {
    size_t left = conv->out - p * panel;
    block.b = conv->weight + p * conv->taps * c * panel;
    block.bias = conv->bias + p * panel;
    block.columns = left < panel ? left : panel;
    for (size_t y = first; y < last; y++) {
      size_t residual_row = (y >> io->residual_halve) * (io->w >> io->residual_halve) * conv->out;
      block.residual = io->residual ? io->residual + residual_row + p * panel : NULL;
      for (size_t x = 0; x < io->w; x += step) {
        block.a = a + (y - first) * a_row + x * c;
        block.first = x;
        block.out = io->y + (y * io->w + x) * conv->out + p * panel;
        conv->kernel->block(&block, io->w - x < step ? io->w - x : step);
      }
    }
  }
}

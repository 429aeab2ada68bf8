#include "conv.h"
#include "../base/mem.h"
#include <string.h>

enum {
  CACHE_BYTES = 256 * 1024, /* activated rows of one item of the plain sum */
  MOST_ROWS = 16,           /* so that threads end together */
  MOST_ROWS_1 = 2,          /* of 1×1 */
};

size_t cyto_conv_panels(const CytoConv *conv) {
  return (conv->out + conv->kernel->panel - 1) / conv->kernel->panel;
}

size_t cyto_conv_points(const CytoConv *conv) {
  size_t points = conv->winograd ? conv->winograd->points : 0;
  return points ? points * points : conv->taps;
}

static void pack(const CytoConv *conv, const float *weight, const float *in_scale, float *out) {
  size_t panel = conv->kernel->panel;
  for (size_t o = 0; o < conv->out; o++)
    for (size_t i = 0; i < conv->in; i++)
      for (size_t t = 0; t < conv->taps; t++) {
        float w = weight[(o * conv->in + i) * conv->taps + t] * (in_scale ? in_scale[i] : 1);
        size_t row = (o / panel * conv->taps + t) * conv->in + i;
        out[row * panel + o % panel] = w;
      }
}

void cyto_conv_pack(CytoConv *conv, const float *weight, const float *bias, const float *in_scale,
                    const float *in_shift) {
  if (conv->winograd)
    cyto_winograd_pack(conv, weight, conv->weight);
  else
    pack(conv, weight, in_scale, conv->weight);
  for (size_t o = 0; o < conv->out; o++) {
    double sum = bias ? bias[o] : 0;
    for (size_t i = 0; in_shift && i < conv->in; i++)
      sum += (double)weight[o * conv->in + i] * in_shift[i];
    conv->bias[o] = (float)sum;
  }
}

static bool init(CytoConv made, const float *weight, const float *bias, const float *in_scale,
                 const float *in_shift, CytoConv *conv, CytoError *err) {
  size_t columns = cyto_conv_panels(&made) * made.kernel->panel;
  size_t depth = cyto_conv_points(&made) * made.in;
  bool whole = columns == made.out; /* every weight of every panel is written */
  made.weight = (whole ? cyto_alloc : cyto_calloc)(columns * depth, sizeof(float), err);
  made.bias = cyto_calloc(columns, sizeof(float), err);
  if (!made.weight || !made.bias) {
    cyto_conv_clear(&made);
    return false;
  }
  cyto_conv_pack(&made, weight, bias, in_scale, in_shift);
  *conv = made;
  return true;
}

/* The larger the patches, the fewer the products and the larger the transformed weights and the
 * errors. Layers of few channels are those of many pixels: bytes of activations count as much as
 * products there. With 256 channels reading larger weights costs what they save. */
CytoConvForm cyto_conv_form(size_t in, size_t out) {
  enum { MOST_IN = 128, FEW_OUT = 64, MOST_OUT = 128 };
  if (in > MOST_IN || out > MOST_OUT)
    return CYTO_CONV_F4;
  return out <= FEW_OUT ? CYTO_CONV_F6 : CYTO_CONV_F7;
}

bool cyto_conv_init(CytoConv *conv, const CytoKernel *kernel, size_t in, size_t out, size_t taps,
                    const float *weight, const float *bias, const float *in_scale,
                    const float *in_shift, CytoError *err) {
  return cyto_conv_init_as(conv, cyto_conv_form(in, out), kernel, in, out, taps, weight, bias,
                           in_scale, in_shift, err);
}

bool cyto_conv_init_as(CytoConv *conv, CytoConvForm form, const CytoKernel *kernel, size_t in,
                       size_t out, size_t taps, const float *weight, const float *bias,
                       const float *in_scale, const float *in_shift, CytoError *err) {
  bool fits = taps == 9 && in % kernel->lanes == 0 && out % kernel->lanes == 0;
  CytoConv made = {.kernel = kernel, .in = in, .out = out, .taps = taps};
  if (fits && form != CYTO_CONV_PLAIN)
    made.winograd = &kernel->winograd[form - CYTO_CONV_F4];
  return init(made, weight, bias, in_scale, in_shift, conv, err);
}

void cyto_conv_clear(CytoConv *conv) {
  free(conv->weight);
  free(conv->bias);
  *conv = (CytoConv){0};
}

/* Output rows of one item of the plain sum. */
static size_t direct_rows(const CytoConv *conv, size_t w) {
  size_t row = (w + 2) * conv->in * sizeof(float), rows = CACHE_BYTES / row;
  rows = rows > 3 ? rows - 2 : 1;
  size_t most = conv->taps == 9 ? MOST_ROWS : MOST_ROWS_1;
  return rows < most ? rows : most;
}

size_t cyto_conv_shared(const CytoConv *conv, size_t h, size_t w) {
  return conv->winograd ? cyto_winograd_shared(conv, h, w) : 0;
}

unsigned cyto_conv_parts(const CytoConv *conv, size_t h, size_t w) {
  return cyto_conv_shared(conv, h, w) ? CYTO_CONV_MOST_PARTS : 1;
}

size_t cyto_conv_items(const CytoConv *conv, unsigned part, size_t h, size_t w) {
  if (conv->winograd)
    return cyto_winograd_items(conv, part, h, w);
  size_t rows = direct_rows(conv, w);
  return (h + rows - 1) / rows;
}

size_t cyto_conv_scratch(const CytoConv *conv, size_t h, size_t w) {
  if (conv->winograd)
    return cyto_winograd_scratch(conv, h, w);
  return (direct_rows(conv, w) + 2) * (w + 2) * conv->in;
}

/* One row of the activated input: `width` pixels from x = left - border on. */
static void load_row(const CytoConv *conv, const CytoConvIo *io, size_t y, size_t left,
                     size_t width, float *out) {
  size_t c = conv->in, border = conv->taps == 9, before = left < border ? border - left : 0;
  size_t x = left + before - border, used = width - before, x_row = (io->w >> io->halve) * c;
  used = io->w - x < used ? io->w - x : used;
  CytoActivate row = {.x = io->x + (y >> io->halve) * x_row + (x >> io->halve) * c,
                      .scale = io->scale,
                      .shift = io->shift,
                      .channels = c,
                      .pixels = used,
                      .halve = io->halve,
                      .second = x & io->halve,
                      .x_row = x_row};
  memset(out, 0, before * c * sizeof(float));
  memset(out + (before + used) * c, 0, (width - before - used) * c * sizeof(float));
  if (io->scale)
    conv->kernel->activate(&row, out + before * c);
  else
    memcpy(out + before * c, row.x, used * c * sizeof(float));
}

void cyto_conv_load(const CytoConv *conv, const CytoConvIo *io, const CytoWindow *window,
                    float *rows) {
  size_t border = conv->taps == 9, stride = window->width * conv->in;
  for (size_t i = 0; i < window->height; i++, rows += stride) {
    size_t y = window->top + i - border; /* wraps around above the picture */
    if (y < io->h)
      load_row(conv, io, y, window->left, window->width, rows);
    else
      memset(rows, 0, stride * sizeof(float));
  }
}

static void direct_run(const CytoConv *conv, const CytoConvIo *io, size_t item, float *scratch) {
  size_t rows = direct_rows(conv, io->w), first = item * rows;
  size_t last = first + rows < io->h ? first + rows : io->h;
  size_t panel = conv->kernel->panel, step = conv->kernel->rows, c = conv->in;
  size_t border = conv->taps == 9, width = io->w + 2 * border;
  const float *a = io->x + first * io->w * c;
  ptrdiff_t tap[9] = {0};
  if (io->scale || border) {
    const CytoWindow window = {first, 0, last - first + 2 * border, width};
    cyto_conv_load(conv, io, &window, scratch);
    a = scratch;
  }
  for (size_t t = 0; t < conv->taps; t++)
    tap[t] = (ptrdiff_t)((t / 3 * width + t % 3) * c);
  CytoBlock block = {.stride = c,
                     .tap = tap,
                     .taps = conv->taps,
                     .depth = c,
                     .residual_stride = conv->out,
                     .halve = io->residual_halve,
                     .out_stride = conv->out};
  for (size_t p = 0; p < cyto_conv_panels(conv); p++) {
    size_t left = conv->out - p * panel;
    block.b = block.next = conv->weight + p * conv->taps * c * panel;
    block.bias = conv->bias + p * panel;
    block.columns = left < panel ? left : panel;
    for (size_t y = first; y < last; y++) {
      size_t residual_row = (y >> io->residual_halve) * (io->w >> io->residual_halve) * conv->out;
      block.residual = io->residual ? io->residual + residual_row + p * panel : NULL;
      for (size_t x = 0; x < io->w; x += step) {
        block.a = a + ((y - first) * width + x) * c;
        block.first = x;
        block.out = io->y + (y * io->w + x) * conv->out + p * panel;
        conv->kernel->block(&block, io->w - x < step ? io->w - x : step);
      }
    }
  }
}

void cyto_conv_run(const CytoConv *conv, const CytoConvIo *io, unsigned part, size_t item,
                   float *scratch) {
  if (conv->winograd)
    cyto_winograd_run(conv, io, part, item, scratch);
  else
    direct_run(conv, io, item, scratch);
}

/* Gradient of a layer's weights: for every position of the kernel the product of the layer's
 * activated input with the gradient of its output, summed over the pixels. The kernel's own block
 * does it, with channels in the place of pixels. */
#include "../base/mem.h"
#include "train-private.h"
#include <string.h>

enum { BAND_BYTES = 192 * 1024 }; /* activated rows at work, for the second cache */

typedef struct Weight {
  CytoTrainer *trainer;
  TrainLayer *layer;
  const TrainIo *io;
  const float *dy;
} Weight;

static size_t band_rows(const TrainConv *conv, size_t w) {
  size_t rows = BAND_BYTES / ((w + 2) * conv->in * sizeof(float));
  return rows > 0 ? rows : 1;
}

static size_t align(size_t floats) {
  return (floats + 15) / 16 * 16;
}

enum { MOST_PANEL = 64 };

size_t train_weight_scratch(const TrainConv *conv, size_t w) {
  size_t rows = band_rows(conv, w);
  return align((rows + 2) * (w + 2) * conv->in) + align(rows * w * MOST_PANEL) +
         rows * w * (sizeof(ptrdiff_t) / sizeof(float));
}

/* One band of rows at work. */
typedef struct Band {
  const float *a; /* activated input */
  size_t width, pixels;
  const ptrdiff_t *tap; /* (pixels): where each pixel's channels lie */
  float *panel;
} Band;

/* Columns p*panel.. of dy (pixels,out) side by side, zeros where no channel is. */
static void take_panel(const float *dy, size_t out, size_t first, size_t panel, const Band *band) {
  size_t left = out - first, used = left < panel ? left : panel;
  float *to = band->panel;
  for (size_t i = 0; i < band->pixels; i++, dy += out, to += panel) {
    memcpy(to, dy + first, used * sizeof *to);
    memset(to + used, 0, (panel - used) * sizeof *to);
  }
}

/* sum (taps,in,out) += this band's share. */
static void multiply(const TrainConv *conv, const CytoKernel *kernel, const float *dy,
                     const Band *band, float *sum) {
  static const float no_bias[MOST_PANEL] = {0};
  size_t blocks = (conv->in + kernel->rows - 1) / kernel->rows;
  size_t step = (conv->in + blocks - 1) / blocks;
  CytoBlock block = {.stride = 1,
                     .tap = band->tap,
                     .taps = band->pixels,
                     .depth = 1,
                     .b = band->panel,
                     .bias = no_bias,
                     .residual_stride = conv->out,
                     .out_stride = conv->out};
  for (size_t first = 0; first < conv->out; first += kernel->panel) {
    size_t left = conv->out - first;
    block.columns = left < kernel->panel ? left : kernel->panel;
    take_panel(dy, conv->out, first, kernel->panel, band);
    for (size_t t = 0; t < conv->taps; t++)
      for (size_t i = 0; i < conv->in; i += step) {
        block.a = band->a + (t / 3 * band->width + t % 3) * conv->in + i;
        block.out = sum + (t * conv->in + i) * conv->out + first;
        block.residual = block.out;
        kernel->block(&block, conv->in - i < step ? conv->in - i : step);
      }
  }
}

/* The band's activated input, with its border of zeros; for the projection it is x itself. */
static const float *band_input(const Weight *w, const CytoConvIo *io, size_t first, size_t rows,
                               float *to) {
  const TrainConv *conv = &w->layer->conv;
  size_t border = conv->taps == 9;
  if (!w->layer->relu)
    return io->x + first * io->w * conv->in;
  const CytoWindow window = {first, 0, rows + 2 * border, io->w + 2 * border};
  cyto_conv_load(&conv->forward, io, &window, to);
  return to;
}

static void bias_sums(const float *dy, size_t pixels, size_t out, double *sums) {
  float row[CYTO_TRAIN_CHANNELS] = {0};
  for (size_t i = 0; i < pixels; i++)
    for (size_t c = 0; c < out; c++)
      row[c] += dy[i * out + c];
  for (size_t c = 0; c < out; c++)
    sums[c] += row[c];
}

static void weight_item(void *context, size_t image, unsigned worker) {
  const Weight *w = context;
  const TrainMemory *memory = &w->trainer->memory;
  const TrainConv *conv = &w->layer->conv;
  const TrainIo *io = w->io;
  size_t border = conv->taps == 9, width = io->w + 2 * border, rows = band_rows(conv, io->w);
  size_t size = conv->taps * conv->in * conv->out, most = train_channels(&w->trainer->layout);
  size_t x_size = (io->h >> io->halve) * (io->w >> io->halve) * conv->in;
  float *sum = memory->partial + image * size, *scratch = memory->scratch;
  scratch += worker * memory->scratch_size;
  float *panel = scratch + align((rows + 2) * (io->w + 2) * conv->in);
  ptrdiff_t *tap = (ptrdiff_t *)(void *)(panel + align(rows * io->w * MOST_PANEL));
  double *bias = memory->sums + image * 4 * most;
  memset(sum, 0, size * sizeof *sum);
  memset(bias, 0, conv->out * sizeof *bias);
  for (size_t i = 0; i < rows * io->w; i++)
    tap[i] = (ptrdiff_t)((i / io->w * width + i % io->w) * conv->in);
  const CytoConvIo in = {.h = io->h,
                         .w = io->w,
                         .x = io->x + image * x_size,
                         .halve = io->halve,
                         .skip = io->skip ? io->skip + image * io->h * io->w * conv->in : NULL,
                         .scale = w->layer->norm.scale,
                         .shift = train_norm_shift(w->trainer, image)};
  for (size_t y = 0; y < io->h; y += rows) {
    size_t here = io->h - y < rows ? io->h - y : rows;
    const float *dy = w->dy + (image * io->h + y) * io->w * conv->out;
    const Band band = {band_input(w, &in, y, here, scratch), width, here * io->w, tap, panel};
    multiply(conv, w->trainer->kernel, dy, &band, sum);
    for (size_t i = 0; i < here; i++)
      bias_sums(dy + i * io->w * conv->out, io->w, conv->out, bias);
  }
}

/* Sums over the images in their order, into PyTorch's (out,in,taps). */
static void gather_item(void *context, size_t input, unsigned worker) {
  (void)worker;
  const Weight *w = context;
  const TrainMemory *memory = &w->trainer->memory;
  TrainConv *conv = &w->layer->conv;
  size_t size = conv->taps * conv->in * conv->out;
  const TrainNorm *norm = &w->layer->norm;
  for (size_t t = 0; t < conv->taps; t++)
    for (size_t o = 0; o < conv->out; o++) {
      double sum = 0;
      for (size_t i = 0; i < memory->n; i++)
        sum += memory->partial[i * size + (t * conv->in + input) * conv->out + o];
      if (!w->layer->relu) /* x was taken as it is: now its norm */
        sum = sum * norm->scale[input] + (double)conv->bias.grad[o] * norm->shift[input];
      conv->weight.grad[(o * conv->in + input) * conv->taps + t] = (float)sum;
    }
}

bool train_weight_backward(CytoTrainer *trainer, TrainLayer *layer, const TrainIo *io,
                           const float *dy) {
  Weight w = {trainer, layer, io, dy};
  size_t most = train_channels(&trainer->layout);
  if (!cyto_parallel(trainer->job, trainer->memory.n, weight_item, &w, NULL, NULL))
    return false;
  for (size_t o = 0; o < layer->conv.out; o++) {
    double sum = 0;
    for (size_t i = 0; i < trainer->memory.n; i++)
      sum += trainer->memory.sums[i * 4 * most + o];
    layer->conv.bias.grad[o] = (float)sum;
  }
  return cyto_parallel(trainer->job, layer->conv.in, gather_item, &w, NULL, NULL);
}

/* One layer, forward and backward: all images of the batch, then what sums over them. */
#include "train-private.h"

typedef struct Pass {
  CytoTrainer *trainer;
  const CytoConv *conv;
  const TrainIo *io;
  const float *scale; /* NULL = the input as it is */
  size_t items;       /* of one image */
} Pass;

static void conv_item(void *context, size_t item, unsigned worker) {
  const Pass *p = context;
  const TrainIo *io = p->io;
  const TrainMemory *memory = &p->trainer->memory;
  size_t image = item / p->items, pixels = io->h * io->w, in = p->conv->in, out = p->conv->out;
  size_t residual = (io->h >> io->residual_halve) * (io->w >> io->residual_halve) * out;
  CytoConvIo one = {.h = io->h,
                    .w = io->w,
                    .x = io->x + image * (io->h >> io->halve) * (io->w >> io->halve) * in,
                    .halve = io->halve,
                    .skip = io->skip ? io->skip + image * pixels * in : NULL,
                    .scale = p->scale,
                    .shift = p->scale ? train_norm_shift(p->trainer, image) : NULL,
                    .residual = io->residual ? io->residual + image * residual : NULL,
                    .residual_halve = io->residual_halve,
                    .y = io->y + image * pixels * out};
  cyto_conv_run(p->conv, &one, item % p->items, memory->scratch + worker * memory->scratch_size);
}

static bool convolve(CytoTrainer *trainer, const CytoConv *conv, const TrainIo *io,
                     const float *scale) {
  Pass pass = {trainer, conv, io, scale, cyto_conv_items(conv, io->h, io->w)};
  return cyto_parallel(trainer->job, pass.items * trainer->memory.n, conv_item, &pass, NULL, NULL);
}

bool train_layer_forward(CytoTrainer *trainer, TrainLayer *layer, const TrainIo *io) {
  TrainConv *conv = &layer->conv;
  if (!train_norm_measure(trainer, layer, io))
    return false;
  if (!layer->relu)
    cyto_conv_pack(&conv->forward, conv->weight.value, conv->bias.value, layer->norm.scale,
                   layer->norm.shift);
  return convolve(trainer, &conv->forward, io, layer->relu ? layer->norm.scale : NULL);
}

/* Sums of 2×2 of x (2h,2w,c) into y (h,w,c). */
typedef struct Shrink {
  const float *x;
  size_t h, w, c;
  float *y;
} Shrink;

static void shrink_item(void *context, size_t image, unsigned worker) {
  (void)worker;
  const Shrink *s = context;
  size_t c = s->c, row = 2 * s->w * c;
  const float *x = s->x + image * 4 * s->h * s->w * c;
  float *y = s->y + image * s->h * s->w * c;
  for (size_t i = 0; i < s->h; i++)
    for (size_t j = 0; j < s->w; j++) {
      const float *a = x + 2 * i * row + 2 * j * c, *b = a + row;
      for (size_t k = 0; k < c; k++)
        *y++ = (a[k] + a[c + k]) + (b[k] + b[c + k]);
    }
}

bool train_shrink(CytoTrainer *trainer, const float *x, size_t h, size_t w, size_t c, float *y) {
  Shrink shrink = {x, h, w, c, y};
  return cyto_parallel(trainer->job, trainer->memory.n, shrink_item, &shrink, NULL, NULL);
}

bool train_layer_backward(CytoTrainer *trainer, TrainLayer *layer, const TrainIo *io,
                          const float *dy, const float *add, float *dx) {
  float *wide = trainer->memory.wide;
  const TrainIo back = {.h = io->h, .w = io->w, .x = dy, .y = wide};
  if (!train_norm_restore(trainer, layer, io) || !train_weight_backward(trainer, layer, io, dy) ||
      !convolve(trainer, &layer->conv.backward, &back, NULL))
    return false;
  if (io->halve && !train_shrink(trainer, wide, io->h / 2, io->w / 2, layer->conv.in, dx))
    return false;
  return train_norm_backward(trainer, layer, io, io->halve ? dx : wide, add, dx);
}

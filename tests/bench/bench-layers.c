/* Every shape of convolution of the network on one thread: as it runs, as the plain sum of our own
 * kernels, and as the naive loops on a small part. */
#include "base/mem.h"
#include "bench-core.h"
#include "net/conv.h"
#include <stdio.h>

typedef struct Shape {
  size_t side, in, out, taps;
  unsigned halve;
  int times; /* in a tile's way through the network */
} Shape;

static const Shape shapes[] = {
    {224, 2, 32, 9, 0, 1},   {224, 32, 32, 9, 0, 6},  {224, 64, 32, 9, 1, 1},
    {112, 32, 64, 9, 0, 1},  {112, 64, 64, 9, 0, 6},  {112, 128, 64, 9, 1, 1},
    {56, 64, 128, 9, 0, 1},  {56, 128, 128, 9, 0, 6}, {56, 256, 128, 9, 1, 1},
    {28, 128, 256, 9, 0, 1}, {28, 256, 256, 9, 0, 7}, {224, 2, 32, 1, 0, 1},
    {112, 32, 64, 1, 0, 1},  {112, 64, 32, 1, 0, 1},  {56, 64, 128, 1, 0, 1},
    {56, 128, 64, 1, 0, 1},  {28, 128, 256, 1, 0, 1}, {28, 256, 128, 1, 0, 1},
    {28, 256, 256, 1, 0, 1}, {224, 32, 3, 1, 0, 1},
};

typedef struct Layer {
  CytoConv conv;
  CytoConvIo io;
  const float *weight;
  size_t naive_rows;
  float *scratch;
} Layer;

static void run(void *context) {
  const Layer *layer = context;
  const CytoConvIo *io = &layer->io;
  for (unsigned part = 0; part < cyto_conv_parts(&layer->conv, io->h, io->w); part++)
    for (size_t i = 0; i < cyto_conv_items(&layer->conv, part, io->h, io->w); i++)
      cyto_conv_run(&layer->conv, io, part, i, layer->scratch);
}

/* The loops as anyone would write them first, over channels-last pictures. */
static void run_naive(void *context) {
  const Layer *l = context;
  size_t in = l->conv.in, taps = l->conv.taps, border = taps == 9, w = l->io.w;
  for (size_t y = 0; y < l->naive_rows; y++)
    for (size_t x = 0; x < w; x++)
      for (size_t o = 0; o < l->conv.out; o++) {
        float sum = l->conv.bias[o];
        for (size_t t = 0; t < taps; t++) {
          size_t v = y + t / 3 - border, u = x + t % 3 - border;
          for (size_t i = 0; v < l->io.h && u < w && i < in; i++) {
            float value =
                l->io.x[((v >> l->io.halve) * (w >> l->io.halve) + (u >> l->io.halve)) * in + i];
            sum += (value > 0 ? value : 0) * l->weight[(o * in + i) * taps + t];
          }
        }
        l->io.y[(y * w + x) * l->conv.out + o] = sum;
      }
}

static float *noise(size_t count, float scale) {
  CytoError err = {0};
  float *block = cyto_alloc(count, sizeof *block, &err);
  bench_need(block != NULL, "memory", &err);
  for (size_t i = 0; i < count; i++)
    block[i] = ((float)(i * 2654435761u % 2003) / 1000 - 1) * scale;
  return block;
}

static void bench_shape(const Shape *s) {
  CytoError err = {0};
  size_t pixels = s->side * s->side;
  float *x = noise(pixels * s->in, 1), *y = noise(pixels * s->out, 0);
  float *weight = noise(s->in * s->out * s->taps, 0.1f), *bias = noise(s->out, 0.1f);
  float *scale = noise(s->in, 1), *shift = noise(s->in, 1);
  Layer layer = {.weight = weight, .naive_rows = 2};
  layer.io = (CytoConvIo){.h = s->side, .w = s->side, .x = x, .halve = s->halve, .y = y};
  if (s->taps == 9 || s->out == 3) {
    layer.io.scale = scale;
    layer.io.shift = shift;
  }
  double flop = 2.0 * (double)(s->in * s->out * s->taps);
  for (int direct = 0; direct < 2; direct++) {
    char name[64];
    CytoConvForm form = s->halve ? CYTO_CONV_DOUBLED : cyto_conv_form(s->in, s->out);
    bool ok = cyto_conv_init_as(&layer.conv, direct ? CYTO_CONV_PLAIN : form, cyto_kernel_best(),
                                s->in, s->out, s->taps, weight, bias, NULL, NULL, &err);
    bench_need(ok, "layer", &err);
    layer.scratch = noise(cyto_conv_scratch(&layer.conv, s->side, s->side) + ((size_t)1 << 20), 0);
    layer.io.shared = noise(cyto_conv_shared(&layer.conv, s->side, s->side) + 1, 0);
    snprintf(name, sizeof name, "%zu %zu>%zu %s x%d", s->side, s->in, s->out,
             s->taps == 9 ? "3x3" : "1x1", s->times);
    double rate = flop * (double)pixels / bench_best(run, &layer, 0.1) / 1e9;
    bench_print(direct ? "direct" : "layer", name, rate, "GFLOP/s");
    if (direct) {
      rate = flop * (double)(layer.naive_rows * s->side) / bench_best(run_naive, &layer, 0) / 1e9;
      bench_print("naive", name, rate, "GFLOP/s");
    }
    free(layer.scratch);
    free(layer.io.shared);
    cyto_conv_clear(&layer.conv);
  }
  float *all[] = {x, y, weight, bias, scale, shift};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    free(all[i]);
}

void bench_layers(void) {
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    bench_shape(&shapes[i]);
}

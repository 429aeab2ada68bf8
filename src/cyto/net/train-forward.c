#include "../base/parallel.h"
#include "train-net.h"
#include <string.h>

bool cyto_layer_forward(CytoTrainNet *net, CytoTrainLayer *layer, const CytoPlane *x,
                        unsigned halve, const CytoPlane *y, const float *residual,
                        unsigned residual_halve, CytoError *err) {
  if (layer->whole.value)
    cyto_share_take(layer);
  const CytoTrainConv conv = {layer->in, layer->out, layer->taps, layer->weight.value,
                              layer->bias.value ? layer->bias.value : layer->no_bias.value};
  cyto_style_share(net, layer);
  cyto_norm_forward(&layer->norm, x, layer->v, halve);
  const CytoTrainIn in = {.n = x->n,
                          .h = y->h,
                          .w = y->w,
                          .x = x->data,
                          .halve = halve,
                          .scale = layer->norm.scale,
                          .shift = layer->norm.shift};
  const CytoTrainOut out = {.y = y->data,
                            .residual = residual,
                            .residual_halve = residual_halve,
                            .pivot = y->pivot,
                            .sum = y->pivot ? y->sum : NULL,
                            .square = y->pivot ? y->square : NULL};
  return cyto_train_forward(&net->shared, &conv, &in, &out, err);
}

static bool block_forward(CytoTrainNet *net, CytoTrainBlock *b, CytoError *err) {
  if (b->basic)
    return cyto_basic_forward(net, b, err);
  const float *skip = b->skip ? b->skip->data : NULL;
  float *p = net->work[0];
  return cyto_proj_forward(net, &b->proj, b->x, b->halve, p, err) &&
         cyto_layer_forward(net, &b->layer[0], b->x, b->halve, &b->t1, skip, 0, err) &&
         cyto_layer_forward(net, &b->layer[1], &b->t1, 0, &b->a, p, b->halve, err) &&
         cyto_layer_forward(net, &b->layer[2], &b->a, 0, &b->t2, NULL, 0, err) &&
         cyto_layer_forward(net, &b->layer[3], &b->t2, 0, &b->out, b->a.data, 0, err);
}

typedef struct Load {
  const CytoTrainNet *net;
  const float *x;
  float *sums; /* (n·h, 2, c) */
} Load;

/* One row of the picture, channels last. */
static void load_row(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Load *p = context;
  const CytoPlane *to = &p->net->pooled[0];
  size_t c = to->c, w = to->w, plane = to->h * w;
  const float *from = p->x + item / to->h * c * plane + item % to->h * w;
  float *row = to->data + item * w * c, *sums = p->sums + item * 2 * c;
  for (size_t i = 0; i < c; i++)
    for (size_t x = 0; x < w; x++)
      row[x * c + i] = from[i * plane + x];
  memset(sums, 0, 2 * c * sizeof *sums);
  p->net->shared.train->sums(row, to->pivot, c, w, sums, sums + c);
}

static bool load(CytoTrainNet *net, const float *x, CytoError *err) {
  const CytoPlane *to = &net->pooled[0];
  size_t rows = to->n * to->h;
  Load l = {net, x, cyto_room(&net->shared.partial, rows * 2 * to->c, err)};
  if (!l.sums || !cyto_parallel(net->shared.job, rows, load_row, &l, NULL, err))
    return false;
  const CytoPartials partials = {l.sums, rows, 1, to->c, to->n, 1, to->h};
  cyto_partials_add(&partials, to->sum, to->square);
  return true;
}

bool cyto_train_net_forward(CytoTrainNet *net, const float *x, CytoError *err) {
  size_t levels = net->layout.levels;
  if (!load(net, x, err))
    return false;
  for (size_t k = 0; k < levels; k++)
    if ((k && !cyto_pool_forward(net, &net->down[k - 1].out, &net->pooled[k], err)) ||
        !block_forward(net, &net->down[k], err))
      return false;
  cyto_style_forward(net, &net->down[levels - 1].out);
  for (size_t k = levels; k-- > 0;)
    if (!block_forward(net, &net->up[k], err))
      return false;
  return cyto_layer_forward(net, &net->head, &net->up[0].out, 0, &net->y, NULL, 0, err);
}

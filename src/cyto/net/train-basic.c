/* Training of a U-Net whose skips are joined to the decoder's channels (algorithm.md §1.12). A
 * convolution over joined channels is the sum of one over the skip's and one over the decoder's, so
 * that nothing is copied together. */
#include "train-net.h"
#include <string.h>

void cyto_share_take(CytoTrainLayer *layer) {
  size_t values = layer->in * layer->taps;
  for (size_t o = 0; o < layer->out; o++)
    memcpy(layer->weight.value + o * values,
           layer->whole.value + (o * layer->row + layer->first) * layer->taps,
           values * sizeof(float));
  memset(layer->no_bias.value, 0, layer->out * sizeof(float));
}

void cyto_share_give(const CytoTrainLayer *layer) {
  size_t values = layer->in * layer->taps;
  for (size_t o = 0; o < layer->out; o++)
    memcpy(layer->whole.gradient + (o * layer->row + layer->first) * layer->taps,
           layer->weight.gradient + o * values, values * sizeof(float));
}

bool cyto_basic_forward(CytoTrainNet *net, CytoTrainBlock *b, CytoError *err) {
  if (!cyto_layer_forward(net, &b->layer[0], b->x, b->halve, &b->t1, NULL, 0, err))
    return false;
  if (!b->skip_joined)
    return cyto_layer_forward(net, &b->layer[1], &b->t1, 0, &b->out, NULL, 0, err);
  const CytoPlane share = {.data = net->work[0],
                           .n = b->out.n,
                           .h = b->h,
                           .w = b->w,
                           .c = b->out.c,
                           .pivot = b->out.pivot}; /* without sums */
  return cyto_layer_forward(net, &b->layer[1], b->skip, 0, &share, NULL, 0, err) &&
         cyto_layer_forward(net, &b->layer[2], &b->t1, 0, &b->out, share.data, 0, err);
}

/* work[2] is free in the decoder, where gt is kept for the skip's gradient. */
bool cyto_basic_back(CytoTrainNet *net, CytoTrainBlock *b, float *g, float *gt, float *gx,
                     bool wanted, CytoError *err) {
  float *inner = b->skip_joined ? net->work[2] : gt;
  bool own_skip = b->skip_joined && b->x == b->skip; /* the deepest block */
  const CytoBehind skip = {.layer = &b->layer[1], .x = b->skip, .g = g, .gz = gt, .out = gt};
  const CytoBehind last = {
      .layer = &b->layer[b->skip_joined ? 2 : 1], .x = &b->t1, .g = g, .gz = inner, .out = inner};
  const CytoBehind first = {.layer = &b->layer[0],
                            .x = b->x,
                            .halve = b->halve,
                            .g = inner,
                            .gz = gx,
                            .add = own_skip ? gt : NULL,
                            .out = wanted ? gx : NULL};
  return (!b->skip_joined || cyto_layer_back(net, &skip, err)) &&
         cyto_layer_back(net, &last, err) && cyto_layer_back(net, &first, err);
}

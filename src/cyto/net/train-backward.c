#include "../base/mem.h"
#include "train-net.h"
#include <string.h>

/* k1·gz + k2·x + k3 of the layer's norm, and k2·x + k3 of the projection's. */
static void join_factors(const CytoTrainNorm *from, CytoTrainNorm *norm, size_t n) {
  for (size_t i = 0; i < norm->channels; i++)
    norm->k2[i] += from->k2[i];
  for (size_t i = 0; i < n * norm->channels; i++)
    norm->k3[i] += from->k3[i];
}

bool cyto_layer_back(CytoTrainNet *net, const CytoBehind *b, CytoError *err) {
  CytoTrainLayer *layer = b->layer;
  CytoTrainNorm *norm = &layer->norm;
  const CytoTrainConv conv = {layer->in, layer->out, layer->taps, layer->weight.value,
                              layer->bias.value ? layer->bias.value : layer->no_bias.value};
  const CytoTrainIn in = {.n = b->x->n,
                          .h = b->x->h << b->halve,
                          .w = b->x->w << b->halve,
                          .x = b->x->data,
                          .halve = b->halve,
                          .scale = norm->scale,
                          .shift = norm->shift};
  const CytoTrainBack back = {
      .g = b->g, .gz = b->gz, .pivot = norm->pivot, .sum = norm->sum, .product = norm->product};
  if (layer->constant_free && layer->bias.value)
    memset(layer->bias.gradient, 0, layer->out * sizeof(float));
  if (!cyto_train_weights(&net->shared, &conv, &in, b->g, layer->weight.gradient,
                          layer->constant_free ? NULL : layer->bias.gradient, err) ||
      !cyto_train_back(&net->shared, &conv, &in, &back, err))
    return false;
  if (layer->whole.value)
    cyto_share_give(layer);
  cyto_norm_back(norm, b->x);
  cyto_style_back(net, layer, b->x);
  if (b->factors)
    join_factors(b->factors, norm, b->x->n);
  return !b->out || cyto_combine(&net->shared, norm, b->x, b->gz, b->add, b->out, err);
}

/* g: gradient of the block's output, becomes that of a; gt: a buffer that ends as the gradient of
 * t1, which is also the skip's; gx: a buffer that ends as the gradient of x unless this is the
 * picture itself. */
static bool block_back(CytoTrainNet *net, CytoTrainBlock *b, float *g, float *gt, float *gx,
                       bool wanted, CytoError *err) {
  if (b->basic)
    return cyto_basic_back(net, b, g, gt, gx, wanted, err);
  const CytoBehind fourth = {.layer = &b->layer[3], .x = &b->t2, .g = g, .gz = gt, .out = gt};
  const CytoBehind third = {
      .layer = &b->layer[2], .x = &b->a, .g = gt, .gz = gx, .add = g, .out = g};
  const CytoBehind second = {.layer = &b->layer[1], .x = &b->t1, .g = g, .gz = gt, .out = gt};
  const CytoBehind first = {.layer = &b->layer[0],
                            .x = b->x,
                            .halve = b->halve,
                            .g = gt,
                            .gz = gx,
                            .out = wanted ? gx : NULL,
                            .factors = wanted ? &b->proj.norm : NULL};
  if (!cyto_layer_back(net, &fourth, err) || !cyto_layer_back(net, &third, err) ||
      !cyto_layer_back(net, &second, err))
    return false;
  CYTO_AUTOFREE float *half = NULL;
  const float *gp = g;
  if (b->halve) {
    half = cyto_alloc(b->a.n * (b->h / 2) * (b->w / 2) * b->a.c, sizeof *half, err);
    if (!half || !cyto_halve_back(net, &b->a, g, half, err))
      return false;
    gp = half;
  }
  return cyto_proj_weights(net, &b->proj, b->x, gp, err) && cyto_layer_back(net, &first, err) &&
         (!wanted || cyto_proj_back(net, &b->proj, b->x, gp, gx, err));
}

/* g += skip + what the style gives to every pixel. */
static bool join_deepest(CytoTrainNet *net, float *g, CytoError *err) {
  size_t deepest = net->layout.levels - 1;
  const CytoPlane *d = &net->down[deepest].out;
  size_t c = d->c;
  CYTO_AUTOFREE float *one = cyto_calloc(2 * c + d->n * c, sizeof *one, err);
  if (!one)
    return false;
  for (size_t i = 0; i < c; i++)
    one[i] = 1;
  cyto_style_spread(net, d, one + 2 * c);
  const CytoTrainNorm same = {.k1 = one, .k2 = one + c, .k3 = one + 2 * c};
  return cyto_combine(&net->shared, &same, d, g, net->skip_gradient[deepest], g, err);
}

bool cyto_train_net_back(CytoTrainNet *net, const float *gy, CytoError *err) {
  size_t levels = net->layout.levels;
  float *g = net->work[0], *other = net->work[1], *third = net->work[2];
  const CytoBehind head = {.layer = &net->head, .x = &net->up[0].out, .g = gy, .gz = g, .out = g};
  if (!cyto_layer_back(net, &head, err))
    return false;
  for (size_t k = 0; k < levels; k++) {
    if (!block_back(net, &net->up[k], g, net->skip_gradient[k], other, true, err))
      return false;
    float *swap = g;
    g = other;
    other = swap;
  }
  if (!net->layout.basic && !join_deepest(net, g, err))
    return false;
  for (size_t k = levels; k-- > 0;) {
    if (!block_back(net, &net->down[k], g, other, third, k > 0, err))
      return false;
    if (k == 0)
      break;
    if (!cyto_pool_back(net, &net->down[k - 1].out, &net->pooled[k], third,
                        net->skip_gradient[k - 1], err))
      return false;
    g = net->skip_gradient[k - 1];
  }
  return true;
}

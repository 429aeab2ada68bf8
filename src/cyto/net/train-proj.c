/* The projection of a residual block: norm without ReLU, 1×1. It is linear in x, so that norm and
 * convolution are one, and the gradients of the norm follow from those of the weights. */
#include "../base/mem.h"
#include "train-net.h"

bool cyto_proj_forward(CytoTrainNet *net, CytoTrainLayer *proj, const CytoPlane *x, unsigned halve,
                       float *y, CytoError *err) {
  size_t in = proj->in, out = proj->out;
  cyto_norm_forward(&proj->norm, x, NULL, halve);
  CYTO_AUTOFREE float *weight = cyto_alloc((in + 1) * out, sizeof *weight, err);
  if (!weight)
    return false;
  float *bias = weight + in * out;
  for (size_t o = 0; o < out; o++) {
    double sum = proj->bias.value[o];
    for (size_t i = 0; i < in; i++) {
      const float w = proj->weight.value[o * in + i];
      weight[o * in + i] = w * proj->norm.scale[i];
      sum += (double)w * proj->norm.shift[i];
    }
    bias[o] = (float)sum;
  }
  const CytoTrainConv conv = {in, out, 1, weight, bias};
  const CytoTrainIn from = {.n = x->n, .h = x->h, .w = x->w, .x = x->data};
  return cyto_train_forward(&net->shared, &conv, &from, &(CytoTrainOut){.y = y}, err);
}

/* With D = Σ g·x over all pixels and S = Σ g, the norm's sums are Σ_o w·S and Σ_o w·(D - pivot·S),
 * and the weights' gradient is D·scale + S·shift. */
bool cyto_proj_weights(CytoTrainNet *net, CytoTrainLayer *proj, const CytoPlane *x, const float *g,
                       CytoError *err) {
  CytoTrainNorm *norm = &proj->norm;
  const CytoTrainConv conv = {.in = proj->in, .out = proj->out, .taps = 1};
  const CytoTrainIn from = {.n = x->n, .h = x->h, .w = x->w, .x = x->data};
  float *d = proj->weight.gradient, *s = proj->bias.gradient;
  if (!cyto_train_weights(&net->shared, &conv, &from, g, d, s, err))
    return false;
  for (size_t k = 0; k < x->n * proj->in; k++)
    norm->sum[k] = norm->product[k] = 0;
  for (size_t o = 0; o < proj->out; o++)
    for (size_t i = 0; i < proj->in; i++) {
      const double w = proj->weight.value[o * proj->in + i], sum = s[o];
      float *at = &d[o * proj->in + i];
      norm->sum[i] += w * sum;
      norm->product[i] += w * (*at - norm->pivot[i] * sum);
      *at = (float)((double)*at * norm->scale[i] + sum * norm->shift[i]);
    }
  cyto_norm_back(norm, x);
  return true;
}

bool cyto_proj_back(CytoTrainNet *net, const CytoTrainLayer *proj, const CytoPlane *x,
                    const float *g, float *gx, CytoError *err) {
  size_t in = proj->in, out = proj->out;
  CYTO_AUTOFREE float *weight = cyto_calloc((out + 1) * in, sizeof *weight, err);
  if (!weight)
    return false;
  for (size_t i = 0; i < in; i++)
    for (size_t o = 0; o < out; o++)
      weight[i * out + o] = proj->norm.k1[i] * proj->weight.value[o * in + i];
  const CytoTrainConv conv = {out, in, 1, weight, weight + in * out};
  const CytoTrainIn from = {.n = x->n, .h = x->h, .w = x->w, .x = g};
  return cyto_train_forward(&net->shared, &conv, &from, &(CytoTrainOut){.y = gx, .residual = gx},
                            err);
}

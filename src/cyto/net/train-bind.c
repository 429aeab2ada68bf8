/* Which tensor of the weights is what, and the packed convolutions beside them. */
#include "../base/mem.h"
#include "train-private.h"
#include "weights-private.h"
#include <stdio.h>
#include <string.h>

static bool ends(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && strcmp(text + n - m, end) == 0;
}

static bool trainable(const CytoTensor *tensor) {
  return !tensor->integer && !ends(tensor->name, ".running_mean") &&
         !ends(tensor->name, ".running_var");
}

/* Every trainable tensor with its part of one block of gradients. */
static bool bind_params(CytoTrainer *t, CytoError *err) {
  size_t total = 0;
  for (size_t i = 0; i < t->weights->count; i++)
    total += cyto_tensor_count(&t->weights->tensor[i]);
  t->param = cyto_calloc(t->weights->count, sizeof *t->param, err);
  t->grads = t->param ? cyto_calloc(total, sizeof(float), err) : NULL;
  t->first = t->grads ? cyto_calloc(total, sizeof(float), err) : NULL;
  bool adam = t->optim.method == CYTO_ADAMW;
  t->second = t->first && adam ? cyto_calloc(total, sizeof(float), err) : NULL;
  if (!t->first || (adam && !t->second))
    return false;
  size_t at = 0;
  for (size_t i = 0; i < t->weights->count; i++) {
    CytoTensor *tensor = &t->weights->tensor[i];
    t->param[i] = (TrainParam){tensor->data, t->grads + at, cyto_tensor_count(tensor)};
    if (!trainable(tensor))
      t->param[i].grad = NULL;
    at += t->param[i].count;
  }
  t->params = t->weights->count;
  t->values = at;
  return true;
}

/* The layout was checked before, so every name is there with its shape. */
static TrainParam find(const CytoTrainer *t, const char *prefix, const char *name) {
  char key[256];
  snprintf(key, sizeof key, "%s%s", prefix, name);
  const CytoTensor *tensor = cyto_weights_find(t->weights, key);
  return tensor ? t->param[tensor - t->weights->tensor] : (TrainParam){0};
}

static bool bind_norm(const CytoTrainer *t, const char *prefix, TrainNorm *norm, CytoError *err) {
  norm->weight = find(t, prefix, "weight");
  norm->bias = find(t, prefix, "bias");
  norm->running_mean = find(t, prefix, "running_mean").value;
  norm->running_var = find(t, prefix, "running_var").value;
  norm->tracked = find(t, prefix, "num_batches_tracked").value;
  norm->channels = norm->weight.count;
  norm->mean = cyto_calloc(norm->channels, 2 * sizeof(double) + 2 * sizeof(float), err);
  if (!norm->mean)
    return false;
  norm->var = norm->mean + norm->channels;
  norm->scale = (float *)(void *)(norm->var + norm->channels);
  norm->shift = norm->scale + norm->channels;
  return true;
}

/* Weights of the convolution that takes the gradient back: turned by 180°, in and out exchanged. */
static float *turned(const TrainConv *conv, CytoError *err) {
  float *out = cyto_alloc(conv->weight.count, sizeof *out, err);
  for (size_t o = 0; out && o < conv->out; o++)
    for (size_t i = 0; i < conv->in; i++)
      for (size_t k = 0; k < conv->taps; k++)
        out[(i * conv->out + o) * conv->taps + conv->taps - 1 - k] =
            conv->weight.value[(o * conv->in + i) * conv->taps + k];
  return out;
}

bool train_pack(TrainLayer *layer, CytoError *err) {
  TrainConv *conv = &layer->conv;
  CYTO_AUTOFREE float *back = turned(conv, err);
  if (!back)
    return false;
  if (layer->relu) /* the projection is packed with its norm, in the forward pass */
    cyto_conv_pack(&conv->forward, conv->weight.value, conv->bias.value, NULL, NULL);
  cyto_conv_pack(&conv->backward, back, NULL, NULL, NULL);
  return true;
}

static bool bind_conv(const CytoTrainer *t, const char *prefix, size_t in, size_t taps,
                      TrainConv *conv, CytoError *err) {
  conv->weight = find(t, prefix, "weight");
  conv->bias = find(t, prefix, "bias");
  conv->in = in;
  conv->out = conv->bias.count;
  conv->taps = taps;
  CYTO_AUTOFREE float *back = turned(conv, err);
  CYTO_AUTOFREE float *none = cyto_calloc(conv->in, sizeof *none, err);
  return back && none &&
         cyto_conv_init(&conv->forward, t->kernel, conv->in, conv->out, taps, conv->weight.value,
                        conv->bias.value, NULL, NULL, err) &&
         cyto_conv_init(&conv->backward, t->kernel, conv->out, conv->in, taps, back, none, NULL,
                        NULL, err);
}

/* "<prefix>0." is the norm, "<prefix>2." the convolution, "1." in a projection. */
static bool bind_layer(const CytoTrainer *t, const char *prefix, size_t taps, bool relu,
                       TrainLayer *layer, CytoError *err) {
  char norm[200], conv[200];
  snprintf(norm, sizeof norm, "%s0.", prefix);
  snprintf(conv, sizeof conv, "%s%d.", prefix, relu ? 2 : 1);
  layer->relu = relu;
  return bind_norm(t, norm, &layer->norm, err) &&
         bind_conv(t, conv, layer->norm.channels, taps, &layer->conv, err);
}

static bool bind_block(const CytoTrainer *t, const char *name, size_t level, bool styled,
                       TrainBlock *block, CytoError *err) {
  char prefix[80], key[160];
  snprintf(prefix, sizeof prefix, "%s%zu.", name, level);
  for (int k = 0; k < 4; k++) {
    TrainLayer *layer = &block->layer[k];
    bool style = styled && k > 0;
    snprintf(key, sizeof key, "%sconv.conv_%d.%s", prefix, k, style ? "conv." : "");
    if (!bind_layer(t, key, 9, true, layer, err))
      return false;
    if (!style)
      continue;
    snprintf(key, sizeof key, "%sconv.conv_%d.full.", prefix, k);
    layer->style = t->layout.nbase[t->layout.levels];
    layer->full_weight = find(t, key, "weight");
    layer->full_bias = find(t, key, "bias");
  }
  snprintf(key, sizeof key, "%sproj.", prefix);
  return bind_layer(t, key, 1, false, &block->layer[TRAIN_PROJ], err);
}

bool train_bind(CytoTrainer *t, CytoError *err) {
  if (!bind_params(t, err) || !bind_layer(t, "output.", 1, true, &t->head, err))
    return false;
  for (size_t n = 0; n < t->layout.levels; n++)
    if (!bind_block(t, "downsample.down.res_down_", n, false, &t->down[n], err) ||
        !bind_block(t, "upsample.up.res_up_", n, true, &t->up[n], err))
      return false;
  return true;
}

static void unbind_layer(TrainLayer *layer) {
  free(layer->norm.mean);
  cyto_conv_clear(&layer->conv.forward);
  cyto_conv_clear(&layer->conv.backward);
}

void train_unbind(CytoTrainer *t) {
  for (size_t n = 0; n < CYTO_MAX_LEVELS; n++)
    for (int i = 0; i < TRAIN_LAYERS; i++) {
      unbind_layer(&t->down[n].layer[i]);
      unbind_layer(&t->up[n].layer[i]);
    }
  unbind_layer(&t->head);
  free(t->param);
  free(t->grads);
  free(t->first);
  free(t->second);
}

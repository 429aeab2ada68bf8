/* Finds the parameters of the network among the tensors of its file. */
#include "train-net.h"
#include <stdio.h>
#include <string.h>

bool cyto_trainable(const CytoTensor *tensor) {
  const char *last = strrchr(tensor->name, '.');
  return !tensor->integer && last && strncmp(last, ".running_", 9) != 0;
}

/* Finds parameters by name. */
typedef struct Binder {
  CytoWeights *weights;
  float *gradient;
} Binder;

static CytoParam find(const Binder *b, const char *prefix, const char *name) {
  char key[256];
  size_t at = 0;
  snprintf(key, sizeof key, "%s%s", prefix, name);
  for (size_t i = 0; i < b->weights->count; i++) {
    const CytoTensor *tensor = &b->weights->tensor[i];
    size_t values = 1;
    for (unsigned k = 0; k < tensor->ndim; k++)
      values *= tensor->shape[k];
    if (strcmp(tensor->name, key) == 0)
      return (CytoParam){tensor->data, b->gradient + at};
    at += cyto_trainable(tensor) ? values : 0;
  }
  return (CytoParam){0};
}

static void bind_norm(const Binder *b, CytoTrainNorm *norm, const char *prefix, size_t channels) {
  norm->channels = channels;
  norm->weight = find(b, prefix, "weight");
  norm->bias = find(b, prefix, "bias");
  norm->mean = find(b, prefix, "running_mean").value;
  norm->var = find(b, prefix, "running_var").value;
  norm->batches = find(b, prefix, "num_batches_tracked").value;
}

static void bind_layer(const Binder *b, CytoTrainLayer *layer, const char *prefix, int conv,
                       size_t in, size_t out, size_t taps) {
  char part[200];
  layer->in = in;
  layer->out = out;
  layer->taps = taps;
  snprintf(part, sizeof part, "%s0.", prefix);
  bind_norm(b, &layer->norm, part, in);
  snprintf(part, sizeof part, "%s%d.", prefix, conv);
  layer->weight = find(b, part, "weight");
  layer->bias = find(b, part, "bias");
}

static void bind_block(const Binder *b, CytoTrainBlock *block, const char *prefix, bool styled,
                       size_t in, size_t out) {
  char part[160];
  for (int k = 0; k < 4; k++) {
    bool style = styled && k > 0;
    snprintf(part, sizeof part, "%sconv.conv_%d.%s", prefix, k, style ? "conv." : "");
    bind_layer(b, &block->layer[k], part, 2, k ? out : in, out, 9);
    block->layer[k].constant_free = k % 2 == 0;
    if (!style)
      continue;
    snprintf(part, sizeof part, "%sconv.conv_%d.full.", prefix, k);
    block->layer[k].full_weight = find(b, part, "weight");
    block->layer[k].full_bias = find(b, part, "bias");
  }
  snprintf(part, sizeof part, "%sproj.", prefix);
  bind_layer(b, &block->proj, part, 1, in, out, 1);
}

/* Block of a U-Net without residuals; nothing but norms follows its layers (algorithm.md §1.12). */
static void bind_basic_down(const Binder *b, CytoTrainBlock *block, const char *prefix, size_t in,
                            size_t out) {
  char part[160];
  block->basic = true;
  for (int k = 0; k < 2; k++) {
    snprintf(part, sizeof part, "%sconv.conv_%d.", prefix, k);
    bind_layer(b, &block->layer[k], part, 2, k ? out : in, out, 9);
    block->layer[k].constant_free = true;
  }
}

static CytoParam part_of(CytoParam whole, size_t at) {
  return (CytoParam){whole.value + at, whole.gradient + at};
}

/* Half 0 of the joined channels is the skip's, half 1 the decoder's: two layers whose results are
 * added. The bias and the norm's counter belong to the first. */
static void bind_half(const Binder *b, CytoTrainLayer *layer, const char *prefix, size_t half,
                      size_t channels, size_t style) {
  char part[160];
  size_t at = half * channels;
  snprintf(part, sizeof part, "%sconv.conv_1.conv.", prefix);
  bind_layer(b, layer, part, 2, channels, channels, 9);
  CytoTrainNorm *norm = &layer->norm;
  norm->weight = part_of(norm->weight, at);
  norm->bias = part_of(norm->bias, at);
  norm->mean += at;
  norm->var += at;
  layer->whole = layer->weight;
  layer->row = 2 * channels;
  layer->first = at;
  layer->constant_free = true;
  if (half) {
    norm->batches = NULL;
    layer->bias = (CytoParam){0};
  }
  snprintf(part, sizeof part, "%sconv.conv_1.full.", prefix);
  layer->full_weight = part_of(find(b, part, "weight"), at * style);
  layer->full_bias = part_of(find(b, part, "bias"), at);
}

static void bind_basic_up(const Binder *b, CytoTrainBlock *block, const char *prefix, size_t in,
                          size_t out, size_t style) {
  char part[160];
  block->basic = block->skip_joined = true;
  snprintf(part, sizeof part, "%sconv.conv_0.", prefix);
  bind_layer(b, &block->layer[0], part, 2, in, out, 9);
  block->layer[0].constant_free = true;
  bind_half(b, &block->layer[1], prefix, 0, out, style);
  bind_half(b, &block->layer[2], prefix, 1, out, style);
}

bool cyto_train_net_bind(CytoTrainNet *net, CytoWeights *weights, float *gradient, CytoError *err) {
  const Binder b = {weights, gradient};
  if (!cyto_weights_layout(weights, &net->layout, err))
    return false;
  const size_t *nbase = net->layout.nbase, levels = net->layout.levels;
  for (size_t n = 0; n < levels; n++) {
    char prefix[64];
    size_t deeper = n + 1 < levels ? nbase[n + 2] : nbase[levels];
    if (net->layout.basic) {
      snprintf(prefix, sizeof prefix, "downsample.down.conv_down_%zu.", n);
      bind_basic_down(&b, &net->down[n], prefix, nbase[n], nbase[n + 1]);
      snprintf(prefix, sizeof prefix, "upsample.up.conv_up_%zu.", n);
      bind_basic_up(&b, &net->up[n], prefix, deeper, nbase[n + 1], nbase[levels]);
      continue;
    }
    snprintf(prefix, sizeof prefix, "downsample.down.res_down_%zu.", n);
    bind_block(&b, &net->down[n], prefix, false, nbase[n], nbase[n + 1]);
    snprintf(prefix, sizeof prefix, "upsample.up.res_up_%zu.", n);
    bind_block(&b, &net->up[n], prefix, true, deeper, nbase[n + 1]);
  }
  bind_layer(&b, &net->head, "output.", 2, nbase[1], net->layout.nout, 1);
  return true;
}

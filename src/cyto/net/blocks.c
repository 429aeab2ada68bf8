#include "blocks.h"
#include "../base/mem.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

const float *cyto_block_tensor(const CytoWeights *weights, const char *prefix, const char *name,
                               size_t count, CytoError *err) {
  char key[256];
  snprintf(key, sizeof key, "%s%s", prefix, name);
  const CytoTensor *tensor = cyto_weights_find(weights, key);
  if (!tensor) {
    cyto_fail(err, CYTO_ERROR_FORMAT, "the model lacks the tensor %s", key);
    return NULL;
  }
  size_t found = 1;
  for (unsigned i = 0; i < tensor->ndim; i++)
    found *= tensor->shape[i];
  if (found != count) {
    cyto_fail(err, CYTO_ERROR_FORMAT, "tensor %s has %zu values, expected %zu", key, found, count);
    return NULL;
  }
  return tensor->data;
}

static bool norm_init(CytoNorm *norm, const CytoWeights *weights, const char *prefix,
                      size_t channels, CytoError *err) {
  const float *weight = cyto_block_tensor(weights, prefix, "weight", channels, err);
  const float *bias = weight ? cyto_block_tensor(weights, prefix, "bias", channels, err) : NULL;
  const float *mean =
      bias ? cyto_block_tensor(weights, prefix, "running_mean", channels, err) : NULL;
  const float *var = mean ? cyto_block_tensor(weights, prefix, "running_var", channels, err) : NULL;
  float *scale = var ? cyto_alloc(2 * channels, sizeof *scale, err) : NULL;
  if (!scale)
    return false;
  *norm = (CytoNorm){channels, scale, scale + channels};
  for (size_t c = 0; c < channels; c++) {
    double s = weight[c] / sqrt((double)var[c] + 1e-5);
    norm->scale[c] = (float)s;
    norm->shift[c] = (float)(bias[c] - mean[c] * s);
  }
  return true;
}

static bool conv_init(CytoConv *conv, const CytoWeights *weights, const char *prefix,
                      const CytoKernel *kernel, size_t in, size_t out, size_t taps,
                      CytoConvForm form, const CytoNorm *folded, CytoError *err) {
  const float *weight = cyto_block_tensor(weights, prefix, "weight", in * out * taps, err);
  const float *bias = weight ? cyto_block_tensor(weights, prefix, "bias", out, err) : NULL;
  return bias &&
         cyto_conv_init_as(conv, form, kernel, in, out, taps, weight, bias,
                           folded ? folded->scale : NULL, folded ? folded->shift : NULL, err);
}

static float *copy(const float *data, size_t count, CytoError *err) {
  float *out = data ? cyto_alloc(count, sizeof *out, err) : NULL;
  if (out)
    memcpy(out, data, count * sizeof *out);
  return out;
}

static bool style_init(CytoLayer *layer, const CytoWeights *weights, const char *prefix,
                       size_t style, CytoError *err) {
  size_t channels = layer->norm.channels;
  layer->style = style;
  layer->full_weight = copy(cyto_block_tensor(weights, prefix, "weight", channels * style, err),
                            channels * style, err);
  layer->full_bias =
      layer->full_weight
          ? copy(cyto_block_tensor(weights, prefix, "bias", channels, err), channels, err)
          : NULL;
  return layer->full_bias != NULL;
}

bool cyto_layer_init(CytoLayer *layer, const CytoWeights *weights, const char *prefix,
                     const CytoKernel *kernel, size_t in, size_t out, size_t taps,
                     CytoConvForm form, CytoError *err) {
  char norm[160], conv[160];
  snprintf(norm, sizeof norm, "%s0.", prefix);
  snprintf(conv, sizeof conv, "%s2.", prefix);
  return norm_init(&layer->norm, weights, norm, in, err) &&
         conv_init(&layer->conv, weights, conv, kernel, in, out, taps, form, NULL, err);
}

void cyto_layer_clear(CytoLayer *layer) {
  free(layer->norm.scale);
  cyto_conv_clear(&layer->conv);
  free(layer->full_weight);
  free(layer->full_bias);
  *layer = (CytoLayer){0};
}

static void norm_clear(CytoNorm *norm) {
  free(norm->scale);
}

static bool proj_init(CytoResidual *block, const CytoWeights *weights, const char *prefix,
                      const CytoKernel *kernel, size_t in, size_t out, CytoError *err) {
  char key[128];
  CYTO_CLEANUP(norm_clear) CytoNorm norm = {0};
  snprintf(key, sizeof key, "%sproj.0.", prefix);
  if (!norm_init(&norm, weights, key, in, err))
    return false;
  snprintf(key, sizeof key, "%sproj.1.", prefix);
  return conv_init(&block->proj, weights, key, kernel, in, out, 1, CYTO_CONV_PLAIN, &norm, err);
}

CytoConvForm cyto_block_form(const CytoResidualShape *shape, unsigned layer) {
  if (layer == 0 && shape->doubled)
    return CYTO_CONV_DOUBLED;
  return cyto_conv_form(layer ? shape->out : shape->in, shape->out);
}

bool cyto_residual_init(CytoResidual *block, unsigned part, const CytoWeights *weights,
                        const CytoResidualShape *shape, const CytoKernel *kernel, CytoError *err) {
  char prefix[64], key[128];
  snprintf(prefix, sizeof prefix, "%s%zu.", shape->prefix, shape->level);
  if (part == 0)
    return proj_init(block, weights, prefix, kernel, shape->in, shape->out, err);
  CytoLayer *layer = &block->layer[part - 1];
  bool styled = shape->style && part > 1;
  snprintf(key, sizeof key, "%sconv.conv_%u.%s", prefix, part - 1, styled ? "conv." : "");
  if (!cyto_layer_init(layer, weights, key, kernel, part == 1 ? shape->in : shape->out, shape->out,
                       9, cyto_block_form(shape, part - 1), err))
    return false;
  snprintf(key, sizeof key, "%sconv.conv_%u.full.", prefix, part - 1);
  return !styled || style_init(layer, weights, key, shape->style, err);
}

void cyto_residual_clear(CytoResidual *block) {
  for (int i = 0; i < 4; i++)
    cyto_layer_clear(&block->layer[i]);
  cyto_conv_clear(&block->proj);
}

bool cyto_head_init(CytoLayer *layer, const CytoWeights *weights, const char *prefix,
                    const CytoKernel *kernel, size_t in, size_t out, CytoError *err) {
  *layer = (CytoLayer){0};
  if (cyto_layer_init(layer, weights, prefix, kernel, in, out, 1, CYTO_CONV_PLAIN, err))
    return true;
  cyto_layer_clear(layer);
  return false;
}

void cyto_layer_shift(const CytoLayer *layer, const float *style, float *out) {
  enum { BESIDE = 8 }; /* sums that do not wait for each other */
  for (size_t first = 0; first < layer->norm.channels; first += BESIDE) {
    size_t left = layer->norm.channels - first, n = left < BESIDE ? left : BESIDE;
    double sum[BESIDE] = {0};
    for (size_t k = 0; layer->style && k < n; k++)
      sum[k] = layer->full_bias[first + k];
    for (size_t s = 0; s < layer->style; s++)
      for (size_t k = 0; k < BESIDE; k++)
        sum[k] +=
            (double)layer->full_weight[(first + (k < n ? k : 0)) * layer->style + s] * style[s];
    for (size_t k = 0; k < n; k++)
      out[first + k] =
          (float)(layer->norm.shift[first + k] + sum[k] * layer->norm.scale[first + k]);
  }
}

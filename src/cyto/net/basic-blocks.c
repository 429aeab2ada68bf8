/* The blocks of a basic U-Net, packed for the kernels (algorithm.md §1.12). A convolution over
 * joined channels is kept as two, one over each half. The style is switched off, so that the biases
 * of its Linear layers are all that is left of it: they become part of the norm's shift. */
#include "../base/mem.h"
#include "blocks.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Norm of channels at.. of the joined ones. */
static bool norm_init(CytoNorm *norm, const CytoWeights *weights, const char *block, size_t at,
                      size_t channels, CytoError *err) {
  static const char *const names[] = {"weight", "bias", "running_mean", "running_var"};
  const float *part[5];
  char prefix[160];
  for (int i = 0; i < 5; i++) {
    snprintf(prefix, sizeof prefix, "%sconv.conv_1.%s", block, i < 4 ? "conv.0." : "full.");
    part[i] = cyto_block_tensor(weights, prefix, i < 4 ? names[i] : "bias", 2 * channels, err);
    if (!part[i])
      return false;
    part[i] += at;
  }
  float *scale = cyto_alloc(2 * channels, sizeof *scale, err);
  if (!scale)
    return false;
  *norm = (CytoNorm){channels, scale, scale + channels};
  for (size_t c = 0; c < channels; c++) {
    double s = part[0][c] / sqrt((double)part[3][c] + 1e-5);
    norm->scale[c] = (float)s;
    norm->shift[c] = (float)(part[1][c] + (part[4][c] - part[2][c]) * s);
  }
  return true;
}

/* Half 0 is the skip's, and has the bias. */
static bool half_init(CytoLayer *layer, const CytoWeights *weights, const char *block, size_t half,
                      const CytoKernel *kernel, size_t channels, CytoError *err) {
  char prefix[160];
  size_t values = channels * 9, at = half * channels;
  snprintf(prefix, sizeof prefix, "%sconv.conv_1.conv.2.", block);
  const float *whole = cyto_block_tensor(weights, prefix, "weight", 2 * channels * values, err);
  const float *bias = whole ? cyto_block_tensor(weights, prefix, "bias", channels, err) : NULL;
  CYTO_AUTOFREE float *weight = bias ? cyto_alloc(channels, values * sizeof *weight, err) : NULL;
  if (!weight || !norm_init(&layer->norm, weights, block, at, channels, err))
    return false;
  for (size_t o = 0; o < channels; o++)
    memcpy(weight + o * values, whole + (2 * o + half) * values, values * sizeof *weight);
  return cyto_conv_init(&layer->conv, kernel, channels, channels, 9, weight, half ? NULL : bias,
                        NULL, NULL, err);
}

bool cyto_basic_init(CytoResidual *block, unsigned part, const CytoWeights *weights,
                     const CytoResidualShape *shape, const CytoKernel *kernel, CytoError *err) {
  char name[64], prefix[128];
  snprintf(name, sizeof name, "%s%zu.", shape->prefix, shape->level);
  if (shape->style && part > 0)
    return part > 2 ||
           half_init(&block->layer[part], weights, name, part - 1, kernel, shape->out, err);
  if (part > 1)
    return true;
  snprintf(prefix, sizeof prefix, "%sconv.conv_%u.", name, part);
  return cyto_layer_init(&block->layer[part], weights, prefix, kernel,
                         part ? shape->out : shape->in, shape->out, 9, cyto_block_form(shape, part),
                         err);
}

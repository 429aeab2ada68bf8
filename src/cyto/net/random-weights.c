/* A network before any training (algorithm.md §1.16). */
#include "../base/mem.h"
#include "../base/random.h"
#include "trainer.h"
#include "weights-private.h"
#include <math.h>
#include <stdio.h>

typedef struct Maker {
  CytoWeights *weights;
  CytoRandom random;
  CytoError *err;
} Maker;

static CytoTensor *add(Maker *m, const char *prefix, const char *name, unsigned ndim,
                       const size_t *shape) {
  char key[200];
  int length = snprintf(key, sizeof key, "%s%s", prefix, name);
  CytoTensor *tensor = cyto_weights_add(m->weights, key, (size_t)length, m->err);
  if (!tensor)
    return NULL;
  tensor->ndim = ndim;
  for (unsigned i = 0; i < ndim; i++)
    tensor->shape[i] = shape[i];
  tensor->data = cyto_calloc(cyto_tensor_count(tensor), sizeof(float), m->err);
  return tensor->data ? tensor : NULL;
}

static bool constant(Maker *m, const char *prefix, const char *name, size_t n, float value) {
  CytoTensor *tensor = add(m, prefix, name, 1, &n);
  for (size_t i = 0; tensor && i < n; i++)
    tensor->data[i] = value;
  return tensor != NULL;
}

static bool uniform(Maker *m, const char *prefix, const char *name, unsigned ndim,
                    const size_t *shape, size_t fan_in) {
  CytoTensor *tensor = add(m, prefix, name, ndim, shape);
  double bound = 1 / sqrt((double)fan_in);
  for (size_t i = 0; tensor && i < cyto_tensor_count(tensor); i++)
    tensor->data[i] = (float)((2 * cyto_random_double(&m->random) - 1) * bound);
  return tensor != NULL;
}

static bool norm(Maker *m, const char *prefix, size_t channels) {
  if (!constant(m, prefix, "weight", channels, 1) || !constant(m, prefix, "bias", channels, 0) ||
      !constant(m, prefix, "running_mean", channels, 0) ||
      !constant(m, prefix, "running_var", channels, 1))
    return false;
  CytoTensor *tracked = add(m, prefix, "num_batches_tracked", 0, NULL);
  if (tracked)
    tracked->integer = true;
  return tracked != NULL;
}

/* "<block><part>0." is the norm, "<block><part><second>." the convolution. */
static bool layer(Maker *m, const char *block, const char *part, int second, size_t in, size_t out,
                  size_t side) {
  char key[160];
  const size_t shape[4] = {out, in, side, side};
  snprintf(key, sizeof key, "%s%s0.", block, part);
  if (!norm(m, key, in))
    return false;
  snprintf(key, sizeof key, "%s%s%d.", block, part, second);
  return uniform(m, key, "weight", 4, shape, in * side * side) &&
         uniform(m, key, "bias", 1, &out, in * side * side);
}

static bool residual(Maker *m, const char *name, size_t level, size_t in, size_t out,
                     size_t style) {
  char block[80], part[40];
  snprintf(block, sizeof block, "%s%zu.", name, level);
  for (int k = 0; k < 4; k++) {
    bool styled = style && k > 0;
    snprintf(part, sizeof part, "conv.conv_%d.%s", k, styled ? "conv." : "");
    if (!layer(m, block, part, 2, k ? out : in, out, 3))
      return false;
    const size_t shape[2] = {out, style};
    snprintf(part, sizeof part, "conv.conv_%d.full.", k);
    char key[160];
    snprintf(key, sizeof key, "%s%s", block, part);
    if (styled &&
        (!uniform(m, key, "weight", 2, shape, style) || !uniform(m, key, "bias", 1, &out, style)))
      return false;
  }
  return layer(m, block, "proj.", 1, in, out, 1);
}

/* A block of a basic U-Net; with `style` the decoder's, whose second layer sees joined channels. */
static bool basic(Maker *m, const char *name, size_t level, size_t in, size_t out, size_t style) {
  char block[80], key[160];
  size_t both = 2 * out;
  const size_t shape[2] = {both, style};
  snprintf(block, sizeof block, "%s%zu.", name, level);
  if (!layer(m, block, "conv.conv_0.", 2, in, out, 3))
    return false;
  if (!style)
    return layer(m, block, "conv.conv_1.", 2, out, out, 3);
  snprintf(key, sizeof key, "%sconv.conv_1.full.", block);
  return layer(m, block, "conv.conv_1.conv.", 2, both, out, 3) &&
         uniform(m, key, "weight", 2, shape, style) && uniform(m, key, "bias", 1, &both, style);
}

bool cyto_weights_random(const CytoLayout *layout, uint64_t seed, CytoWeights **out,
                         CytoError *err) {
  Maker m = {.weights = cyto_calloc(1, sizeof(CytoWeights), err), .err = err};
  const size_t *nbase = layout->nbase, levels = layout->levels;
  cyto_random_seed(&m.random, (uint32_t)(seed ^ seed >> 32));
  bool fine = m.weights != NULL;
  for (size_t n = 0; n < levels && fine; n++) {
    size_t deeper = n + 1 < levels ? nbase[n + 2] : nbase[n + 1];
    if (layout->basic) {
      fine = basic(&m, "downsample.down.conv_down_", n, nbase[n], nbase[n + 1], 0) &&
             basic(&m, "upsample.up.conv_up_", n, deeper, nbase[n + 1], nbase[levels]);
      continue;
    }
    fine = residual(&m, "downsample.down.res_down_", n, nbase[n], nbase[n + 1], 0) &&
           residual(&m, "upsample.up.res_up_", n, deeper, nbase[n + 1], nbase[levels]);
  }
  if (fine && layer(&m, "output.", "", 2, nbase[1], layout->nout, 1)) {
    m.weights->diam_mean = m.weights->diam_labels = 30;
    *out = m.weights;
    return true;
  }
  cyto_weights_free(m.weights);
  return false;
}

/* Batches, and the parameters of a trainer one by one, for the tests of training. */
#pragma once
#include "net/trainer-private.h"
#include "tiny-weights.h"
#include <math.h>

static inline CytoBatch random_batch(size_t n, size_t c, size_t h, size_t w, uint32_t seed) {
  float *x = malloc(n * c * h * w * sizeof *x), *labels = malloc(n * 3 * h * w * sizeof *labels);
  for (size_t i = 0; i < n * c * h * w; i++)
    x[i] = 2 * tiny_value(&seed) + 0.3F;
  for (size_t i = 0; i < n; i++)
    for (size_t p = 0; p < h * w; p++) {
      float angle = 6 * tiny_value(&seed);
      bool inside = tiny_value(&seed) > 0;
      labels[(i * 3) * h * w + p] = inside;
      labels[(i * 3 + 1) * h * w + p] = inside ? sinf(angle) : 0;
      labels[(i * 3 + 2) * h * w + p] = inside ? cosf(angle) : 0;
    }
  return (CytoBatch){x, labels, n, h, w};
}

static inline void free_batch(CytoBatch *batch) {
  free((void *)batch->x);
  free((void *)batch->labels);
}

/* One parameter: a tensor of the trainer's weights with its gradient. */
typedef struct Param {
  const CytoTensor *tensor;
  float *value;
  const float *gradient;
  size_t count;
} Param;

/* The next parameter from tensor *at on; false behind the last. */
static inline bool next_param(const CytoTrainer *t, size_t *at, Param *p) {
  for (; *at < t->weights->count; ++*at) {
    const CytoTensor *tensor = &t->weights->tensor[*at];
    if (!cyto_trainable(tensor))
      continue;
    *p = (Param){tensor, tensor->data, t->gradient + (tensor->data - t->value),
                 cyto_tensor_count(tensor)};
    ++*at;
    return true;
  }
  return false;
}

static inline double length_of(const float *x, size_t count) {
  double sum = 0;
  for (size_t k = 0; k < count; k++)
    sum += (double)x[k] * x[k];
  return sqrt(sum);
}

/* Loss of the batch with its own statistics. */
static inline double loss_of(CytoTrainer *t, const CytoBatch *batch) {
  double loss = NAN;
  CytoError err = {0};
  if (!cyto_trainer_gradients(t, batch, &loss, NULL, &err))
    printf("# %s\n", err.text);
  return loss;
}

/* Along the gradient of one tensor the loss changes by the square of its length. ReLU and pooling
 * bend the loss: small steps see rounding, large ones the bends. */
static inline double slope_apart(CytoTrainer *t, const CytoBatch *batch, const Param *p,
                                 const float *g) {
  double length = length_of(g, p->count), apart = INFINITY;
  float *saved = malloc(p->count * sizeof *saved);
  memcpy(saved, p->value, p->count * sizeof *saved);
  for (double move = 0.01; move > 1e-5 && apart > 0.01; move /= 3) {
    double sides[2];
    for (int s = 0; s < 2; s++) {
      for (size_t k = 0; k < p->count; k++)
        p->value[k] = (float)(saved[k] + (s ? -1 : 1) * move * g[k] / length);
      sides[s] = loss_of(t, batch);
    }
    memcpy(p->value, saved, p->count * sizeof *saved);
    double now = fabs((sides[0] - sides[1]) / (2 * move * length) - 1);
    apart = now < apart ? now : apart;
  }
  free(saved);
  return apart;
}

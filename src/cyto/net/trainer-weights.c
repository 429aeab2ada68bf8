/* What goes in and out of the trainer: weights, and the state of the optimiser as tensors. */
#include "../base/mem.h"
#include "trainer-private.h"
#include <stdio.h>
#include <string.h>

static bool add_copy(CytoWeights *to, const char *name, const CytoTensor *shape,
                     const float *values, CytoError *err) {
  size_t count = cyto_tensor_count(shape);
  CytoTensor *tensor = cyto_weights_add(to, name, strlen(name), err);
  float *data = tensor ? cyto_alloc(count, sizeof *data, err) : NULL;
  if (!data)
    return false;
  tensor->ndim = shape->ndim;
  memcpy(tensor->shape, shape->shape, sizeof tensor->shape);
  tensor->integer = shape->integer;
  tensor->data = data;
  memcpy(data, values, count * sizeof *data);
  return true;
}

bool cyto_trainer_weights(const CytoTrainer *trainer, CytoWeights **out, CytoError *err) {
  return cyto_weights_copy(trainer->weights, out, err);
}

void cyto_trainer_set_thresholds(CytoTrainer *trainer, double cell, double boundary) {
  trainer->weights->has_thresholds = true;
  trainer->weights->cell_threshold = cell;
  trainer->weights->boundary_threshold = boundary;
}

/* The names of the state of one method; NULL ends. */
static const char *const *prefixes(CytoOptimMethod method) {
  static const char *const sgd[] = {"momentum", NULL}, *const adamw[] = {"first", "second", NULL};
  return method == CYTO_SGD ? sgd : adamw;
}

static bool fill_state(const CytoTrainer *t, CytoWeights *to, CytoError *err) {
  const CytoTensor two = {.ndim = 1, .shape = {2}}; /* f32 counts to 2^24 alone */
  const float steps[2] = {(float)(t->steps >> 16), (float)(t->steps & 0xffff)};
  const char *const *prefix = prefixes(t->optim.method);
  for (size_t k = 0; prefix[k]; k++) {
    const float *values = k ? t->second : t->first;
    for (size_t i = 0; i < t->weights->count; i++) {
      const CytoTensor *tensor = &t->weights->tensor[i];
      char name[256];
      if (!cyto_trainable(tensor))
        continue;
      snprintf(name, sizeof name, "%s.%s", prefix[k], tensor->name);
      if (!add_copy(to, name, tensor, values, err))
        return false;
      values += cyto_tensor_count(tensor);
    }
  }
  return add_copy(to, "steps", &two, steps, err);
}

bool cyto_trainer_state(const CytoTrainer *trainer, CytoWeights **out, CytoError *err) {
  CytoWeights *to = cyto_calloc(1, sizeof *to, err);
  if (!to)
    return false;
  if (!fill_state(trainer, to, err)) {
    cyto_weights_free(to);
    return false;
  }
  *out = to;
  return true;
}

static bool same_shape(const CytoTensor *a, const CytoTensor *b) {
  bool same = a->ndim == b->ndim;
  for (unsigned i = 0; i < a->ndim && same; i++)
    same = a->shape[i] == b->shape[i];
  return same;
}

/* Reads the state into `moments` (2, values); the trainer is untouched. */
static bool read_state(const CytoTrainer *t, const CytoWeights *state, float *moments,
                       CytoError *err) {
  const char *const *prefix = prefixes(t->optim.method);
  for (size_t k = 0; prefix[k]; k++) {
    float *to = moments + k * t->values;
    for (size_t i = 0; i < t->weights->count; i++) {
      const CytoTensor *tensor = &t->weights->tensor[i];
      char name[256];
      if (!cyto_trainable(tensor))
        continue;
      snprintf(name, sizeof name, "%s.%s", prefix[k], tensor->name);
      const CytoTensor *found = cyto_weights_find(state, name);
      if (!found || !same_shape(found, tensor))
        return cyto_fail(err, CYTO_ERROR_FORMAT,
                         "the state of the training %s %s; it belongs to another network or to "
                         "another optimiser",
                         found ? "has another shape of" : "lacks", name);
      size_t count = cyto_tensor_count(tensor);
      memcpy(to, found->data, count * sizeof *to);
      to += count;
    }
  }
  return true;
}

bool cyto_trainer_restore(CytoTrainer *trainer, const CytoWeights *state, CytoError *err) {
  const CytoTensor *steps = cyto_weights_find(state, "steps");
  if (!steps || cyto_tensor_count(steps) != 2 || !(steps->data[0] >= 0 && steps->data[0] < 1e9f) ||
      !(steps->data[1] >= 0 && steps->data[1] < 65536))
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "the state of the training does not say how many steps were done");
  CYTO_AUTOFREE float *moments = cyto_calloc(2 * trainer->values, sizeof *moments, err);
  if (!moments || !read_state(trainer, state, moments, err))
    return false;
  memcpy(trainer->first, moments, trainer->values * sizeof *moments);
  memcpy(trainer->second, moments + trainer->values, trainer->values * sizeof *moments);
  trainer->steps = ((uint64_t)steps->data[0] << 16) + (uint64_t)steps->data[1];
  return true;
}

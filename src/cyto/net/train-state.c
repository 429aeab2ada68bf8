/* What the optimiser remembers, as tensors beside the weights. */
#include "../base/mem.h"
#include "train-private.h"
#include "weights-private.h"
#include <stdio.h>
#include <string.h>

static bool add(CytoWeights *state, const char *kind, const CytoTensor *like, const float *values,
                CytoError *err) {
  char name[300];
  int length = snprintf(name, sizeof name, "%s.%s", kind, like->name);
  CytoTensor *tensor = cyto_weights_add(state, name, (size_t)length, err);
  if (!tensor)
    return false;
  size_t count = cyto_tensor_count(like);
  tensor->ndim = like->ndim;
  memcpy(tensor->shape, like->shape, sizeof tensor->shape);
  tensor->data = cyto_alloc(count, sizeof(float), err);
  if (tensor->data)
    memcpy(tensor->data, values, count * sizeof(float));
  return tensor->data != NULL;
}

bool cyto_trainer_state(const CytoTrainer *t, CytoWeights **out, CytoError *err) {
  CytoWeights *state = cyto_calloc(1, sizeof *state, err);
  bool fine = state != NULL, adam = t->second != NULL;
  for (size_t i = 0; i < t->params && fine; i++) {
    if (!t->param[i].grad)
      continue;
    size_t at = (size_t)(t->param[i].grad - t->grads);
    const CytoTensor *like = &t->weights->tensor[i];
    fine = add(state, adam ? "first" : "momentum", like, t->first + at, err) &&
           (!adam || add(state, "second", like, t->second + at, err));
  }
  CytoTensor *steps = fine ? cyto_weights_add(state, "steps", 5, err) : NULL;
  if (steps) {
    /* two values: f32 counts exactly to 2^24 */
    steps->ndim = 1;
    steps->shape[0] = 2;
    steps->data = cyto_alloc(2, sizeof(float), err);
  }
  if (!steps || !steps->data) {
    cyto_weights_free(state);
    return false;
  }
  double high = (double)(uint64_t)(t->steps / 65536);
  steps->data[0] = (float)high;
  steps->data[1] = (float)(t->steps - high * 65536);
  *out = state;
  return true;
}

static const CytoTensor *find(const CytoWeights *state, const char *kind, const CytoTensor *like,
                              CytoError *err) {
  char name[300];
  snprintf(name, sizeof name, "%s.%s", kind, like->name);
  const CytoTensor *tensor = cyto_weights_find(state, name);
  if (!tensor || cyto_tensor_count(tensor) != cyto_tensor_count(like)) {
    cyto_fail(err, CYTO_ERROR_FORMAT,
              "the checkpoint's optimiser does not fit this network and method: %s is %s", name,
              tensor ? "of another size" : "missing");
    return NULL;
  }
  return tensor;
}

bool cyto_trainer_restore(CytoTrainer *t, const CytoWeights *state, CytoError *err) {
  const CytoTensor *steps = cyto_weights_find(state, "steps");
  bool adam = t->second != NULL;
  if (!steps || cyto_tensor_count(steps) != 2)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the checkpoint does not say how many steps it took");
  for (int apply = 0; apply < 2; apply++) /* nothing is taken over unless all of it fits */
    for (size_t i = 0; i < t->params; i++) {
      if (!t->param[i].grad)
        continue;
      size_t at = (size_t)(t->param[i].grad - t->grads), bytes = t->param[i].count * sizeof(float);
      const CytoTensor *like = &t->weights->tensor[i];
      const CytoTensor *first = find(state, adam ? "first" : "momentum", like, err);
      const CytoTensor *second = first && adam ? find(state, "second", like, err) : NULL;
      if (!first || (adam && !second))
        return false;
      if (apply)
        memcpy(t->first + at, first->data, bytes);
      if (apply && adam)
        memcpy(t->second + at, second->data, bytes);
    }
  t->steps = (double)steps->data[0] * 65536 + steps->data[1];
  return true;
}

/* A few steps of training on one batch: train-steps MODEL FOLDER sgd|adamw RATE STEPS. Reads x.npy
 * and labels.npy in FOLDER, prints the losses, and writes gradients.safetensors, those of the first
 * step under the names of their parameters, and weights.safetensors, what the last step left. */
#include "base/mem.h"
#include "base/parallel.h"
#include "net/trainer-private.h"
#include "npy.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Npy load(const char *folder, const char *name) {
  char path[600];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return npy_load(path);
}

static bool save(const CytoWeights *weights, const char *folder, const char *name, CytoError *err) {
  char path[600];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return cyto_weights_write_safetensors(weights, path, CYTO_SAVE_F32, err);
}

static bool save_gradients(const CytoTrainer *t, const char *folder, CytoError *err) {
  CYTO_CLEANUP(cyto_weights_drop) CytoWeights *gradients = NULL;
  if (!cyto_trainer_weights(t, &gradients, err))
    return false;
  for (size_t i = 0; i < gradients->count; i++) {
    const CytoTensor *from = &t->weights->tensor[i];
    CytoTensor *to = &gradients->tensor[i];
    if (cyto_trainable(from))
      memcpy(to->data, t->gradient + (from->data - t->value),
             cyto_tensor_count(to) * sizeof *to->data);
  }
  return save(gradients, folder, "gradients.safetensors", err);
}

static bool train(CytoTrainer *t, const CytoBatch *batch, double rate, int steps,
                  const char *folder, CytoJob *job, CytoError *err) {
  for (int step = 0; step < steps; step++) {
    double loss;
    if (!cyto_trainer_step(t, batch, rate, &loss, job, err) ||
        (step == 0 && !save_gradients(t, folder, err)))
      return false;
    printf("%.17g\n", loss);
  }
  return save(t->weights, folder, "weights.safetensors", err);
}

int main(int argc, char **argv) {
  CytoError err = {0};
  CytoWeights *start = NULL;
  CytoTrainer *t = NULL;
  if (argc != 6)
    return 2;
  CytoOptim optim = cyto_optim_defaults(strcmp(argv[3], "sgd") == 0 ? CYTO_SGD : CYTO_ADAMW);
  CytoJob job = {.pool = cyto_pool_new(2, &err)};
  Npy x = load(argv[2], "x.npy"), labels = load(argv[2], "labels.npy");
  float *xf = npy_f32(&x), *lf = npy_f32(&labels);
  const CytoBatch batch = {xf, lf, x.shape[0], x.shape[2], x.shape[3]};
  bool good =
      job.pool && cyto_weights_read(argv[1], &start, &err) &&
      cyto_trainer_new(start, &optim, &t, &err) &&
      train(t, &batch, strtod(argv[4], NULL), (int)strtol(argv[5], NULL, 10), argv[2], &job, &err);
  if (!good)
    fprintf(stderr, "%s\n", err.text);
  cyto_trainer_free(t);
  cyto_weights_free(start);
  cyto_pool_free(job.pool);
  free(xf);
  free(lf);
  npy_free(&x);
  npy_free(&labels);
  return good ? 0 : 1;
}

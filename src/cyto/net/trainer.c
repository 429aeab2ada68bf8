#include "trainer.h"
#include "../base/mem.h"
#include "loss.h"
#include "optim.h"
#include "train-private.h"
#include "unet.h"
#include "weights-private.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool check_layout(const CytoLayout *layout, CytoError *err) {
  if (layout->nout != 3)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "only networks with 3 outputs (two flows and the cell probability) can be "
                     "trained; this one has %zu",
                     layout->nout);
  if (train_channels(layout) > CYTO_TRAIN_CHANNELS)
    return cyto_fail(err, CYTO_ERROR_LIMIT,
                     "networks of up to %d channels can be trained; this one has %zu",
                     CYTO_TRAIN_CHANNELS, train_channels(layout));
  return true;
}

bool cyto_trainer_new(const CytoWeights *start, const CytoOptim *optim, CytoTrainer **out,
                      CytoError *err) {
  CytoLayout layout;
  const CytoKernel *kernel = cyto_kernel_chosen(err);
  if (!kernel || !cyto_weights_layout(start, &layout, err) || !check_layout(&layout, err))
    return false;
  CytoTrainer *t = cyto_calloc(1, sizeof *t, err);
  if (!t)
    return false;
  t->layout = layout;
  t->kernel = kernel;
  t->optim = *optim;
  if (!cyto_weights_copy(start, &t->weights, err) || !train_bind(t, err)) {
    cyto_trainer_free(t);
    return false;
  }
  *out = t;
  return true;
}

void cyto_trainer_free(CytoTrainer *t) {
  if (!t)
    return;
  train_unbind(t);
  free(t->memory.block);
  cyto_weights_free(t->weights);
  free(t);
}

size_t cyto_trainer_memory(const CytoTrainer *t, size_t n, size_t h, size_t w) {
  return train_memory_bytes(t, n, h, w, 1);
}

/* ---- one step ---- */

static TrainLayer *layer_at(CytoTrainer *t, size_t i) {
  size_t block = i / TRAIN_LAYERS, n = t->layout.levels;
  if (block == 2 * n)
    return &t->head;
  TrainBlock *at = block < n ? &t->up[n - 1 - block] : &t->down[2 * n - 1 - block];
  return &at->layer[i % TRAIN_LAYERS];
}

static size_t layers(const CytoTrainer *t) {
  return 2 * t->layout.levels * TRAIN_LAYERS + 1;
}

typedef struct Packing {
  CytoTrainer *trainer;
  bool *done;
} Packing;

static void pack_item(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Packing *p = context;
  p->done[item] = train_pack(layer_at(p->trainer, item), NULL);
}

static bool pack_all(CytoTrainer *t, CytoError *err) {
  CYTO_AUTOFREE bool *done = cyto_calloc(layers(t), sizeof *done, err);
  Packing packing = {t, done};
  if (!done || !cyto_parallel(t->job, layers(t), pack_item, &packing, NULL, err))
    return false;
  for (size_t i = 0; i < layers(t); i++)
    if (!done[i])
      return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a training step");
  return true;
}

static bool check_batch(const CytoTrainer *t, const CytoBatch *batch, CytoError *err) {
  size_t step = (size_t)1 << (t->layout.levels - 1);
  if (batch->n == 0 || batch->h == 0 || batch->w == 0 || batch->h % step || batch->w % step)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "a batch of %zu crops of %zu × %zu is not a multiple of %zu", batch->n,
                     batch->h, batch->w, step);
  return true;
}

static bool stopped(CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_CANCELLED, "stopped on request");
}

/* (N,C,H,W) → (N,H,W,C). */
static void take_input(CytoTrainer *t, const CytoBatch *batch) {
  size_t c = t->layout.nbase[0], pixels = batch->h * batch->w;
  for (size_t n = 0; n < batch->n; n++)
    for (size_t k = 0; k < c; k++)
      for (size_t i = 0; i < pixels; i++)
        t->memory.input[(n * pixels + i) * c + k] = batch->x[(n * c + k) * pixels + i];
}

static bool finite_gradients(const CytoTrainer *t) {
  for (size_t i = 0; i < t->values; i++)
    if (!isfinite(t->grads[i]))
      return false;
  return true;
}

bool train_gradients(CytoTrainer *t, const CytoBatch *batch, double *loss, CytoJob *job,
                     CytoError *err) {
  t->job = job;
  if (!check_batch(t, batch, err) || !train_memory_init(t, batch->n, batch->h, batch->w, err) ||
      !pack_all(t, err))
    return false;
  memset(t->grads, 0, t->values * sizeof *t->grads);
  take_input(t, batch);
  if (!train_forward(t))
    return stopped(err);
  *loss =
      cyto_flow_loss(t->memory.y, batch->labels, batch->n, batch->h * batch->w, t->memory.dy, job);
  if (cyto_job_cancelled(job))
    return stopped(err);
  if (!isfinite(*loss))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "the loss is not a finite number (%g)", *loss);
  if (!train_backward(t))
    return stopped(err);
  return finite_gradients(t) ||
         cyto_fail(err, CYTO_ERROR_ARGUMENT, "a gradient is not a finite number (loss %g)", *loss);
}

typedef struct Update {
  CytoTrainer *trainer;
  double rate;
} Update;

static void update_item(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Update *u = context;
  CytoTrainer *t = u->trainer;
  const TrainParam *p = &t->param[item];
  if (!p->grad)
    return;
  size_t at = (size_t)(p->grad - t->grads);
  cyto_optim_update(&t->optim, u->rate, t->steps, p->grad, t->first + at,
                    t->second ? t->second + at : NULL, p->value, p->count);
}

bool cyto_trainer_step(CytoTrainer *t, const CytoBatch *batch, double rate, double *loss,
                       CytoJob *job, CytoError *err) {
  if (!train_gradients(t, batch, loss, job, err))
    return false;
  t->steps += 1;
  Update update = {t, rate};
  CytoJob whole = {.pool = job ? job->pool : NULL}; /* all of it or nothing: no cancel from here */
  cyto_parallel(&whole, t->params, update_item, &update, NULL, NULL);
  for (size_t i = 0; i < layers(t); i++)
    train_norm_commit(&layer_at(t, i)->norm);
  return true;
}

/* Planes (N,3,H,W) of the network → pixels. */
bool cyto_trainer_loss(CytoTrainer *t, const CytoBatch *batch, double *loss, CytoJob *job,
                       CytoError *err) {
  size_t pixels = batch->h * batch->w, nout = t->layout.nout, n = batch->n;
  size_t styles = t->layout.nbase[t->layout.levels];
  CytoUnet *net = NULL;
  CYTO_AUTOFREE float *planes = cyto_alloc(2 * n * nout * pixels, sizeof(float), err);
  CYTO_AUTOFREE float *style = cyto_alloc(n * styles, sizeof(float), err);
  if (!planes || !style || !cyto_unet_new(t->weights, &net, job, err))
    return false;
  bool fine = cyto_unet_forward(net, batch->x, n, batch->h, batch->w, planes, style, job, err);
  cyto_unet_free(net);
  if (!fine)
    return false;
  float *y = planes + n * nout * pixels;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < nout; k++)
      for (size_t p = 0; p < pixels; p++)
        y[(i * pixels + p) * nout + k] = planes[(i * nout + k) * pixels + p];
  *loss = cyto_flow_loss(y, batch->labels, n, pixels, NULL, job);
  return !cyto_job_cancelled(job) || stopped(err);
}

bool cyto_trainer_weights(const CytoTrainer *t, CytoWeights **out, CytoError *err) {
  return cyto_weights_copy(t->weights, out, err);
}

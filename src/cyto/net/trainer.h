/* The network with its gradients (algorithm.md §1, 9.1, 9.2): batch statistics, loss, backward pass
 * and optimiser. Results are the same bits for any number of threads. */
#pragma once
#include "../base/job.h"
#include "weights.h"

typedef struct CytoTrainer CytoTrainer;

typedef enum { CYTO_ADAMW, CYTO_SGD } CytoOptimMethod;

typedef struct CytoOptim {
  CytoOptimMethod method;
  double momentum;     /* SGD: 0.9 */
  double beta1, beta2; /* AdamW: 0.9, 0.999 */
  double epsilon;      /* AdamW: 1e-8 */
  double weight_decay; /* SGD: added to the gradient; AdamW: decoupled */
} CytoOptim;

CytoOptim cyto_optim_defaults(CytoOptimMethod method);

/* What one step reads. The caller owns both arrays. */
typedef struct CytoBatch {
  const float *x;      /* (N,C,H,W) */
  const float *labels; /* (N,3,H,W): 1 inside cells else 0, unit flow Y, unit flow X; for a basic
                          U-Net (N,1,H,W): the class */
  size_t n, h, w;      /* h and w multiples of 2^(levels-1) */
} CytoBatch;

/* Copies the weights of `start` (any readable network); the optimiser's state is zero. */
bool cyto_trainer_new(const CytoWeights *start, const CytoOptim *optim, CytoTrainer **out,
                      CytoError *err);
void cyto_trainer_free(CytoTrainer *trainer);
/* Weight of the Dice loss beside the cross entropy of a semantic network; 0 at first. */
void cyto_trainer_set_dice(CytoTrainer *trainer, double weight);

/* Weights of a network of this layout drawn as PyTorch draws them (uniform in ±1/sqrt(fan in),
 * norms one and zero), from a seed: the start of training from nothing. Freed by the caller. */
bool cyto_weights_random(const CytoLayout *layout, uint64_t seed, CytoWeights **out,
                         CytoError *err);

/* Thresholds of a network with classes, for its card. */
void cyto_trainer_set_thresholds(CytoTrainer *trainer, double cell, double boundary);

/* One step with learning rate `rate`: forward with batch statistics, loss, backward, update.
 * When the loss or a gradient is not finite nothing is updated, *loss is what came out, and err
 * says so (CYTO_ERROR_RANGE or the nearest code there is). After a cancelled step the weights are
 * those before it. */
bool cyto_trainer_step(CytoTrainer *trainer, const CytoBatch *batch, double rate, double *loss,
                       CytoJob *job, CytoError *err);

/* The loss in evaluation mode (running statistics); changes nothing. */
bool cyto_trainer_loss(CytoTrainer *trainer, const CytoBatch *batch, double *loss, CytoJob *job,
                       CytoError *err);

/* The present weights with running statistics, for writing or for cyto_unet_new. Card, diameters
 * and size model are those of `start`; the caller sets what changed. Freed by the caller. */
bool cyto_trainer_weights(const CytoTrainer *trainer, CytoWeights **out, CytoError *err);

/* The optimiser's state as tensors "momentum.<key>", or "first.<key>" and "second.<key>" and
 * "steps" (one value), so that training goes on exactly where it stood. Freed by the caller. */
bool cyto_trainer_state(const CytoTrainer *trainer, CytoWeights **out, CytoError *err);
bool cyto_trainer_restore(CytoTrainer *trainer, const CytoWeights *state, CytoError *err);

/* Bytes a step of this size takes at its peak. */
size_t cyto_trainer_memory(const CytoTrainer *trainer, size_t n, size_t h, size_t w);

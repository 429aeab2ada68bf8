/* Inside of the trainer; shared with its tests. */
#pragma once
#include "train-net.h"
#include "weights-private.h"

struct CytoTrainer {
  CytoWeights *weights; /* parameters lie in `value` */
  CytoOptim optim;
  CytoTrainNet net;
  size_t values;
  float *value, *gradient; /* one block with first and second; owned */
  float *first, *second;   /* momentum, or the moments */
  uint64_t steps;
  double dice;
};

/* With a kernel of the caller's choice. */
bool cyto_trainer_new_with(const CytoWeights *start, const CytoOptim *optim,
                           const CytoKernel *kernel, CytoTrainer **out, CytoError *err);
/* Forward, loss and gradients, without an update. */
bool cyto_trainer_gradients(CytoTrainer *trainer, const CytoBatch *batch, double *loss,
                            CytoJob *job, CytoError *err);

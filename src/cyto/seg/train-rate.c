#include "train.h"
#include <math.h>

CytoTrain cyto_train_defaults(CytoOptimMethod method) {
  return (CytoTrain){
      .optim = cyto_optim_defaults(method),
      .learning_rate = method == CYTO_SGD ? 0.2 : 5e-4,
      .n_epochs = 500,
      .batch_size = 8,
      .crop = 224,
      .test_images = 24,
      .validate_every = 10,
      .save_every = 100,
      .checkpoint_every = 5,
  };
}

/* A ramp of ten epochs from 0; long runs halve the rate ten times at their end. */
static double cellpose_rate(double rate, size_t n, size_t epoch) {
  enum { RAMP = 10, HALVINGS = 10 };
  size_t block = n > 300 ? 10 : n > 100 ? 5 : 0;
  if (epoch < RAMP)
    return epoch == RAMP - 1 ? rate : (double)epoch * (rate / (RAMP - 1));
  if (block == 0 || epoch < n - HALVINGS * block)
    return rate;
  return ldexp(rate, -(int)((epoch - (n - HALVINGS * block)) / block + 1));
}

static double cosine_rate(double rate, double progress) {
  const double ramp = 0.03;
  if (progress < ramp)
    return rate * progress / ramp;
  double part = progress < 1 ? (progress - ramp) / (1 - ramp) : 1;
  return rate * 0.5 * (1 + cos(M_PI * part));
}

double cyto_train_rate(const CytoTrain *options, size_t epoch, double progress) {
  return options->schedule == CYTO_SCHEDULE_COSINE
             ? cosine_rate(options->learning_rate, progress)
             : cellpose_rate(options->learning_rate, options->n_epochs, epoch);
}

#include "optim.h"
#include <math.h>

CytoOptim cyto_optim_defaults(CytoOptimMethod method) {
  return (CytoOptim){.method = method,
                     .momentum = 0.9,
                     .beta1 = 0.9,
                     .beta2 = 0.999,
                     .epsilon = 1e-8,
                     .weight_decay = 1e-5};
}

static void sgd(const CytoOptim *optim, float rate, const float *grad, float *first, float *value,
                size_t count) {
  float momentum = (float)optim->momentum, decay = (float)optim->weight_decay;
  for (size_t i = 0; i < count; i++) {
    first[i] = momentum * first[i] + (grad[i] + decay * value[i]);
    value[i] -= rate * first[i];
  }
}

void cyto_optim_update(const CytoOptim *optim, double rate, double step, const float *grad,
                       float *first, float *second, float *value, size_t count) {
  if (optim->method == CYTO_SGD) {
    sgd(optim, (float)rate, grad, first, value, count);
    return;
  }
  float b1 = (float)optim->beta1, b2 = (float)optim->beta2, c1 = (float)(1 - optim->beta1),
        c2 = (float)(1 - optim->beta2), epsilon = (float)optim->epsilon;
  float kept = (float)(1 - rate * optim->weight_decay);
  float size = (float)(rate / (1 - pow(optim->beta1, step)));
  float root = (float)sqrt(1 - pow(optim->beta2, step));
  for (size_t i = 0; i < count; i++) {
    first[i] = b1 * first[i] + c1 * grad[i];
    second[i] = b2 * second[i] + c2 * grad[i] * grad[i];
    value[i] = value[i] * kept - size * first[i] / (sqrtf(second[i]) / root + epsilon);
  }
}

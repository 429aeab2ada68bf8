/* The losses of basic U-Nets (algorithm.md §15.3) and their gradients. */
#include "../base/mem.h"
#include "../base/parallel.h"
#include "loss.h"
#include <math.h>

typedef struct Loss {
  const float *y, *labels;
  size_t n, pixels, classes;
  double dice;
  float *grad;
  double *sum; /* (N) */
} Loss;

/* One pixel: -log of the share that softmax gives to its class. */
static double cross_entropy(const float *y, size_t classes, size_t truth, double factor,
                            float *grad) {
  double most = y[0], sum = 0;
  for (size_t k = 1; k < classes; k++)
    most = y[k] > most ? y[k] : most;
  for (size_t k = 0; k < classes; k++)
    sum += exp(y[k] - most);
  for (size_t k = 0; k < classes && grad; k++)
    grad[k] = (float)(factor * (exp(y[k] - most) / sum - (k == truth)));
  return log(sum) + most - y[truth];
}

static void class_item(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Loss *l = context;
  size_t classes = l->classes, at = item * l->pixels;
  const float *y = l->y + at * classes, *labels = l->labels + at;
  float *grad = l->grad ? l->grad + at * classes : NULL;
  double values = (double)l->n * (double)l->pixels, factor = 8 / (double)classes / values, sum = 0;
  for (size_t i = 0; i < l->pixels; i++) {
    double label = labels[i];
    size_t truth = label >= 0 && label < (double)classes ? (size_t)label : 0;
    sum += cross_entropy(y + i * classes, classes, truth, factor, grad ? grad + i * classes : NULL);
  }
  l->sum[item] = sum * factor;
}

static double sigmoid(double z) {
  double decay = exp(-fabs(z));
  return z > 0 ? 1 / (1 + decay) : decay / (1 + decay);
}

/* Dice = (2·Σp·t + 1) / (Σp + Σt + 1) over an image; its gradient is added. */
static double dice_loss(const Loss *l, const float *y, const float *labels, float *grad) {
  double both = 1, all = 1, weight = l->dice / (double)l->n;
  for (size_t i = 0; i < l->pixels; i++) {
    double p = sigmoid(y[i]), truth = labels[i] > 0.5F;
    both += 2 * p * truth;
    all += p + truth;
  }
  for (size_t i = 0; i < l->pixels && grad; i++) {
    double p = sigmoid(y[i]), truth = labels[i] > 0.5F;
    grad[i] -= (float)(weight * p * (1 - p) * (2 * truth * all - both) / (all * all));
  }
  return weight * (1 - both / all);
}

static void semantic_item(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Loss *l = context;
  size_t at = item * l->pixels;
  const float *y = l->y + at, *labels = l->labels + at;
  float *grad = l->grad ? l->grad + at : NULL;
  double values = (double)l->n * (double)l->pixels, sum = 0;
  for (size_t i = 0; i < l->pixels; i++) {
    double z = y[i], truth = labels[i] > 0.5F;
    sum += (z > 0 ? z : 0) - z * truth + log1p(exp(-fabs(z)));
    if (grad)
      grad[i] = (float)((sigmoid(z) - truth) / values);
  }
  l->sum[item] = sum / values + (l->dice > 0 ? dice_loss(l, y, labels, grad) : 0);
}

double cyto_class_loss(const float *y, const float *labels, size_t n, size_t pixels, size_t classes,
                       double dice, float *grad, CytoJob *job) {
  CYTO_AUTOFREE double *sum = cyto_alloc(n, sizeof *sum, NULL);
  Loss loss = {y, labels, n, pixels, classes, dice, grad, sum};
  if (!sum || !cyto_parallel(job, n, classes > 1 ? class_item : semantic_item, &loss, NULL, NULL))
    return NAN;
  double total = 0;
  for (size_t i = 0; i < n; i++)
    total += sum[i];
  return total;
}

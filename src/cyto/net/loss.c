#include "loss.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include <math.h>

typedef struct Loss {
  const float *y, *labels;
  size_t n, pixels;
  float *grad;
  double *sum; /* (N) */
} Loss;

static void loss_item(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Loss *l = context;
  size_t pixels = l->pixels;
  double values = (double)l->n * (double)pixels, flows = 0, logits = 0;
  const float *y = l->y + item * 3 * pixels, *labels = l->labels + item * 3 * pixels;
  float *grad = l->grad ? l->grad + item * 3 * pixels : NULL;
  for (size_t i = 0; i < pixels; i++, y += 3) {
    double inside = labels[i] > 0.5F, z = y[2];
    double dy = y[0] - 5.0 * labels[pixels + i], dx = y[1] - 5.0 * labels[2 * pixels + i];
    double decay = exp(-fabs(z));
    flows += dy * dy + dx * dx;
    logits += (z > 0 ? z : 0) - z * inside + log1p(decay);
    if (!grad)
      continue;
    grad[3 * i] = (float)(dy / (2 * values));
    grad[3 * i + 1] = (float)(dx / (2 * values));
    grad[3 * i + 2] = (float)(((z > 0 ? 1 / (1 + decay) : decay / (1 + decay)) - inside) / values);
  }
  l->sum[item] = 0.5 * flows / (2 * values) + logits / values;
}

double cyto_flow_loss(const float *y, const float *labels, size_t n, size_t pixels, float *grad,
                      CytoJob *job) {
  CYTO_AUTOFREE double *sum = cyto_alloc(n, sizeof *sum, NULL);
  Loss loss = {y, labels, n, pixels, grad, sum};
  if (!sum || !cyto_parallel(job, n, loss_item, &loss, NULL, NULL))
    return NAN;
  double total = 0;
  for (size_t i = 0; i < n; i++)
    total += sum[i];
  return total;
}

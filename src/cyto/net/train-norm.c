/* Batch norm with the statistics of the batch, and its gradient (algorithm.md §1.2). */
#include "../base/parallel.h"
#include "train-net.h"
#include <math.h>

#define EPSILON 1e-5
#define MOMENTUM 0.05

void cyto_norm_forward(CytoTrainNorm *norm, const CytoPlane *x, const float *v, unsigned halve) {
  size_t c = norm->channels, n = x->n;
  double pixels = (double)(x->h * x->w), all = pixels * (double)n * (halve ? 4 : 1);
  for (size_t i = 0; i < c; i++) {
    double mean = 0, var = 0;
    for (size_t k = 0; k < n; k++)
      mean += x->pivot[i] + x->sum[k * c + i] / pixels + (v ? v[k * c + i] : 0);
    mean /= (double)n;
    for (size_t k = 0; k < n; k++) {
      double m = x->sum[k * c + i] / pixels, own = x->square[k * c + i] / pixels - m * m;
      double away = x->pivot[i] + m + (v ? v[k * c + i] : 0) - mean;
      var += (own > 0 ? own : own < 0 ? 0 : own) + away * away; /* what is no number stays so */
    }
    var /= (double)n;
    double inverse = 1 / sqrt(var + EPSILON), scale = norm->weight.value[i] * inverse;
    norm->inverse[i] = inverse;
    norm->scale[i] = (float)scale;
    for (size_t k = 0; k < n; k++) {
      double pivot = mean - (v ? v[k * c + i] : 0);
      norm->pivot[k * c + i] = (float)pivot;
      norm->shift[k * c + i] = (float)(norm->bias.value[i] - pivot * scale);
    }
    double unbiased = all > 1 ? var * all / (all - 1) : var;
    norm->new_mean[i] = (1 - MOMENTUM) * norm->mean[i] + MOMENTUM * mean;
    norm->new_var[i] = (1 - MOMENTUM) * norm->var[i] + MOMENTUM * unbiased;
  }
}

void cyto_norm_update(const CytoTrainNorm *norm) {
  for (size_t i = 0; i < norm->channels; i++) {
    norm->mean[i] = (float)norm->new_mean[i];
    norm->var[i] = (float)norm->new_var[i];
  }
  if (norm->batches)
    norm->batches[0] += 1;
}

void cyto_norm_back(CytoTrainNorm *norm, const CytoPlane *x) {
  size_t c = norm->channels, n = x->n;
  double all = (double)(x->h * x->w) * (double)n;
  for (size_t i = 0; i < c; i++) {
    double sum = 0, product = 0;
    for (size_t k = 0; k < n; k++) {
      sum += norm->sum[k * c + i];
      product += norm->product[k * c + i];
    }
    double inverse = norm->inverse[i], k1 = norm->weight.value[i] * inverse;
    double k2 = -k1 * inverse * inverse * product / all;
    norm->bias.gradient[i] = (float)sum;
    norm->weight.gradient[i] = (float)(product * inverse);
    norm->k1[i] = (float)k1;
    norm->k2[i] = (float)k2;
    for (size_t k = 0; k < n; k++)
      norm->k3[k * c + i] = (float)(-k1 * sum / all - k2 * norm->pivot[k * c + i]);
  }
}

typedef struct Combine {
  const CytoTrainWork *work;
  const CytoTrainNorm *norm;
  const CytoPlane *x;
  const float *gz, *add;
  float *out;
} Combine;

static void combine_row(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Combine *p = context;
  size_t c = p->x->c, at = item * p->x->w * c;
  const CytoCombine combine = {.gz = p->gz + at,
                               .s = p->x->data + at,
                               .add = p->add ? p->add + at : NULL,
                               .k1 = p->norm->k1,
                               .k2 = p->norm->k2,
                               .k3 = p->norm->k3 + item / p->x->h * c,
                               .channels = c,
                               .pixels = p->x->w,
                               .out = p->out + at};
  p->work->train->combine(&combine);
}

bool cyto_combine(CytoTrainWork *work, const CytoTrainNorm *norm, const CytoPlane *x,
                  const float *gz, const float *add, float *out, CytoError *err) {
  Combine combine = {work, norm, x, gz, add, out};
  return cyto_parallel(work->job, x->n * x->h, combine_row, &combine, NULL, err);
}

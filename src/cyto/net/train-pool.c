/* Max pooling of a batch and its gradient; the gradient of up-sampling by repetition. */
#include "../base/parallel.h"
#include "train-net.h"
#include <string.h>

typedef struct Pass {
  const CytoTrainKernel *train;
  const CytoPlane *x, *y; /* y has half the size of x */
  const float *gy;
  float *g;
  float *sums; /* (n·h, 2, c) of rows of y */
} Pass;

static void pool_row(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Pass *p = context;
  size_t c = p->x->c, row = p->x->w * c;
  const float *x = p->x->data + 2 * item * row;
  float *y = p->y->data + item * p->y->w * c, *sums = p->sums + item * 2 * c;
  memset(sums, 0, 2 * c * sizeof *sums);
  p->train->pool(x, row, c, p->y->w, y);
  p->train->sums(y, p->y->pivot, c, p->y->w, sums, sums + c);
}

bool cyto_pool_forward(CytoTrainNet *net, const CytoPlane *x, const CytoPlane *y, CytoError *err) {
  size_t rows = y->n * y->h;
  Pass p = {.train = net->shared.train, .x = x, .y = y};
  p.sums = cyto_room(&net->shared.partial, rows * 2 * y->c, err);
  if (!p.sums || !cyto_parallel(net->shared.job, rows, pool_row, &p, NULL, err))
    return false;
  const CytoPartials partials = {p.sums, rows, 1, y->c, y->n, 1, y->h};
  cyto_partials_add(&partials, y->sum, y->square);
  return true;
}

static void pool_back_row(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Pass *p = context;
  size_t c = p->x->c, row = p->x->w * c;
  p->train->pool_back(p->x->data + 2 * item * row, p->gy + item * p->y->w * c, row, c, p->y->w,
                      p->g + 2 * item * row);
}

bool cyto_pool_back(CytoTrainNet *net, const CytoPlane *x, const CytoPlane *y, const float *gy,
                    float *g, CytoError *err) {
  Pass p = {.train = net->shared.train, .x = x, .y = y, .gy = gy, .g = g};
  return cyto_parallel(net->shared.job, y->n * y->h, pool_back_row, &p, NULL, err);
}

static void halve_row(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Pass *p = context;
  size_t c = p->x->c, row = p->x->w * c;
  const float *a = p->gy + 2 * item * row;
  float *restrict out = p->g + item * row / 2;
  for (size_t x = 0; x < p->x->w / 2; x++, a += 2 * c, out += c)
    for (size_t i = 0; i < c; i++)
      out[i] = (a[i] + a[i + c]) + (a[i + row] + a[i + row + c]);
}

bool cyto_halve_back(CytoTrainNet *net, const CytoPlane *shape, const float *g, float *out,
                     CytoError *err) {
  Pass p = {.x = shape, .gy = g, .g = out};
  return cyto_parallel(net->shared.job, shape->n * shape->h / 2, halve_row, &p, NULL, err);
}

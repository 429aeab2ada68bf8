/* Gradient of the weights of any convolution: for each position of the kernel the products of input
 * and gradient summed over the pixels of a row, rows in groups whose sums are added in order. */
#include "../base/parallel.h"
#include "train-plain.h"
#include <string.h>

enum { GROUPS = 16 };

typedef struct Pass {
  const CytoTrainWork *work;
  const CytoTrainConv *conv;
  const CytoTrainIn *in;
  const float *g;
  size_t columns; /* output channels, whole panels */
  size_t rows, chunks, groups;
  float *scratch, *partial; /* sums of a group: (taps, in, columns), then (columns) */
  size_t scratch_size, sums_size;
} Pass;

/* One row: a (taps' rows, w + border, in), g (w, columns). */
static void row_products(const Pass *p, const float *a, const float *g, float *sums) {
  const CytoTrainConv *conv = p->conv;
  const CytoTrainKernel *train = p->work->train;
  size_t border = conv->taps == 9, panel = p->work->kernel->panel, most = train->outer_rows;
  size_t width = p->in->w + 2 * border;
  CytoOuter o = {
      .a_step = conv->in, .b_step = p->columns, .depth = p->in->w, .out_step = p->columns};
  for (size_t t = 0; t < conv->taps; t++)
    for (size_t i = 0; i < conv->in; i += most)
      for (size_t j = 0; j < p->columns; j += panel) {
        o.a = a + (t / 3 * width + t % 3) * conv->in + i;
        o.b = g + j;
        o.out = sums + (t * conv->in + i) * p->columns + j;
        train->outer(&o, conv->in - i < most ? conv->in - i : most);
      }
}

/* The gradient's row in whole panels, and its sum. */
static const float *gradient_row(const Pass *p, const float *g, float *padded, float *sum) {
  size_t n = p->conv->out, w = p->in->w;
  for (size_t x = 0; x < w; x++)
    for (size_t c = 0; c < n; c++)
      sum[c] += g[x * n + c];
  if (n == p->columns)
    return g;
  for (size_t x = 0; x < w; x++) {
    memcpy(padded + x * p->columns, g + x * n, n * sizeof *g);
    memset(padded + x * p->columns + n, 0, (p->columns - n) * sizeof *g);
  }
  return padded;
}

static void group_item(void *context, size_t group, unsigned worker) {
  const Pass *p = context;
  size_t all = p->in->n * p->chunks, w = p->in->w, h = p->in->h, border = p->conv->taps == 9;
  float *sums = p->partial + group * p->sums_size, *a = p->scratch + worker * p->scratch_size;
  float *padded = a + (p->rows + 2) * (w + 2) * p->conv->in;
  memset(sums, 0, p->sums_size * sizeof *sums);
  for (size_t k = group * all / p->groups; k < (group + 1) * all / p->groups; k++) {
    CytoPlainRows rows = {
        .image = k / p->chunks, .first = k % p->chunks * p->rows, .border = border};
    rows.count = cyto_item_end(h, p->rows, k % p->chunks) - rows.first;
    cyto_plain_load(p->work->train, p->in, p->conv->in, &rows, a);
    for (size_t i = 0; i < rows.count; i++) {
      const float *g = p->g + (rows.image * h + rows.first + i) * w * p->conv->out;
      g = gradient_row(p, g, padded, sums + p->sums_size - p->columns);
      row_products(p, a + i * (w + 2 * border) * p->conv->in, g, sums);
    }
  }
}

static void gather(const Pass *p, float *g_weight, float *g_bias) {
  const CytoTrainConv *conv = p->conv;
  for (size_t o = 0; o < conv->out; o++) {
    for (size_t i = 0; i < conv->in; i++)
      for (size_t t = 0; t < conv->taps; t++) {
        double sum = 0;
        for (size_t k = 0; k < p->groups; k++)
          sum += p->partial[k * p->sums_size + (t * conv->in + i) * p->columns + o];
        g_weight[(o * conv->in + i) * conv->taps + t] = (float)sum;
      }
    double sum = 0;
    for (size_t k = 0; k < p->groups; k++)
      sum += p->partial[(k + 1) * p->sums_size - p->columns + o];
    if (g_bias)
      g_bias[o] = (float)sum;
  }
}

bool cyto_plain_weights(CytoTrainWork *work, const CytoTrainConv *conv, const CytoTrainIn *in,
                        const float *g, float *g_weight, float *g_bias, CytoError *err) {
  size_t panel = work->kernel->panel;
  Pass p = {.work = work, .conv = conv, .in = in, .g = g};
  p.columns = cyto_items(conv->out, panel) * panel;
  p.rows = cyto_plain_rows(in->w, conv->in);
  p.chunks = cyto_items(in->h, p.rows);
  p.groups = in->n * p.chunks < GROUPS ? in->n * p.chunks : GROUPS;
  p.sums_size = (conv->taps * conv->in + 1) * p.columns;
  p.scratch_size = (p.rows + 2) * (in->w + 2) * conv->in + in->w * p.columns;
  unsigned threads = cyto_pool_threads(work->job ? work->job->pool : NULL);
  p.scratch = cyto_room(&work->scratch, threads * p.scratch_size, err);
  p.partial = p.scratch ? cyto_room(&work->partial, p.groups * p.sums_size, err) : NULL;
  if (!p.partial || !cyto_parallel(work->job, p.groups, group_item, &p, NULL, err))
    return false;
  gather(&p, g_weight, g_bias);
  return true;
}

/* Convolutions of any shape as plain sums over rows: the first layer, the head, 1×1 layers, and
 * layers whose channels fill no panels. */
#include "../base/parallel.h"
#include "train-plain.h"
#include <string.h>

enum { CACHE_FLOATS = 48 * 1024 }; /* rows of one item */

size_t cyto_plain_rows(size_t w, size_t channels) {
  size_t rows = CACHE_FLOATS / ((w + 2) * channels);
  return rows > 4 ? (rows - 2) / 2 * 2 : 2;
}

/* Rows y-border.. of image `image`, with a border of zeros. */
void cyto_plain_load(const CytoTrainKernel *train, const CytoTrainIn *in, size_t channels,
                     const CytoPlainRows *rows, float *out) {
  size_t c = channels, w = in->w, border = rows->border, width = w + 2 * border;
  const float *shift = in->scale ? in->shift + rows->image * c : NULL;
  for (size_t i = 0; i < rows->count + 2 * border; i++, out += width * c) {
    size_t y = rows->first + i - border; /* wraps around above the picture */
    if (y >= in->h) {
      memset(out, 0, width * c * sizeof *out);
      continue;
    }
    size_t half_w = w >> in->halve;
    const float *x = in->x + (rows->image * (in->h >> in->halve) + (y >> in->halve)) * half_w * c;
    float *to = out + border * c;
    memset(out, 0, border * c * sizeof *out);
    memset(out + (width - border) * c, 0, border * c * sizeof *out);
    if (!in->halve)
      train->activate(x, in->scale, shift, c, w, to);
    else
      for (size_t k = 0; k < half_w; k++) {
        train->activate(x + k * c, in->scale, shift, c, 1, to + 2 * k * c);
        memcpy(to + (2 * k + 1) * c, to + 2 * k * c, c * sizeof *to);
      }
  }
}

typedef struct Pass {
  const CytoTrainWork *work;
  const CytoTrainConv *conv;
  const CytoTrainIn *in;
  const CytoTrainOut *out;   /* forward, */
  const CytoTrainBack *back; /* or backward */
  size_t depth, width;       /* channels read and written */
  size_t rows, chunks;       /* of an item; items of an image */
  float *packed, *bias, *scratch, *partial;
  size_t scratch_size;
} Pass;

/* (panels, taps, depth, panel), zero where no channel is. */
static void pack(const Pass *p) {
  const CytoTrainConv *conv = p->conv;
  size_t panel = p->work->kernel->panel, taps = conv->taps;
  size_t columns = cyto_items(p->width, panel) * panel;
  memset(p->packed, 0, columns * (taps * p->depth + 1) * sizeof *p->packed);
  for (size_t o = 0; o < p->width; o++)
    for (size_t d = 0; d < p->depth; d++)
      for (size_t t = 0; t < taps; t++) {
        const float *w = conv->weight + (p->back ? d * conv->in + o : o * conv->in + d) * taps;
        size_t row = (o / panel * taps + t) * p->depth + d;
        p->packed[row * panel + o % panel] = w[p->back ? taps - 1 - t : t];
      }
  if (p->out)
    memcpy(p->bias, conv->bias, p->width * sizeof *p->bias);
}

/* One row of outputs: `a` is the first of the rows it reads. */
static void row_out(const Pass *p, const float *a, const float *residual, unsigned halve,
                    float *out) {
  const CytoKernel *kernel = p->work->kernel;
  size_t border = p->conv->taps == 9, panel = kernel->panel, step = kernel->rows, w = p->in->w;
  ptrdiff_t tap[9] = {0};
  for (size_t t = 0; t < p->conv->taps; t++)
    tap[t] = (ptrdiff_t)((t / 3 * (w + 2 * border) + t % 3) * p->depth);
  CytoBlock block = {.stride = p->depth,
                     .tap = tap,
                     .taps = p->conv->taps,
                     .depth = p->depth,
                     .residual_stride = p->width,
                     .halve = halve,
                     .out_stride = p->width};
  for (size_t o = 0; o < p->width; o += panel) {
    block.b = p->packed + o * p->conv->taps * p->depth;
    block.bias = p->bias + o;
    block.columns = p->width - o < panel ? p->width - o : panel;
    block.residual = residual ? residual + o : NULL;
    for (size_t x = 0; x < w; x += step) {
      block.a = a + x * p->depth;
      block.first = x;
      block.out = out + x * p->width + o;
      kernel->block(&block, w - x < step ? w - x : step);
    }
  }
}

static void rows_out(const Pass *p, const CytoPlainRows *rows, const float *a, float *sums) {
  const CytoTrainOut *o = p->out;
  size_t border = rows->border, w = p->in->w, c = p->width, halve = o->residual_halve;
  for (size_t i = 0; i < rows->count; i++) {
    size_t y = rows->first + i;
    size_t from = (rows->image * (p->in->h >> halve) + (y >> halve)) * (w >> halve) * c;
    float *out = o->y + (rows->image * p->in->h + y) * w * c;
    row_out(p, a + i * (w + 2 * border) * p->depth, o->residual ? o->residual + from : NULL,
            o->residual_halve, out);
    if (o->sum)
      p->work->train->sums(out, o->pivot, c, w, sums, sums + c);
  }
}

static void rows_back(const Pass *p, const CytoPlainRows *rows, const float *a, float *ga,
                      float *sums) {
  const CytoTrainIn *in = p->in;
  size_t border = rows->border, w = in->w, c = p->width, halve = in->halve, step = 1 + halve;
  CytoMask mask = {.ga = ga,
                   .scale = in->scale,
                   .shift = in->shift + rows->image * c,
                   .pivot = p->back->pivot + rows->image * c,
                   .ga_row = w * c,
                   .channels = c,
                   .pixels = w >> halve,
                   .halve = in->halve,
                   .sum = sums,
                   .product = sums + c};
  for (size_t i = 0; i < rows->count; i += step) {
    for (size_t k = 0; k < step; k++)
      row_out(p, a + (i + k) * (w + 2 * border) * p->depth, NULL, 0, ga + k * w * c);
    size_t y = (rows->first + i) >> halve;
    size_t at = (rows->image * (in->h >> halve) + y) * (w >> halve) * c;
    mask.s = in->x + at;
    mask.gz = p->back->gz + at;
    p->work->train->mask(&mask);
  }
}

static void rows_item(void *context, size_t item, unsigned worker) {
  const Pass *p = context;
  CytoPlainRows rows = {
      .image = item / p->chunks, .first = item % p->chunks * p->rows, .border = p->conv->taps == 9};
  rows.count = cyto_item_end(p->in->h, p->rows, item % p->chunks) - rows.first;
  float *a = p->scratch + worker * p->scratch_size, *sums = p->partial + item * 2 * p->width;
  memset(sums, 0, 2 * p->width * sizeof *sums);
  if (p->out) {
    cyto_plain_load(p->work->train, p->in, p->depth, &rows, a);
    rows_out(p, &rows, a, sums);
    return;
  }
  const CytoTrainIn gradient = {.n = p->in->n, .h = p->in->h, .w = p->in->w, .x = p->back->g};
  float *ga = a + (p->rows + 2) * (p->in->w + 2) * p->depth;
  cyto_plain_load(p->work->train, &gradient, p->depth, &rows, a);
  rows_back(p, &rows, a, ga, sums);
}

static bool run(CytoTrainWork *work, Pass *p, double *sum, double *product, CytoError *err) {
  size_t w = p->in->w, panel = work->kernel->panel;
  size_t columns = cyto_items(p->width, panel) * panel;
  p->work = work;
  p->rows = cyto_plain_rows(w, p->depth);
  p->chunks = cyto_items(p->in->h, p->rows);
  p->scratch_size = (p->rows + 2) * (w + 2) * p->depth + (p->back ? 2 * w * p->width : 0);
  p->scratch_size = (p->scratch_size + 15) / 16 * 16;
  size_t items = p->in->n * p->chunks, weights = columns * p->conv->taps * p->depth;
  unsigned threads = cyto_pool_threads(work->job ? work->job->pool : NULL);
  p->packed = cyto_room(&work->packed, weights + columns, err);
  p->scratch = p->packed ? cyto_room(&work->scratch, threads * p->scratch_size, err) : NULL;
  p->partial = p->scratch ? cyto_room(&work->partial, items * 2 * p->width, err) : NULL;
  if (!p->partial)
    return false;
  p->bias = p->packed + weights;
  pack(p);
  if (!cyto_parallel(work->job, items, rows_item, p, NULL, err))
    return false;
  const CytoPartials partials = {.data = p->partial,
                                 .items = items,
                                 .span = 1,
                                 .channels = p->width,
                                 .n = p->in->n,
                                 .per_item = 1,
                                 .per_image = p->chunks};
  cyto_partials_add(&partials, sum, product);
  return true;
}

bool cyto_plain_forward(CytoTrainWork *work, const CytoTrainConv *conv, const CytoTrainIn *in,
                        const CytoTrainOut *out, CytoError *err) {
  Pass p = {.conv = conv, .in = in, .out = out, .depth = conv->in, .width = conv->out};
  return run(work, &p, out->sum, out->square, err);
}

bool cyto_plain_back(CytoTrainWork *work, const CytoTrainConv *conv, const CytoTrainIn *in,
                     const CytoTrainBack *back, CytoError *err) {
  Pass p = {.conv = conv, .in = in, .back = back, .depth = conv->out, .width = conv->in};
  return run(work, &p, back->sum, back->product, err);
}

#include "../base/mem.h"
#include "../base/parallel.h"
#include "unet-private.h"
#include <math.h>
#include <string.h>

/* Memory of one tile on its way through the network; activations are (H,W,C). */
typedef struct Run {
  const CytoUnet *net;
  CytoJob *rows;                /* shares the rows of a layer among threads; NULL in tile mode */
  const CytoJob *outer;         /* asked for cancel after every layer */
  size_t h, w;                  /* of the tile */
  float *block;                 /* the allocation all else points into; owned */
  float *skip[CYTO_MAX_LEVELS]; /* d_n of algorithm.md §1.4 */
  float *input, *work[3];
  float *shift, *style;
  float *scratch; /* (threads, scratch_size) */
  size_t scratch_size;
} Run;

static size_t level_size(const CytoUnet *net, size_t n, size_t h, size_t w) {
  return (h >> n) * (w >> n) * net->layout.nbase[n + 1];
}

static size_t widest(const CytoUnet *net) {
  size_t most = 0;
  for (size_t n = 0; n <= net->layout.levels; n++)
    most = net->layout.nbase[n] > most ? net->layout.nbase[n] : most;
  return most;
}

/* Largest scratch any layer asks for. */
static size_t scratch_size(const CytoUnet *net, size_t w) {
  size_t most = cyto_conv_scratch(&net->head.conv, w);
  for (size_t n = 0; n < net->layout.levels; n++)
    for (int i = 0; i < 4; i++) {
      size_t a = cyto_conv_scratch(&net->down[n].layer[i].conv, w >> n);
      size_t b = cyto_conv_scratch(&net->up[n].layer[i].conv, w >> n);
      most = a > most ? a : most;
      most = b > most ? b : most;
    }
  return (most + 15) / 16 * 16;
}

/* Floats of: work, input, skips, shift + style. */
static size_t run_size(const CytoUnet *net, size_t h, size_t w, size_t *work, size_t *input) {
  size_t total = 0;
  *work = h * w * net->layout.nout;
  *input = h * w * net->layout.nbase[0];
  for (size_t n = 0; n < net->layout.levels; n++) {
    size_t here = level_size(net, n, h, w), up = (h >> n) * (w >> n) * net->layout.nbase[n];
    up = n == 0 ? 0 : up; /* the pooled input of the level */
    *work = here > *work ? here : *work;
    *work = up > *work ? up : *work;
    total += here;
  }
  return total + 3 * *work + *input + 2 * widest(net);
}

size_t cyto_unet_scratch(const CytoUnet *net, size_t h, size_t w) {
  size_t work, input;
  return (run_size(net, h, w, &work, &input) + scratch_size(net, w)) * sizeof(float);
}

static void run_clear(Run *run) {
  free(run->block);
}

static bool run_init(Run *run, const CytoUnet *net, size_t h, size_t w, unsigned threads,
                     CytoError *err) {
  size_t work, input, total = run_size(net, h, w, &work, &input);
  run->net = net;
  run->h = h;
  run->w = w;
  run->scratch_size = scratch_size(net, w);
  /* One block: it is large enough for huge pages, without which the scratch costs a fifth more. */
  run->block = cyto_alloc(total + run->scratch_size * threads, sizeof(float), err);
  if (!run->block)
    return false;
  run->scratch = run->block;
  float *at = run->scratch + run->scratch_size * threads;
  for (size_t n = 0; n < net->layout.levels; n++) {
    run->skip[n] = at;
    at += level_size(net, n, h, w);
  }
  for (int i = 0; i < 3; i++, at += work)
    run->work[i] = at;
  run->input = at;
  run->shift = run->input + input;
  run->style = run->shift + widest(net);
  return true;
}

typedef struct Layer {
  Run *run;
  const CytoConv *conv;
  const CytoConvIo *io;
} Layer;

static void conv_item(void *context, size_t item, unsigned worker) {
  const Layer *layer = context;
  Run *run = layer->run;
  cyto_conv_run(layer->conv, layer->io, item, run->scratch + worker * run->scratch_size);
}

static bool convolve(Run *run, const CytoConv *conv, const CytoConvIo *io) {
  Layer layer = {run, conv, io};
  return cyto_parallel(run->rows, cyto_conv_items(conv, io->h, io->w), conv_item, &layer, NULL,
                       NULL) &&
         !cyto_job_cancelled(run->outer);
}

/* One 3×3 layer with its norm, style and skip. */
static bool layer_forward(Run *run, const CytoLayer *layer, CytoConvIo io) {
  cyto_layer_shift(layer, run->style, run->shift);
  io.scale = layer->norm.scale;
  io.shift = run->shift;
  return convolve(run, &layer->conv, &io);
}

/* x → out through a residual block at size h×w; x is half that size when halve is 1. Uses the three
 * work buffers; x may be work[1], out may be work[1]. */
static bool residual_forward(Run *run, const CytoResidual *block, const float *x, unsigned halve,
                             const float *skip, size_t h, size_t w, float *out) {
  float *t = run->work[0], *a = run->work[1], *p = run->work[2];
  CytoConvIo proj = {.h = h >> halve, .w = w >> halve, .x = x, .y = p};
  CytoConvIo first = {.h = h, .w = w, .x = x, .halve = halve, .y = t};
  CytoConvIo second = {
      .h = h, .w = w, .x = t, .skip = skip, .residual = p, .residual_halve = halve, .y = a};
  CytoConvIo third = {.h = h, .w = w, .x = a, .y = t};
  CytoConvIo fourth = {.h = h, .w = w, .x = t, .residual = a, .y = out};
  return convolve(run, &block->proj, &proj) && layer_forward(run, &block->layer[0], first) &&
         layer_forward(run, &block->layer[1], second) &&
         layer_forward(run, &block->layer[2], third) &&
         layer_forward(run, &block->layer[3], fourth);
}

/* Max pooling 2×2 of x (2h,2w,c) into y (h,w,c). */
static void max_pool(const float *x, size_t h, size_t w, size_t c, float *restrict y) {
  for (size_t i = 0; i < h; i++)
    for (size_t j = 0; j < w; j++) {
      const float *a = x + (2 * i * 2 * w + 2 * j) * c, *b = a + 2 * w * c;
      for (size_t k = 0; k < c; k++) {
        float top = a[k] > a[c + k] ? a[k] : a[c + k];
        float low = b[k] > b[c + k] ? b[k] : b[c + k];
        y[(i * w + j) * c + k] = top > low ? top : low;
      }
    }
}

/* Mean over pixels, then unit length (§1.5); an all-zero picture keeps a zero style, not NaN. */
static void make_style(const float *x, size_t pixels, size_t c, float *style) {
  double norm = 0;
  for (size_t k = 0; k < c; k++) {
    double sum = 0;
    for (size_t i = 0; i < pixels; i++)
      sum += x[i * c + k];
    style[k] = (float)(sum / (double)pixels);
    norm += (double)style[k] * style[k];
  }
  for (size_t k = 0; k < c && norm > 0; k++)
    style[k] = (float)(style[k] / sqrt(norm));
}

static bool encode(Run *run) {
  const CytoUnet *net = run->net;
  const float *x = run->input;
  for (size_t n = 0; n < net->layout.levels; n++) {
    size_t h = run->h >> n, w = run->w >> n;
    if (n > 0) {
      max_pool(run->skip[n - 1], h, w, net->layout.nbase[n], run->work[1]);
      x = run->work[1];
    }
    if (!residual_forward(run, &net->down[n], x, 0, NULL, h, w, run->skip[n]))
      return false;
  }
  return true;
}

static bool decode(Run *run) {
  const CytoUnet *net = run->net;
  size_t deepest = net->layout.levels - 1;
  const float *x = run->skip[deepest];
  for (size_t n = deepest + 1; n-- > 0; x = run->work[1])
    if (!residual_forward(run, &net->up[n], x, n < deepest, run->skip[n], run->h >> n, run->w >> n,
                          run->work[1]))
      return false;
  return true;
}

/* One tile: x (C,H,W) → y (nout,H,W), style (S). False when cancelled. */
static bool tile_forward(Run *run, const float *x, float *y, float *style) {
  const CytoUnet *net = run->net;
  size_t pixels = run->h * run->w, in = net->layout.nbase[0], nout = net->layout.nout;
  size_t deepest = net->layout.levels - 1, styles = cyto_unet_style_size(net);
  for (size_t c = 0; c < in; c++)
    for (size_t i = 0; i < pixels; i++)
      run->input[i * in + c] = x[c * pixels + i];
  if (!encode(run))
    return false;
  make_style(run->skip[deepest], (run->h >> deepest) * (run->w >> deepest), styles, run->style);
  memcpy(style, run->style, styles * sizeof *style);
  if (!decode(run))
    return false;
  CytoConvIo head = {.h = run->h, .w = run->w, .x = run->work[1], .y = run->work[0]};
  if (!layer_forward(run, &net->head, head))
    return false;
  for (size_t c = 0; c < nout; c++)
    for (size_t i = 0; i < pixels; i++)
      y[c * pixels + i] = run->work[0][i * nout + c];
  return true;
}

typedef struct Batch {
  Run *run; /* one a worker */
  const float *x;
  float *y, *style;
} Batch;

static void tile_item(void *context, size_t item, unsigned worker) {
  Batch *batch = context;
  Run *run = &batch->run[worker];
  const CytoLayout *layout = &run->net->layout;
  size_t pixels = run->h * run->w;
  tile_forward(run, batch->x + item * layout->nbase[0] * pixels,
               batch->y + item * layout->nout * pixels,
               batch->style + item * cyto_unet_style_size(run->net));
}

/* All tiles side by side, one thread each. */
static bool forward_tiles(const CytoUnet *net, Batch *batch, size_t n, size_t h, size_t w,
                          CytoJob *job, CytoError *err) {
  unsigned threads = cyto_pool_threads(job ? job->pool : NULL);
  CYTO_AUTOFREE Run *run = cyto_calloc(threads, sizeof *run, err);
  bool ok = run != NULL;
  for (unsigned i = 0; i < threads && ok; i++) {
    ok = run_init(&run[i], net, h, w, 1, err);
    run[i].outer = job;
  }
  batch->run = run;
  ok = ok && cyto_parallel(job, n, tile_item, batch, NULL, err);
  for (unsigned i = 0; i < threads && run; i++)
    run_clear(&run[i]);
  return ok;
}

/* One tile after the other, all threads on the rows of each layer. */
static bool forward_rows(const CytoUnet *net, Batch *batch, size_t n, size_t h, size_t w,
                         CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(run_clear) Run run = {.rows = job, .outer = job};
  if (!run_init(&run, net, h, w, cyto_pool_threads(job ? job->pool : NULL), err))
    return false;
  batch->run = &run;
  for (size_t i = 0; i < n && !cyto_job_cancelled(job); i++)
    tile_item(batch, i, 0);
  return !cyto_job_cancelled(job) || cyto_fail(err, CYTO_ERROR_CANCELLED, "stopped on request");
}

bool cyto_unet_forward(const CytoUnet *net, const float *x, size_t n, size_t h, size_t w, float *y,
                       float *style, CytoJob *job, CytoError *err) {
  size_t step = (size_t)1 << (net->layout.levels - 1);
  if (h == 0 || w == 0 || h % step || w % step)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "a tile of %zu × %zu is not a multiple of %zu", h, w,
                     step);
  unsigned threads = cyto_pool_threads(job ? job->pool : NULL);
  size_t whole = n / threads * threads, pixels = h * w;
  Batch batch = {NULL, x, y, style};
  if (whole && !forward_tiles(net, &batch, whole, h, w, job, err))
    return false;
  batch.x += whole * net->layout.nbase[0] * pixels;
  batch.y += whole * net->layout.nout * pixels;
  batch.style += whole * cyto_unet_style_size(net);
  return whole == n || forward_rows(net, &batch, n - whole, h, w, job, err);
}

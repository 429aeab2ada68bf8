/* The network of algorithm.md §1 with everything kept that the way back needs. */
#include "train-private.h"
#include <math.h>
#include <string.h>

/* ---- forward ---- */

static bool block_forward(CytoTrainer *t, TrainBlock *block, const float *x, unsigned halve,
                          const float *skip, size_t h, size_t w) {
  float *projected = t->memory.wide;
  const TrainIo proj = {.h = h >> halve, .w = w >> halve, .x = x, .y = projected};
  const TrainIo first = {.h = h, .w = w, .x = x, .halve = halve, .y = block->first};
  const TrainIo second = {.h = h,
                          .w = w,
                          .x = block->first,
                          .skip = skip,
                          .residual = projected,
                          .residual_halve = halve,
                          .y = block->middle};
  const TrainIo third = {.h = h, .w = w, .x = block->middle, .y = block->third};
  const TrainIo fourth = {
      .h = h, .w = w, .x = block->third, .residual = block->middle, .y = block->out};
  return train_layer_forward(t, &block->layer[TRAIN_PROJ], &proj) &&
         train_layer_forward(t, &block->layer[0], &first) &&
         train_layer_forward(t, &block->layer[1], &second) &&
         train_layer_forward(t, &block->layer[2], &third) &&
         train_layer_forward(t, &block->layer[3], &fourth);
}

/* 2×2 max pooling; backward, the gradient goes to the first of the largest, as PyTorch has it. */
typedef struct Pool {
  const float *x; /* (2h,2w,c) */
  size_t h, w, c;
  float *y;          /* forward: (h,w,c) */
  const float *grad; /* backward: (h,w,c) */
  float *x_grad;     /* added to */
} Pool;

static void pool_item(void *context, size_t image, unsigned worker) {
  (void)worker;
  const Pool *p = context;
  size_t c = p->c, row = 2 * p->w * c, to = image * p->h * p->w * c;
  for (size_t i = 0; i < p->h; i++)
    for (size_t j = 0; j < p->w; j++) {
      size_t from = image * 4 * p->h * p->w * c + 2 * i * row + 2 * j * c;
      for (size_t k = 0; k < c; k++, from++, to++) {
        const size_t at[4] = {from, from + c, from + row, from + row + c};
        size_t best = at[0];
        for (int m = 1; m < 4; m++)
          best = p->x[at[m]] > p->x[best] ? at[m] : best;
        if (p->y)
          p->y[to] = p->x[best];
        else
          p->x_grad[best] += p->grad[to];
      }
    }
}

static bool pool(CytoTrainer *t, Pool p) {
  return cyto_parallel(t->job, t->memory.n, pool_item, &p, NULL, NULL);
}

/* Mean over the pixels of the deepest level, then unit length (§1.5). */
static void make_styles(CytoTrainer *t) {
  TrainMemory *m = &t->memory;
  size_t deepest = t->layout.levels - 1, c = t->layout.nbase[t->layout.levels];
  size_t pixels = (m->h >> deepest) * (m->w >> deepest);
  for (size_t i = 0; i < m->n; i++) {
    const float *x = t->down[deepest].out + i * pixels * c;
    float *style = m->style + i * c;
    double norm = 0;
    for (size_t k = 0; k < c; k++) {
      double sum = 0;
      for (size_t p = 0; p < pixels; p++)
        sum += x[p * c + k];
      style[k] = (float)(sum / (double)pixels);
      norm += (double)style[k] * style[k];
    }
    m->style_norm[i] = (float)sqrt(norm);
    for (size_t k = 0; k < c && norm > 0; k++)
      style[k] /= m->style_norm[i];
  }
}

bool train_forward(CytoTrainer *t) {
  TrainMemory *m = &t->memory;
  const size_t *nbase = t->layout.nbase, levels = t->layout.levels;
  for (size_t n = 0; n < levels; n++) {
    size_t h = m->h >> n, w = m->w >> n;
    Pool down = {.h = h, .w = w, .c = nbase[n], .y = m->pooled[n]};
    if (n > 0) {
      down.x = t->down[n - 1].out;
      if (!pool(t, down))
        return false;
    }
    if (!block_forward(t, &t->down[n], n ? m->pooled[n] : m->input, 0, NULL, h, w))
      return false;
  }
  make_styles(t);
  const float *x = t->down[levels - 1].out;
  for (size_t n = levels; n-- > 0; x = t->up[n].out)
    if (!block_forward(t, &t->up[n], x, n + 1 < levels, t->down[n].out, m->h >> n, m->w >> n))
      return false;
  const TrainIo head = {.h = m->h, .w = m->w, .x = t->up[0].out, .y = m->y};
  return train_layer_forward(t, &t->head, &head);
}

/* ---- backward ---- */

/* dout (N,h,w,co) → dx like x, which may be dout's place; NULL = not wanted. The gradient of the
 * skip goes to skip_grad; a block without skip (NULL) does not enlarge its input. */
static bool block_backward(CytoTrainer *t, TrainBlock *block, const float *x, unsigned halve,
                           const float *skip, size_t h, size_t w, float *dout, float *skip_grad,
                           float *dx) {
  float *dthird = t->memory.work[1], *dmiddle = t->memory.work[2];
  float *dfirst = skip_grad ? skip_grad : dthird;
  size_t co = block->layer[0].conv.out;
  const TrainIo proj = {.h = h >> halve, .w = w >> halve, .x = x};
  const TrainIo first = {.h = h, .w = w, .x = x, .halve = halve};
  const TrainIo second = {.h = h, .w = w, .x = block->first, .skip = skip};
  const TrainIo third = {.h = h, .w = w, .x = block->middle};
  const TrainIo fourth = {.h = h, .w = w, .x = block->third};
  if (!train_layer_backward(t, &block->layer[3], &fourth, dout, NULL, dthird) ||
      !train_layer_backward(t, &block->layer[2], &third, dthird, dout, dmiddle) ||
      !train_layer_backward(t, &block->layer[1], &second, dmiddle, NULL, dfirst))
    return false;
  if (halve && !train_shrink(t, dmiddle, h / 2, w / 2, co, dthird))
    return false;
  const float *projected = halve ? dthird : dmiddle;
  return train_layer_backward(t, &block->layer[0], &first, dfirst, NULL, dx) &&
         train_layer_backward(t, &block->layer[TRAIN_PROJ], &proj, projected, dx, dx);
}

/* Gradient of the styles → added to that of the deepest level. */
static void styles_backward(CytoTrainer *t, float *grad) {
  TrainMemory *m = &t->memory;
  size_t deepest = t->layout.levels - 1, c = t->layout.nbase[t->layout.levels];
  size_t pixels = (m->h >> deepest) * (m->w >> deepest);
  for (size_t i = 0; i < m->n; i++) {
    const float *style = m->style + i * c, *ds = m->style_grad + i * c;
    double along = 0;
    for (size_t k = 0; k < c; k++)
      along += (double)style[k] * ds[k];
    for (size_t k = 0; k < c && m->style_norm[i] > 0; k++) {
      float d = (float)((ds[k] - along * style[k]) / m->style_norm[i] / (double)pixels);
      for (size_t p = 0; p < pixels; p++)
        grad[(i * pixels + p) * c + k] += d;
    }
  }
}

static bool decoder_backward(CytoTrainer *t) {
  TrainMemory *m = &t->memory;
  size_t levels = t->layout.levels;
  const TrainIo head = {.h = m->h, .w = m->w, .x = t->up[0].out};
  if (!train_layer_backward(t, &t->head, &head, m->dy, NULL, m->work[0]))
    return false;
  for (size_t n = 0; n < levels; n++) {
    bool deepest = n + 1 == levels;
    const float *x = deepest ? t->down[n].out : t->up[n + 1].out;
    /* The gradient of x takes the place of dout, which the block needs no more by then. */
    if (!block_backward(t, &t->up[n], x, !deepest, t->down[n].out, m->h >> n, m->w >> n, m->work[0],
                        m->skip_grad[n], m->work[0]))
      return false;
  }
  return true;
}

bool train_backward(CytoTrainer *t) {
  TrainMemory *m = &t->memory;
  const size_t *nbase = t->layout.nbase, levels = t->layout.levels;
  memset(m->style_grad, 0, m->n * nbase[levels] * sizeof(float));
  if (!decoder_backward(t))
    return false;
  size_t deepest = levels - 1;
  size_t count = m->n * (m->h >> deepest) * (m->w >> deepest) * nbase[levels];
  for (size_t i = 0; i < count; i++)
    m->skip_grad[deepest][i] += m->work[0][i];
  styles_backward(t, m->skip_grad[deepest]);
  for (size_t n = levels; n-- > 0;) {
    size_t h = m->h >> n, w = m->w >> n;
    const float *x = n ? m->pooled[n] : m->input;
    if (!block_backward(t, &t->down[n], x, 0, NULL, h, w, m->skip_grad[n], NULL,
                        n ? m->work[0] : NULL))
      return false;
    Pool up = {.x = n ? t->down[n - 1].out : NULL,
               .h = h,
               .w = w,
               .c = nbase[n],
               .grad = m->work[0],
               .x_grad = n ? m->skip_grad[n - 1] : NULL};
    if (n && !pool(t, up))
      return false;
  }
  return true;
}

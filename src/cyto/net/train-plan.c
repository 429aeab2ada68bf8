#include "../base/mem.h"
#include "train-net.h"

/* Hands out memory; with NULL blocks it only counts. */
typedef struct Arena {
  float *block;
  double *numbers;
  size_t floats, doubles;
  size_t n;
} Arena;

static float *floats(Arena *arena, size_t count) {
  float *at = arena->block ? arena->block + arena->floats : NULL;
  arena->floats += (count + 15) / 16 * 16;
  return at;
}

static double *doubles(Arena *arena, size_t count) {
  double *at = arena->numbers ? arena->numbers + arena->doubles : NULL;
  arena->doubles += count;
  return at;
}

static CytoPlane plane(Arena *arena, size_t h, size_t w, size_t c, const float *pivot) {
  CytoPlane p = {.n = arena->n, .h = h, .w = w, .c = c, .pivot = pivot};
  p.data = floats(arena, arena->n * h * w * c);
  p.sum = doubles(arena, arena->n * c);
  p.square = doubles(arena, arena->n * c);
  return p;
}

static void plan_layer(Arena *arena, CytoTrainLayer *layer) {
  CytoTrainNorm *norm = &layer->norm;
  size_t c = norm->channels, all = arena->n * c;
  float **const one[] = {&norm->scale, &norm->k1, &norm->k2};
  float **const each[] = {&norm->shift, &norm->pivot, &norm->k3};
  double **const number[] = {&norm->inverse, &norm->new_mean, &norm->new_var};
  for (int i = 0; i < 3; i++) {
    *one[i] = floats(arena, c);
    *each[i] = floats(arena, all);
    *number[i] = doubles(arena, c);
  }
  norm->sum = doubles(arena, all);
  norm->product = doubles(arena, all);
  layer->v = layer->full_weight.value ? floats(arena, all) : NULL;
  if (layer->whole.value) { /* a share of the weights, their gradient, and no bias */
    size_t weights = layer->in * layer->out * layer->taps;
    layer->weight = (CytoParam){floats(arena, weights), floats(arena, weights)};
    layer->no_bias = (CytoParam){floats(arena, layer->out), floats(arena, layer->out)};
  }
}

static void plan_block(Arena *arena, CytoTrainBlock *block, size_t h, size_t w,
                       const float *next_mean) {
  size_t c = block->layer[0].out;
  block->h = h;
  block->w = w;
  if (block->basic) {
    block->t1 = plane(arena, h, w, c, block->layer[block->skip_joined ? 2 : 1].norm.mean);
    block->out = plane(arena, h, w, c, next_mean);
    for (int k = 0; k < (block->skip_joined ? 3 : 2); k++)
      plan_layer(arena, &block->layer[k]);
    return;
  }
  block->t1 = plane(arena, h, w, c, block->layer[1].norm.mean);
  block->a = plane(arena, h, w, c, block->layer[2].norm.mean);
  block->t2 = plane(arena, h, w, c, block->layer[3].norm.mean);
  block->out = plane(arena, h, w, c, next_mean);
  for (int k = 0; k < 4; k++)
    plan_layer(arena, &block->layer[k]);
  plan_layer(arena, &block->proj);
}

/* Floats of the largest picture that passes through the work buffers. */
static size_t largest(const CytoTrainNet *net, const Arena *arena, size_t h, size_t w) {
  size_t most = h * w * net->layout.nout;
  for (size_t k = 0; k < net->layout.levels; k++)
    for (size_t c = k; c < k + 2; c++) {
      size_t size = (h >> k) * (w >> k) * net->layout.nbase[c];
      most = size > most ? size : most;
    }
  return most * arena->n;
}

static void lay_out(CytoTrainNet *net, Arena *arena, size_t h, size_t w) {
  const size_t *nbase = net->layout.nbase, levels = net->layout.levels, deepest = levels - 1;
  size_t style = nbase[levels], work = largest(net, arena, h, w);
  for (int i = 0; i < 3; i++)
    net->work[i] = floats(arena, work);
  for (size_t k = 0; k < levels; k++) {
    size_t hk = h >> k, wk = w >> k;
    CytoTrainBlock *down = &net->down[k], *up = &net->up[k];
    net->pooled[k] = plane(arena, hk, wk, nbase[k], down->layer[0].norm.mean);
    plan_block(arena, down, hk, wk, up->layer[k == deepest ? 0 : 1].norm.mean);
    plan_block(arena, up, hk, wk, k ? net->up[k - 1].layer[0].norm.mean : net->head.norm.mean);
    net->skip_gradient[k] = floats(arena, arena->n * hk * wk * nbase[k + 1]);
    down->x = &net->pooled[k];
    up->x = k == deepest ? &down->out : &net->up[k + 1].out;
    up->skip = &down->out;
    up->halve = k != deepest;
  }
  plan_layer(arena, &net->head);
  net->y = plane(arena, h, w, net->layout.nout, NULL);
  net->style = doubles(arena, arena->n * style);
  net->style_gradient = doubles(arena, arena->n * style);
  net->style_norm = doubles(arena, arena->n);
}

bool cyto_train_net_plan(CytoTrainNet *net, size_t n, size_t h, size_t w, CytoError *err) {
  if (net->block && net->n == n && net->h == h && net->w == w)
    return true;
  Arena arena = {.n = n};
  lay_out(net, &arena, h, w);
  free(net->block);
  free(net->numbers);
  net->n = 0;
  arena.block = net->block = cyto_alloc(arena.floats, sizeof(float), err);
  arena.numbers = net->numbers = net->block ? cyto_alloc(arena.doubles, sizeof(double), err) : NULL;
  if (!net->numbers) {
    free(net->block);
    net->block = NULL;
    return false;
  }
  arena.floats = arena.doubles = 0;
  lay_out(net, &arena, h, w);
  net->n = n;
  net->h = h;
  net->w = w;
  return true;
}

size_t cyto_train_net_memory(const CytoTrainNet *net, size_t n, size_t h, size_t w) {
  CytoTrainNet copy = *net;
  Arena arena = {.n = n};
  lay_out(&copy, &arena, h, w);
  return arena.floats * sizeof(float) + arena.doubles * sizeof(double);
}

void cyto_train_net_clear(CytoTrainNet *net) {
  free(net->block);
  free(net->numbers);
  cyto_train_work_clear(&net->shared);
  *net = (CytoTrainNet){0};
}

#include "../base/mem.h"
#include "train-net.h"
#include <stdio.h>
#include <string.h>

bool cyto_trainable(const CytoTensor *tensor) {
  const char *last = strrchr(tensor->name, '.');
  return !tensor->integer && last && strncmp(last, ".running_", 9) != 0;
}

/* Finds parameters by name. */
typedef struct Binder {
  CytoWeights *weights;
  float *gradient;
} Binder;

static CytoParam find(const Binder *b, const char *prefix, const char *name) {
  char key[256];
  size_t at = 0;
  snprintf(key, sizeof key, "%s%s", prefix, name);
  for (size_t i = 0; i < b->weights->count; i++) {
    const CytoTensor *tensor = &b->weights->tensor[i];
    size_t values = 1;
    for (unsigned k = 0; k < tensor->ndim; k++)
      values *= tensor->shape[k];
    if (strcmp(tensor->name, key) == 0)
      return (CytoParam){tensor->data, b->gradient + at};
    at += cyto_trainable(tensor) ? values : 0;
  }
  return (CytoParam){0};
}

static void bind_norm(const Binder *b, CytoTrainNorm *norm, const char *prefix, size_t channels) {
  norm->channels = channels;
  norm->weight = find(b, prefix, "weight");
  norm->bias = find(b, prefix, "bias");
  norm->mean = find(b, prefix, "running_mean").value;
  norm->var = find(b, prefix, "running_var").value;
  norm->batches = find(b, prefix, "num_batches_tracked").value;
}

static void bind_layer(const Binder *b, CytoTrainLayer *layer, const char *prefix, int conv,
                       size_t in, size_t out, size_t taps) {
  char part[200];
  layer->in = in;
  layer->out = out;
  layer->taps = taps;
  snprintf(part, sizeof part, "%s0.", prefix);
  bind_norm(b, &layer->norm, part, in);
  snprintf(part, sizeof part, "%s%d.", prefix, conv);
  layer->weight = find(b, part, "weight");
  layer->bias = find(b, part, "bias");
}

static void bind_block(const Binder *b, CytoTrainBlock *block, const char *prefix, bool styled,
                       size_t in, size_t out) {
  char part[160];
  for (int k = 0; k < 4; k++) {
    bool style = styled && k > 0;
    snprintf(part, sizeof part, "%sconv.conv_%d.%s", prefix, k, style ? "conv." : "");
    bind_layer(b, &block->layer[k], part, 2, k ? out : in, out, 9);
    block->layer[k].constant_free = k % 2 == 0;
    if (!style)
      continue;
    snprintf(part, sizeof part, "%sconv.conv_%d.full.", prefix, k);
    block->layer[k].full_weight = find(b, part, "weight");
    block->layer[k].full_bias = find(b, part, "bias");
  }
  snprintf(part, sizeof part, "%sproj.", prefix);
  bind_layer(b, &block->proj, part, 1, in, out, 1);
}

bool cyto_train_net_bind(CytoTrainNet *net, CytoWeights *weights, float *gradient, CytoError *err) {
  const Binder b = {weights, gradient};
  if (!cyto_weights_layout(weights, &net->layout, err))
    return false;
  const size_t *nbase = net->layout.nbase, levels = net->layout.levels;
  for (size_t n = 0; n < levels; n++) {
    char prefix[64];
    snprintf(prefix, sizeof prefix, "downsample.down.res_down_%zu.", n);
    bind_block(&b, &net->down[n], prefix, false, nbase[n], nbase[n + 1]);
    snprintf(prefix, sizeof prefix, "upsample.up.res_up_%zu.", n);
    bind_block(&b, &net->up[n], prefix, true, n + 1 < levels ? nbase[n + 2] : nbase[levels],
               nbase[n + 1]);
  }
  bind_layer(&b, &net->head, "output.", 2, nbase[1], net->layout.nout, 1);
  return true;
}

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
}

static void plan_block(Arena *arena, CytoTrainBlock *block, size_t h, size_t w,
                       const float *next_mean) {
  size_t c = block->layer[0].out;
  block->h = h;
  block->w = w;
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

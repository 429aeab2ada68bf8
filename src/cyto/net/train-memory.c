/* One block of memory for a step, kept as long as batches have the same shape. */
#include "../base/mem.h"
#include "train-private.h"

static size_t larger(size_t a, size_t b) {
  return a > b ? a : b;
}

size_t train_channels(const CytoLayout *layout) {
  size_t most = layout->nout;
  for (size_t n = 0; n <= layout->levels; n++)
    most = larger(most, layout->nbase[n]);
  return most;
}

/* Floats a thread needs beside the activations, and the largest weight. */
typedef struct Needs {
  size_t scratch, weight;
} Needs;

static void layer_needs(const TrainLayer *layer, size_t w, Needs *needs) {
  const TrainConv *conv = &layer->conv;
  needs->scratch = larger(needs->scratch, cyto_conv_scratch(&conv->forward, w));
  needs->scratch = larger(needs->scratch, cyto_conv_scratch(&conv->backward, w));
  needs->scratch = larger(needs->scratch, train_weight_scratch(conv, w));
  needs->weight = larger(needs->weight, conv->taps * conv->in * conv->out);
}

static Needs all_needs(const CytoTrainer *t, size_t w) {
  Needs needs = {0, 0};
  for (size_t n = 0; n < t->layout.levels; n++)
    for (int i = 0; i < TRAIN_LAYERS; i++) {
      layer_needs(&t->down[n].layer[i], w >> n, &needs);
      layer_needs(&t->up[n].layer[i], w >> n, &needs);
    }
  layer_needs(&t->head, w, &needs);
  needs.scratch = (needs.scratch + 15) / 16 * 16;
  return needs;
}

/* Hands out parts of the block; without a block it only counts. */
typedef struct Parts {
  float *at;
  size_t used;
} Parts;

static float *part(Parts *parts, size_t floats) {
  size_t whole = (floats + 15) / 16 * 16;
  float *here = parts->at ? parts->at + parts->used : NULL;
  parts->used += whole;
  return here;
}

static void levels_parts(CytoTrainer *t, TrainMemory *m, Parts *parts, size_t *work, size_t *wide) {
  const size_t *nbase = t->layout.nbase, levels = t->layout.levels;
  for (size_t n = 0; n < levels; n++) {
    size_t pixels = m->n * (m->h >> n) * (m->w >> n), co = nbase[n + 1];
    size_t deeper = n + 1 < levels ? nbase[n + 2] : nbase[n + 1];
    *work = larger(*work, pixels * larger(co, nbase[n]));
    *wide = larger(*wide, pixels * larger(larger(co, nbase[n]), deeper));
    m->pooled[n] = n ? part(parts, pixels * nbase[n]) : NULL;
    m->skip_grad[n] = part(parts, pixels * co);
    TrainBlock *const blocks[2] = {&t->down[n], &t->up[n]};
    for (int i = 0; i < 2; i++) {
      float *at[4];
      for (int k = 0; k < 4; k++)
        at[k] = part(parts, pixels * co);
      if (!parts->at)
        continue;
      blocks[i]->first = at[0];
      blocks[i]->middle = at[1];
      blocks[i]->third = at[2];
      blocks[i]->out = at[3];
    }
  }
}

static size_t lay_out(CytoTrainer *t, TrainMemory *m, unsigned threads, float *block) {
  const size_t *nbase = t->layout.nbase, pixels = m->n * m->h * m->w;
  size_t work = 0, wide = 0, styles = m->n * nbase[t->layout.levels];
  size_t most = m->n * train_channels(&t->layout);
  Needs needs = all_needs(t, m->w);
  Parts parts = {block, 0};
  m->scratch_size = needs.scratch;
  m->scratch = part(&parts, threads * needs.scratch);
  levels_parts(t, m, &parts, &work, &wide);
  m->input = part(&parts, pixels * nbase[0]);
  for (int i = 0; i < 3; i++)
    m->work[i] = part(&parts, work);
  m->wide = part(&parts, wide);
  m->y = part(&parts, pixels * t->layout.nout);
  m->dy = part(&parts, pixels * t->layout.nout);
  m->style = part(&parts, styles);
  m->style_grad = part(&parts, styles);
  m->style_norm = part(&parts, m->n);
  m->shift = part(&parts, most);
  m->partial = part(&parts, m->n * needs.weight);
  m->sums = (double *)(void *)part(&parts, 2 * 4 * most);
  return parts.used;
}

size_t train_memory_bytes(const CytoTrainer *t, size_t n, size_t h, size_t w, unsigned threads) {
  TrainMemory m = {.n = n, .h = h, .w = w};
  CytoTrainer copy = *t; /* nothing is set without a block */
  return lay_out(&copy, &m, threads, NULL) * sizeof(float);
}

bool train_memory_init(CytoTrainer *t, size_t n, size_t h, size_t w, CytoError *err) {
  TrainMemory *m = &t->memory;
  unsigned threads = cyto_pool_threads(t->job ? t->job->pool : NULL);
  if (m->block && m->n == n && m->h == h && m->w == w && m->threads >= threads)
    return true;
  free(m->block);
  *m = (TrainMemory){.n = n, .h = h, .w = w, .threads = threads};
  size_t bytes = train_memory_bytes(t, n, h, w, threads);
  m->block = cyto_alloc(bytes, 1, err);
  if (!m->block) {
    *m = (TrainMemory){0};
    return false;
  }
  lay_out(t, m, threads, m->block);
  return true;
}

/* A small CPnet with any layout and made-up values, built in memory. */
#pragma once
#include "net/weights.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline float tiny_value(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return (float)(*state >> 8) * 0x1p-24f - 0.5f;
}

static inline void tiny_add(CytoWeights *w, uint32_t *state, unsigned ndim, size_t a, size_t b,
                            size_t kernel, bool integer, const char *prefix, const char *name) {
  size_t shape[4] = {a, b, kernel, kernel}, values = 1;
  char full[200];
  snprintf(full, sizeof full, "%s%s", prefix, name);
  for (unsigned i = 0; i < ndim; i++)
    values *= shape[i];
  w->tensor = realloc(w->tensor, (w->count + 1) * sizeof *w->tensor);
  CytoTensor *t = &w->tensor[w->count++];
  *t = (CytoTensor){.name = strdup(full), .ndim = ndim, .integer = integer};
  memcpy(t->shape, shape, ndim * sizeof *shape);
  t->data = malloc(values * sizeof *t->data);
  for (size_t i = 0; i < values; i++)
    t->data[i] = integer ? 1234 : tiny_value(state);
  if (strcmp(name, "running_var") == 0)
    for (size_t i = 0; i < values; i++)
      t->data[i] += 1;
}

static inline void tiny_norm(CytoWeights *w, uint32_t *s, size_t n, const char *block,
                             const char *part) {
  static const char *const names[] = {"weight", "bias", "running_mean", "running_var"};
  char prefix[280];
  snprintf(prefix, sizeof prefix, "%s%s", block, part);
  for (int i = 0; i < 4; i++)
    tiny_add(w, s, 1, n, 0, 0, false, prefix, names[i]);
  tiny_add(w, s, 0, 0, 0, 0, true, prefix, "num_batches_tracked");
}

static inline void tiny_conv(CytoWeights *w, uint32_t *s, size_t in, size_t out, size_t kernel,
                             const char *block, const char *part) {
  char prefix[280];
  snprintf(prefix, sizeof prefix, "%s%s", block, part);
  tiny_add(w, s, 4, out, in, kernel, false, prefix, "weight");
  tiny_add(w, s, 1, out, 0, 0, false, prefix, "bias");
}

static inline CytoWeights *tiny_weights(size_t levels, const size_t *nbase, size_t nout,
                                        uint32_t seed) {
  CytoWeights *w = calloc(1, sizeof *w);
  char block[100], part[160];
  for (size_t l = 0; l < levels; l++) {
    size_t in = nbase[l], out = nbase[l + 1];
    snprintf(block, sizeof block, "downsample.down.res_down_%zu.", l);
    for (int k = 0; k < 4; k++) {
      snprintf(part, sizeof part, "conv.conv_%d.0.", k);
      tiny_norm(w, &seed, k ? out : in, block, part);
      snprintf(part, sizeof part, "conv.conv_%d.2.", k);
      tiny_conv(w, &seed, k ? out : in, out, 3, block, part);
    }
    tiny_norm(w, &seed, in, block, "proj.0.");
    tiny_conv(w, &seed, in, out, 1, block, "proj.1.");
  }
  for (size_t l = 0; l < levels; l++) {
    size_t in = l + 1 == levels ? nbase[levels] : nbase[l + 2], out = nbase[l + 1];
    snprintf(block, sizeof block, "upsample.up.res_up_%zu.", l);
    tiny_norm(w, &seed, in, block, "conv.conv_0.0.");
    tiny_conv(w, &seed, in, out, 3, block, "conv.conv_0.2.");
    for (int k = 1; k < 4; k++) {
      snprintf(part, sizeof part, "conv.conv_%d.conv.0.", k);
      tiny_norm(w, &seed, out, block, part);
      snprintf(part, sizeof part, "conv.conv_%d.conv.2.", k);
      tiny_conv(w, &seed, out, out, 3, block, part);
      snprintf(part, sizeof part, "%sconv.conv_%d.full.", block, k);
      tiny_add(w, &seed, 2, out, nbase[levels], 0, false, part, "weight");
      tiny_add(w, &seed, 1, out, 0, 0, false, part, "bias");
    }
    tiny_norm(w, &seed, in, block, "proj.0.");
    tiny_conv(w, &seed, in, out, 1, block, "proj.1.");
  }
  tiny_norm(w, &seed, nbase[1], "output.", "0.");
  tiny_conv(w, &seed, nbase[1], nout, 1, "output.", "2.");
  return w;
}

static inline void tiny_size_model(CytoWeights *w, size_t n, uint32_t seed) {
  w->size = (CytoSizeModel){n, malloc(n * sizeof(double)), malloc(n * sizeof(double)), 17.25,
                            (double)0.14401175f};
  for (size_t i = 0; i < n; i++) {
    w->size.a[i] = (double)tiny_value(&seed) / 3;
    w->size.smean[i] = (double)tiny_value(&seed);
  }
}

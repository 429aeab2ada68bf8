/* Body of one kernel; the including file sets LANES, ROWS, KERNEL_NAME and USABLE, and its compiler
 * flags choose the instructions. A panel is two vectors wide; each pixel of a block keeps two
 * accumulators in registers and multiplies a broadcast input value with both weight vectors. */
#include "kernel.h"
#include <string.h>

typedef float vec __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int ivec __attribute__((vector_size(LANES * 4)));
enum { PANEL = 2 * LANES, AHEAD = 16 * PANEL };

static inline vec splat(float x) {
  return x - (vec){0};
}

__attribute__((always_inline)) static inline void block_rows(const CytoBlock *p,
                                                             const size_t rows) {
  vec acc[ROWS][2];
  const vec bias0 = *(const vec *)p->bias, bias1 = *(const vec *)(p->bias + LANES);
#pragma GCC unroll 16
  for (size_t r = 0; r < rows; r++) {
    acc[r][0] = bias0;
    acc[r][1] = bias1;
  }
  const float *b = p->b, *next = p->next;
  for (size_t t = 0; t < p->taps; t++) {
    const float *a = p->a + p->tap[t];
    for (size_t k = 0; k < p->depth; k++, b += PANEL, next += p->next_step) {
      const vec b0 = *(const vec *)b, b1 = *(const vec *)(b + LANES);
      __builtin_prefetch(b + AHEAD); /* weights stream in from the second cache or beyond */
      if (PANEL * sizeof(float) > 64)
        __builtin_prefetch(b + AHEAD + PANEL / 2);
      __builtin_prefetch(next, 0, 2);
#pragma GCC unroll 16
      for (size_t r = 0; r < rows; r++) {
        const vec x = splat(a[r * p->stride + k]);
        acc[r][0] += x * b0;
        acc[r][1] += x * b1;
      }
    }
  }
  const bool whole = p->columns == PANEL;
#pragma GCC unroll 16
  for (size_t r = 0; r < rows; r++) {
    float edge[PANEL], edge_out[PANEL];
    float *out = whole ? p->out + r * p->out_stride : edge_out;
    if (p->residual) {
      const float *residual = p->residual + ((p->first + r) >> p->halve) * p->residual_stride;
      if (!whole) {
        memset(edge, 0, sizeof edge);
        memcpy(edge, residual, p->columns * sizeof(float));
        residual = edge;
      }
      acc[r][0] += *(const vec *)residual;
      acc[r][1] += *(const vec *)(residual + LANES);
    }
    *(vec *)out = acc[r][0];
    *(vec *)(out + LANES) = acc[r][1];
    if (!whole)
      memcpy(p->out + r * p->out_stride, edge_out, p->columns * sizeof(float));
  }
}

#define ROWS_CASE(n)                                                                               \
  case n:                                                                                          \
    block_rows(p, n);                                                                              \
    break

static void block(const CytoBlock *p, size_t rows) {
  switch (rows) {
    ROWS_CASE(1);
    ROWS_CASE(2);
    ROWS_CASE(3);
    ROWS_CASE(4);
    ROWS_CASE(5);
    ROWS_CASE(6);
#if ROWS == 14
    ROWS_CASE(7);
    ROWS_CASE(8);
    ROWS_CASE(9);
    ROWS_CASE(10);
    ROWS_CASE(11);
    ROWS_CASE(12);
    ROWS_CASE(13);
    ROWS_CASE(14);
#endif
  }
}

/* Channels that fill no vectors: the first layer. */
static void activate_few(const CytoActivate *row, float *out) {
  const size_t n = row->channels;
  const float *restrict scale = row->scale, *restrict shift = row->shift;
  for (size_t i = 0; i < row->pixels; i++) {
    const float *restrict x = row->x + ((row->second + i) >> row->halve) * n;
    float *restrict y = out + i * n;
    for (size_t c = 0; c < n; c++) {
      float v = x[c] * scale[c] + shift[c];
      y[c] = v > 0 ? v : 0;
    }
  }
}

__attribute__((always_inline)) static inline vec positive(vec x) {
  return (vec)((ivec)x & (x > 0));
}

#define AT(p) (*(const vec *)(p))

/* Rows are too short for the processor to foresee the next one, so it is asked for by hand. */
static void activate(const CytoActivate *row, float *out) {
  const size_t n = row->channels;
  const float *scale = row->scale, *shift = row->shift;
  if (n % LANES) {
    activate_few(row, out);
    return;
  }
  for (size_t i = 0; i < row->pixels; i++, out += n) {
    const float *x = row->x + ((row->second + i) >> row->halve) * n;
    for (size_t c = 0; c < n; c += LANES) {
      __builtin_prefetch(x + row->x_row + c);
      *(vec *)(out + c) = positive(AT(x + c) * AT(scale + c) + AT(shift + c));
    }
  }
}

/* Takes the lanes of a and b by turns, from the first half of each and from the second, and adds:
 * done log2(LANES) times on pairs, LANES vectors become the vector of their sums. */
__attribute__((always_inline)) static inline vec fold(vec a, vec b) {
  ivec low, high;
#pragma GCC unroll 16
  for (int i = 0; i < LANES; i++) {
    low[i] = i / 2 + (i % 2) * LANES;
    high[i] = low[i] + LANES / 2;
  }
  return __builtin_shuffle(a, b, low) + __builtin_shuffle(a, b, high);
}

static void dots(const CytoDots *p, float *out) {
  float weight[CYTO_DOTS_CHANNELS];
  const size_t n = p->channels;
  for (size_t c = 0; c < n; c++)
    weight[c] = p->weight[c * p->step];
  for (size_t i = 0; i < p->pixels; i += LANES) {
    const size_t left = p->pixels - i;
    vec sum[LANES];
#pragma GCC unroll 16
    for (size_t l = 0; l < LANES; l++) {
      const float *a = p->a + (i + (l < left ? l : 0)) * p->channels;
      sum[l] = AT(a) * AT(weight);
      for (size_t c = LANES; c < n; c += LANES)
        sum[l] += AT(a + c) * AT(weight + c);
    }
#pragma GCC unroll 8
    for (size_t half = LANES / 2; half > 0; half /= 2)
#pragma GCC unroll 8
      for (size_t l = 0; l < half; l++)
        sum[l] = fold(sum[l], sum[l + half]);
    sum[0] += splat(p->bias);
    if (left >= LANES)
      *(vec *)(out + i) = sum[0];
    else
      memcpy(out + i, &sum[0], left * sizeof(float));
  }
}

#include "kernel-points.h"
#define M 4
#include "kernel-winograd.h"
#undef M
#define M 6
#include "kernel-winograd.h"
#undef M
#define M 7
#include "kernel-winograd.h"
#undef M
#include "kernel-doubled.h"
#undef AT

static bool usable(void) {
  return USABLE;
}

extern const CytoKernel KERNEL_OBJECT;
const CytoKernel KERNEL_OBJECT = {
    KERNEL_NAME,
    LANES,
    PANEL,
    ROWS,
    usable,
    block,
    activate,
    dots,
    {{4, 6, 6, 0, {0, 1, 2, 3, 4, 5}, weights_in_4, patch_in_4, patch_out_4},
     {6, 8, 8, 0, {0, 1, 2, 3, 4, 5, 6, 7}, weights_in_6, patch_in_6, patch_out_6},
     {7, 9, 9, 0, {0, 1, 2, 3, 4, 5, 6, 7, 8}, weights_in_7, patch_in_7, patch_out_7},
     {DOUBLED,
      SMALL,
      POINTS,
      1,
      {0, 0, 1, 2, 2, 3, 3},
      weights_in_doubled,
      patch_in_doubled,
      patch_out_doubled}},
};

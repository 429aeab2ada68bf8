/* Body of one kernel of training; the including file sets LANES, OUTER_ROWS and the names. */
#include "kernel-train.h"

typedef float vec __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int ivec __attribute__((vector_size(LANES * 4)));
enum { PANEL = 2 * LANES };

#define INLINE __attribute__((always_inline)) static inline
#define AT(p) (*(vec *)(p))
#define READ(p) (*(const vec *)(p))

INLINE vec splat(float x) {
  return x - (vec){0};
}

INLINE vec positive(vec x) {
  return (vec)((ivec)x & (x > 0));
}

#include "kernel-points.h"
#include "kernel-train-winograd.h"

INLINE void outer_rows(const CytoOuter *p, const size_t rows) {
  vec acc[OUTER_ROWS][2];
#pragma GCC unroll 8
  for (size_t r = 0; r < rows; r++) {
    acc[r][0] = READ(p->out + r * p->out_step);
    acc[r][1] = READ(p->out + r * p->out_step + LANES);
  }
  const float *a = p->a, *b = p->b;
  for (size_t k = 0; k < p->depth; k++, a += p->a_step, b += p->b_step) {
    const vec b0 = READ(b), b1 = READ(b + LANES);
#pragma GCC unroll 8
    for (size_t r = 0; r < rows; r++) {
      const vec x = splat(a[r]);
      acc[r][0] += x * b0;
      acc[r][1] += x * b1;
    }
  }
#pragma GCC unroll 8
  for (size_t r = 0; r < rows; r++) {
    AT(p->out + r * p->out_step) = acc[r][0];
    AT(p->out + r * p->out_step + LANES) = acc[r][1];
  }
}

#define ROWS_CASE(n)                                                                               \
  case n:                                                                                          \
    outer_rows(p, n);                                                                              \
    break

static void outer(const CytoOuter *p, size_t rows) {
  switch (rows) {
    ROWS_CASE(1);
    ROWS_CASE(2);
    ROWS_CASE(3);
    ROWS_CASE(4);
#if OUTER_ROWS == 8
    ROWS_CASE(5);
    ROWS_CASE(6);
    ROWS_CASE(7);
    ROWS_CASE(8);
#endif
  }
}

static void combine(const CytoCombine *p) {
  const size_t n = p->channels;
  const float *gz = p->gz, *s = p->s, *add = p->add;
  float *out = p->out;
  for (size_t i = 0; i < p->pixels; i++, gz += n, s += n, out += n) {
    size_t c = 0;
    for (; c + LANES <= n; c += LANES) {
      vec v = READ(gz + c) * READ(p->k1 + c) + (READ(s + c) * READ(p->k2 + c) + READ(p->k3 + c));
      if (add)
        v += READ(add + c);
      AT(out + c) = v;
    }
    for (; c < n; c++)
      out[c] = gz[c] * p->k1[c] + (s[c] * p->k2[c] + p->k3[c]) + (add ? add[c] : 0);
    add = add ? add + n : NULL;
  }
}

static void mask(const CytoMask *p) {
  const size_t n = p->channels, step = n << p->halve;
  for (size_t i = 0; i < p->pixels; i++) {
    const float *ga = p->ga + i * step, *s = p->s + i * n;
    float *gz = p->gz + i * n;
    for (size_t c = 0; c < n; c++) {
      float g = ga[c];
      if (p->halve)
        g = (g + ga[c + n]) + (ga[c + p->ga_row] + ga[c + p->ga_row + n]);
      g = s[c] * p->scale[c] + p->shift[c] > 0 ? g : 0;
      gz[c] = g;
      p->sum[c] += g;
      p->product[c] += g * (s[c] - p->pivot[c]);
    }
  }
}

static void activate(const float *x, const float *scale, const float *shift, size_t channels,
                     size_t pixels, float *restrict out) {
  const size_t n = channels;
  if (!scale) {
    __builtin_memcpy(out, x, n * pixels * sizeof *out);
    return;
  }
  for (size_t i = 0; i < pixels; i++)
    for (size_t c = 0; c < n; c++) {
      float v = x[i * n + c] * scale[c] + shift[c];
      out[i * n + c] = v > 0 ? v : 0;
    }
}

static void sums(const float *x, const float *pivot, size_t channels, size_t pixels,
                 float *restrict sum, float *restrict product) {
  for (size_t i = 0; i < pixels; i++, x += channels)
    for (size_t c = 0; c < channels; c++) {
      const float d = x[c] - pivot[c];
      sum[c] += d;
      product[c] += d * d;
    }
}

static void pool(const float *x, size_t row, size_t channels, size_t pixels, float *restrict y) {
  const size_t n = channels;
  for (size_t i = 0; i < pixels; i++, x += 2 * n, y += n)
    for (size_t c = 0; c < n; c++) {
      const float a = x[c] > x[c + n] ? x[c] : x[c + n];
      const float b = x[c + row] > x[c + row + n] ? x[c + row] : x[c + row + n];
      y[c] = a > b ? a : b;
    }
}

/* Of equal values the first in reading order is the maximum, as in PyTorch. */
static void pool_back(const float *x, const float *gy, size_t row, size_t channels, size_t pixels,
                      float *restrict g) {
  const size_t n = channels;
  for (size_t i = 0; i < pixels; i++, x += 2 * n, g += 2 * n, gy += n)
    for (size_t c = 0; c < n; c++) {
      const float a = x[c], b = x[c + n], d = x[c + row], e = x[c + row + n], v = gy[c];
      const int left = a >= b, low_left = d >= e;
      const float top = left ? a : b, low = low_left ? d : e;
      const int up = top >= low;
      g[c] += (up & left) ? v : 0;
      g[c + n] += up & (!left) ? v : 0;
      g[c + row] += (!up) & low_left ? v : 0;
      g[c + row + n] += (!up) & (!low_left) ? v : 0;
    }
}

extern const CytoTrainKernel KERNEL_OBJECT;
const CytoTrainKernel KERNEL_OBJECT = {
    KERNEL_NAME, OUTER_ROWS, patch_in, patch_grad, tile_out, tile_back, outer,     weights_back,
    weights_in,  combine,    mask,     activate,   sums,     pool,      pool_back,
};

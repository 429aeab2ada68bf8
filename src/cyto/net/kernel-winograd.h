/* Winograd's F(4×4,3×3): 4×4 outputs from a 6×6 patch with 36 instead of 144 products for each pair
 * of channels. Interpolation points 0, ±3/4, ±3/2, ∞ instead of the usual 0, ±1, ±2, ∞: all
 * constants are exact in binary and the error is four times smaller, close to that of the plain
 * sum. Included by kernel-body.h once for each set of instructions; a vector holds LANES channels.
 */

#define A2 0.5625f /* (3/4)² */
#define B2 2.25f   /* (3/2)² */
#define PA 0.75f
#define PB 1.5f

/* Rows of Bᵀ: six values to the points. */
__attribute__((always_inline)) static inline void forward6(const vec d[6], vec t[6]) {
  const vec ua = d[4] - d[2] * B2, va = (d[3] - d[1] * B2) * PA;
  const vec ub = d[4] - d[2] * A2, vb = (d[3] - d[1] * A2) * PB;
  t[0] = d[4] + d[0] * (A2 * B2) - d[2] * (A2 + B2);
  t[1] = ua + va;
  t[2] = ua - va;
  t[3] = ub + vb;
  t[4] = ub - vb;
  t[5] = d[5] + d[1] * (A2 * B2) - d[3] * (A2 + B2);
}

/* Rows of Aᵀ: values at the points to four outputs. */
__attribute__((always_inline)) static inline void backward4(const vec m[6], vec o[4]) {
  const vec sa = m[1] + m[2], da = m[1] - m[2], sb = m[3] + m[4], db = m[3] - m[4];
  o[0] = m[0] + sa + sb;
  o[1] = da * PA + db * PB;
  o[2] = sa * A2 + sb * B2;
  o[3] = da * (A2 * PA) + db * (B2 * PB) + m[5];
}

static void patch_in(const float *in, size_t row, size_t channels, float *v, size_t step) {
  for (size_t c = 0; c < channels; c += LANES) {
    vec half[6][6];
#pragma GCC unroll 6
    for (int j = 0; j < 6; j++) {
      vec d[6], t[6];
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++)
        d[i] = *(const vec *)(in + (size_t)i * row + (size_t)j * channels + c);
      forward6(d, t);
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++)
        half[i][j] = t[i];
    }
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++) {
      vec t[6];
      forward6(half[i], t);
#pragma GCC unroll 6
      for (int j = 0; j < 6; j++)
        *(vec *)(v + (size_t)(i * 6 + j) * step + c) = t[j];
    }
  }
}

typedef double dvec __attribute__((vector_size(LANES * 8)));

/* Rows of G: three weights to the points; n are the products of differences between points. */
__attribute__((always_inline)) static inline void weights6(const dvec g[3], dvec u[6]) {
  const double a = 0.75, b = 1.5, na = 2 * a * a * (a * a - b * b),
               nb = 2 * b * b * (b * b - a * a);
  const dvec even_a = (g[0] + g[2] * (a * a)) / na, odd_a = g[1] * (a / na);
  const dvec even_b = (g[0] + g[2] * (b * b)) / nb, odd_b = g[1] * (b / nb);
  u[0] = g[0] / (a * a * b * b);
  u[1] = even_a + odd_a;
  u[2] = even_a - odd_a;
  u[3] = even_b + odd_b;
  u[4] = even_b - odd_b;
  u[5] = g[2];
}

/* G·g·Gᵀ in f64 for LANES output channels: g is (9, LANES), u + f*step gets the value of point f.
 */
static void weights_in(const float *g, float *u, size_t step) {
  dvec half[3][6];
  for (int j = 0; j < 3; j++) {
    dvec column[3];
    for (int i = 0; i < 3; i++)
      column[i] = __builtin_convertvector(*(const vec *)(g + (i * 3 + j) * LANES), dvec);
    weights6(column, half[j]);
  }
  for (int i = 0; i < 6; i++) {
    const dvec row[3] = {half[0][i], half[1][i], half[2][i]};
    dvec t[6];
    weights6(row, t);
    for (int j = 0; j < 6; j++)
      *(vec *)(u + (size_t)(i * 6 + j) * step) = __builtin_convertvector(t[j], vec);
  }
}

/* Output 4×4 of LANES channels starting at c. */
__attribute__((always_inline)) static inline void outputs(const CytoPatchOut *p, size_t c,
                                                          vec out[4][4]) {
  vec half[4][6];
#pragma GCC unroll 6
  for (int j = 0; j < 6; j++) {
    vec m[6], o[4];
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++)
      m[i] = *(const vec *)(p->m + (size_t)(i * 6 + j) * p->step + c);
    backward4(m, o);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
      half[i][j] = o[i];
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++)
    backward4(half[i], out[i]);
}

/* Bias, residual, and out; all but p, c and out are constants where the block is whole. */
__attribute__((always_inline)) static inline void store(const CytoPatchOut *p, size_t c,
                                                        vec out[4][4], size_t rows, size_t columns,
                                                        bool residual, unsigned halve) {
  const vec bias = *(const vec *)(p->bias + c);
#pragma GCC unroll 4
  for (size_t i = 0; i < rows; i++)
#pragma GCC unroll 4
    for (size_t j = 0; j < columns; j++) {
      vec y = out[i][j] + bias;
      size_t at = (i >> halve) * p->residual_row + (j >> halve) * p->channels + c;
      if (residual)
        y += *(const vec *)(p->residual + at);
      *(vec *)(p->out + i * p->out_row + j * p->channels + c) = y;
    }
}

/* The next block's lines, which no processor foresees. */
__attribute__((always_inline)) static inline void fetch_next(const CytoPatchOut *p, size_t c,
                                                             bool residual) {
  const size_t next = 4 * p->channels + c;
  for (size_t i = 0; i < 4; i++)
    for (size_t j = 0; j < 4; j++) {
      __builtin_prefetch(p->out + i * p->out_row + j * p->channels + next, 1);
      if (residual)
        __builtin_prefetch(p->residual + i * p->residual_row + j * p->channels + next);
    }
}

static void patch_out(const CytoPatchOut *p) {
  const bool whole = p->rows == 4 && p->columns == 4;
  for (size_t c = 0; c < p->channels; c += LANES) {
    vec out[4][4];
    fetch_next(p, c, p->residual && !p->halve);
    outputs(p, c, out);
    if (!whole)
      store(p, c, out, p->rows, p->columns, p->residual != NULL, p->halve);
    else if (!p->residual)
      store(p, c, out, 4, 4, false, 0);
    else if (!p->halve)
      store(p, c, out, 4, 4, true, 0);
    else
      store(p, c, out, 4, 4, true, 1);
  }
}

#undef A2
#undef B2
#undef PA
#undef PB

/* Winograd's F(M×M,3×3): M×M outputs from a patch of N×N = (M+2)² inputs with N² instead of 9·M²
 * products for each pair of channels. Included by kernel-body.h once for each M (4 and 6) with the
 * transforms of one dimension (kernel-points.h); a vector holds LANES channels. */

#define N (M + 2)
#define NAMED(name, m) NAMED_(name, m)
#define NAMED_(name, m) name##_##m
#define OF(name) NAMED(name, M)

/* The loops over rows and columns of patches are not unrolled: code that fits the cache
 * of decoded instructions is worth more than intermediate values in registers. */
static void OF(patch_in)(const float *in, size_t row, size_t channels, float *v, size_t step) {
  for (size_t c = 0; c < channels; c += LANES) {
    vec half[N][N];
#pragma GCC unroll 1
    for (int j = 0; j < N; j++) {
      vec d[N], t[N];
#pragma GCC unroll 8
      for (int i = 0; i < N; i++)
        d[i] = *(const vec *)(in + (size_t)i * row + (size_t)j * channels + c);
      OF(forward)(d, t);
#pragma GCC unroll 8
      for (int i = 0; i < N; i++)
        half[i][j] = t[i];
    }
#pragma GCC unroll 1
    for (int i = 0; i < N; i++) {
      vec t[N];
      OF(forward)(half[i], t);
#pragma GCC unroll 8
      for (int j = 0; j < N; j++)
        *(vec *)(v + (size_t)(i * N + j) * step + c) = t[j];
    }
  }
}

/* G·g·Gᵀ in f64 for LANES output channels: g is (9, LANES), u + f*step gets the value of point f.
 */
static void OF(weights_in)(const float *g, float *u, size_t step) {
  dvec half[3][N];
  for (int j = 0; j < 3; j++) {
    dvec column[3];
    for (int i = 0; i < 3; i++)
      column[i] = __builtin_convertvector(*(const vec *)(g + (i * 3 + j) * LANES), dvec);
    OF(weights)(column, half[j]);
  }
  for (int i = 0; i < N; i++) {
    const dvec row[3] = {half[0][i], half[1][i], half[2][i]};
    dvec t[N];
    OF(weights)(row, t);
    for (int j = 0; j < N; j++)
      *(vec *)(u + (size_t)(i * N + j) * step) = __builtin_convertvector(t[j], vec);
  }
}

/* Output M×M of LANES channels starting at c. */
__attribute__((always_inline)) static inline void OF(outputs)(const CytoPatchOut *p, size_t c,
                                                              vec out[M][M]) {
  vec half[M][N];
#pragma GCC unroll 1
  for (int j = 0; j < N; j++) {
    vec m[N], o[M];
#pragma GCC unroll 8
    for (int i = 0; i < N; i++)
      m[i] = *(const vec *)(p->m + (size_t)(i * N + j) * p->step + c);
    OF(backward)(m, o);
#pragma GCC unroll 8
    for (int i = 0; i < M; i++)
      half[i][j] = o[i];
  }
#pragma GCC unroll 8
  for (int i = 0; i < M; i++)
    OF(backward)(half[i], out[i]);
}

/* Bias, residual, and out; all but p, c and out are constants where the block is whole. */
__attribute__((always_inline)) static inline void OF(store)(const CytoPatchOut *p, size_t c,
                                                            vec out[M][M], bool whole,
                                                            bool residual, unsigned halve) {
  const vec bias = *(const vec *)(p->bias + c);
  const float *from =
      p->residual + c; /* not read again: the stores might change p for all gcc knows */
  float *to = p->out + c;
  const size_t n = p->channels, from_row = p->residual_row, to_row = p->out_row;
  const size_t top = whole ? 0 : p->top, left = whole ? 0 : p->left;
  const size_t rows = whole ? M : p->rows, columns = whole ? M : p->columns;
#pragma GCC unroll 8
  for (size_t i = top; i < rows; i++)
#pragma GCC unroll 8
    for (size_t j = left; j < columns; j++) {
      vec y = out[i][j] + bias;
      if (residual)
        y += *(const vec *)(from + ((i - top) >> halve) * from_row + ((j - left) >> halve) * n);
      *(vec *)(to + (i - top) * to_row + (j - left) * n) = y;
    }
}

/* The next block's lines, which no processor foresees. */
__attribute__((always_inline)) static inline void OF(fetch_next)(const CytoPatchOut *p, size_t c,
                                                                 bool residual) {
  const size_t n = p->channels, next = M * n + c;
  for (size_t i = 0; i < M; i++) {
    const float *out = p->out + i * p->out_row + next;
    const float *from = p->residual + i * p->residual_row + next;
    for (size_t j = 0; j < M; j++) {
      __builtin_prefetch(out + j * n, 1);
      if (residual)
        __builtin_prefetch(from + j * n);
    }
  }
}

static void OF(patch_out)(const CytoPatchOut *p) {
  const bool whole = p->rows == M && p->columns == M;
  for (size_t c = 0; c < p->channels; c += LANES) {
    vec out[M][M];
    OF(fetch_next)(p, c, p->residual && !p->halve && p->residual != p->out);
    OF(outputs)(p, c, out);
    if (!whole)
      OF(store)(p, c, out, false, p->residual != NULL, p->halve);
    else if (!p->residual)
      OF(store)(p, c, out, true, false, 0);
    else if (!p->halve)
      OF(store)(p, c, out, true, true, 0);
    else
      OF(store)(p, c, out, true, true, 1);
  }
}

#undef N
#undef OF
#undef NAMED
#undef NAMED_

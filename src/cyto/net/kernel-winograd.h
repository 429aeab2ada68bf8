/* Winograd's F(M×M,3×3): M×M outputs from a patch of N×N = (M+2)² inputs with N² instead of 9·M²
 * products for each pair of channels. Included by kernel-body.h once for each M (4, 6 and 7) with
 * the transforms of one dimension (kernel-points.h); a vector holds LANES channels. */

#define N (M + 2)
#define NAMED(name, m) NAMED_(name, m)
#define NAMED_(name, m) name##_##m
#define OF(name) NAMED(name, M)

/* The loops over rows and columns of patches are not unrolled: code that fits the cache
 * of decoded instructions is worth more than intermediate values in registers. */
__attribute__((always_inline)) static inline void OF(block_in)(const CytoPatch *p, size_t c,
                                                               bool activates) {
  vec half[N][N];
  const vec scale = activates ? AT(p->scale + c) : (vec){0};
  const vec shift = activates ? AT(p->shift + c) : (vec){0};
  const size_t n = p->channels, row = p->row;
  const float *in = p->in + c;
#pragma GCC unroll 1
  for (size_t j = 0; j < N; j++, in += n) {
    vec d[N], t[N];
#pragma GCC unroll 16
    for (size_t i = 0; i < N; i++) {
      d[i] = AT(in + i * row);
      if (activates) {
        d[i] = positive(d[i] * scale + shift);
        __builtin_prefetch(in + i * row + M * n);
      }
    }
    OF(forward)(d, t);
#pragma GCC unroll 16
    for (size_t i = 0; i < N; i++)
      half[i][j] = t[i];
  }
  float *v = p->v + c;
#pragma GCC unroll 1
  for (size_t i = 0; i < N; i++) {
    vec t[N];
    OF(forward)(half[i], t);
#pragma GCC unroll 16
    for (size_t j = 0; j < N; j++, v += p->step)
      *(vec *)v = t[j];
  }
}

static void OF(patch_in)(const CytoPatch *p) {
  for (size_t c = 0; c < p->channels; c += LANES)
    if (p->scale)
      OF(block_in)(p, c, true);
    else
      OF(block_in)(p, c, false);
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

/* One row of outputs: bias, residual, and out; all but p, c and o are constants where the block is
 * whole. */
__attribute__((always_inline)) static inline void OF(store)(const CytoPatchOut *p, size_t c,
                                                            size_t i, const vec o[M], bool whole,
                                                            bool residual, unsigned halve) {
  const vec bias = *(const vec *)(p->bias + c);
  const size_t n = p->channels, left = whole ? 0 : p->left, columns = whole ? M : p->columns;
  const size_t odd_row = halve ? p->odd_row : 0, odd_column = halve ? p->odd_column : 0;
  const float *from = p->residual + ((i + odd_row) >> halve) * p->residual_row + c;
  float *to = p->out + i * p->out_row + c;
#pragma GCC unroll 16
  for (size_t j = left; j < columns; j++) {
    vec y = o[j] + bias;
    if (residual)
      y += *(const vec *)(from + ((j - left + odd_column) >> halve) * n);
    *(vec *)(to + (j - left) * n) = y;
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

/* M×M outputs of LANES channels starting at c. */
__attribute__((always_inline)) static inline void
OF(block_out)(const CytoPatchOut *p, size_t c, bool whole, bool residual, unsigned halve) {
  vec half[M][N];
  OF(fetch_next)(p, c, residual && !halve && p->residual != p->out);
#pragma GCC unroll 1
  for (int j = 0; j < N; j++) {
    vec m[N], o[M];
#pragma GCC unroll 16
    for (int i = 0; i < N; i++)
      m[i] = *(const vec *)(p->m + (size_t)(i * N + j) * p->step + c);
    OF(backward)(m, o);
#pragma GCC unroll 16
    for (int i = 0; i < M; i++)
      half[i][j] = o[i];
  }
  const size_t top = whole ? 0 : p->top, rows = whole ? M : p->rows;
#pragma GCC unroll 1
  for (size_t i = top; i < rows; i++) {
    vec o[M];
    OF(backward)(half[i], o);
    OF(store)(p, c, i - top, o, whole, residual, halve);
  }
}

static void OF(patch_out)(const CytoPatchOut *p) {
  const bool whole = p->rows == M && p->columns == M;
  for (size_t c = 0; c < p->channels; c += LANES)
    if (!whole)
      OF(block_out)(p, c, false, p->residual != NULL, p->halve);
    else if (!p->residual)
      OF(block_out)(p, c, true, false, 0);
    else if (!p->halve)
      OF(block_out)(p, c, true, true, 0);
    else
      OF(block_out)(p, c, true, true, 1);
}

#undef N
#undef OF
#undef NAMED
#undef NAMED_

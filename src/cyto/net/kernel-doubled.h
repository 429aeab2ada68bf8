/* 3×3 convolution of a picture doubled by repetition, computed on the small picture: outputs 2i-1
 * and 2i hold inputs i-1 and i alone, with the weights (k0+k1, k2) and (k0, k1+k2). So 6×6 outputs,
 * the first at an odd pixel, are F(3,2) of a patch of 4×4 inputs for each of the four phases. The
 * points are 0, 1, -1, ∞; at 1 both phases have the same weight, k0+k1+k2 (half of it), so that
 * each axis has 7 points of weights for 6 outputs, of 4 of the inputs. Included by kernel-body.h
 * behind F(6×6,3×3), whose stores it shares. */

enum { SMALL = 4, POINTS = 7, DOUBLED = 6 };

__attribute__((always_inline)) static inline void forward_doubled(const vec d[SMALL],
                                                                  vec t[SMALL]) {
  t[0] = d[0] - d[2];
  t[1] = d[1] + d[2];
  t[2] = d[2] - d[1];
  t[3] = d[3] - d[1];
}

__attribute__((always_inline)) static inline void backward_doubled(const vec m[POINTS],
                                                                   vec o[DOUBLED]) {
  const vec a = m[2] + m[3], b = m[2] + m[4];
  o[0] = m[0] + a;
  o[1] = m[1] + b;
  o[2] = m[2] - m[3];
  o[3] = m[2] - m[4];
  o[4] = m[5] + a;
  o[5] = m[6] + b;
}

__attribute__((always_inline)) static inline void weights_doubled(const dvec k[3], dvec u[POINTS]) {
  u[0] = k[0] + k[1];
  u[1] = k[0];
  u[2] = (k[0] + k[1] + k[2]) / 2;
  u[3] = (k[0] + k[1] - k[2]) / 2;
  u[4] = (k[0] - k[1] - k[2]) / 2;
  u[5] = k[2];
  u[6] = k[1] + k[2];
}

__attribute__((always_inline)) static inline void block_in_doubled(const CytoPatch *p, size_t c,
                                                                   bool activates) {
  vec half[SMALL][SMALL];
  const vec scale = activates ? AT(p->scale + c) : (vec){0};
  const vec shift = activates ? AT(p->shift + c) : (vec){0};
  const float *in = p->in + c;
#pragma GCC unroll 4
  for (size_t j = 0; j < SMALL; j++) {
    vec d[SMALL], t[SMALL];
#pragma GCC unroll 4
    for (size_t i = 0; i < SMALL; i++) {
      const float *at = in + i * p->row + j * p->channels;
      d[i] = AT(at);
      if (activates) {
        d[i] = positive(d[i] * scale + shift);
        __builtin_prefetch(at + (SMALL - 1) * p->channels);
      }
    }
    forward_doubled(d, t);
#pragma GCC unroll 4
    for (size_t i = 0; i < SMALL; i++)
      half[i][j] = t[i];
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < SMALL; i++) {
    vec t[SMALL];
    forward_doubled(half[i], t);
#pragma GCC unroll 4
    for (size_t j = 0; j < SMALL; j++)
      *(vec *)(p->v + (i * SMALL + j) * p->step + c) = t[j];
  }
}

static void patch_in_doubled(const CytoPatch *p) {
  for (size_t c = 0; c < p->channels; c += LANES)
    if (p->scale)
      block_in_doubled(p, c, true);
    else
      block_in_doubled(p, c, false);
}

static void weights_in_doubled(const float *g, float *u, size_t step) {
  dvec half[3][POINTS];
  for (size_t j = 0; j < 3; j++) {
    dvec column[3];
    for (size_t i = 0; i < 3; i++)
      column[i] = __builtin_convertvector(*(const vec *)(g + (i * 3 + j) * LANES), dvec);
    weights_doubled(column, half[j]);
  }
  for (size_t i = 0; i < POINTS; i++) {
    const dvec row[3] = {half[0][i], half[1][i], half[2][i]};
    dvec t[POINTS];
    weights_doubled(row, t);
    for (size_t j = 0; j < POINTS; j++)
      *(vec *)(u + (i * POINTS + j) * step) = __builtin_convertvector(t[j], vec);
  }
}

__attribute__((always_inline)) static inline void block_out_doubled(const CytoPatchOut *p, size_t c,
                                                                    bool whole, bool residual) {
  vec half[DOUBLED][POINTS];
  fetch_next_6(p, c, residual && p->residual != p->out);
#pragma GCC unroll 1
  for (size_t j = 0; j < POINTS; j++) {
    vec m[POINTS], o[DOUBLED];
#pragma GCC unroll 8
    for (size_t i = 0; i < POINTS; i++)
      m[i] = *(const vec *)(p->m + (i * POINTS + j) * p->step + c);
    backward_doubled(m, o);
#pragma GCC unroll 8
    for (size_t i = 0; i < DOUBLED; i++)
      half[i][j] = o[i];
  }
  const size_t top = whole ? 0 : p->top, rows = whole ? DOUBLED : p->rows;
#pragma GCC unroll 8
  for (size_t i = top; i < rows; i++) {
    vec o[DOUBLED];
    backward_doubled(half[i], o);
    store_6(p, c, i - top, o, whole, residual, 0);
  }
}

static void patch_out_doubled(const CytoPatchOut *p) {
  const bool whole = !p->top && !p->left && p->rows == DOUBLED && p->columns == DOUBLED;
  for (size_t c = 0; c < p->channels; c += LANES)
    if (!whole)
      block_out_doubled(p, c, false, p->residual != NULL);
    else if (p->residual)
      block_out_doubled(p, c, true, true);
    else
      block_out_doubled(p, c, true, false);
}

/* F(4×4,3×3) of kernel-points.h and its transposes: where the forward pass is y = Aᵀ[(G w Gᵀ)(Bᵀ d
 * B)]A, the gradient of the weights is Gᵀ[(A gy Aᵀ)(Bᵀ d B)]G. Included by kernel-train-body.h. */

static void patch_in(const CytoPatchIn *p) {
  const ptrdiff_t *at = p->offset;
  for (size_t c = 0; c < p->channels; c += LANES) {
    vec half[6][6], scale = {0}, shift = {0};
    if (p->scale) {
      scale = READ(p->scale + c);
      shift = READ(p->shift + c);
    }
#pragma GCC unroll 6
    for (int j = 0; j < 6; j++) {
      vec d[6], t[6];
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++) {
        d[i] = READ(p->x + at[i * 6 + j] + c);
        if (p->scale)
          d[i] = positive(d[i] * scale + shift);
      }
      forward_4(d, t);
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++)
        half[i][j] = t[i];
    }
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++) {
      vec t[6];
      forward_4(half[i], t);
#pragma GCC unroll 6
      for (int j = 0; j < 6; j++)
        AT(p->v + (size_t)(i * 6 + j) * p->step + c) = t[j];
    }
  }
}

/* Rows of A: four gradients to the points. */
INLINE void spread_4(const vec o[4], vec m[6]) {
  const vec ea = o[0] + o[2] * 0.5625f, oa = o[1] * 0.75f + o[3] * (0.5625f * 0.75f);
  const vec eb = o[0] + o[2] * 2.25f, ob = o[1] * 1.5f + o[3] * (2.25f * 1.5f);
  m[0] = o[0];
  m[1] = ea + oa;
  m[2] = ea - oa;
  m[3] = eb + ob;
  m[4] = eb - ob;
  m[5] = o[3];
}

static void patch_grad(const CytoPatchGrad *p) {
  for (size_t c = 0; c < p->channels; c += LANES) {
    vec half[6][4], sum = {0};
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
      vec o[4], t[6];
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) {
        o[i] = READ(p->g + p->offset[i * 4 + j] + c);
        sum += o[i];
      }
      spread_4(o, t);
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++)
        half[i][j] = t[i];
    }
    if (p->sum)
      AT(p->sum + c) += sum;
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++) {
      vec t[6];
      spread_4(half[i], t);
#pragma GCC unroll 6
      for (int j = 0; j < 6; j++)
        AT(p->v + (size_t)(i * 6 + j) * p->step + c) = t[j];
    }
  }
}

INLINE void block_of(const CytoTileOut *p, size_t c, vec out[4][4]) {
  vec half[4][6];
#pragma GCC unroll 6
  for (int j = 0; j < 6; j++) {
    vec m[6], o[4];
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++)
      m[i] = READ(p->m + (size_t)(i * 6 + j) * p->step + c);
    backward_4(m, o);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
      half[i][j] = o[i];
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++)
    backward_4(half[i], out[i]);
}

INLINE void store_out(const CytoTileOut *p, size_t c, vec y[4][4], size_t rows, size_t columns) {
  const vec bias = READ(p->bias + c), pivot = READ(p->pivot + c);
  const size_t n = p->channels, row = p->out_row, from_row = p->residual_row;
  const float *from = p->residual ? p->residual + c : NULL;
  const unsigned halve = p->halve;
  float *out = p->out + c;
  vec sum = {0}, square = {0};
#pragma GCC unroll 4
  for (size_t i = 0; i < rows; i++)
#pragma GCC unroll 4
    for (size_t j = 0; j < columns; j++) {
      vec v = y[i][j] + bias;
      if (from)
        v += READ(from + (i >> halve) * from_row + (j >> halve) * n);
      AT(out + i * row + j * n) = v;
      const vec d = v - pivot;
      sum += d;
      square += d * d;
    }
  AT(p->sum + c) += sum;
  AT(p->product + c) += square;
}

static void tile_out(const CytoTileOut *p) {
  for (size_t c = 0; c < p->channels; c += LANES) {
    vec y[4][4];
    block_of(p, c, y);
    if (p->rows == 4 && p->columns == 4)
      store_out(p, c, y, 4, 4);
    else
      store_out(p, c, y, p->rows, p->columns);
  }
}

INLINE void store_back(const CytoTileOut *p, size_t c, vec g[4][4], size_t rows, size_t columns,
                       const unsigned halve) {
  const vec scale = READ(p->scale + c), shift = READ(p->shift + c), pivot = READ(p->pivot + c);
  const size_t n = p->channels, row = p->out_row, s_row = p->s_row;
  const float *from = p->s + c;
  float *out = p->out + c;
  vec sum = {0}, product = {0};
#pragma GCC unroll 4
  for (size_t i = 0; i < rows; i += 1 + halve)
#pragma GCC unroll 4
    for (size_t j = 0; j < columns; j += 1 + halve) {
      vec v = g[i][j];
      if (halve)
        v = (v + g[i][j + 1]) + (g[i + 1][j] + g[i + 1][j + 1]);
      const vec s = READ(from + (i >> halve) * s_row + (j >> halve) * n);
      v = (vec)((ivec)v & (s * scale + shift > 0));
      AT(out + (i >> halve) * row + (j >> halve) * n) = v;
      sum += v;
      product += v * (s - pivot);
    }
  AT(p->sum + c) += sum;
  AT(p->product + c) += product;
}

static void tile_back(const CytoTileOut *p) {
  const int whole = p->rows == 4 && p->columns == 4;
  for (size_t c = 0; c < p->channels; c += LANES) {
    vec g[4][4];
    block_of(p, c, g);
    if (whole && !p->halve)
      store_back(p, c, g, 4, 4, 0);
    else if (whole)
      store_back(p, c, g, 4, 4, 1);
    else if (!p->halve)
      store_back(p, c, g, p->rows, p->columns, 0);
    else
      store_back(p, c, g, p->rows, p->columns, 1);
  }
}

/* Rows of Gᵀ and of G for one pair of points ±q: 1, q and q² over n (kernel-points.h). */
#define PAIR(q, n)                                                                                 \
  { (float)(1 / (n)), (float)((q) / (n)), (float)((q) * (q) / (n)) }
static const float pair[2][3] = {
    PAIR(0.75, 2 * 0.5625 * (0.5625 - 2.25)),
    PAIR(1.5, 2 * 2.25 * (2.25 - 0.5625)),
};

INLINE void gather_4(const vec u[6], vec g[3]) {
  const vec sa = u[1] + u[2], da = u[1] - u[2], sb = u[3] + u[4], db = u[3] - u[4];
  g[0] = u[0] * (float)(1 / (0.5625 * 2.25)) + sa * pair[0][0] + sb * pair[1][0];
  g[1] = da * pair[0][1] + db * pair[1][1];
  g[2] = sa * pair[0][2] + sb * pair[1][2] + u[5];
}

static void weights_back(const float *m, size_t step, float *w) {
  vec half[3][6];
  for (int j = 0; j < 6; j++) {
    vec u[6], g[3];
    for (int i = 0; i < 6; i++)
      u[i] = READ(m + (size_t)(i * 6 + j) * step);
    gather_4(u, g);
    for (int i = 0; i < 3; i++)
      half[i][j] = g[i];
  }
  for (int i = 0; i < 3; i++) {
    vec g[3];
    gather_4(half[i], g);
    for (int j = 0; j < 3; j++)
      AT(w + (i * 3 + j) * LANES) = g[j];
  }
}

INLINE void points_4(const vec g[3], vec u[6]) {
  u[0] = g[0] * (float)(1 / (0.5625 * 2.25));
  u[5] = g[2];
  for (int k = 0; k < 2; k++) {
    const vec even = g[0] * pair[k][0] + g[2] * pair[k][2], odd = g[1] * pair[k][1];
    u[1 + 2 * k] = even + odd;
    u[2 + 2 * k] = even - odd;
  }
}

static void weights_in(const float *w, float *u, size_t step) {
  vec half[3][6];
  for (int j = 0; j < 3; j++) {
    const vec column[3] = {READ(w + j * LANES), READ(w + (3 + j) * LANES),
                           READ(w + (6 + j) * LANES)};
    points_4(column, half[j]);
  }
  for (int i = 0; i < 6; i++) {
    const vec row[3] = {half[0][i], half[1][i], half[2][i]};
    vec t[6];
    points_4(row, t);
    for (int j = 0; j < 6; j++)
      AT(u + (size_t)(i * 6 + j) * step) = t[j];
  }
}

/* Winograd's transforms in one dimension. F(4,3) has the points 0, ±3/4, ±3/2, ∞ instead of the
 * usual 0, ±1, ±2, ∞: the error is four times smaller, close to that of the plain sum. F(6,3) has
 * 0, ±1/2, ±1, ±2, ∞, the best of all sets of small fractions that were tried, with four times the
 * error of F(4,3), and F(7,3) ±1/4, ±5/8, ±5/4, ±5/2, ∞, with ten times that. All constants of the
 * transforms of pictures are exact in binary. Included by kernel-body.h. */

/* The products x·Π(x² - q²) over all points ±q but ±p, applied to the even or odd inputs. */
#define A4 0.5625f /* (3/4)² */
#define B4 2.25f   /* (3/2)² */

/* Rows of Bᵀ: six values to the points. */
__attribute__((always_inline)) static inline void forward_4(const vec d[6], vec t[6]) {
  const vec ua = d[4] - d[2] * B4, va = (d[3] - d[1] * B4) * 0.75f;
  const vec ub = d[4] - d[2] * A4, vb = (d[3] - d[1] * A4) * 1.5f;
  t[0] = d[4] + d[0] * (A4 * B4) - d[2] * (A4 + B4);
  t[1] = ua + va;
  t[2] = ua - va;
  t[3] = ub + vb;
  t[4] = ub - vb;
  t[5] = d[5] + d[1] * (A4 * B4) - d[3] * (A4 + B4);
}

/* Rows of Aᵀ: values at the points to four outputs. */
__attribute__((always_inline)) static inline void backward_4(const vec m[6], vec o[4]) {
  const vec sa = m[1] + m[2], da = m[1] - m[2], sb = m[3] + m[4], db = m[3] - m[4];
  o[0] = m[0] + sa + sb;
  o[1] = da * 0.75f + db * 1.5f;
  o[2] = sa * A4 + sb * B4;
  o[3] = da * (A4 * 0.75f) + db * (B4 * 1.5f) + m[5];
}

__attribute__((always_inline)) static inline void forward_6(const vec d[8], vec t[8]) {
  const vec ua = d[6] - d[4] * 5 + d[2] * 4, va = d[5] - d[3] * 5 + d[1] * 4;
  const vec ub = d[6] - d[4] * 4.25f + d[2], vb = d[5] - d[3] * 4.25f + d[1];
  const vec uc = d[6] - d[4] * 1.25f + d[2] * 0.25f, vc = d[5] - d[3] * 1.25f + d[1] * 0.25f;
  t[0] = d[0] - d[6] + (d[4] - d[2]) * 5.25f;
  t[1] = ua + va * 0.5f;
  t[2] = ua - va * 0.5f;
  t[3] = ub + vb;
  t[4] = ub - vb;
  t[5] = uc + vc * 2;
  t[6] = uc - vc * 2;
  t[7] = d[7] - d[1] + (d[3] - d[5]) * 5.25f;
}

__attribute__((always_inline)) static inline void backward_6(const vec m[8], vec o[6]) {
  const vec sa = m[1] + m[2], da = m[1] - m[2], sb = m[3] + m[4], db = m[3] - m[4];
  const vec sc = m[5] + m[6], dc = m[5] - m[6];
  o[0] = m[0] + sa + sb + sc;
  o[1] = da * 0.5f + db + dc * 2;
  o[2] = sa * 0.25f + sb + sc * 4;
  o[3] = da * 0.125f + db + dc * 8;
  o[4] = sa * 0.0625f + sb + sc * 16;
  o[5] = da * 0.03125f + db + dc * 32 + m[7];
}

/* The squares of the points of F(7,3). */
#define A7 0.0625f   /* (1/4)² */
#define B7 0.390625f /* (5/8)² */
#define C7 1.5625f   /* (5/4)² */
#define D7 6.25f     /* (5/2)² */

/* Rows of Bᵀ for ±p, the polynomials ±(x ± p)·Π(x² - q²) over the other three points; the second
 * has its sign turned, as the product of the differences has. */
__attribute__((always_inline)) static inline void forward_pair(const vec d[8], float p, float a,
                                                               float b, float c, vec t[2]) {
  const float one = a + b + c, two = a * b + b * c + c * a, three = a * b * c;
  const vec odd = d[7] - d[5] * one + d[3] * two - d[1] * three;
  const vec even = d[6] - d[4] * one + d[2] * two - d[0] * three;
  t[0] = odd + even * p;
  t[1] = even * p - odd;
}

__attribute__((always_inline)) static inline void forward_7(const vec d[9], vec t[9]) {
  const float one = A7 + B7 + C7 + D7, four = A7 * B7 * C7 * D7;
  const float two = A7 * B7 + (A7 + B7) * (C7 + D7) + C7 * D7;
  const float three = A7 * B7 * (C7 + D7) + (A7 + B7) * C7 * D7;
  forward_pair(d, 0.25f, B7, C7, D7, t);
  forward_pair(d, 0.625f, A7, C7, D7, t + 2);
  forward_pair(d, 1.25f, A7, B7, D7, t + 4);
  forward_pair(d, 2.5f, A7, B7, C7, t + 6);
  t[8] = d[8] - d[6] * one + d[4] * two - d[2] * three + d[0] * four;
}

__attribute__((always_inline)) static inline void backward_7(const vec m[9], vec o[7]) {
  const vec sa = m[0] + m[1], sb = m[2] + m[3], sc = m[4] + m[5], sd = m[6] + m[7];
  const vec da = (m[0] - m[1]) * 0.25f, db = (m[2] - m[3]) * 0.625f, dc = (m[4] - m[5]) * 1.25f,
            dd = (m[6] - m[7]) * 2.5f;
  o[0] = sa + sb + sc + sd;
  o[1] = da + db + dc + dd;
  o[2] = sa * A7 + sb * B7 + sc * C7 + sd * D7;
  o[3] = da * A7 + db * B7 + dc * C7 + dd * D7;
  o[4] = sa * (A7 * A7) + sb * (B7 * B7) + sc * (C7 * C7) + sd * (D7 * D7);
  o[5] = da * (A7 * A7) + db * (B7 * B7) + dc * (C7 * C7) + dd * (D7 * D7);
  o[6] =
      sa * (A7 * A7 * A7) + sb * (B7 * B7 * B7) + sc * (C7 * C7 * C7) + sd * (D7 * D7 * D7) + m[8];
}

typedef double dvec __attribute__((vector_size(LANES * 8)));

/* Two rows of G: the values at ±p of the polynomial of the weights over n, the product of the
 * differences between p and the other points. */
__attribute__((always_inline)) static inline void weights_pair(const dvec g[3], double p, double n,
                                                               dvec u[2]) {
  const dvec even = (g[0] + g[2] * (p * p)) / n, odd = g[1] * (p / n);
  u[0] = even + odd;
  u[1] = even - odd;
}

__attribute__((always_inline)) static inline void weights_4(const dvec g[3], dvec u[6]) {
  const double a = 0.75 * 0.75, b = 1.5 * 1.5;
  u[0] = g[0] / (a * b);
  weights_pair(g, 0.75, 2 * a * (a - b), u + 1);
  weights_pair(g, 1.5, 2 * b * (b - a), u + 3);
  u[5] = g[2];
}

__attribute__((always_inline)) static inline void weights_6(const dvec g[3], dvec u[8]) {
  u[0] = g[0];
  weights_pair(g, 0.5, 0.5 * (0.25 - 1) * (0.25 - 4), u + 1);
  weights_pair(g, 1, 2 * (1 - 0.25) * (1 - 4), u + 3);
  weights_pair(g, 2, 8 * (4 - 0.25) * (4 - 1), u + 5);
  u[7] = g[2];
}

/* Without 0 among the points: n is the product of the differences between p and all others. */
__attribute__((always_inline)) static inline void weights_7(const dvec g[3], dvec u[9]) {
  weights_pair(g, 0.25, 2 * 0.25 * (A7 - B7) * (A7 - C7) * (A7 - D7), u);
  weights_pair(g, 0.625, 2 * 0.625 * (B7 - A7) * (B7 - C7) * (B7 - D7), u + 2);
  weights_pair(g, 1.25, 2 * 1.25 * (C7 - A7) * (C7 - B7) * (C7 - D7), u + 4);
  weights_pair(g, 2.5, 2 * 2.5 * (D7 - A7) * (D7 - B7) * (D7 - C7), u + 6);
  u[8] = g[2];
}

#undef A4
#undef B4
#undef A7
#undef B7
#undef C7
#undef D7

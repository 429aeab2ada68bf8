#include "fft.h"
#include "../base/mem.h"
#include <math.h>
#include <string.h>

/* Lengths whose prime factors are all small go through one self-sorting pass a factor; any other
 * length is turned into a convolution of a power of two (Bluestein). */
enum { LARGEST_FACTOR = 23, MOST_FACTORS = 64 };

struct CytoFft {
  size_t n;
  size_t factor[MOST_FACTORS], factors;
  CytoComplex *root; /* exp(−2πi k/n), k < n */
  /* Bluestein */
  CytoFft *inner;      /* of length >= 2n − 1 */
  CytoComplex *chirp;  /* exp(−πi k²/n) */
  CytoComplex *filter; /* transform of the conjugate chirp, divided by the inner length */
};

static inline CytoComplex times(CytoComplex a, CytoComplex b) {
  return (CytoComplex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static inline CytoComplex plus(CytoComplex a, CytoComplex b) {
  return (CytoComplex){a.re + b.re, a.im + b.im};
}

static inline CytoComplex minus(CytoComplex a, CytoComplex b) {
  return (CytoComplex){a.re - b.re, a.im - b.im};
}

static inline CytoComplex conjugate(CytoComplex a) {
  return (CytoComplex){a.re, -a.im};
}

/* exp(−2πi k/n), from the first eighth of the circle so that symmetric values are exactly so. */
static CytoComplex root_of_unity(size_t k, size_t n) {
  if (k * 2 > n)
    return conjugate(root_of_unity(n - k, n));
  if (k * 4 > n) {
    CytoComplex mirrored = conjugate(root_of_unity(n - 2 * k, 2 * n));
    return (CytoComplex){-mirrored.re, -mirrored.im};
  }
  double angle = 2 * M_PI * ((double)k / (double)n);
  if (k * 8 > n) {
    double rest = 2 * M_PI * (((double)n - 4.0 * (double)k) / (4.0 * (double)n));
    return (CytoComplex){sin(rest), -cos(rest)};
  }
  return (CytoComplex){cos(angle), -sin(angle)};
}

static CytoComplex *roots_new(size_t n, CytoError *err) {
  CytoComplex *root = cyto_alloc(n, sizeof *root, err);
  for (size_t k = 0; root && k < n; k++)
    root[k] = root_of_unity(k, n);
  return root;
}

/* False when a factor is too large for a pass of its own. Fours first, they are the cheapest. */
static bool factorize(CytoFft *fft) {
  size_t rest = fft->n;
  for (; rest % 4 == 0; rest /= 4)
    fft->factor[fft->factors++] = 4;
  for (size_t f = 2; f <= LARGEST_FACTOR; f++)
    for (; rest % f == 0; rest /= f)
      fft->factor[fft->factors++] = f;
  return rest == 1;
}

static bool init_chirp(CytoFft *fft, CytoError *err) {
  size_t n = fft->n, length = 1;
  while (length < 2 * n - 1)
    length *= 2;
  fft->inner = cyto_fft_new(length, err);
  fft->chirp = fft->inner ? cyto_alloc(n, sizeof *fft->chirp, err) : NULL;
  fft->filter = fft->chirp ? cyto_calloc(length, sizeof *fft->filter, err) : NULL;
  CYTO_AUTOFREE CytoComplex *scratch =
      fft->filter ? cyto_alloc(length, sizeof *scratch, err) : NULL;
  if (!scratch)
    return false;
  for (size_t k = 0, square = 0; k < n; k++) { /* square = k² mod 2n */
    fft->chirp[k] = root_of_unity(square, 2 * n);
    CytoComplex value = conjugate(fft->chirp[k]);
    value = (CytoComplex){value.re / (double)length, value.im / (double)length};
    fft->filter[k] = value;
    fft->filter[(length - k) % length] = value;
    square = (square + 2 * k + 1) % (2 * n);
  }
  cyto_fft_run(fft->inner, fft->filter, scratch, 1);
  return true;
}

CytoFft *cyto_fft_new(size_t n, CytoError *err) {
  if (n < 1 || n > SIZE_MAX / 64) {
    cyto_fail(err, CYTO_ERROR_LIMIT, "%zu values are too many to filter", n);
    return NULL;
  }
  CytoFft *fft = cyto_calloc(1, sizeof *fft, err);
  if (!fft)
    return NULL;
  fft->n = n;
  bool good = factorize(fft) ? (fft->root = roots_new(n, err)) != NULL : init_chirp(fft, err);
  if (good)
    return fft;
  cyto_fft_free(fft);
  return NULL;
}

void cyto_fft_free(CytoFft *fft) {
  if (!fft)
    return;
  cyto_fft_free(fft->inner);
  free(fft->root);
  free(fft->chirp);
  free(fft->filter);
  free(fft);
}

size_t cyto_fft_scratch(const CytoFft *fft) {
  return fft->inner ? 2 * fft->inner->n : fft->n;
}

/* One pass works on `groups` groups of `radix` runs of `run` values. Run k of group p starts at
 * x + (p + k·groups)·run; result j goes to y + (p·radix + j)·run, turned by root p·j. */
typedef struct Pass {
  size_t groups, run, turn; /* turn = roots a step of p·j */
} Pass;

static void pass_two(const CytoFft *fft, Pass pass, const CytoComplex *x, CytoComplex *y) {
  size_t run = pass.run, apart = pass.groups * run;
  for (size_t p = 0; p < pass.groups; p++, x += run, y += 2 * run) {
    CytoComplex w = fft->root[p * pass.turn];
    for (size_t q = 0; q < run; q++) {
      CytoComplex a = x[q], b = x[apart + q];
      y[q] = plus(a, b);
      y[run + q] = times(minus(a, b), w);
    }
  }
}

static void pass_four(const CytoFft *fft, Pass pass, const CytoComplex *x, CytoComplex *y) {
  size_t run = pass.run, apart = pass.groups * run;
  for (size_t p = 0; p < pass.groups; p++, x += run, y += 4 * run) {
    CytoComplex w1 = fft->root[p * pass.turn], w2 = fft->root[2 * p * pass.turn];
    CytoComplex w3 = fft->root[3 * p * pass.turn];
    for (size_t q = 0; q < run; q++) {
      CytoComplex a = x[q], b = x[apart + q], c = x[2 * apart + q], d = x[3 * apart + q];
      CytoComplex even = plus(a, c), even_turned = minus(a, c), odd = plus(b, d);
      CytoComplex odd_turned = {b.im - d.im, d.re - b.re}; /* −i(b − d) */
      y[q] = plus(even, odd);
      y[run + q] = times(plus(even_turned, odd_turned), w1);
      y[2 * run + q] = times(minus(even, odd), w2);
      y[3 * run + q] = times(minus(even_turned, odd_turned), w3);
    }
  }
}

static void pass_any(const CytoFft *fft, Pass pass, size_t radix, const CytoComplex *x,
                     CytoComplex *y) {
  size_t run = pass.run, apart = pass.groups * run, small = fft->n / radix;
  for (size_t p = 0; p < pass.groups; p++, x += run)
    for (size_t j = 0; j < radix; j++, y += run) {
      memset(y, 0, run * sizeof *y);
      for (size_t k = 0; k < radix; k++) {
        CytoComplex w = fft->root[(j * k % radix * small + p * j * pass.turn) % fft->n];
        for (size_t q = 0; q < run; q++)
          y[q] = plus(y[q], times(x[k * apart + q], w));
      }
    }
}

static void run_passes(const CytoFft *fft, CytoComplex *x, CytoComplex *scratch, size_t lanes) {
  CytoComplex *from = x, *to = scratch;
  Pass pass = {fft->n, lanes, 1};
  for (size_t f = 0; f < fft->factors; f++) {
    size_t radix = fft->factor[f];
    pass.groups /= radix;
    if (radix == 4)
      pass_four(fft, pass, from, to);
    else if (radix == 2)
      pass_two(fft, pass, from, to);
    else
      pass_any(fft, pass, radix, from, to);
    pass.run *= radix;
    pass.turn *= radix;
    CytoComplex *kept = from;
    from = to;
    to = kept;
  }
  if (from != x)
    memcpy(x, from, fft->n * lanes * sizeof *x);
}

/* jk = (j² + k² − (k−j)²)/2 makes the sum a convolution with a chirp. */
static void run_chirp(const CytoFft *fft, CytoComplex *x, CytoComplex *scratch, size_t lanes) {
  size_t n = fft->n, length = fft->inner->n;
  CytoComplex *wide = scratch + length * lanes;
  for (size_t k = 0; k < n; k++)
    for (size_t b = 0; b < lanes; b++)
      wide[k * lanes + b] = times(x[k * lanes + b], fft->chirp[k]);
  memset(wide + n * lanes, 0, (length - n) * lanes * sizeof *wide);
  cyto_fft_run(fft->inner, wide, scratch, lanes);
  for (size_t k = 0; k < length; k++)
    for (size_t b = 0; b < lanes; b++)
      wide[k * lanes + b] = conjugate(times(wide[k * lanes + b], fft->filter[k]));
  cyto_fft_run(fft->inner, wide, scratch, lanes);
  for (size_t k = 0; k < n; k++)
    for (size_t b = 0; b < lanes; b++)
      x[k * lanes + b] = times(conjugate(wide[k * lanes + b]), fft->chirp[k]);
}

void cyto_fft_run(const CytoFft *fft, CytoComplex *x, CytoComplex *scratch, size_t lanes) {
  if (fft->inner)
    run_chirp(fft, x, scratch, lanes);
  else
    run_passes(fft, x, scratch, lanes);
}

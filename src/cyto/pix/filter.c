#include "filter.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include "fft.h"
#include <math.h>
#include <string.h>

/* The Gaussian of §3.6 is a product of one along y and one along x, so the plane is filtered along
 * its rows and then along its columns. A complex signal carries two real rows (columns), and LANES
 * of them are transformed together. */
enum { LANES = 4, LINES = 2 * LANES, MOST_TERMS = 2 };

/* One axis: transforms of the Gaussians, placed so that multiplying correlates. */
typedef struct Axis {
  size_t n;
  CytoFft *fft;
  CytoComplex *response[MOST_TERMS];
  double centre[MOST_TERMS]; /* value of the Gaussian at index n/2 */
} Axis;

typedef struct Filter {
  size_t terms;
  double radius[MOST_TERMS], sign[MOST_TERMS];
  double keep; /* weight of the image itself */
  Axis y, x;
  double *work[MOST_TERMS]; /* a plane filtered along x, one for each Gaussian */
  CytoComplex *scratch;     /* `room` values a worker */
  size_t room;
  float *plane;
} Filter;

static void axis_clear(Axis *axis) {
  cyto_fft_free(axis->fft);
  for (size_t k = 0; k < MOST_TERMS; k++)
    free(axis->response[k]);
}

static void filter_clear(Filter *filter) {
  axis_clear(&filter->y);
  axis_clear(&filter->x);
  for (size_t k = 0; k < MOST_TERMS; k++)
    free(filter->work[k]);
  free(filter->scratch);
}

/* exp(−y²/2σ²) on linspace(−n/2, n/2 + 1, n), with sum 1. Only the distance to the sample nearest
 * to 0 enters, so that a tiny sigma leaves that sample rather than nothing. */
static void gaussian(double *g, size_t n, double sigma) {
  double begin = -(double)n / 2, step = n > 1 ? ((double)n + 1) / (double)(n - 1) : 0;
  double nearest = INFINITY, sum = 0;
  for (size_t i = 0; i < n; i++)
    nearest = fmin(nearest, fabs(begin + (double)i * step));
  for (size_t i = 0; i < n; i++) {
    double y = fabs(begin + (double)i * step);
    g[i] = y > nearest ? exp(-(y - nearest) / sigma * ((y + nearest) / sigma) / 2) : 1;
    sum += g[i];
  }
  for (size_t i = 0; i < n; i++)
    g[i] /= sum;
}

/* out[m] = Σ_i g[i]·x[m − n/2 + i] is the convolution with h[(n/2 − i) mod n] = g[i]; the response
 * is the transform of h, divided by n for the way back. */
static bool axis_init(Axis *axis, size_t n, const Filter *filter, CytoError *err) {
  axis->n = n;
  axis->fft = cyto_fft_new(n, err);
  CYTO_AUTOFREE double *g = axis->fft ? cyto_alloc(n, sizeof *g, err) : NULL;
  CYTO_AUTOFREE CytoComplex *scratch =
      g ? cyto_alloc(cyto_fft_scratch(axis->fft), sizeof *scratch, err) : NULL;
  if (!scratch)
    return false;
  for (size_t term = 0; term < filter->terms; term++) {
    CytoComplex *h = axis->response[term] = cyto_alloc(n, sizeof *h, err);
    if (!h)
      return false;
    gaussian(g, n, filter->radius[term]);
    axis->centre[term] = g[n / 2];
    for (size_t i = 0; i < n; i++)
      h[(n / 2 + n - i) % n] = (CytoComplex){g[i] / (double)n, 0};
    cyto_fft_run(axis->fft, h, scratch, 1);
  }
  return true;
}

/* conj(a·b): the next forward transform then is the way back. */
static CytoComplex conjugate_product(CytoComplex a, CytoComplex b) {
  return (CytoComplex){a.re * b.re - a.im * b.im, -(a.re * b.im + a.im * b.re)};
}

/* Rows [8·item, 8·item + 8) along x, from the plane into work. */
static void filter_rows(void *context, size_t item, unsigned worker) {
  const Filter *f = context;
  size_t nx = f->x.n, ny = f->y.n, first = item * LINES;
  size_t count = ny - first < LINES ? ny - first : LINES;
  CytoComplex *spectrum = f->scratch + worker * f->room, *lane = spectrum + nx * LANES;
  CytoComplex *scratch = lane + nx * LANES;
  memset(spectrum, 0, nx * LANES * sizeof *spectrum);
  for (size_t r = 0; r < count; r++) {
    const float *row = f->plane + (first + r) * nx;
    double *part = r % 2 ? &spectrum[r / 2].im : &spectrum[r / 2].re;
    for (size_t i = 0; i < nx; i++)
      part[i * LINES] = (double)row[i];
  }
  cyto_fft_run(f->x.fft, spectrum, scratch, LANES);
  for (size_t term = 0; term < f->terms; term++) {
    for (size_t i = 0; i < nx; i++)
      for (size_t b = 0; b < LANES; b++)
        lane[i * LANES + b] = conjugate_product(spectrum[i * LANES + b], f->x.response[term][i]);
    cyto_fft_run(f->x.fft, lane, scratch, LANES);
    for (size_t r = 0; r < count; r++) {
      double *out = f->work[term] + (first + r) * nx, sign = r % 2 ? -1 : 1;
      const double *part = r % 2 ? &lane[r / 2].im : &lane[r / 2].re;
      for (size_t i = 0; i < nx; i++)
        out[i] = sign * part[i * LINES];
    }
  }
}

/* Columns [8·item, 8·item + 8) along y, from work into the plane; the Gaussians meet in the
 * spectrum. */
static void filter_columns(void *context, size_t item, unsigned worker) {
  const Filter *f = context;
  size_t nx = f->x.n, ny = f->y.n, first = item * LINES;
  size_t count = nx - first < LINES ? nx - first : LINES;
  CytoComplex *sum = f->scratch + worker * f->room, *lane = sum + ny * LANES;
  CytoComplex *scratch = lane + ny * LANES;
  memset(sum, 0, ny * LANES * sizeof *sum);
  for (size_t term = 0; term < f->terms; term++) {
    for (size_t y = 0; y < ny; y++) {
      double line[LINES] = {0};
      memcpy(line, f->work[term] + y * nx + first, count * sizeof *line);
      memcpy(lane + y * LANES, line, sizeof line);
    }
    cyto_fft_run(f->y.fft, lane, scratch, LANES);
    for (size_t y = 0; y < ny; y++)
      for (size_t b = 0; b < LANES; b++) {
        CytoComplex value = conjugate_product(lane[y * LANES + b], f->y.response[term][y]);
        sum[y * LANES + b].re += f->sign[term] * value.re;
        sum[y * LANES + b].im += f->sign[term] * value.im;
      }
  }
  cyto_fft_run(f->y.fft, sum, scratch, LANES);
  for (size_t y = 0; y < ny; y++) {
    float *row = f->plane + y * nx + first;
    for (size_t c = 0; c < count; c++) {
      CytoComplex value = sum[y * LANES + c / 2];
      row[c] = (float)((double)row[c] * f->keep + (c % 2 ? -value.im : value.re));
    }
  }
}

/* NaN and infinite pixels would spread over the whole plane. False when nothing is left to filter:
 * a constant plane must not become the noise of its own rounding. */
static bool fill_holes(float *plane, size_t n) {
  float least = INFINITY, most = -INFINITY;
  for (size_t i = 0; i < n; i++)
    if (isfinite(plane[i])) {
      least = plane[i] < least ? plane[i] : least;
      most = plane[i] > most ? plane[i] : most;
    }
  for (size_t i = 0; i < n; i++)
    if (!isfinite(plane[i]))
      plane[i] = least < INFINITY ? least : 0;
  return least < most;
}

static bool filter_init(Filter *f, size_t ny, size_t nx, unsigned threads, CytoError *err) {
  if (!axis_init(&f->y, ny, f, err) || !axis_init(&f->x, nx, f, err))
    return false;
  size_t longest = ny > nx ? ny : nx, y = cyto_fft_scratch(f->y.fft);
  size_t x = cyto_fft_scratch(f->x.fft), pixels, total;
  if (!cyto_mul(longest * 2 + (y > x ? y : x), LANES, &f->room) ||
      !cyto_mul(f->room, threads, &total) || !cyto_mul(ny, nx, &pixels))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "an image of %zu x %zu pixels is too large to filter",
                     nx, ny);
  f->scratch = cyto_alloc(total, sizeof *f->scratch, err);
  if (!f->scratch)
    return false;
  for (size_t term = 0; term < f->terms; term++)
    if (!(f->work[term] = cyto_alloc(pixels, sizeof *f->work[term], err)))
      return false;
  return true;
}

bool cyto_filter(float *x, size_t nc, size_t ny, size_t nx, double sharpen, double smooth,
                 CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(filter_clear) Filter f = {0};
  if (smooth > 0) {
    f.radius[f.terms] = smooth;
    f.sign[f.terms++] = 1;
  }
  if (sharpen > 0) {
    f.radius[f.terms] = sharpen;
    f.sign[f.terms++] = -1;
  }
  if (f.terms == 0)
    return true;
  if (!filter_init(&f, ny, nx, cyto_pool_threads(job ? job->pool : NULL), err))
    return false;
  /* sharpen alone: the middle of −G is 1 in place of −G's own value there, which lies on the pixel
   */
  if (f.terms == 1 && f.sign[0] < 0)
    f.keep = 1 + f.y.centre[0] * f.x.centre[0];
  for (size_t c = 0; c < nc; c++) {
    f.plane = x + c * ny * nx;
    if (!fill_holes(f.plane, ny * nx))
      continue;
    if (!cyto_parallel(job, cyto_items(ny, LINES), filter_rows, &f, NULL, err) ||
        !cyto_parallel(job, cyto_items(nx, LINES), filter_columns, &f, NULL, err))
      return false;
  }
  return true;
}

#include "histogram.h"
#include "../base/mem.h"
#include "../base/stats.h"
#include <math.h>

enum { BAND = 64, CODES = 65536, SAMPLE = 4000000 };

static bool small_integers(CytoDtype dtype) {
  return dtype == CYTO_U8 || dtype == CYTO_U16 || dtype == CYTO_I8 || dtype == CYTO_I16;
}

typedef struct Count {
  const CytoPlane *plane;
  uint64_t *codes; /* CODES for each worker: how often value + offset occurs */
  float *rows;     /* one row for each worker */
  float *low, *high;
  uint64_t *finite, *bins; /* for each worker */
  float min, max;
} Count;

static int offset_of(CytoDtype dtype) {
  return dtype == CYTO_I8 || dtype == CYTO_I16 ? 32768 : 0;
}

#define COUNT_ROW(type)                                                                            \
  do {                                                                                             \
    const type *v = (const type *)p->data + y * p->pitch;                                          \
    for (size_t x = 0; x < p->nx; x++)                                                             \
      codes[v[x * p->step] + offset]++;                                                            \
  } while (0)

static void count_band(void *context, size_t item, unsigned worker) {
  const Count *c = context;
  const CytoPlane *p = c->plane;
  uint64_t *codes = c->codes + (size_t)worker * CODES;
  int offset = offset_of(p->dtype);
  size_t end = cyto_item_end(p->ny, BAND, item);
  for (size_t y = item * BAND; y < end; y++)
    switch (p->dtype) {
    case CYTO_U8:
      COUNT_ROW(uint8_t);
      break;
    case CYTO_U16:
      COUNT_ROW(uint16_t);
      break;
    case CYTO_I8:
      COUNT_ROW(int8_t);
      break;
    default:
      COUNT_ROW(int16_t);
    }
}

static unsigned bin_of(double v, double min, double max) {
  double bin = max > min ? (v - min) / (max - min) * CYTO_HISTOGRAM_BINS : 0;
  return bin < CYTO_HISTOGRAM_BINS ? (unsigned)bin : CYTO_HISTOGRAM_BINS - 1;
}

/* Between the two values nearest to a rank, with numpy.percentile's arithmetic. */
static double between(double a, double b, double t) {
  return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t;
}

/* The percentiles of n > 0 values counted by code. */
static void percents_of_codes(const uint64_t *codes, uint64_t n, int offset, double *percent) {
  uint64_t below = codes[0]; /* values whose code is <= code */
  unsigned code = 0;
  for (unsigned p = 0; p <= 100; p++) {
    double place = (double)(n - 1) * (p / 100.0);
    uint64_t rank = (uint64_t)place;
    while (below <= rank)
      below += codes[++code];
    unsigned next = code;
    if (rank + 1 < n && below <= rank + 1)
      for (next++; !codes[next];)
        next++;
    percent[p] = between((int)code - offset, (int)next - offset, place - (double)rank);
  }
}

static bool histogram_of_codes(const CytoPlane *plane, CytoHistogram *h, CytoJob *job,
                               CytoError *err) {
  unsigned workers = cyto_pool_threads(job ? job->pool : NULL);
  CYTO_AUTOFREE uint64_t *codes = cyto_calloc((size_t)workers * CODES, sizeof *codes, err);
  if (!codes)
    return false;
  Count c = {.plane = plane, .codes = codes};
  if (!cyto_parallel(job, cyto_items(plane->ny, BAND), count_band, &c, NULL, err))
    return false;
  int offset = offset_of(plane->dtype), first = -1, last = 0;
  for (int i = 0; i < CODES; i++) {
    for (unsigned w = 1; w < workers; w++)
      codes[i] += codes[(size_t)w * CODES + (size_t)i];
    h->finite += codes[i];
    if (codes[i]) {
      first = first < 0 ? i : first;
      last = i;
    }
  }
  h->min = first - offset;
  h->max = last - offset;
  for (int i = first; i <= last; i++)
    h->bins[bin_of(i - offset, h->min, h->max)] += codes[i];
  percents_of_codes(codes, h->finite, offset, h->percent);
  return true;
}

static void range_band(void *context, size_t item, unsigned worker) {
  const Count *c = context;
  const CytoPlane *p = c->plane;
  float *row = c->rows + worker * p->nx;
  size_t end = cyto_item_end(p->ny, BAND, item);
  for (size_t y = item * BAND; y < end; y++) {
    cyto_plane_row_f32(p, y, 0, p->nx, row);
    for (size_t x = 0; x < p->nx; x++)
      if (isfinite(row[x])) {
        c->finite[worker]++;
        c->low[worker] = row[x] < c->low[worker] ? row[x] : c->low[worker];
        c->high[worker] = row[x] > c->high[worker] ? row[x] : c->high[worker];
      }
  }
}

static void bins_band(void *context, size_t item, unsigned worker) {
  const Count *c = context;
  const CytoPlane *p = c->plane;
  float *row = c->rows + worker * p->nx;
  uint64_t *bins = c->bins + (size_t)worker * CYTO_HISTOGRAM_BINS;
  size_t end = cyto_item_end(p->ny, BAND, item);
  for (size_t y = item * BAND; y < end; y++) {
    cyto_plane_row_f32(p, y, 0, p->nx, row);
    for (size_t x = 0; x < p->nx; x++)
      if (isfinite(row[x]))
        bins[bin_of((double)row[x], (double)c->min, (double)c->max)]++;
  }
}

/* Percentiles of every `step`-th pixel of every `step`-th row. */
static bool sampled_percents(const CytoPlane *plane, double *percent, CytoError *err) {
  size_t step = (size_t)ceil(sqrt((double)plane->ny * (double)plane->nx / SAMPLE));
  size_t across = cyto_items(plane->nx, step), down = cyto_items(plane->ny, step);
  CYTO_AUTOFREE float *sample = cyto_alloc(across * down, sizeof *sample, err);
  CYTO_AUTOFREE float *row = cyto_alloc(plane->nx, sizeof *row, err);
  if (!sample || !row)
    return false;
  for (size_t j = 0; j < down; j++) {
    cyto_plane_row_f32(plane, j * step, 0, plane->nx, row);
    for (size_t i = 0; i < across; i++)
      sample[j * across + i] = row[i * step];
  }
  double wanted[101];
  for (int p = 0; p <= 100; p++)
    wanted[p] = p;
  return cyto_percentiles(sample, across * down, wanted, 101, percent, err);
}

static bool histogram_of_reals(const CytoPlane *plane, CytoHistogram *h, CytoJob *job,
                               CytoError *err) {
  enum { BINS = CYTO_HISTOGRAM_BINS };
  unsigned workers = cyto_pool_threads(job ? job->pool : NULL);
  size_t items = cyto_items(plane->ny, BAND);
  CYTO_AUTOFREE float *rows = cyto_alloc(workers * plane->nx, sizeof *rows, err);
  CYTO_AUTOFREE float *range = cyto_alloc(2 * (size_t)workers, sizeof *range, err);
  CYTO_AUTOFREE uint64_t *counts = cyto_calloc((size_t)workers * (BINS + 1), sizeof *counts, err);
  if (!rows || !range || !counts)
    return false;
  Count c = {.plane = plane,
             .rows = rows,
             .low = range,
             .high = range + workers,
             .bins = counts,
             .finite = counts + (size_t)workers * BINS};
  for (unsigned w = 0; w < workers; w++) {
    c.low[w] = INFINITY;
    c.high[w] = -INFINITY;
  }
  if (!cyto_parallel(job, items, range_band, &c, NULL, err))
    return false;
  c.min = INFINITY;
  c.max = -INFINITY;
  for (unsigned w = 0; w < workers; w++) {
    h->finite += c.finite[w];
    c.min = c.low[w] < c.min ? c.low[w] : c.min;
    c.max = c.high[w] > c.max ? c.high[w] : c.max;
  }
  if (h->finite == 0)
    return true;
  h->min = (double)c.min;
  h->max = (double)c.max;
  if (!cyto_parallel(job, items, bins_band, &c, NULL, err))
    return false;
  for (unsigned w = 0; w < workers; w++)
    for (size_t k = 0; k < BINS; k++)
      h->bins[k] += c.bins[w * BINS + k];
  return sampled_percents(plane, h->percent, err);
}

bool cyto_histogram(const CytoPlane *plane, CytoHistogram *histogram, CytoJob *job,
                    CytoError *err) {
  CytoHistogram h = {0};
  if (plane->ny && plane->nx &&
      !(small_integers(plane->dtype) ? histogram_of_codes : histogram_of_reals)(plane, &h, job,
                                                                                err))
    return false;
  *histogram = h;
  return true;
}

double cyto_histogram_percentile(const CytoHistogram *histogram, double percent) {
  percent = percent > 100 ? 100 : percent > 0 ? percent : 0;
  unsigned k = (unsigned)percent;
  return between(histogram->percent[k], histogram->percent[k < 100 ? k + 1 : k], percent - k);
}

CytoLevels cyto_histogram_auto(const CytoHistogram *histogram, double low, double high) {
  CytoLevels levels = {cyto_histogram_percentile(histogram, low),
                       cyto_histogram_percentile(histogram, high), 1, false};
  if (!(levels.max > levels.min)) {
    levels.min = histogram->min;
    levels.max = histogram->max;
  }
  return levels;
}

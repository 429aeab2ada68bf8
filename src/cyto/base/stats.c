#include "stats.h"
#include "mem.h"
#include <math.h>
#include <string.h>

/* Selection by the bits of the float: the top 11 bits are counted over all values, the values of
 * the bins that hold a wanted rank are gathered, and two more counts of 11 and 10 bits within them
 * give the value itself. Time is linear whatever the values are. */
enum { TOP_SHIFT = 21, MID_SHIFT = 10, BINS = 1 << 11 };

/* Unsigned keys in the order of the floats. */
static inline uint32_t key_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits ^ ((uint32_t)((int32_t)bits >> 31) | 0x80000000u);
}

static inline float value_of(uint32_t key) {
  uint32_t bits = key ^ (key >> 31 ? 0x80000000u : 0xffffffffu);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

typedef struct Selector {
  size_t top[BINS];            /* finite values of x by the top 11 bits of their keys */
  size_t mid[BINS], low[BINS]; /* of the gathered keys that begin with the prefix */
  uint32_t mid_prefix, low_prefix;
  bool mid_valid, low_valid;
  bool wanted[BINS];
  uint32_t *keys; /* of the wanted bins */
  size_t count;
} Selector;

/* Counts the finite values by their top bits; returns how many there are. Four tables, so that
 * runs of like values do not wait for one another. */
static size_t count_top(const float *x, size_t n, Selector *selector) {
  size_t total = 0, *top = selector->top;
  for (size_t begin = 0; begin < n;) {
    uint32_t part[4][BINS] = {0};
    size_t end = n - begin > UINT32_MAX ? begin + UINT32_MAX : n, i = begin;
    for (; end - i >= 4; i += 4)
      for (size_t k = 0; k < 4; k++)
        part[k][key_of(x[i + k]) >> TOP_SHIFT]++;
    for (; i < end; i++)
      part[0][key_of(x[i]) >> TOP_SHIFT]++;
    for (size_t bin = 0; bin < BINS; bin++)
      top[bin] += (size_t)part[0][bin] + part[1][bin] + part[2][bin] + part[3][bin];
    begin = end;
  }
  /* An exponent of all ones is NaN or infinite: exactly the first and the last four bins. */
  for (size_t bin = 0; bin < 4; bin++)
    top[bin] = top[BINS - 1 - bin] = 0;
  for (size_t bin = 0; bin < BINS; bin++)
    total += top[bin];
  return total;
}

/* The bin that holds the value of this rank; rank becomes the rank within the bin. */
static uint32_t bin_of(const size_t *bins, size_t *rank) {
  uint32_t bin = 0;
  while (*rank >= bins[bin])
    *rank -= bins[bin++];
  return bin;
}

static bool gather(const float *x, size_t n, Selector *selector, CytoError *err) {
  size_t count = 0;
  for (size_t bin = 0; bin < BINS; bin++)
    count += selector->wanted[bin] ? selector->top[bin] : 0;
  /* one to spare: the loop writes before it knows whether the key stays */
  uint32_t *keys = count < SIZE_MAX ? cyto_alloc(count + 1, sizeof *keys, err) : NULL;
  if (!keys)
    return false;
  size_t k = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t key = key_of(x[i]);
    keys[k] = key;
    k += selector->wanted[key >> TOP_SHIFT];
  }
  selector->keys = keys;
  selector->count = count;
  return true;
}

static void count_within(const Selector *selector, uint32_t prefix, unsigned prefix_shift,
                         unsigned shift, uint32_t mask, size_t *bins) {
  memset(bins, 0, BINS * sizeof *bins);
  for (size_t i = 0; i < selector->count; i++) {
    uint32_t key = selector->keys[i];
    if (key >> prefix_shift == prefix)
      bins[key >> shift & mask]++;
  }
}

/* The finite value of this rank. The counts of the last call are kept: neighbours share them. */
static float value_at(Selector *selector, size_t rank) {
  uint32_t prefix = bin_of(selector->top, &rank);
  if (!selector->mid_valid || selector->mid_prefix != prefix)
    count_within(selector, prefix, TOP_SHIFT, MID_SHIFT, 0x7ff, selector->mid);
  selector->mid_prefix = prefix;
  selector->mid_valid = true;
  prefix = prefix << (TOP_SHIFT - MID_SHIFT) | bin_of(selector->mid, &rank);
  if (!selector->low_valid || selector->low_prefix != prefix)
    count_within(selector, prefix, MID_SHIFT, 0, 0x3ff, selector->low);
  selector->low_prefix = prefix;
  selector->low_valid = true;
  return value_of(prefix << MID_SHIFT | bin_of(selector->low, &rank));
}

/* algorithm.md §3.4: virtual index (n − 1)·q, the difference of the neighbours rounded to f32. */
static double percentile_at(Selector *selector, size_t total, double percent) {
  double at = (double)(total - 1) * (percent / 100.0);
  size_t k = (size_t)at;
  if (k >= total - 1)
    return value_at(selector, total - 1);
  float a = value_at(selector, k), b = value_at(selector, k + 1);
  double t = at - (double)k, difference = (float)(b - a);
  if (!isfinite(difference)) /* both ends of the range of f32 */
    difference = (double)b - (double)a;
  return t >= 0.5 ? b - difference * (1 - t) : a + difference * t;
}

static void want(Selector *selector, size_t total, double percent) {
  size_t k = (size_t)((double)(total - 1) * (percent / 100.0));
  for (size_t step = 0; step < 2; step++) {
    size_t rank = k + step < total ? k + step : total - 1;
    selector->wanted[bin_of(selector->top, &rank)] = true;
  }
}

bool cyto_percentiles(const float *x, size_t n, const double *percent, size_t count, double *out,
                      CytoError *err) {
  for (size_t k = 0; k < count; k++)
    if (!(percent[k] >= 0 && percent[k] <= 100))
      return cyto_fail(err, CYTO_ERROR_ARGUMENT, "a percentile must lie in 0 to 100, found %g",
                       percent[k]);
  CYTO_AUTOFREE Selector *selector = cyto_calloc(1, sizeof *selector, err);
  if (!selector)
    return false;
  size_t total = count_top(x, n, selector);
  if (total == 0) {
    for (size_t k = 0; k < count; k++)
      out[k] = 0;
    return true;
  }
  for (size_t k = 0; k < count; k++)
    want(selector, total, percent[k]);
  if (!gather(x, n, selector, err))
    return false;
  CYTO_AUTOFREE uint32_t *keys = selector->keys;
  for (size_t k = 0; k < count; k++)
    out[k] = percentile_at(selector, total, percent[k]);
  return true;
}

static inline void swap(double *a, double *b) {
  double kept = *a;
  *a = *b;
  *b = kept;
}

/* Puts the value of rank k at values[k], smaller ones before it and larger ones after. The pivot is
 * drawn at random and its equals are set aside, so that no order of the input makes this slow. */
static void select_rank(double *values, size_t n, size_t k) {
  uint64_t state = 0x9e3779b97f4a7c15u;
  size_t begin = 0, end = n;
  while (end - begin > 1) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    double pivot = values[begin + (size_t)(state >> 33) % (end - begin)];
    size_t below = begin, i = begin, above = end;
    while (i < above) {
      if (values[i] < pivot)
        swap(&values[below++], &values[i++]);
      else if (values[i] > pivot)
        swap(&values[i], &values[--above]);
      else
        i++;
    }
    if (k < below)
      end = below;
    else if (k >= above)
      begin = above;
    else
      return;
  }
}

double cyto_median(double *values, size_t n) {
  if (n == 0)
    return 0;
  size_t half = n / 2;
  select_rank(values, n, half);
  if (n % 2 != 0)
    return values[half];
  double below = values[0];
  for (size_t i = 1; i < half; i++)
    below = values[i] > below ? values[i] : below;
  return (below + values[half]) / 2;
}

#include "normalize.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include "../base/stats.h"
#include "filter.h"
#include "tilenorm.h"
#include <float.h>
#include <math.h>

enum { GRAIN = 1 << 16, SAMPLE_SIDE = 224, SMALLEST_BLOCK = 8 };

typedef enum { KEEP, SCALE, FLAT } Kind; /* FLAT: too little contrast, all 0 */

typedef struct Channel {
  Kind kind;
  float low, range;
  bool failed;
  CytoError error;
} Channel;

typedef struct Normalize {
  const CytoNormalize *options;
  float *x;
  size_t ny, nx, chunks; /* chunks of GRAIN pixels in a channel */
  Channel *channel;
} Normalize;

CytoNormalize cyto_normalize_defaults(void) {
  return (CytoNormalize){.on = true, .percentile_low = 1, .percentile_high = 99};
}

static bool not_positive(double value) {
  return !(value >= 0) || !isfinite(value);
}

static bool check_range(const CytoNormalize *o, size_t nc, CytoError *err) {
  for (size_t c = 0; c < 2 && c < nc; c++)
    if (!isfinite(o->range_low[c]) || !isfinite(o->range_high[c]) ||
        !((float)(o->range_high[c] - o->range_low[c]) > 0))
      return cyto_fail(
          err, CYTO_ERROR_ARGUMENT,
          "the intensity range of channel %zu must go from low to high, found %g to %g", c + 1,
          o->range_low[c], o->range_high[c]);
  return true;
}

static bool check(const CytoNormalize *o, size_t nc, CytoError *err) {
  if (o->has_range)
    return check_range(o, nc, err);
  double low = o->percentile_low, high = o->percentile_high, block = o->tile_blocksize;
  if (not_positive(o->sharpen_radius) || not_positive(o->smooth_radius))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "a filter radius must be 0 (off) or a number of pixels, found %g and %g",
                     o->sharpen_radius, o->smooth_radius);
  if (not_positive(block) || (block > 0 && block < SMALLEST_BLOCK))
    return cyto_fail(
        err, CYTO_ERROR_ARGUMENT,
        "the tile size of normalisation must be 0 (off) or at least %d pixels, found %g",
        SMALLEST_BLOCK, block);
  if ((o->on || block > 0) && !(low >= 0 && low < high && high <= 100))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "the percentiles must be two ascending numbers from 0 to 100, found %g and %g",
                     low, high);
  if (o->invert && !o->on && block == 0)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "inverting needs normalised intensities; switch normalisation on or give an "
                     "intensity range");
  return true;
}

bool cyto_is_constant(const float *x, size_t n) {
  size_t i = 0;
  while (i < n && !isfinite(x[i]))
    i++;
  float first = i < n ? x[i] : 0;
  while (i < n && (x[i] == first || !isfinite(x[i])))
    i++;
  return i == n;
}

/* Above 224³ pixels every k-th of each axis stands for all (algorithm.md §3.4). */
static bool percentiles_of(const float *x, size_t ny, size_t nx, const double percent[2],
                           double value[2], CytoError *err) {
  if (ny * nx <= (size_t)SAMPLE_SIDE * SAMPLE_SIDE * SAMPLE_SIDE)
    return cyto_percentiles(x, ny * nx, percent, 2, value, err);
  size_t step_y = ny / SAMPLE_SIDE > 1 ? ny / SAMPLE_SIDE : 1;
  size_t step_x = nx / SAMPLE_SIDE > 1 ? nx / SAMPLE_SIDE : 1;
  size_t count = cyto_items(ny, step_y) * cyto_items(nx, step_x), k = 0;
  CYTO_AUTOFREE float *sample = cyto_alloc(count, sizeof *sample, err);
  if (!sample)
    return false;
  for (size_t y = 0; y < ny; y += step_y)
    for (size_t i = 0; i < nx; i += step_x)
      sample[k++] = x[y * nx + i];
  return cyto_percentiles(sample, count, percent, 2, value, err);
}

static void measure_channel(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Normalize *n = context;
  Channel *channel = &n->channel[item];
  const float *x = n->x + item * n->ny * n->nx;
  if (cyto_is_constant(x, n->ny * n->nx))
    return;
  double percent[2] = {n->options->percentile_low, n->options->percentile_high}, value[2];
  channel->failed = !percentiles_of(x, n->ny, n->nx, percent, value, &channel->error);
  if (channel->failed)
    return;
  channel->kind = value[1] - value[0] > 1e-3 ? SCALE : FLAT;
  channel->low = (float)value[0];
  channel->range = (float)(value[1] - value[0]);
}

static bool measure(Normalize *n, size_t nc, CytoJob *job, CytoError *err) {
  if (!cyto_parallel(job, nc, measure_channel, n, NULL, err))
    return false;
  for (size_t c = 0; c < nc; c++)
    if (n->channel[c].failed)
      return cyto_fail(err, n->channel[c].error.code, "%s", n->channel[c].error.text);
  return true;
}

static void scale_chunk(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Normalize *n = context;
  const Channel *channel = &n->channel[item / n->chunks];
  size_t pixels = n->ny * n->nx, chunk = item % n->chunks;
  float *x = n->x + item / n->chunks * pixels + chunk * GRAIN;
  size_t count = cyto_item_end(pixels, GRAIN, chunk) - chunk * GRAIN;
  bool invert = n->options->invert;
  float low = channel->low, range = channel->range, flat = invert ? 1 : 0;
  if (channel->kind == SCALE && invert)
    for (size_t i = 0; i < count; i++) {
      float y = 1 - (x[i] - low) / range;
      x[i] = fabsf(y) <= FLT_MAX ? y : 0;
    }
  else if (channel->kind == SCALE)
    for (size_t i = 0; i < count; i++) {
      float y = (x[i] - low) / range;
      x[i] = fabsf(y) <= FLT_MAX ? y : 0;
    }
  else if (channel->kind == FLAT)
    for (size_t i = 0; i < count; i++)
      x[i] = fabsf(x[i]) <= FLT_MAX ? flat : 0;
  else
    for (size_t i = 0; i < count; i++)
      x[i] = fabsf(x[i]) <= FLT_MAX ? x[i] : 0;
}

bool cyto_normalize(float *x, size_t nc, size_t ny, size_t nx, const CytoNormalize *options,
                    CytoJob *job, CytoError *err) {
  if (!check(options, nc, err))
    return false;
  if (nc == 0 || ny == 0 || nx == 0)
    return true;
  CYTO_AUTOFREE Channel *channel = cyto_calloc(nc, sizeof *channel, err);
  if (!channel)
    return false;
  Normalize n = {options, x, ny, nx, cyto_items(ny * nx, GRAIN), channel};
  if (options->has_range)
    for (size_t c = 0; c < nc; c++) {
      size_t k = c < 2 ? c : 1;
      float low = (float)options->range_low[k];
      channel[c] = (Channel){
          SCALE, low, (float)(options->range_high[k] - options->range_low[k]), false, {0}};
    }
  else {
    if (!cyto_filter(x, nc, ny, nx, options->sharpen_radius, options->smooth_radius, job, err))
      return false;
    if (options->tile_blocksize > 0)
      return cyto_normalize_tiles(x, nc, ny, nx, options, job, err);
    if (options->on && !measure(&n, nc, job, err))
      return false;
  }
  return cyto_parallel(job, nc * n.chunks, scale_chunk, &n, NULL, err);
}

#include "road.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include "../flow/clean.h"
#include "../flow/cluster.h"
#include "../pix/resize.h"
#include "../pix/tile.h"
#include <math.h>
#include <string.h>

void cyto_answer_clear(CytoAnswer *answer) {
  free(answer->y);
  free(answer->style);
  *answer = (CytoAnswer){0};
}

size_t cyto_road_scaled(size_t length, double rescale) {
  double scaled = (double)length * rescale;
  return scaled < 1 ? 1 : (size_t)scaled;
}

/* A grey picture has one channel whatever number was asked for; folders mix grey and colour files.
 */
static CytoChannels available_channels(const CytoImage *image, CytoChannels wanted, CytoJob *job) {
  if (image->nc > 1 || (wanted.segment <= 1 && wanted.nucleus == 0))
    return wanted;
  cyto_job_warn(job, "the image has one channel; it is used in place of channel %u%s",
                wanted.segment, wanted.nucleus ? ", without a nuclear channel" : "");
  return (CytoChannels){0, 0};
}

/* Of a picture without any structure nothing must be found. Its value would stand out against the
 * zeros around it, like one large bright cell, so that it becomes zero itself. */
static void clear_empty(float *planes, size_t nchan, size_t pixels) {
  for (size_t c = 0; c < nchan; c++)
    if (!cyto_is_constant(planes + c * pixels, pixels))
      return;
  memset(planes, 0, nchan * pixels * sizeof *planes);
}

bool cyto_road_load(const CytoModel *model, const CytoImage *image, size_t t, size_t z,
                    const CytoSegment *options, float **x, CytoJob *job, CytoError *err) {
  size_t nchan = cyto_unet_layout(model->net[0])->nbase[0], pixels = image->ny * image->nx;
  bool first = options->all_channels || nchan != 2;
  CYTO_AUTOFREE float *planes = cyto_alloc(pixels, nchan * sizeof *planes, err);
  if (!planes)
    return false;
  if (first && !options->all_channels && (options->channels.segment || options->channels.nucleus))
    cyto_job_warn(job,
                  "the network reads %zu channel%s, the first of the image; the channels chosen "
                  "have no meaning for it",
                  nchan, nchan == 1 ? "" : "s");
  if (first)
    cyto_select_first(image, t, z, nchan, planes);
  else if (!cyto_select_channels(image, t, z, available_channels(image, options->channels, job),
                                 planes, err))
    return false;
  if (!cyto_normalize(planes, nchan, image->ny, image->nx, &options->normalize, job, err))
    return false;
  clear_empty(planes, nchan, pixels);
  *x = cyto_steal(&planes);
  return true;
}

/* Buffers of a batch of tiles. */
typedef struct Tiles {
  size_t batch, nchan, nout, style_size, pixels; /* pixels of one tile */
  float *x, *y, *extra, *style;                  /* extra: a second network's answer */
} Tiles;

static void tiles_clear(Tiles *tiles) {
  free(tiles->x);
  free(tiles->y);
  free(tiles->extra);
  free(tiles->style);
}

static bool tiles_init(Tiles *tiles, const CytoModel *model, const CytoTiling *tiling,
                       unsigned threads, CytoError *err) {
  const CytoLayout *layout = cyto_unet_layout(model->net[0]);
  size_t count = cyto_tiling_count(tiling), batch = threads * ((8 + threads - 1) / threads);
  *tiles = (Tiles){.batch = batch < count ? batch : count,
                   .nchan = layout->nbase[0],
                   .nout = layout->nout,
                   .style_size = cyto_unet_style_size(model->net[0]),
                   .pixels = tiling->ty * tiling->tx};
  size_t n = tiles->batch * tiles->pixels;
  tiles->x = cyto_alloc(n, tiles->nchan * sizeof(float), err);
  tiles->y = tiles->x ? cyto_alloc(n, tiles->nout * sizeof(float), err) : NULL;
  tiles->style = tiles->y ? cyto_alloc(tiles->batch, tiles->style_size * sizeof(float), err) : NULL;
  if (tiles->style && model->nets > 1)
    tiles->extra = cyto_alloc(n, tiles->nout * sizeof(float), err);
  return tiles->style && (model->nets == 1 || tiles->extra);
}

/* The mean of all networks' answers; the style of the last one (§4.10). */
static bool run_nets(const CytoModel *model, Tiles *tiles, size_t n, const CytoTiling *tiling,
                     CytoJob *job, CytoError *err) {
  size_t values = n * tiles->nout * tiles->pixels;
  for (size_t k = 0; k < model->nets; k++) {
    float *y = k == 0 ? tiles->y : tiles->extra;
    if (!cyto_unet_forward(model->net[k], tiles->x, n, tiling->ty, tiling->tx, y, tiles->style, job,
                           err))
      return false;
    for (size_t i = 0; k > 0 && i < values; i++)
      tiles->y[i] += y[i];
  }
  for (size_t i = 0; model->nets > 1 && i < values; i++)
    tiles->y[i] /= (float)model->nets;
  return true;
}

/* Shows the sums after tiles first..first+n-1: whole rows of the picture, from the top of the first
 * to the end of the last. */
static void show(const CytoSegment *options, CytoNetKind kind, const CytoTiling *t,
                 const CytoTileSum *sum, size_t first, size_t n) {
  if (!options->so_far)
    return;
  /* cell probability, the class cell, or the one output */
  size_t plane = kind == CYTO_NET_CELLPOSE ? 2 : sum->nc > 1;
  size_t top = t->start_y[first / t->count_x];
  size_t end = t->start_y[(first + n - 1) / t->count_x] + t->ty;
  size_t at = t->pad_top * t->px + t->pad_left;
  CytoSoFar so_far = {.first = first == 0,
                      .ny = t->ny,
                      .nx = t->nx,
                      .y0 = top > t->pad_top ? top - t->pad_top : 0,
                      .y1 = end > t->pad_top ? end - t->pad_top : 0,
                      .pitch = t->px,
                      .sum = sum->sum + plane * t->py * t->px + at,
                      .weight = sum->weight + at};
  so_far.y1 = so_far.y1 < t->ny ? so_far.y1 : t->ny;
  so_far.y0 = so_far.y0 < so_far.y1 ? so_far.y0 : so_far.y1;
  options->so_far(options->so_far_data, &so_far);
}

/* All tiles in batches; style becomes the sum of the tiles' styles at unit length (§4.8). */
static bool run_tiles(const CytoModel *model, const CytoTiling *tiling, Tiles *tiles,
                      const float *x, const CytoSegment *options, CytoTileSum *sum, float *style,
                      CytoJob *job, CytoError *err) {
  size_t count = cyto_tiling_count(tiling), size = tiles->style_size;
  CYTO_AUTOFREE double *total = cyto_calloc(size, sizeof *total, err);
  if (!total)
    return false;
  for (size_t first = 0; first < count; first += tiles->batch) {
    size_t n = count - first < tiles->batch ? count - first : tiles->batch;
    if (!cyto_job_step(job, "network", first, count, err))
      return false;
    if (!cyto_tiles_cut(tiling, first, n, x, tiles->nchan, tiles->x, job, err) ||
        !run_nets(model, tiles, n, tiling, job, err) ||
        !cyto_tile_sum_add(sum, tiling, first, n, tiles->y, job, err))
      return false;
    show(options, cyto_model_kind(model), tiling, sum, first, n);
    for (size_t k = 0; k < n; k++)
      for (size_t s = 0; s < size; s++)
        total[s] += tiles->style[k * size + s];
  }
  double norm = 0;
  for (size_t s = 0; s < size; s++)
    norm += total[s] * total[s];
  for (size_t s = 0; s < size; s++)
    style[s] = norm > 0 ? (float)(total[s] / sqrt(norm)) : 0;
  return cyto_job_step(job, "network", count, count, err);
}

static bool network_at_size(const CytoModel *model, const float *x, const CytoSegment *options,
                            CytoAnswer *answer, CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(cyto_tiling_clear) CytoTiling tiling = {0};
  CYTO_CLEANUP(tiles_clear) Tiles tiles = {0};
  CYTO_CLEANUP(cyto_tile_sum_clear) CytoTileSum sum = {0};
  unsigned threads = cyto_pool_threads(job ? job->pool : NULL);
  if (!cyto_tiling_init(&tiling, answer->h, answer->w, options->block, options->tile_overlap,
                        options->augment, err) ||
      !tiles_init(&tiles, model, &tiling, threads, err) ||
      !cyto_tile_sum_init(&sum, &tiling, tiles.nout, err))
    return false;
  sum.no_flows = cyto_model_kind(model) != CYTO_NET_CELLPOSE;
  answer->style = cyto_alloc(tiles.style_size, sizeof(float), err);
  if (!answer->style ||
      !run_tiles(model, &tiling, &tiles, x, options, &sum, answer->style, job, err))
    return false;
  answer->y = cyto_alloc(answer->h * answer->w, tiles.nout * sizeof(float), err);
  return answer->y && cyto_tile_sum_finish(&sum, &tiling, answer->y, job, err);
}

bool cyto_road_network(const CytoModel *model, const float *x, size_t ny, size_t nx, double rescale,
                       const CytoSegment *options, CytoAnswer *out, CytoJob *job, CytoError *err) {
  size_t nchan = cyto_unet_layout(model->net[0])->nbase[0];
  CytoAnswer answer = {.h = ny, .w = nx};
  CYTO_AUTOFREE float *resized = NULL;
  if (rescale != 1) {
    answer.h = cyto_road_scaled(ny, rescale);
    answer.w = cyto_road_scaled(nx, rescale);
    resized = cyto_alloc(answer.h * answer.w, nchan * sizeof *resized, err);
    if (!resized || !cyto_resize_linear(x, nchan, ny, nx, resized, answer.h, answer.w, job, err))
      return false;
    x = resized;
  }
  if (!network_at_size(model, x, options, &answer, job, err)) {
    cyto_answer_clear(&answer);
    return false;
  }
  *out = answer;
  return true;
}

/* §5.2; the cap only keeps a mistyped number from running for days. */
static unsigned iterations(const CytoSegment *options, double rescale) {
  double n = options->niter > 0 ? options->niter : options->resample ? 200 / rescale : 200;
  return n > 1e6 ? 1000000u : (unsigned)n;
}

bool cyto_road_labels(const float *y, size_t h, size_t w, double rescale,
                      const CytoSegment *options, uint32_t *labels, CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(cyto_tracks_clear) CytoTracks tracks = {0};
  CytoFollow follow = {options->cellprob_threshold, iterations(options, rescale),
                       options->interpolate};
  uint32_t n = 0;
  if (!cyto_follow(y, y + 2 * h * w, h, w, &follow, &tracks, job, err) ||
      !cyto_cluster(&tracks, h, w, options->max_size_fraction, labels, &n, job, err))
    return false;
  return n == 0 || !(options->flow_threshold > 0) ||
         cyto_remove_bad_flow(labels, h, w, y, options->flow_threshold, job, err);
}

/* The road from an image to files, stage by stage, on pictures of our own generator with about 40 %
 * foreground, cells of 20 pixels and a model for 17: the picture is resized both ways. */
#include "base/mem.h"
#include "bench-core.h"
#include "flow/clean.h"
#include "flow/cluster.h"
#include "flow/follow.h"
#include "io/labels.h"
#include "io/seg_npy.h"
#include "pix/resize.h"
#include "pix/tile.h"
#include "seg/road.h"
#include "synth.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DIAMETER = 20, BATCH = 8 };

static CytoImage *picture(size_t side, double *foreground) {
  CytoError err = {0};
  CytoImage *image = cyto_image_new(CYTO_U16, 1, 1, 1, side, side, &err);
  uint32_t *labels = cyto_alloc(side * side, sizeof *labels, &err);
  bench_need(image && labels, "memory", &err);
  SynthOptions options = synth_defaults(7);
  options.ny = options.nx = side;
  options.cells = (unsigned)(side * side / 640);
  options.diameter = DIAMETER;
  options.crowding = 0.1;
  synth_nuclei(&options, image->data, labels);
  size_t inside = 0;
  for (size_t i = 0; i < side * side; i++)
    inside += labels[i] != 0;
  *foreground = (double)inside / (double)(side * side);
  free(labels);
  return image;
}

void bench_picture(size_t side, const char *path) {
  double foreground;
  CytoImage *image = picture(side, &foreground);
  char header[128];
  int n = snprintf(header, sizeof header,
                   "{'descr': '<u2', 'fortran_order': False, 'shape': (%zu, %zu), }", side, side);
  FILE *file = fopen(path, "wb");
  bench_need(file != NULL, path, NULL);
  fprintf(file, "\x93NUMPY%c%c%c%c%-117.*s\n", 1, 0, 118, 0, n, header);
  bench_need(fwrite(image->data, 2, side * side, file) == side * side, path, NULL);
  bench_need(fclose(file) == 0, path, NULL);
  bench_print("picture", "foreground", foreground, "share");
  cyto_image_unref(image);
}

typedef enum {
  NORMALISE,
  RESIZE,
  CUT,
  NETWORK,
  AVERAGE,
  RESAMPLE,
  FOLLOW,
  CLUSTER,
  CHECK,
  CLEAN,
  WRITE_SEG,
  WRITE_PNG,
  WHOLE,
  STAGES
} Stage;

static const char *const names[STAGES] = {
    "normalise", "resize",     "cut",   "network",    "average",   "resample", "follow",
    "cluster",   "flow check", "clean", "write _seg", "write PNG", "whole"};

typedef struct Road {
  const CytoModel *model;
  const CytoImage *image;
  CytoSegment options;
  CytoJob job;
  CytoError err;
  double clock, best[STAGES], rescale;
  size_t side, small;
} Road;

static void begin(Road *r) {
  r->clock = bench_now();
}

static double lap(Road *r) {
  double now = bench_now(), taken = now - r->clock;
  r->clock = now;
  return taken;
}

static void end(Road *r, Stage stage, double taken) {
  if (taken < r->best[stage])
    r->best[stage] = taken;
}

static float *floats(size_t count) {
  CytoError err = {0};
  float *block = cyto_alloc(count, sizeof *block, &err);
  bench_need(block != NULL, "memory", &err);
  return block;
}

/* Tiles, network, average: (2,small,small) → (3,small,small). */
static float *network(Road *r, const float *x) {
  CytoTiling tiling = {0};
  CytoTileSum sum = {0};
  size_t side = r->small, styles = cyto_unet_style_size(r->model->net[0]);
  double cut = 0, net = 0, average = 0;
  bool ok = cyto_tiling_init(&tiling, side, side, 224, 0.1, false, &r->err);
  begin(r);
  bench_need(ok && cyto_tile_sum_init(&sum, &tiling, 3, &r->err), "tiles", &r->err);
  average += lap(r);
  size_t pixels = tiling.ty * tiling.tx, count = cyto_tiling_count(&tiling);
  float *in = floats(BATCH * 2 * pixels), *out = floats(BATCH * 3 * pixels);
  float *style = floats(BATCH * styles), *y = floats(3 * side * side);
  for (size_t first = 0; first < count; first += BATCH) {
    size_t n = count - first < BATCH ? count - first : BATCH;
    begin(r);
    ok = cyto_tiles_cut(&tiling, first, n, x, 2, in, &r->job, &r->err);
    cut += lap(r);
    ok = ok && cyto_unet_forward(r->model->net[0], in, n, tiling.ty, tiling.tx, out, style, &r->job,
                                 &r->err);
    bench_need(ok, "network", &r->err);
    net += lap(r);
    ok = cyto_tile_sum_add(&sum, &tiling, first, n, out, &r->job, &r->err);
    bench_need(ok, "average", &r->err);
    average += lap(r);
  }
  begin(r);
  ok = cyto_tile_sum_finish(&sum, &tiling, y, &r->job, &r->err);
  bench_need(ok, "average", &r->err);
  average += lap(r);
  end(r, CUT, cut);
  end(r, NETWORK, net);
  end(r, AVERAGE, average);
  cyto_tile_sum_clear(&sum);
  cyto_tiling_clear(&tiling);
  free(in);
  free(out);
  free(style);
  return y;
}

static void dynamics(Road *r, const float *y, uint32_t *labels) {
  size_t side = r->side;
  CytoTracks tracks = {0};
  CytoFollow follow = {0, (unsigned)(200 / r->rescale), true};
  uint32_t n = 0;
  begin(r);
  bool ok = cyto_follow(y, y + 2 * side * side, side, side, &follow, &tracks, &r->job, &r->err);
  end(r, FOLLOW, lap(r));
  ok = ok && cyto_cluster(&tracks, side, side, 0.4, labels, &n, &r->job, &r->err);
  end(r, CLUSTER, lap(r));
  cyto_tracks_clear(&tracks);
  begin(r);
  ok = ok && cyto_remove_bad_flow(labels, side, side, y, 0.4, &r->job, &r->err);
  end(r, CHECK, lap(r));
  ok = ok && cyto_fill_and_remove_small(labels, side, side, 15, &n, &r->job, &r->err);
  end(r, CLEAN, lap(r));
  bench_need(ok, "dynamics", &r->err);
}

static void round_by_stages(Road *r) {
  size_t side = r->side, small = r->small;
  float *x = NULL, *resized = floats(2 * small * small), *y = floats(3 * side * side);
  uint32_t *labels = cyto_alloc(side * side, sizeof *labels, &r->err);
  begin(r);
  bool ok = cyto_road_load(r->model, r->image, 0, 0, &r->options, &x, &r->job, &r->err);
  end(r, NORMALISE, lap(r));
  ok = ok && cyto_resize_linear(x, 2, side, side, resized, small, small, &r->job, &r->err);
  end(r, RESIZE, lap(r));
  bench_need(ok, "resize", &r->err);
  float *answer = network(r, resized);
  begin(r);
  ok = cyto_resize_linear(answer, 3, small, small, y, side, side, &r->job, &r->err);
  end(r, RESAMPLE, lap(r));
  bench_need(ok, "resample", &r->err);
  dynamics(r, y, labels);
  free(x);
  free(resized);
  free(answer);
  free(y);
  free(labels);
}

static void write_files(Road *r, const CytoSegmented *made) {
  char path[] = "/tmp/cyto-bench-XXXXXX";
  int fd = mkstemp(path);
  bench_need(fd >= 0, path, NULL);
  close(fd);
  CytoSeg seg = {.masks = made->labels,
                 .filename = path,
                 .diameter = DIAMETER,
                 .fy = made->fy,
                 .fx = made->fx,
                 .flow = made->flow,
                 .flow_threshold = NAN,
                 .cellprob_threshold = NAN};
  begin(r);
  bool ok = cyto_seg_write(&seg, path, &r->err);
  end(r, WRITE_SEG, lap(r));
  ok = ok && cyto_png_write_labels(&made->labels, path, &r->err);
  end(r, WRITE_PNG, lap(r));
  unlink(path);
  bench_need(ok, "write", &r->err);
}

static void round_whole(Road *r) {
  CytoSegmented made = {0};
  begin(r);
  bool ok = cyto_segment(r->model, r->image, &r->options, &made, &r->job, &r->err);
  end(r, WHOLE, lap(r));
  bench_need(ok, "segment", &r->err);
  write_files(r, &made);
  cyto_segmented_clear(&made);
}

void bench_road(const char *path, size_t side, unsigned threads) {
  CytoModel *model = NULL;
  double foreground;
  Road r = {.side = side, .options = cyto_segment_defaults()};
  r.job.pool = cyto_pool_new(threads, &r.err);
  bench_need(r.job.pool && cyto_model_open(path, false, &model, &r.err), path, &r.err);
  CytoImage *image = picture(side, &foreground);
  r.options.diameter = DIAMETER;
  r.rescale = model->diam_mean / DIAMETER;
  r.small = cyto_road_scaled(side, r.rescale);
  r.model = model;
  r.image = image;
  for (int s = 0; s < STAGES; s++)
    r.best[s] = 1e9;
  double start = bench_now();
  for (int round = 0; round < 2 || (bench_now() - start < 3 && round < 20); round++) {
    round_by_stages(&r);
    round_whole(&r);
  }
  char group[32];
  snprintf(group, sizeof group, "road %zu %u", side, threads);
  for (int s = 0; s < STAGES; s++)
    bench_print(group, names[s], r.best[s], "s");
  cyto_image_unref(image);
  cyto_model_free(model);
  cyto_pool_free(r.job.pool);
}

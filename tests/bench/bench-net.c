/* bench-net time MODEL THREADS: seconds per 224×224 tile for batches of 1 and 8 tiles.
 * bench-net dump MODEL N H W IN OUT: runs the f32 tiles of IN (N,C,H,W); OUT gets y, then style. */
#include "base/mem.h"
#include "base/parallel.h"
#include "net/unet.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static CytoError err;

static void need(bool ok, const char *what) {
  if (ok)
    return;
  fprintf(stderr, "bench-net: %s: %s\n", what, err.text);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static CytoUnet *open_net(const char *path) {
  CytoWeights *weights = NULL;
  CytoUnet *net = NULL;
  need(cyto_weights_read(path, &weights, &err), path);
  need(cyto_unet_new(weights, &net, NULL, &err), path);
  cyto_weights_free(weights);
  return net;
}

static float *floats(size_t count) {
  float *block = cyto_calloc(count, sizeof *block, &err);
  need(block != NULL, "allocation");
  return block;
}

/* Best of several runs, about two seconds in all. */
static double seconds_per_tile(const CytoUnet *net, size_t n, CytoJob *job) {
  const CytoLayout *layout = cyto_unet_layout(net);
  size_t side = 224, plane = side * side, count = n * layout->nbase[0] * plane;
  float *x = floats(count), *y = floats(n * layout->nout * plane);
  float *style = floats(n * cyto_unet_style_size(net));
  for (size_t i = 0; i < count; i++)
    x[i] = (float)(i * 2654435761u % 1000) / 1000.0f;
  double best = 1e9, start = now();
  for (int runs = 0; runs < 3 || now() - start < 2; runs++) {
    double before = now();
    need(cyto_unet_forward(net, x, n, side, side, y, style, job, &err), "forward");
    double taken = (now() - before) / (double)n;
    best = taken < best ? taken : best;
  }
  free(x);
  free(y);
  free(style);
  return best;
}

static void time_net(const char *path, unsigned threads) {
  CytoUnet *net = open_net(path);
  CytoJob job = {.pool = cyto_pool_new(threads, &err)};
  need(job.pool != NULL, "threads");
  for (size_t n = 1; n <= 8; n += 7)
    printf("%zu %.5f\n", n, seconds_per_tile(net, n, &job));
  cyto_pool_free(job.pool);
  cyto_unet_free(net);
}

static void dump(const char *path, size_t n, size_t h, size_t w, const char *in, const char *out) {
  CytoUnet *net = open_net(path);
  const CytoLayout *layout = cyto_unet_layout(net);
  size_t nx = n * layout->nbase[0] * h * w, ny = n * layout->nout * h * w;
  size_t ns = n * cyto_unet_style_size(net);
  float *x = floats(nx), *y = floats(ny), *style = floats(ns);
  FILE *file = fopen(in, "rb");
  need(file && fread(x, sizeof *x, nx, file) == nx, in);
  fclose(file);
  need(cyto_unet_forward(net, x, n, h, w, y, style, NULL, &err), "forward");
  file = fopen(out, "wb");
  need(file && fwrite(y, sizeof *y, ny, file) == ny && fwrite(style, sizeof *y, ns, file) == ns,
       out);
  fclose(file);
  free(x);
  free(y);
  free(style);
  cyto_unet_free(net);
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "time") == 0)
    time_net(argv[2], (unsigned)strtoul(argv[3], NULL, 10));
  else if (argc == 8 && strcmp(argv[1], "dump") == 0)
    dump(argv[2], strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10),
         strtoul(argv[5], NULL, 10), argv[6], argv[7]);
  else
    return fputs("usage: bench-net time MODEL THREADS | dump MODEL N H W IN OUT\n", stderr), 2;
  return 0;
}

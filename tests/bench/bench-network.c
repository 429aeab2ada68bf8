/* The network alone, on tiles one by one, as a window calls it, and on a batch of 8: one round for
 * every line of standard input, so that the caller can let PyTorch run in between. Prints lines
 * "BATCH ours SECONDS" a tile, then "round". */
#include "base/mem.h"
#include "bench-core.h"
#include "net/unet.h"
#include <stdio.h>

enum { SIDE = 224, MOST = 8, ALONE = 4 };

void bench_network(const char *path, unsigned threads) {
  CytoError err = {0};
  CytoWeights *weights = NULL;
  CytoUnet *net = NULL;
  CytoJob job = {.pool = cyto_pool_new(threads, &err)};
  bench_need(job.pool && cyto_weights_read(path, &weights, &err) &&
                 cyto_unet_new(weights, &net, &job, &err),
             path, &err);
  cyto_weights_free(weights);
  size_t plane = (size_t)SIDE * SIDE, in = cyto_unet_layout(net)->nbase[0];
  float *x = cyto_calloc(MOST * in * plane, sizeof *x, &err);
  float *y = cyto_calloc(MOST * cyto_unet_layout(net)->nout * plane, sizeof *y, &err);
  float *style = cyto_calloc(MOST * cyto_unet_style_size(net), sizeof *style, &err);
  bench_need(x && y && style, "memory", &err);
  for (size_t i = 0; i < MOST * in * plane; i++)
    x[i] = (float)(i * 2654435761u % 1000) / 1000.0f;
  for (int c; (c = getchar()) != EOF;) {
    for (int i = 0; c == '\n' && i <= ALONE; i++) {
      size_t n = i < ALONE ? 1 : MOST;
      double before = bench_now();
      bench_need(cyto_unet_forward(net, x, n, SIDE, SIDE, y, style, &job, &err), "network", &err);
      printf("%zu ours %.6f\n", n, (bench_now() - before) / (double)n);
    }
    puts("round");
    fflush(stdout);
  }
  free(x);
  free(y);
  free(style);
  cyto_unet_free(net);
  cyto_pool_free(job.pool);
}

/* What the machine can do at best: OpenBLAS's product of two large matrices, and a streaming triad.
 */
#include "base/mem.h"
#include "bench-core.h"
#include <dlfcn.h>
#include <string.h>

enum { N = 2048 };

typedef void (*Sgemm)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha,
                      const float *a, int lda, const float *b, int ldb, float beta, float *c,
                      int ldc);

typedef struct Matrices {
  Sgemm sgemm;
  float *a, *b, *c;
} Matrices;

static void product(void *context) {
  const Matrices *m = context;
  m->sgemm(101, 111, 111, N, N, N, 1, m->a, N, m->b, N, 0, m->c, N); /* row-major, plain */
}

static float *filled(size_t count) {
  CytoError err = {0};
  float *block = cyto_alloc(count, sizeof *block, &err);
  bench_need(block != NULL, "memory", &err);
  for (size_t i = 0; i < count; i++)
    block[i] = (float)(i % 1000) / 1000;
  return block;
}

/* ISO C knows no way from an object's address to a function's. */
static void *symbol(void *library, const char *name, void *function) {
  void *found = library ? dlsym(library, name) : NULL;
  memcpy(function, &found, sizeof found);
  return found;
}

static void peak(unsigned threads) {
  void *blas = dlopen("libopenblas.so.0", RTLD_NOW);
  Matrices m = {0};
  void (*set_threads)(int);
  if (!symbol(blas, "cblas_sgemm", &m.sgemm) ||
      !symbol(blas, "openblas_set_num_threads", &set_threads))
    return;
  set_threads((int)threads);
  m.a = filled((size_t)N * N);
  m.b = filled((size_t)N * N);
  m.c = filled((size_t)N * N);
  bench_print("machine", "sgemm", 2.0 * N * N * N / bench_best(product, &m, 2) / 1e9, "GFLOP/s");
  free(m.a);
  free(m.b);
  free(m.c);
}

/* a = b + s·c over arrays far larger than the caches: 12 bytes an element, as STREAM counts. */
typedef struct Triad {
  CytoJob job;
  size_t count;
  float *a, *b, *c;
} Triad;

enum { GRAIN = 1 << 18 };

static void triad_item(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Triad *t = context;
  float *restrict a = t->a;
  const float *restrict b = t->b, *restrict c = t->c;
  for (size_t i = item * GRAIN; i < cyto_item_end(t->count, GRAIN, item); i++)
    a[i] = b[i] + 3 * c[i];
}

static void triad(void *context) {
  Triad *t = context;
  cyto_parallel(&t->job, cyto_items(t->count, GRAIN), triad_item, t, NULL, NULL);
}

void bench_machine(unsigned threads) {
  CytoError err = {0};
  Triad t = {.job = {.pool = cyto_pool_new(threads, &err)}, .count = (size_t)1 << 25};
  bench_need(t.job.pool != NULL, "threads", &err);
  peak(threads);
  t.a = filled(t.count);
  t.b = filled(t.count);
  t.c = filled(t.count);
  bench_print("machine", "triad", 12.0 * (double)t.count / bench_best(triad, &t, 1.5) / 1e9,
              "GB/s");
  free(t.a);
  free(t.b);
  free(t.c);
  cyto_pool_free(t.job.pool);
}

/* The only file that knows threads (net/tile-run.c orders steps among its workers with atomics).
 * Work is cut into items whose cut never depends on the number of threads; items are handed out one
 * by one, so results are the same bit for bit for any number. */
#pragma once
#include "job.h"

/* A pool of `threads` workers, the caller's thread counted as one; 0 = all processors this process
 * may use. Freed with cyto_pool_free (NULL is fine). A pool serves one caller at a time. */
CytoPool *cyto_pool_new(unsigned threads, CytoError *err);
void cyto_pool_free(CytoPool *pool);
unsigned cyto_pool_threads(const CytoPool *pool); /* 1 for NULL */

/* Runs body(context, item, worker) for item = 0..n-1; worker is 0..threads-1 and names a private
 * scratch space. With a stage name, progress is reported after items of the calling thread.
 * Returns false with CYTO_ERROR_CANCELLED when the job was cancelled; items then may be undone.
 * Bodies report their own errors through the context. Not reentrant: a body must not call it. */
typedef void (*CytoBody)(void *context, size_t item, unsigned worker);
bool cyto_parallel(CytoJob *job, size_t n, CytoBody body, void *context, const char *stage,
                   CytoError *err);

/* One piece of work in the background, beside the pool and without it: `body` must give its calls a
 * job without pool, or none. Where no thread is to be had it runs before the call returns. NULL
 * with err when memory is short; the body has not run then. */
typedef struct CytoTask CytoTask;
CytoTask *cyto_task_start(void (*body)(void *context), void *context, CytoError *err);
bool cyto_task_done(const CytoTask *task); /* what it wrote may be read */
void cyto_task_wait(CytoTask *task);       /* and frees it; NULL is fine */

/* Cuts n elements into items of `grain`: number of items, and the bounds of item i. */
static inline size_t cyto_items(size_t n, size_t grain) {
  return n / grain + (n % grain != 0);
}
static inline size_t cyto_item_end(size_t n, size_t grain, size_t item) {
  size_t end = (item + 1) * grain;
  return end < n ? end : n;
}

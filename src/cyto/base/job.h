/* A job is what a long piece of work needs from its caller: threads, progress, cancel, a memory
 * limit and a place for warnings. Any function that takes a CytoJob accepts NULL: one thread, no
 * progress, never cancelled, no limit. */
#pragma once
#include "error.h"
#include <stdatomic.h>
#include <stdint.h>

typedef struct CytoPool CytoPool; /* parallel.h */

typedef struct CytoJob {
  CytoPool *pool;    /* borrowed; NULL = the calling thread alone */
  size_t max_memory; /* bytes one image may take; 0 = no limit */
  atomic_int cancel; /* set to non-zero by anyone, from any thread or a signal handler */
  /* Called from the thread that runs the job: item i of n is done in `stage`. May set cancel. */
  void (*progress)(void *data, const char *stage, size_t i, size_t n);
  /* A full sentence the user should see although the work goes on. */
  void (*warning)(void *data, const char *text);
  void *data; /* passed to both */
} CytoJob;

/* Reports progress and asks whether to go on: false (err = CYTO_ERROR_CANCELLED) means stop. */
bool cyto_job_step(CytoJob *job, const char *stage, size_t i, size_t n, CytoError *err);

bool cyto_job_cancelled(const CytoJob *job);

void cyto_job_warn(CytoJob *job, const char *format, ...) __attribute__((format(printf, 2, 3)));

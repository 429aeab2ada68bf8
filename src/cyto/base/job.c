#include "job.h"
#include <stdio.h>

bool cyto_job_cancelled(const CytoJob *job) {
  return job && atomic_load_explicit(&job->cancel, memory_order_relaxed) != 0;
}

bool cyto_job_step(CytoJob *job, const char *stage, size_t i, size_t n, CytoError *err) {
  if (job && job->progress && !cyto_job_cancelled(job))
    job->progress(job->data, stage, i, n);
  if (cyto_job_cancelled(job))
    return cyto_fail(err, CYTO_ERROR_CANCELLED, "stopped on request");
  return true;
}

void cyto_job_warn(CytoJob *job, const char *format, ...) {
  if (!job || !job->warning)
    return;
  char text[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  job->warning(job->data, text);
}

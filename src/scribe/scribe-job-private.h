/* What a worker does with a job; for scribe-worker.c alone. */
#pragma once
#include "scribe-job.h"

/* Worker's thread: runs the job to its end and queues `finish` on the main loop. Takes the
 * reference, so that the last one is always given up in the main thread. */
void scribe_job_execute(ScribeJob *job, CytoPool *pool);

/* One thread that runs jobs one after another, with a pool of threads of its own for the core. */
#pragma once
#include "scribe-job.h"

#define SCRIBE_TYPE_WORKER (scribe_worker_get_type())
G_DECLARE_FINAL_TYPE(ScribeWorker, scribe_worker, SCRIBE, WORKER, GObject)

/* `threads` of the core's pool, 0 = all processors. The thread starts with the first job. */
ScribeWorker *scribe_worker_new(const char *name, guint threads);
/* Takes the caller's reference to the job. */
void scribe_worker_push(ScribeWorker *worker, ScribeJob *job);
/* Cancels the running job and all that wait. */
void scribe_worker_cancel_all(ScribeWorker *worker);

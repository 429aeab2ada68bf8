/* One piece of long work: `run` in the thread of a ScribeWorker, then `finish` in the main thread.
 * The worker's half sees only `data`, never a widget, a document or a setting. */
#pragma once
#include "../cyto/base/job.h"
#include <glib-object.h>

#define SCRIBE_TYPE_JOB (scribe_job_get_type())
G_DECLARE_FINAL_TYPE(ScribeJob, scribe_job, SCRIBE, JOB, GObject)

/* Worker's thread. Returns false with err set; `core` has the threads, progress and cancel. */
typedef bool (*ScribeJobRun)(gpointer data, CytoJob *core, CytoError *err);
/* Main thread, exactly once, unless `owner` is gone by then. err is NULL when all went well; a
 * cancelled job ends with CYTO_ERROR_CANCELLED, whatever `run` returned. */
typedef void (*ScribeJobFinish)(ScribeJob *job, gpointer owner, gpointer data,
                                const CytoError *err);

/* `kind` is a static word: "open", "save", "segment" … `owner` (a GObject, may be NULL) is not kept
 * alive. `data` is freed with `free_data` in the main thread after `finish`. */
ScribeJob *scribe_job_new(const char *kind, gpointer owner, ScribeJobRun run,
                          ScribeJobFinish finish, gpointer data, GDestroyNotify free_data);

const char *scribe_job_get_kind(ScribeJob *job);
gpointer scribe_job_get_data(ScribeJob *job);
/* Any thread. The job ends soon after, within a tile of the network. */
void scribe_job_cancel(ScribeJob *job);
gboolean scribe_job_is_cancelled(ScribeJob *job);

/* How far it is: 0..1 or -1 when unknown; what it does, translated; tiles or files done of how many
 * (total 0 = not counted); seconds left, -1 while unknown. Any of the pointers may be NULL. */
double scribe_job_get_progress(ScribeJob *job, const char **stage, guint *done, guint *total,
                               double *seconds_left);
/* How many times the network goes over the image (a size model adds two). Before the job starts. */
void scribe_job_set_passes(ScribeJob *job, guint passes);

/* Signal "progress": main thread, at most one pending at a time.
 * Signal "warning" (const char *text): main thread, a sentence to show although the work goes on.
 */

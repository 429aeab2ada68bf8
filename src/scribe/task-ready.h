/* The cells of a run or of moved thresholds come in without keeping the main loop waiting
 * (doc/ready.h): the document's cells are copied a few milliseconds at a time, the worker does the
 * edit to the copy, and the document takes it. */
#pragma once
#include "../cyto/doc/ready.h"
#include "scribe-document-private.h"
#include "scribe-job.h"

typedef struct ScribeReadied {
  ScribeJob *from;     /* whose labels these are */
  ScribeDocument *doc; /* which they are for */
  CytoEdit edit;
  CytoReady *ready; /* NULL when memory was short: the document then does it all */
  gint64 give_up;
} ScribeReadied;

/* `edit` has labels that live as long as `from`. */
ScribeJob *scribe_task_ready(ScribeDocument *doc, ScribeJob *from, const CytoEdit *edit,
                             gpointer owner, ScribeJobFinish finish);
/* Main thread, before the job is pushed: TRUE while there is more to copy. */
gboolean scribe_task_ready_copy(ScribeJob *job);

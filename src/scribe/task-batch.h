/* All images of a folder through one model, in the background, each saved as it is done. */
#pragma once
#include "scribe-job.h"
#include "scribe-run.h"

typedef struct ScribeBatchItem {
  char *path;
  gboolean done;
  guint cells;
  char *error; /* NULL: all went well */
} ScribeBatchItem;

/* Its data. Items before `next` are settled; the main thread may read those while it runs. */
typedef struct ScribeBatch {
  ScribeRun *run;
  guint n;
  ScribeBatchItem *item;
  gint next; /* atomic */
} ScribeBatch;

/* Skips images that have a _seg.npy unless `again`. Progress counts images. */
ScribeJob *scribe_task_batch(const char *const *paths, const ScribeRun *run, gboolean again,
                             ScribeModels *models, gpointer owner, ScribeJobFinish finish);
ScribeBatch *scribe_task_batched(ScribeJob *job);

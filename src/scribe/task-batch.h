/* All images of a folder through one model, in the background, each saved as it is done. */
#pragma once
#include "scribe-job.h"
#include "scribe-run.h"

/* What happens to images that have a _seg.npy. */
typedef enum {
  SCRIBE_BATCH_SKIP, /* they are passed over */
  SCRIBE_BATCH_KEEP, /* found again, but cells made by hand stay */
  SCRIBE_BATCH_ALL,  /* found again, all cells are new */
} ScribeBatchPolicy;

typedef enum {
  SCRIBE_BATCH_WAITS,
  SCRIBE_BATCH_DONE,
  SCRIBE_BATCH_SKIPPED,
  SCRIBE_BATCH_FAILED,
} ScribeBatchState;

typedef struct ScribeBatchItem {
  char *path;
  gboolean leave; /* before the start: it is not to be touched (it has unsaved changes) */
  ScribeBatchState state;
  gint percent; /* atomic; of the image at hand */
  guint cells, planes;
  double diameter;   /* pixels, of the first plane; 0 = not known */
  char *error;       /* FAILED: why */
  char *warnings;    /* sentences, a line each, or NULL */
  guint8 *thumbnail; /* RGB with the borders of the cells, or NULL */
  guint width, height;
} ScribeBatchItem;

/* Its data. Items before `next` are settled; the main thread may read those while it runs. */
typedef struct ScribeBatch {
  ScribeRun *run;
  ScribeBatchPolicy policy;
  guint n;
  ScribeBatchItem *item;
  gint next; /* atomic */
} ScribeBatch;

/* Progress counts images. `leave` (may be NULL): set of paths that stay as they are. */
ScribeJob *scribe_task_batch(const char *const *paths, GHashTable *leave, const ScribeRun *run,
                             ScribeBatchPolicy policy, ScribeModels *models, gpointer owner,
                             ScribeJobFinish finish);
ScribeBatch *scribe_task_batched(ScribeJob *job);

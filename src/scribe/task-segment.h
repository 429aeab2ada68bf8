/* The road from image to cells, in the worker: runs, diameters, thresholds. */
#pragma once
#include "../cyto/seg/size.h"
#include "scribe-document-private.h"
#include "scribe-job.h"
#include "scribe-preview.h"
#include "scribe-run.h"

/* A run. Its data: */
typedef struct ScribeSegmented {
  ScribeRun *run;         /* what was asked */
  CytoLabels labels;      /* what came out */
  ScribeFlow *flow;       /* kept for the thresholds */
  CytoImage *image;       /* of what */
  ScribePreview *preview; /* grows while it runs; any thread */
  gint64 started, ended;  /* monotonic microseconds, 0 = not yet */
} ScribeSegmented;
ScribeJob *scribe_task_segment(CytoImage *image, const ScribeRun *run, ScribeModels *models,
                               gpointer owner, ScribeJobFinish finish);
ScribeSegmented *scribe_task_segmented(ScribeJob *job);

/* The diameter of the cells of one plane by the model's size model. Its data: */
typedef struct ScribeCalibrated {
  CytoEstimate estimate;
  gboolean measured; /* FALSE: the model has no size model, its own diameter stands in */
} ScribeCalibrated;
ScribeJob *scribe_task_calibrate(CytoImage *image, guint plane, const ScribeRun *run,
                                 ScribeModels *models, gpointer owner, ScribeJobFinish finish);
ScribeCalibrated *scribe_task_calibrated(ScribeJob *job);

/* Cells from kept network output with other thresholds. The cache holds what does not depend on the
 * thresholds; reference-counted, used by one worker. */
typedef struct ScribeCandidates ScribeCandidates;
ScribeCandidates *scribe_candidates_new(void);
ScribeCandidates *scribe_candidates_ref(ScribeCandidates *candidates);
void scribe_candidates_unref(ScribeCandidates *candidates);

/* Why a candidate is no cell; the numbers are those of the renderer's colours. */
enum {
  SCRIBE_REJECTED_FLOW = 1,
  SCRIBE_REJECTED_SMALL = 2,
  SCRIBE_REJECTED_EDGE = 3,
  SCRIBE_REJECTED_LARGE = 4,
  SCRIBE_REASONS
};

typedef struct ScribeFiltered {
  CytoLabels labels;
  ScribeGhosts *ghosts;
  guint kept, added, removed;     /* compared with the run's own thresholds */
  guint rejected[SCRIBE_REASONS]; /* by reason */
} ScribeFiltered;
ScribeJob *scribe_task_filter(ScribeFlow *flow, const CytoSegment *options, gsize ny, gsize nx,
                              ScribeCandidates *candidates, gpointer owner, ScribeJobFinish finish);
ScribeFiltered *scribe_task_filtered(ScribeJob *job);

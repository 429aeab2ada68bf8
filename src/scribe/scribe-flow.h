/* What the network said about an image, kept so that thresholds can be changed without asking
 * again. Reference-counted and never changed, so any thread may read it. */
#pragma once
#include "../cyto/seg/segment.h"
#include <glib.h>

typedef struct ScribeFlow {
  gatomicrefcount refs;
  gsize planes, fy, fx;
  float *data;         /* (planes,3,fy,fx) dY, dX, cellprob: what the dynamics used */
  double *diameter;    /* of each plane, pixels */
  double diam_mean;    /* the model's */
  CytoSegment options; /* of the run */
  char *model;         /* its name */
} ScribeFlow;

/* Takes flow and diameters out of the result. NULL when the result has no flow. */
ScribeFlow *scribe_flow_new(CytoSegmented *result, const CytoModel *model,
                            const CytoSegment *options);
ScribeFlow *scribe_flow_ref(ScribeFlow *flow);
void scribe_flow_unref(ScribeFlow *flow); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScribeFlow, scribe_flow_unref)

#include "scribe-flow.h"
#include "scribe-document-private.h"
#include "../cyto/base/mem.h"

ScribeFlow *scribe_flow_new(CytoSegmented *result, const CytoModel *model,
                            const CytoSegment *options) {
  if (!result->flow)
    return NULL;
  ScribeFlow *flow = g_new0(ScribeFlow, 1);
  g_atomic_ref_count_init(&flow->refs);
  flow->planes = result->labels.nz;
  flow->fy = result->fy;
  flow->fx = result->fx;
  flow->data = cyto_steal(&result->flow);
  flow->diameter = g_memdup2(result->diameter, flow->planes * sizeof(double));
  flow->diam_mean = model->diam_mean;
  flow->options = *options;
  flow->model = g_strdup(model->name);
  return flow;
}

ScribeFlow *scribe_flow_ref(ScribeFlow *flow) {
  g_atomic_ref_count_inc(&flow->refs);
  return flow;
}

void scribe_flow_unref(ScribeFlow *flow) {
  if (!flow || !g_atomic_ref_count_dec(&flow->refs))
    return;
  free(flow->data);
  g_free(flow->diameter);
  g_free(flow->model);
  g_free(flow);
}

void scribe_ghosts_free(ScribeGhosts *ghosts) {
  if (!ghosts)
    return;
  for (gsize z = 0; z < ghosts->planes; z++)
    g_free(ghosts->reason[z]);
  g_free(ghosts->reason);
  g_free(ghosts->count);
  g_free(ghosts->labels);
  g_free(ghosts);
}

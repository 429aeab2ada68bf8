/* What the network said of the image, and the candidates that were rejected. */
#include "scribe-document-inside.h"

void scribe_document_set_flow(ScribeDocument *self, ScribeFlow *flow) {
  if (flow)
    scribe_flow_ref(flow);
  scribe_flow_unref(self->flow);
  self->flow = flow;
  scribe_document_tell(self, FLOW_CHANGED);
}

ScribeFlow *scribe_document_get_flow_object(ScribeDocument *self) {
  return self->flow;
}

const float *scribe_document_get_flow(ScribeDocument *self, gsize *fy, gsize *fx) {
  if (!self->flow || self->plane >= self->flow->planes)
    return NULL;
  *fy = self->flow->fy;
  *fx = self->flow->fx;
  return self->flow->data + 3 * self->flow->fy * self->flow->fx * self->plane;
}

void scribe_document_set_ghosts(ScribeDocument *self, ScribeGhosts *ghosts) {
  if (!ghosts && !self->ghosts)
    return;
  scribe_ghosts_free(self->ghosts);
  self->ghosts = ghosts;
  scribe_document_tell(self, GHOSTS_CHANGED);
}

const guint32 *scribe_document_get_ghosts(ScribeDocument *self, const guint8 **reason,
                                          guint *count) {
  ScribeGhosts *ghosts = self->ghosts;
  if (!ghosts || self->plane >= ghosts->planes)
    return NULL;
  *reason = ghosts->reason[self->plane];
  *count = ghosts->count[self->plane];
  return ghosts->labels + ghosts->ny * ghosts->nx * self->plane;
}

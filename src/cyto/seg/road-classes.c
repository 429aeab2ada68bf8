/* The end of the road for basic U-Nets (algorithm.md §15.2). */
#include "../flow/classes.h"
#include "road.h"

/* Where a model has no thresholds of its own. */
#define CELL_THRESHOLD 2.0
#define BOUNDARY_THRESHOLD 0.5

bool cyto_road_classes(const CytoModel *model, const float *y, size_t h, size_t w,
                       const CytoSegment *options, uint32_t *labels, CytoJob *job, CytoError *err) {
  const CytoWeights *card = model->weights;
  CytoClassRule rule = {cyto_unet_layout(model->net[0])->nout,
                        card->has_thresholds ? card->cell_threshold : CELL_THRESHOLD,
                        card->has_thresholds ? card->boundary_threshold : BOUNDARY_THRESHOLD};
  uint32_t n;
  if (rule.classes == 1)
    rule.cell_threshold = 0; /* a probability of one half */
  rule.cell_threshold += options->cellprob_threshold;
  return cyto_labels_from_classes(y, h, w, &rule, labels, &n, job, err);
}

void cyto_road_score(const CytoModel *model, const float *y, size_t pixels, float *score) {
  bool classes = cyto_unet_layout(model->net[0])->nout > 1;
  for (size_t i = 0; i < pixels; i++)
    score[i] = classes ? y[pixels + i] - y[i] : y[i];
}

bool cyto_road_cells(const CytoModel *model, const CytoAnswer *answer, double rescale,
                     const CytoSegment *options, uint32_t *labels, CytoJob *job, CytoError *err) {
  if (cyto_model_kind(model) == CYTO_NET_CELLPOSE)
    return cyto_road_labels(answer->y, answer->h, answer->w, rescale, options, labels, job, err);
  return cyto_road_classes(model, answer->y, answer->h, answer->w, options, labels, job, err);
}

bool cyto_road_enlarges(const CytoModel *model, const CytoSegment *options) {
  CytoNetKind kind = cyto_model_kind(model);
  return options->resample && (kind == CYTO_NET_CELLPOSE || kind == CYTO_NET_SEMANTIC);
}

/* Stretches of the road shared by segmentation and diameter estimation. */
#pragma once
#include "segment.h"

/* Answer of the network for one plane. */
typedef struct CytoAnswer {
  size_t h, w;  /* size the network saw: trunc(size × rescale), algorithm.md §4.2 */
  float *y;     /* (nout,h,w): dY, dX, cellprob, or classes; owned */
  float *style; /* (S), unit length; owned */
} CytoAnswer;
void cyto_answer_clear(CytoAnswer *answer);

/* Selects the channels of plane (t,z) and normalises them: *x (nchan,ny,nx), heap. */
bool cyto_road_load(const CytoModel *model, const CytoImage *image, size_t t, size_t z,
                    const CytoSegment *options, float **x, CytoJob *job, CytoError *err);

/* Resizes x, cuts it into tiles, runs every network of the model on them and averages. */
bool cyto_road_network(const CytoModel *model, const float *x, size_t ny, size_t nx, double rescale,
                       const CytoSegment *options, CytoAnswer *out, CytoJob *job, CytoError *err);

/* From flows (3,h,w) to labels (h,w): dynamics, clustering and the flow check; not yet filled. */
bool cyto_road_labels(const float *y, size_t h, size_t w, double rescale,
                      const CytoSegment *options, uint32_t *labels, CytoJob *job, CytoError *err);

/* From classes (nout,h,w) of a basic U-Net to labels (h,w), not yet filled (algorithm.md §15.2).
 * The model's own thresholds, the cell threshold raised by the option for cell probability. */
bool cyto_road_classes(const CytoModel *model, const float *y, size_t h, size_t w,
                       const CytoSegment *options, uint32_t *labels, CytoJob *job, CytoError *err);
/* How much each pixel is cell rather than background, for pictures. */
void cyto_road_score(const CytoModel *model, const float *y, size_t pixels, float *score);

/* Whichever of the two fits the model, on its answer. */
bool cyto_road_cells(const CytoModel *model, const CytoAnswer *answer, double rescale,
                     const CytoSegment *options, uint32_t *labels, CytoJob *job, CytoError *err);
/* Whether the answer is brought to the size of the image first: labels of classes are found at the
 * size of the network, where the rule's distances are meant. */
bool cyto_road_enlarges(const CytoModel *model, const CytoSegment *options);

/* Size of the network's picture for one axis. */
size_t cyto_road_scaled(size_t length, double rescale);

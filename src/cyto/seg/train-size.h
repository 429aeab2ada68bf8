/* The size model: from the style of an image to the diameter of its cells (algorithm.md §7, 9.8).
 */
#pragma once
#include "model.h"
#include "train-data.h"

typedef struct CytoSizeTrain {
  uint32_t seed;
  size_t epochs; /* 10; each draws every image, or max_images of them */
  size_t max_images;
  size_t crop; /* 512 */
  size_t batch;
} CytoSizeTrain;

CytoSizeTrain cyto_size_train_defaults(void);

/* Regression on the styles of crops at random scales. *correlation (may be NULL) between log
 * diameters and their estimates on these crops. *out is freed with cyto_size_model_clear. */
bool cyto_size_train(const CytoModel *model, const CytoTrainSet *set, const CytoSizeTrain *options,
                     CytoSizeModel *out, double *correlation, CytoJob *job, CytoError *err);

/* How well model->weights->size does on images with masks. Errors are relative to the true
 * diameter; `guess` is the regression alone. */
typedef struct CytoSizeScore {
  size_t images;
  double correlation;        /* of guess and truth */
  double guess_error, error; /* medians */
} CytoSizeScore;
bool cyto_size_score(const CytoModel *model, const CytoTrainSet *test, CytoSizeScore *out,
                     CytoJob *job, CytoError *err);

/* Scores of a prediction against the truth (algorithm.md §10.1–10.5). Labels of any numbering;
 * where neither image holds a cell, every score is 1. */
#pragma once
#include "../base/job.h"

typedef struct CytoScore {
  double ap, precision, recall, f1;
  uint32_t tp, fp, fn;
} CytoScore;

/* One score per IoU threshold, by optimal one-to-one matching (§10.2). Label images (ny,nx). */
bool cyto_average_precision(const uint32_t *truth, const uint32_t *pred, size_t ny, size_t nx,
                            const double *thresholds, size_t count, CytoScore *out, CytoError *err);

/* Aggregated Jaccard index, their version (§10.4). */
bool cyto_aggregated_jaccard(const uint32_t *truth, const uint32_t *pred, size_t ny, size_t nx,
                             double *aji, CytoError *err);

/* Boundary precision, recall and F for one scale factor (§10.5). */
bool cyto_boundary_score(const uint32_t *truth, const uint32_t *pred, size_t ny, size_t nx,
                         double scale, double *precision, double *recall, double *f,
                         CytoError *err);

/* Mean of the average precision at IoU 0.50, 0.55, … 0.95: the score of the 2018 Data Science Bowl.
 */
bool cyto_mean_precision(const uint32_t *truth, const uint32_t *pred, size_t ny, size_t nx,
                         double *mean, CytoError *err);

/* Dice of cell against background: twice the shared pixels over the sum of both. */
double cyto_foreground_dice(const uint32_t *truth, const uint32_t *pred, size_t count);

/* How far the flows of the predicted masks are from those of the true ones: the flow error (§10.6)
 * of each true cell, averaged over the cells; 0 where there is none. */
bool cyto_flow_difference(const uint32_t *truth, const uint32_t *pred, size_t ny, size_t nx,
                          double *error, CytoJob *job, CytoError *err);

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

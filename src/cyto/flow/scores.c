#include "../base/mem.h"
#include "clean.h"
#include "metrics.h"
#include "regions.h"
#include "target.h"
#include <string.h>

bool cyto_mean_precision(const uint32_t *truth, const uint32_t *pred, size_t ny, size_t nx,
                         double *mean, CytoError *err) {
  enum { STEPS = 10 };
  double thresholds[STEPS], sum = 0;
  CytoScore score[STEPS];
  for (int k = 0; k < STEPS; k++)
    thresholds[k] = (10 + k) / 20.0; /* nearest to 0.5, 0.55, … as text is read */
  if (!cyto_average_precision(truth, pred, ny, nx, thresholds, STEPS, score, err))
    return false;
  for (int k = 0; k < STEPS; k++)
    sum += score[k].ap;
  *mean = sum / STEPS;
  return true;
}

double cyto_foreground_dice(const uint32_t *truth, const uint32_t *pred, size_t count) {
  size_t both = 0, sum = 0;
  for (size_t i = 0; i < count; i++) {
    both += truth[i] && pred[i];
    sum += (truth[i] != 0) + (pred[i] != 0);
  }
  return sum ? 2 * (double)both / (double)sum : 1;
}

bool cyto_flow_difference(const uint32_t *truth, const uint32_t *pred, size_t ny, size_t nx,
                          double *error, CytoJob *job, CytoError *err) {
  if (!cyto_flow_size_ok(ny, nx, err))
    return false;
  const size_t count = ny * nx;
  uint32_t n;
  CYTO_AUTOFREE uint32_t *cells = cyto_alloc(count, sizeof *cells, err);
  CYTO_AUTOFREE float *flow = cells ? cyto_alloc(2 * count, sizeof *flow, err) : NULL;
  if (!flow)
    return false;
  memcpy(cells, truth, count * sizeof *cells);
  if (!cyto_renumber(cells, count, &n, err))
    return false;
  CYTO_AUTOFREE double *errors = cyto_alloc(n, sizeof *errors, err);
  if (!errors || !cyto_flows_from_labels(pred, ny, nx, flow, job, err))
    return false;
  for (size_t i = 0; i < 2 * count; i++)
    flow[i] *= 5; /* the scale of the network's flows */
  if (!cyto_flow_errors(cells, ny, nx, n, flow, errors, job, err))
    return false;
  double sum = 0;
  for (uint32_t k = 0; k < n; k++)
    sum += errors[k];
  *error = n ? sum / n : 0;
  return true;
}

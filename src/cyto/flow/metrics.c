#include "metrics.h"
#include "../base/mem.h"
#include "match.h"
#include "overlap.h"

/* Highest label: what counts as the number of cells, gaps included (§10.2). */
static uint32_t highest(const CytoRegions *regions) {
  return regions->count ? regions->region[regions->count - 1].label : 0;
}

/* Largest number of one-to-one pairs with IoU >= threshold. In the cost of §10.2 one more such pair
 * outweighs all the fractions together, so this number is that of its optimal assignment. Pairs
 * above 0.5 exclude each other by themselves. */
static bool count_matches(const CytoOverlap *overlap, double threshold, size_t *count,
                          CytoError *err) {
  CYTO_AUTOFREE CytoEdge *edge = cyto_alloc(overlap->count, sizeof *edge, err);
  CYTO_AUTOFREE size_t *mate = cyto_alloc(overlap->truth.count, sizeof *mate, err);
  if (!edge || !mate)
    return false;
  size_t edges = 0;
  for (size_t k = 0; k < overlap->count; k++)
    if (overlap->pair[k].iou >= threshold)
      edge[edges++] = (CytoEdge){overlap->pair[k].truth, overlap->pair[k].pred, 1};
  *count = edges;
  if (threshold > 0.5)
    return true;
  if (!cyto_match(edge, edges, overlap->truth.count, overlap->pred.count, mate, err))
    return false;
  *count = 0;
  for (size_t a = 0; a < overlap->truth.count; a++)
    *count += mate[a] < edges;
  return true;
}

static double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

static CytoScore score(uint32_t tp, uint32_t truths, uint32_t preds) {
  CytoScore s = {.tp = tp, .fp = preds - tp, .fn = truths - tp};
  if (truths == 0 && preds == 0) { /* nothing to find and nothing found */
    s.ap = s.precision = s.recall = s.f1 = 1;
    return s;
  }
  s.ap = tp / ((double)tp + s.fp + s.fn);
  s.precision = ratio(tp, preds);
  s.recall = ratio(tp, truths);
  s.f1 = 2.0 * tp / ((double)preds + truths);
  return s;
}

bool cyto_average_precision(const uint32_t *truth, const uint32_t *pred, size_t ny, size_t nx,
                            const double *thresholds, size_t count, CytoScore *out,
                            CytoError *err) {
  CYTO_CLEANUP(cyto_overlap_clear) CytoOverlap overlap = {0};
  CYTO_AUTOFREE CytoScore *scores = cyto_alloc(count, sizeof *scores, err);
  if (!scores || !cyto_overlap_find(truth, pred, ny, nx, &overlap, err))
    return false;
  const uint32_t truths = highest(&overlap.truth), preds = highest(&overlap.pred);
  for (size_t k = 0; k < count; k++) {
    size_t tp = truths < preds ? truths : preds; /* every pair, overlapping or not, reaches 0 */
    if (!(thresholds[k] <= 0) && !count_matches(&overlap, thresholds[k], &tp, err))
      return false;
    scores[k] = score((uint32_t)tp, truths, preds);
  }
  for (size_t k = 0; k < count; k++)
    out[k] = scores[k];
  return true;
}

/* Pairs above 0.5 belong to every optimal assignment of §10.3 and have no rival of 0.5: they are
 * fixed first, which cuts crowded images into small problems. pair indices; `count` where none. */
static bool assign(const CytoOverlap *overlap, size_t *pair_of, CytoError *err) {
  const size_t na = overlap->truth.count, nb = overlap->pred.count, pairs = overlap->count;
  const uint32_t truths = highest(&overlap->truth), preds = highest(&overlap->pred);
  const double scale = 2.0 * (truths < preds ? truths : preds);
  CYTO_AUTOFREE CytoEdge *edge = cyto_alloc(pairs, sizeof *edge, err);
  CYTO_AUTOFREE size_t *pair = cyto_alloc(pairs, sizeof *pair, err);
  CYTO_AUTOFREE size_t *mate = cyto_alloc(na, sizeof *mate, err);
  CYTO_AUTOFREE bool *taken = cyto_calloc(nb, sizeof *taken, err);
  if (!edge || !pair || !mate || !taken)
    return false;
  for (size_t a = 0; a < na; a++)
    pair_of[a] = pairs;
  for (size_t k = 0; k < pairs; k++)
    if (overlap->pair[k].iou > 0.5) {
      pair_of[overlap->pair[k].truth] = k;
      taken[overlap->pair[k].pred] = true;
    }
  size_t edges = 0;
  for (size_t k = 0; k < pairs; k++) {
    const CytoPair *p = &overlap->pair[k];
    if (pair_of[p->truth] != pairs || taken[p->pred])
      continue;
    pair[edges] = k;
    edge[edges++] = (CytoEdge){p->truth, p->pred, (p->iou >= 0.5) + p->iou / scale};
  }
  if (!cyto_match(edge, edges, na, nb, mate, err))
    return false;
  for (size_t a = 0; a < na; a++)
    if (mate[a] < edges)
      pair_of[a] = pair[mate[a]];
  return true;
}

bool cyto_aggregated_jaccard(const uint32_t *truth, const uint32_t *pred, size_t ny, size_t nx,
                             double *aji, CytoError *err) {
  CYTO_CLEANUP(cyto_overlap_clear) CytoOverlap overlap = {0};
  if (!cyto_overlap_find(truth, pred, ny, nx, &overlap, err))
    return false;
  CYTO_AUTOFREE size_t *pair_of = cyto_alloc(overlap.truth.count, sizeof *pair_of, err);
  if (!pair_of || !assign(&overlap, pair_of, err))
    return false;
  uint64_t shared = 0, either = 0;
  for (size_t a = 0; a < overlap.truth.count; a++)
    if (pair_of[a] < overlap.count)
      shared += overlap.pair[pair_of[a]].pixels;
  for (size_t i = 0; i < ny * nx; i++)
    either += truth[i] != 0 || pred[i] != 0;
  *aji = either ? (double)shared / (double)either : 1;
  return true;
}

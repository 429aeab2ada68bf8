#include "eval.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/flow/clean.h"
#include "../cyto/flow/metrics.h"
#include "../cyto/io/reader.h"
#include <math.h>
#include <stdio.h>

static const char *const fixed_names[CLI_EVAL_FIXED] = {
    "cells",           "found",          "mean_ap",       "aji",        "boundary_precision",
    "boundary_recall", "boundary_f",     "dice",          "flow_error", "count_error",
    "diameter",        "diameter_found", "diameter_error"};
static const char *const at_names[CLI_EVAL_AT] = {"ap", "precision", "recall", "f1",
                                                  "tp", "fp",        "fn"};

size_t cli_eval_fields(const CliEvalOptions *options) {
  return CLI_EVAL_FIXED + CLI_EVAL_AT * options->thresholds;
}

size_t cli_eval_at(size_t threshold, CliEvalAt what) {
  return CLI_EVAL_FIXED + CLI_EVAL_AT * threshold + what;
}

char *cli_eval_field_name(const CliEvalOptions *options, size_t field, char buffer[48]) {
  char number[32];
  if (field < CLI_EVAL_FIXED) {
    snprintf(buffer, 48, "%s", fixed_names[field]);
    return buffer;
  }
  field -= CLI_EVAL_FIXED;
  snprintf(buffer, 48, "%s_%s", at_names[field % CLI_EVAL_AT],
           cyto_format_double(options->threshold[field / CLI_EVAL_AT], number));
  return buffer;
}

static bool read_labels(const char *path, CytoLabels *labels, CytoError *err) {
  return cyto_labels_read(path, labels, NULL, err) || cyto_fail_prefix(err, path);
}

static bool same_size(const CytoLabels *a, const CytoLabels *b, const char *truth,
                      const char *found, CytoError *err) {
  if (a->ny == b->ny && a->nx == b->nx && a->nz == b->nz)
    return true;
  if (a->nz == 1 && b->nz == 1)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "%s has %zu × %zu pixels and %s has %zu × %zu; masks of one image are of one "
                     "size",
                     truth, a->nx, a->ny, found, b->nx, b->ny);
  return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                   "%s has %zu planes of %zu × %zu pixels and %s has %zu of %zu × %zu; masks of "
                   "one image are of one size",
                   truth, a->nz, a->nx, a->ny, found, b->nz, b->nx, b->ny);
}

/* Number and median diameter of the cells; a line when numbers are missing between them. */
static bool measure(const CytoLabels *labels, const char *path, double *count, double *diameter,
                    CytoStr *note, CytoError *err) {
  CytoSpread spread;
  if (!cyto_labels_spread(labels->data, labels->nz * labels->ny * labels->nx, &spread, err))
    return false;
  *count = (double)spread.n;
  *diameter = spread.median;
  size_t highest = cyto_labels_max(labels);
  if (highest > spread.n)
    cyto_str_printf(note,
                    "%s: %zu cells are numbered up to %zu; as in Cellpose, each number without a "
                    "cell counts as one that is missed or made up\n",
                    path, spread.n, highest);
  return true;
}

static bool score_at(const CytoLabels *a, const CytoLabels *b, const CliEvalOptions *options,
                     double *score, CytoError *err) {
  CytoScore at[CLI_EVAL_THRESHOLDS];
  size_t rows = a->nz * a->ny;
  if (!cyto_average_precision(a->data, b->data, rows, a->nx, options->threshold,
                              options->thresholds, at, err))
    return false;
  for (size_t k = 0; k < options->thresholds; k++) {
    double *out = score + cli_eval_at(k, CLI_EVAL_AP);
    out[CLI_EVAL_AP] = at[k].ap;
    out[CLI_EVAL_PRECISION] = at[k].precision;
    out[CLI_EVAL_RECALL] = at[k].recall;
    out[CLI_EVAL_F1] = at[k].f1;
    out[CLI_EVAL_TP] = at[k].tp;
    out[CLI_EVAL_FP] = at[k].fp;
    out[CLI_EVAL_FN] = at[k].fn;
  }
  return true;
}

/* A stack is one body: scores of outlines and flows, which are flat, are left out. */
static bool score_flat(const CytoLabels *a, const CytoLabels *b, const CliEvalOptions *options,
                       double *score, CytoError *err) {
  if (a->nz > 1) {
    score[CLI_EVAL_BOUNDARY_P] = score[CLI_EVAL_BOUNDARY_R] = score[CLI_EVAL_BOUNDARY_F] = NAN;
    score[CLI_EVAL_FLOW] = score[CLI_EVAL_DIAMETER] = score[CLI_EVAL_DIAMETER_FOUND] = NAN;
    score[CLI_EVAL_DIAMETER_ERROR] = NAN;
    return true;
  }
  return cyto_boundary_score(a->data, b->data, a->ny, a->nx, options->boundary,
                             &score[CLI_EVAL_BOUNDARY_P], &score[CLI_EVAL_BOUNDARY_R],
                             &score[CLI_EVAL_BOUNDARY_F], err) &&
         cyto_flow_difference(a->data, b->data, a->ny, a->nx, &score[CLI_EVAL_FLOW], NULL, err);
}

bool cli_eval_score(const char *truth, const char *found, const CliEvalOptions *options,
                    double *score, CytoStr *note, CytoError *err) {
  CYTO_CLEANUP(cyto_labels_clear) CytoLabels a = {0};
  CYTO_CLEANUP(cyto_labels_clear) CytoLabels b = {0};
  if (!read_labels(truth, &a, err) || !read_labels(found, &b, err) ||
      !same_size(&a, &b, truth, found, err))
    return false;
  double cells, have, wide, wide_found;
  if (!measure(&a, truth, &cells, &wide, note, err) ||
      !measure(&b, found, &have, &wide_found, note, err))
    return false;
  score[CLI_EVAL_CELLS] = cells;
  score[CLI_EVAL_FOUND] = have;
  score[CLI_EVAL_COUNT] = fabs(have - cells) / fmax(cells, 1);
  score[CLI_EVAL_DIAMETER] = wide > 0 ? wide : NAN;
  score[CLI_EVAL_DIAMETER_FOUND] = wide_found > 0 ? wide_found : NAN;
  score[CLI_EVAL_DIAMETER_ERROR] = wide > 0 ? fabs(wide_found - wide) / wide : NAN;
  size_t rows = a.nz * a.ny;
  score[CLI_EVAL_DICE] = cyto_foreground_dice(a.data, b.data, rows * a.nx);
  return cyto_mean_precision(a.data, b.data, rows, a.nx, &score[CLI_EVAL_MEAN_AP], err) &&
         cyto_aggregated_jaccard(a.data, b.data, rows, a.nx, &score[CLI_EVAL_AJI], err) &&
         score_at(&a, &b, options, score, err) && score_flat(&a, &b, options, score, err);
}

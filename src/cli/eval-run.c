#include "eval.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/parallel.h"
#include "../cyto/base/stats.h"
#include <math.h>
#include <string.h>

typedef struct Work {
  const CliEvalPairs *pairs;
  CliEvalReport *report;
  size_t count;
  CytoStr *said; /* one a row */
  bool *failed;  /* one a row */
} Work;

static void work_clear(Work *work) {
  for (size_t i = 0; work->said && i < work->count; i++)
    cyto_str_clear(&work->said[i]);
  free(work->said);
  free(work->failed);
}

static void score_row(void *context, size_t item, unsigned worker) {
  Work *work = context;
  CytoError err = {0};
  const CliEvalImage *image = &work->pairs->image[item / work->pairs->predictions];
  const char *found = image->found[item % work->pairs->predictions];
  CliEvalRow *row = &work->report->row[item];
  (void)worker;
  if (found && cli_eval_score(image->truth, found, work->report->options, row->score,
                              &work->said[item], &err))
    return;
  row->score = NULL;
  work->failed[item] = true;
  if (found)
    cyto_str_printf(&work->said[item], "%s\n", err.text);
}

/* How a field of many images is made of theirs. */
static double combine(size_t field, double *values, size_t n) {
  bool fixed = field < CLI_EVAL_FIXED;
  size_t at = fixed ? 0 : (field - CLI_EVAL_FIXED) % CLI_EVAL_AT;
  bool summed = fixed ? field == CLI_EVAL_CELLS || field == CLI_EVAL_FOUND : at >= CLI_EVAL_TP;
  double sum = 0;
  if (n == 0)
    return NAN;
  if (field == CLI_EVAL_DIAMETER_ERROR)
    return cyto_median(values, n);
  for (size_t i = 0; i < n; i++)
    sum += values[i];
  return summed ? sum : sum / (double)n;
}

/* The row of a group (NULL = all images) from those of its images. */
static void combine_rows(CliEvalReport *report, size_t images, size_t prediction, const char *group,
                         CliEvalRow *row, double *values) {
  for (size_t f = 0; f < cli_eval_fields(report->options); f++) {
    size_t n = 0;
    for (size_t i = prediction; i < images; i += report->predictions) {
      const CliEvalRow *one = &report->row[i];
      if (one->score && (!group || strcmp(one->group, group) == 0) && !isnan(one->score[f]))
        values[n++] = one->score[f];
    }
    row->score[f] = combine(f, values, n);
  }
}

/* The different groups, in the order of the images; `group` has room for each image. */
static size_t list_groups(const CliEvalPairs *pairs, const char **group) {
  size_t n = 0;
  for (size_t i = 0; i < pairs->count; i++) {
    size_t k = 0;
    while (k < n && strcmp(group[k], pairs->image[i].group) != 0)
      k++;
    if (k == n)
      group[n++] = pairs->image[i].group;
  }
  return n;
}

static void name_rows(const CliEvalPairs *pairs, char *const *predictions, const char **group,
                      size_t groups, CliEvalReport *report) {
  size_t n = 0, p = pairs->predictions, fields = cli_eval_fields(report->options);
  for (size_t i = 0; i < pairs->count * p; i++) {
    const CliEvalImage *image = &pairs->image[i / p];
    report->row[n++] = (CliEvalRow){.level = "image", .name = image->name, .group = image->group};
  }
  for (size_t i = 0; i < groups * p; i++) {
    const char *name = *group[i / p] ? group[i / p] : "(no group)";
    report->row[n++] = (CliEvalRow){.level = "group", .name = name, .group = group[i / p]};
  }
  for (size_t i = 0; i < p; i++)
    report->row[n++] = (CliEvalRow){.level = "mean", .name = "mean", .group = ""};
  for (size_t i = 0; i < n; i++) {
    report->row[i].prediction = predictions[i % p];
    report->row[i].score = report->scores + i * fields;
  }
}

void cli_eval_report_clear(CliEvalReport *report) {
  free(report->row);
  free(report->scores);
  *report = (CliEvalReport){0};
}

static bool allocate(CliEvalReport *report, Work *work, CytoError *err) {
  report->row = cyto_calloc(report->count, sizeof *report->row, err);
  report->scores = report->row
                       ? cyto_calloc(report->count,
                                     cli_eval_fields(report->options) * sizeof *report->scores, err)
                       : NULL;
  work->count = report->count;
  work->said = report->scores ? cyto_calloc(report->count, sizeof *work->said, err) : NULL;
  work->failed = work->said ? cyto_calloc(report->count, sizeof *work->failed, err) : NULL;
  return work->failed != NULL;
}

bool cli_eval_run(CliEvalPairs *pairs, char *const *predictions, const CliEvalOptions *options,
                  CliEvalReport *out, size_t *failed, CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(cli_eval_report_clear)
  CliEvalReport report = {.options = options, .predictions = pairs->predictions};
  CYTO_CLEANUP(work_clear) Work work = {.pairs = pairs, .report = &report};
  CYTO_AUTOFREE const char **group = cyto_calloc(pairs->count, sizeof *group, err);
  CYTO_AUTOFREE double *values = group ? cyto_alloc(pairs->count, sizeof *values, err) : NULL;
  if (!values)
    return false;
  size_t groups = list_groups(pairs, group), images = pairs->count * pairs->predictions;
  groups = groups > 1 ? groups : 0;
  report.count = images + (groups + 1) * pairs->predictions;
  if (!allocate(&report, &work, err))
    return false;
  name_rows(pairs, predictions, group, groups, &report);
  if (!cyto_parallel(job, images, score_row, &work, "images", err))
    return false;
  for (size_t i = images; i < report.count; i++) {
    const char *of = strcmp(report.row[i].level, "group") == 0 ? report.row[i].group : NULL;
    combine_rows(&report, images, i % pairs->predictions, of, &report.row[i], values);
  }
  *failed = 0;
  for (size_t i = 0; i < images; i++) {
    *failed += work.failed[i];
    if (work.said[i].text)
      cyto_str_add(&pairs->notes, work.said[i].text);
  }
  *out = report;
  report = (CliEvalReport){0};
  return true;
}

/* cytoscribe eval: predictions against the truth, file by file and folder by folder. */
#pragma once
#include "../cyto/base/job.h"
#include "../cyto/base/text.h"

/* What belongs together: one truth and what each prediction has for it. */
typedef struct CliEvalImage {
  char *name;   /* as shown: stem, or sub-folder/stem */
  char *group;  /* sub-folder, or the beginning of the name; "" for none */
  char *truth;  /* path */
  char **found; /* one path a prediction; NULL = missing */
} CliEvalImage;

typedef struct CliEvalPairs {
  size_t count, predictions;
  CliEvalImage *image;
  CytoStr notes; /* lines about files without a partner */
} CliEvalPairs;

/* truth and predictions are files or folders (with their sub-folders). Zero-initialise pairs. With
 * by_prefix the group is the name up to its first "_". */
bool cli_eval_pair(const char *truth, char *const *predictions, size_t count, bool by_prefix,
                   CliEvalPairs *pairs, CytoError *err);
void cli_eval_pairs_clear(CliEvalPairs *pairs);

enum { CLI_EVAL_THRESHOLDS = 32 };
typedef struct CliEvalOptions {
  double threshold[CLI_EVAL_THRESHOLDS];
  size_t thresholds;
  double boundary; /* scale of the boundary score */
} CliEvalOptions;

/* The scores of one image, or of many: a number for each field, NaN where there is none. Fields are
 * the fixed ones below and, for each threshold, those of CliEvalAt. */
typedef enum {
  CLI_EVAL_CELLS,
  CLI_EVAL_FOUND,
  CLI_EVAL_MEAN_AP,
  CLI_EVAL_AJI,
  CLI_EVAL_BOUNDARY_P,
  CLI_EVAL_BOUNDARY_R,
  CLI_EVAL_BOUNDARY_F,
  CLI_EVAL_DICE,
  CLI_EVAL_FLOW,
  CLI_EVAL_COUNT,
  CLI_EVAL_DIAMETER,
  CLI_EVAL_DIAMETER_FOUND,
  CLI_EVAL_DIAMETER_ERROR,
  CLI_EVAL_FIXED,
} CliEvalField;
typedef enum {
  CLI_EVAL_AP,
  CLI_EVAL_PRECISION,
  CLI_EVAL_RECALL,
  CLI_EVAL_F1,
  CLI_EVAL_TP,
  CLI_EVAL_FP,
  CLI_EVAL_FN,
  CLI_EVAL_AT,
} CliEvalAt;

size_t cli_eval_fields(const CliEvalOptions *options);
size_t cli_eval_at(size_t threshold, CliEvalAt what); /* index of the field */
/* "aji", "ap_0.5"; returns buffer. */
char *cli_eval_field_name(const CliEvalOptions *options, size_t field, char buffer[48]);

/* One row of the report: an image, a group or everything, for one prediction. */
typedef struct CliEvalRow {
  const char *level; /* "image", "group" or "mean" */
  const char *name, *group, *prediction;
  double *score; /* cli_eval_fields() numbers; NULL when the image failed or is missing */
} CliEvalRow;

typedef struct CliEvalReport {
  const CliEvalOptions *options;
  size_t predictions, count;
  CliEvalRow *row; /* images, then groups (when there are two or more), then the means */
  double *scores;  /* of all rows */
} CliEvalReport;

/* Scores every pair, in parallel. What fails is told in pairs->notes and left out of the means;
 * *failed counts it. */
bool cli_eval_run(CliEvalPairs *pairs, char *const *predictions, const CliEvalOptions *options,
                  CliEvalReport *report, size_t *failed, CytoJob *job, CytoError *err);
void cli_eval_report_clear(CliEvalReport *report);

/* Scores of one pair of files. */
bool cli_eval_score(const char *truth, const char *found, const CliEvalOptions *options,
                    double *score, CytoStr *note, CytoError *err);

void cli_eval_table(const CliEvalReport *report, bool means_only, CytoStr *out);
void cli_eval_csv(const CliEvalReport *report, CytoStr *out);
void cli_eval_json(const CliEvalReport *report, CytoStr *out);

/* What run.c and batch.c share: one run over a list of images. */
#pragma once
#include "background.h"
#include "progress.h"
#include "run.h"

typedef struct CliRun {
  const CliSettings *settings;
  const CliInputs *inputs;
  CytoSegment options;
  CytoModel *model;
  CytoJob job;
  CliProgress progress;
  CliSummary summary;
  CliEntry *entry;  /* of the image at work */
  double read_time; /* that it took to get it */
  CliReader ahead;
  CliWriter behind;
  FILE *table; /* gets a row for each image, or NULL */
} CliRun;

/* For the job of the run. */
void cli_batch_progress(void *data, const char *stage, size_t i, size_t n);
void cli_batch_warning(void *data, const char *text);

/* Works on every image of the summary. */
void cli_batch(CliRun *run);

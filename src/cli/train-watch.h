/* How training gets on, on stderr: a live line when that is a terminal, else a line now and then.
 */
#pragma once
#include "../cyto/seg/train.h"

typedef struct CliTrainWatch {
  bool live, lines;    /* neither when quiet */
  bool semantic;       /* Dice is what counts */
  bool shown;          /* a live line stands on the current line */
  double drawn, said;  /* clock of the last live line and of the last line that stays */
  const char *reading; /* stage before training, or NULL */
} CliTrainWatch;

void cli_train_watch_begin(CliTrainWatch *watch, bool quiet);
/* For CytoTrain.watch. */
void cli_train_watch(void *watch, const CytoTrainNow *now);
/* For CytoJob.progress while images are read. */
void cli_train_watch_reading(CliTrainWatch *watch, const char *stage, size_t i, size_t n);
void cli_train_watch_hide(CliTrainWatch *watch);

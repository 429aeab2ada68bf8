/* Shared by the files of training alone. */
#pragma once
#include "train-watch.h"
#include "train.h"

/* One training from the options to the files. */
typedef struct CliTraining {
  const CliSettings *settings;
  bool size_only;
  const char **folder;
  size_t folders;
  CytoWeights *start;
  CytoTrainSet set, test;
  CytoTrain options;
  char *path, *note, *about;
  CytoJob job;
  CliTrainWatch watch;
} CliTraining;

/* train-end.c: the size model, into the file at t->path. */
bool cli_train_size(CliTraining *t, CytoError *err);
/* A copy of the file for Cellpose. */
bool cli_train_export(const CliTraining *t, CytoError *err);
/* The last lines, and the exit code. */
int cli_train_conclude(CliTraining *t, const CytoTrained *done);

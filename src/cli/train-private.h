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

/* train-plan.c: what the settings mean: folders of images, options, the model's path, and the
 * weights to begin with. Folders for the model are made once there is something to put into them.
 */
bool cli_train_folders(CliTraining *t, CytoError *err);
bool cli_train_options(CliTraining *t, CytoError *err);
bool cli_train_path(CliTraining *t, CytoError *err);
bool cli_train_start(CliTraining *t, CytoError *err);
bool cli_train_make_folders(const CliTraining *t, CytoError *err);
/* "None" and its kin as a model's name. */
bool cli_train_from_nothing(const char *name);

/* train-end.c: the size model, into the file at t->path. */
bool cli_train_size(CliTraining *t, CytoError *err);
/* A copy of the file for Cellpose. */
bool cli_train_export(const CliTraining *t, CytoError *err);
/* The last lines, and the exit code. */
int cli_train_conclude(CliTraining *t, const CytoTrained *done);

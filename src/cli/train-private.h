/* Shared by the files of training alone. */
#pragma once
#include "../cyto/io/image-list.h"
#include "train-watch.h"
#include "train.h"

/* One training from the options to the files. */
typedef struct CliTraining {
  const CliSettings *settings;
  bool size_only;
  CytoNetKind kind; /* CYTO_NET_OTHER until the model to begin with tells */
  const char **folder;
  size_t folders;
  CytoImageList list; /* --file_list */
  char *list_folder;
  CytoWeights *start;
  CytoTrainSet set, test;
  CytoTrain options;
  char *path, *note, *about;
  CytoJob job;
  CliTrainWatch watch;
} CliTraining;

/* train-plan.c: what the settings mean: folders of images, options, and the weights to begin with.
 */
bool cli_train_folders(CliTraining *t, CytoError *err);
bool cli_train_options(CliTraining *t, CytoError *err);
bool cli_train_start(CliTraining *t, CytoError *err);
/* Training begins with weights drawn at random: asked for with "None" or its kin as the model's
 * name, and what a U-Net does unless a model is named. */
bool cli_train_from_nothing(const CliTraining *t);

/* train-path.c: the model's path; its folders, made once there is something to put into them; and
 * an older model of that name, which gets the ending .previous unless its training goes on. */
bool cli_train_path(CliTraining *t, CytoError *err);
bool cli_train_make_folders(const CliTraining *t, CytoError *err);
bool cli_train_set_aside(const CliTraining *t, CytoError *err);

/* train-kind.c: --net, or Cellpose's --unet with --nclasses. */
bool cli_train_kind(CliTraining *t, CytoError *err);
/* Makes a kind not asked for that of the model, and fits its head; refuses one of other blocks. */
bool cli_train_fit(CliTraining *t, const char *model, CytoError *err);
/* Basic U-Nets test themselves: without --test_dir and --hold_out on every eighth image. */
bool cli_train_hold(CliTraining *t, CytoError *err);

/* train-end.c: the size model, into the file at t->path. */
bool cli_train_size(CliTraining *t, CytoError *err);
/* A copy of the file for Cellpose. */
bool cli_train_export(const CliTraining *t, CytoError *err);
/* The last lines, and the exit code. */
int cli_train_conclude(CliTraining *t, const CytoTrained *done);

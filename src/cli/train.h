/* cytoscribe train, and Cellpose's --train: from settings to a model file. */
#pragma once
#include "options.h"

/* Trains as the settings say, or the size model alone; argv are the options as they were given, for
 * --resume. Returns the exit code. */
int cli_train(const CliSettings *settings, bool size_only, int argc, char **argv);

/* The options of the training that --resume goes on with, then those of argv without --resume
 * itself. *out is a heap array of *count heap strings. */
bool cli_train_resumed(const char *resume, int argc, char **argv, char ***out, int *count,
                       CytoError *err);
/* argv without --resume, as it is kept in the checkpoint; heap string or NULL. */
char *cli_train_note(int argc, char **argv);
void cli_args_free(char **args, int count);

/* Name of the model a checkpoint belongs to: without ".checkpoint". Heap string. */
char *cli_train_model_path(const char *resume);

/* The commands, one a cmd-*.c; argv[0] is the command's name, the result is the exit code. */
#pragma once
#include "args.h"
#include "help.h"

enum { CLI_DONE = 0, CLI_SOME_FAILED = 1, CLI_USAGE = 2, CLI_STOPPED = 130 };

int cmd_segment(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_models(int argc, char **argv);
int cmd_eval(int argc, char **argv);
int cmd_synth(int argc, char **argv);
int cmd_help(int argc, char **argv);

/* Options of commands that have a table of their own. */
extern const CliArg cli_synth_args[], cli_eval_args[];

/* Cellpose's call: flags without a command. */
int cmd_cellpose(int argc, char **argv);
/* Such a call that trains, and whether it does. */
int cmd_cellpose_train(int argc, char **argv);
bool cmd_wants_training(int argc, char **argv);
int cmd_version(void);

/* Help of one command on stdout, by name. */
int cmd_show_help(const char *name);
/* A call that makes no sense: the reason on stderr, and the exit code. */
int cmd_usage_error(const CytoError *err);
/* Writes text to stdout and frees it; CLI_USAGE with a line on stderr when that fails. */
int cmd_print(CytoStr *text);

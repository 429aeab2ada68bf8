/* Options of the commands that have few: a const table feeds the parser and the help. */
#pragma once
#include "options.h"

typedef enum { CLI_ARG_FLAG, CLI_ARG_TEXT, CLI_ARG_INT, CLI_ARG_NUMBER } CliArgKind;

typedef struct CliArg {
  const char *name;  /* without dashes, with underscores */
  const char *value; /* what the help calls the value; NULL for flags */
  CliArgKind kind;
  size_t offset; /* of a bool, const char *, int64_t or double in the settings */
  double low, high;
  const char *text; /* help: a sentence without capital and full stop */
} CliArg;           /* a table ends with a NULL name */

/* Reads argv[1..argc-1] of `command` into settings: --a v, --a=v, - or _, unique beginnings, "--".
 * What is no option is moved to argv[0..*words-1]. CLI_WRONG sets err. */
CliParsed cli_args_parse(const CliArg *table, const char *command, int argc, char **argv,
                         void *settings, int *words, CytoError *err);

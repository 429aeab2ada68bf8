/* Help texts made from the tables of commands and options, 80 columns wide. */
#pragma once
#include "options.h"

typedef struct CliCommand {
  const char *name;
  int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns the exit code */
  const char *usage;                 /* what follows "cytoscribe" */
  const char *text;                  /* a sentence without capital and full stop */
  const char *more;                  /* a paragraph for `help NAME`, or NULL */
  unsigned options;                  /* CLI_SEGMENT, CLI_INFO, or 0 for none of the table */
  const struct CliArg *args;         /* options of its own instead (args.h), or NULL */
} CliCommand;

/* The table of commands, in main.c; ends with a NULL name. */
extern const CliCommand cli_commands[];

/* What `cytoscribe` alone says: what it is, the commands, examples. */
void cli_help_overview(CytoStr *out);
/* Usage, text and options of one command. */
void cli_help_command(const CliCommand *command, CytoStr *out);
/* Section 1 manual page in roff. */
void cli_manpage(CytoStr *out);

/* Titles of the groups of options. */
extern const char *const cli_group_titles[CLI_GROUPS];
/* What a row of the table says when typed: "--diameter PIXELS"; default in *out after the text. */
void cli_option_usage(const CliOption *option, CytoStr *out);
/* Texts shared by the help and the man page: paragraphs separated by "\n\n". */
extern const char cli_about[], cli_files[], cli_exit_codes[];
typedef struct CliExample {
  const char *command, *text;
} CliExample;
extern const CliExample cli_examples[]; /* ends with a NULL command */

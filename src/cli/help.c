#include "args.h"
#include "help.h"
#include "../cyto/base/mem.h"
#include <string.h>

enum { WIDTH = 80, INDENT = 26 };

const char *const cli_group_titles[CLI_GROUPS] = {
    [CLI_GROUP_IMAGES] = "Images",
    [CLI_GROUP_CHANNELS] = "Channels",
    [CLI_GROUP_MODEL] = "Model",
    [CLI_GROUP_SEGMENTATION] = "Segmentation",
    [CLI_GROUP_INTENSITY] = "Intensities",
    [CLI_GROUP_OUTPUT] = "Files written, each beside its image and named after it",
    [CLI_GROUP_TRAINING] = "Training",
    [CLI_GROUP_GENERAL] = "General",
    [CLI_GROUP_OLDER] = "Flags of older Cellpose versions",
    [CLI_GROUP_QUIET] = "Cellpose flags that are accepted and change nothing",
    [CLI_GROUP_LATER] = "Cellpose flags that are refused, saying why",
};

const char cli_about[] =
    "Cytoscribe finds cells and nuclei in microscope images as Cellpose does: a neural network "
    "gives flows, and pixels whose flows meet are one cell. It runs on the processor, needs no "
    "Python and uses the network only to fetch a model you ask for. Cellpose's call works as it "
    "stands: put cytoscribe where \"python -m cellpose\" or \"cellpose\" was.";

const char cli_files[] =
    "Every image gets a <name>_seg.npy that Cellpose's window opens, unless --no_npy is given. "
    "A file is written beside its old version and takes its place when it is complete, so a stop "
    "or a full disk leaves no half file. Options may be written with - or _ and with a space or = "
    "before the value; beginnings are enough where they are unique.";

const char cli_exit_codes[] = "0 all images done; 1 some failed, listed at the end; 2 the call "
                              "cannot be carried out; 130 stopped by Ctrl-C.";

const CliExample cli_examples[] = {
    {"cytoscribe segment --save_png photos/", "cells in every image of a folder"},
    {"cytoscribe segment --pretrained_model nuclei --diameter 0 dapi.tif",
     "nuclei; the diameter is estimated"},
    {"cytoscribe --dir D --pretrained_model cyto --chan 2 --chan2 3 --save_png",
     "Cellpose's call: green cells, blue nuclei"},
    {"cytoscribe train --hold_out 0.2 --crop 112 --n_epochs 100 corrected/",
     "teach a model with corrected masks, a fifth of them kept for tests"},
    {"cytoscribe info stack.ome.tif", "what a file holds and how it is understood"},
    {NULL, NULL},
};

/* Appends text as lines of at most WIDTH columns; the first line continues at column `at`, the
 * others start at `indent`. */
static void add_wrapped(CytoStr *out, const char *text, size_t at, size_t indent) {
  size_t column = at;
  bool line_empty = true;
  while (*text) {
    size_t word = strcspn(text, " ");
    if (!line_empty && column + 1 + word > WIDTH) {
      cyto_str_printf(out, "\n%*s", (int)indent, "");
      column = indent;
      line_empty = true;
    }
    if (!line_empty) {
      cyto_str_add(out, " ");
      column++;
    }
    cyto_str_add_bytes(out, text, word);
    column += word;
    line_empty = false;
    text += word;
    text += strspn(text, " ");
  }
  cyto_str_add(out, "\n");
}

void cli_option_usage(const CliOption *option, CytoStr *out) {
  cyto_str_printf(out, "--%s", option->name);
  if (option->value)
    cyto_str_printf(out, " %s", option->value);
}

static void add_option(CytoStr *out, const CliOption *option) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr usage = {0}, text = {0};
  cli_option_usage(option, &usage);
  cyto_str_add(&text, option->text);
  if (option->fallback && option->fallback[0])
    cyto_str_printf(&text, " [%s]", option->fallback);
  if (usage.failed || text.failed) {
    out->failed = true;
    return;
  }
  cyto_str_printf(out, "  %s", usage.text);
  size_t at = 2 + usage.length;
  if (at + 2 > INDENT) {
    cyto_str_printf(out, "\n%*s", INDENT, "");
  } else {
    cyto_str_printf(out, "%*s", (int)(INDENT - at), "");
  }
  add_wrapped(out, text.text, INDENT, INDENT);
}

/* Flags without a text of their own: names alone. */
static void add_names(CytoStr *out, CliGroup group) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr names = {0};
  for (size_t k = 0; k < cli_option_count; k++) {
    if (cli_options[k].group == group)
      cyto_str_printf(&names, "%s--%s", names.length ? " " : "", cli_options[k].name);
  }
  cyto_str_add(out, "  ");
  if (names.text)
    add_wrapped(out, names.text, 2, 2);
}

static void add_group(CytoStr *out, CliGroup group, unsigned bit) {
  bool titled = false;
  for (size_t k = 0; k < cli_option_count; k++) {
    const CliOption *option = &cli_options[k];
    if (option->group != group || !(option->commands & bit) ||
        (group == CLI_GROUP_TRAINING && bit != CLI_TRAIN))
      continue;
    if (!titled)
      cyto_str_printf(out, "\n%s\n", cli_group_titles[group]);
    titled = true;
    if (!option->text) {
      add_names(out, group);
      return;
    }
    add_option(out, option);
  }
}

void cli_help_overview(CytoStr *out) {
  add_wrapped(out, cli_about, 0, 0);
  cyto_str_add(out, "\nCommands\n");
  for (const CliCommand *command = cli_commands; command->name; command++) {
    cyto_str_printf(out, "  cytoscribe %-*s ", INDENT - 14, command->name);
    add_wrapped(out, command->text, INDENT, INDENT);
  }
  cyto_str_add(out, "\nExamples\n");
  for (const CliExample *example = cli_examples; example->command; example++)
    cyto_str_printf(out, "  %s\n      %s\n", example->command, example->text);
  cyto_str_add(out, "\n\"cytoscribe help segment\" lists every option; man cytoscribe is the "
                    "manual.\n");
}

void cli_help_command(const CliCommand *command, CytoStr *out) {
  cyto_str_printf(out, "Usage: cytoscribe %s\n\n", command->usage);
  CYTO_CLEANUP(cyto_str_clear) CytoStr sentence = {0};
  cyto_str_printf(&sentence, "%s.", command->text);
  if (sentence.text) {
    sentence.text[0] = (char)(sentence.text[0] - ('a' - 'A'));
    add_wrapped(out, sentence.text, 0, 0);
  }
  if (command->more) {
    cyto_str_add(out, "\n");
    add_wrapped(out, command->more, 0, 0);
  }
  for (CliGroup group = 0; group < CLI_GROUPS; group++)
    add_group(out, group, command->options);
  if (command->args)
    cyto_str_add(out, "\nOptions\n");
  for (const CliArg *arg = command->args; arg && arg->name; arg++)
    add_option(out, &(CliOption){.name = arg->name, .value = arg->value, .text = arg->text});
  if (command->options == CLI_SEGMENT) {
    cyto_str_add(out, "\n");
    add_wrapped(out, cli_files, 0, 0);
    cyto_str_add(out, "\nExit code: ");
    add_wrapped(out, cli_exit_codes, 11, 11);
  }
}

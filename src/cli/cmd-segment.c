#include "commands.h"
#include "inputs.h"
#include "models.h"
#include "run.h"
#include "terminal.h"
#include "../cyto/base/mem.h"

/* --add_model FILE is "models import FILE". */
static int add_model(const CliSettings *settings) {
  char command[] = "models", action[] = "import";
  char *argv[] = {command, action, (char *)(uintptr_t)settings->add_model, NULL};
  return cli_models(3, argv);
}

/* What is left to do once the options are understood. */
static int segment(const CliSettings *settings) {
  CYTO_CLEANUP(cli_inputs_clear) CliInputs inputs = {0};
  CytoError err = {0};
  bool named = settings->n_files || (settings->dir && *settings->dir) ||
               (settings->image_path && *settings->image_path);
  if (settings->add_model) {
    int code = add_model(settings);
    if (code != CLI_DONE || !named)
      return code;
  }
  if (!named) {
    cyto_fail(&err, CYTO_ERROR_ARGUMENT,
              "which images? cytoscribe segment FILE|FOLDER..., or cytoscribe --dir FOLDER; "
              "cytoscribe help segment lists the options");
    return cmd_usage_error(&err);
  }
  if (!cli_inputs_find(settings, &inputs, &err))
    return cmd_usage_error(&err);
  return cli_run(settings, &inputs);
}

static int parse_and_segment(int argc, char **argv, bool files) {
  CYTO_CLEANUP(cli_settings_clear) CliSettings settings;
  CYTO_CLEANUP(cyto_str_clear) CytoStr notes = {0};
  CytoError err = {0};
  switch (cli_parse(argc - 1, argv + 1, CLI_SEGMENT, &settings, &notes, &err)) {
  case CLI_HELP:
    return files ? cmd_show_help("segment") : cmd_help(2, (char *[]){argv[0], (char[]){"--all"}});
  case CLI_VERSION:
    return cmd_version();
  case CLI_WRONG:
    return cmd_usage_error(&err);
  case CLI_PARSED:
    break;
  }
  if (settings.n_files && !files) {
    cyto_fail(&err, CYTO_ERROR_ARGUMENT,
              "\"%.300s\" belongs to no option; files are named after the command segment: "
              "cytoscribe segment FILE...",
              settings.files[0]);
    return cmd_usage_error(&err);
  }
  if (!settings.quiet)
    cli_say_lines(&notes);
  return segment(&settings);
}

int cmd_segment(int argc, char **argv) {
  return parse_and_segment(argc, argv, true);
}

int cmd_cellpose(int argc, char **argv) {
  if (cmd_wants_training(argc, argv))
    return cmd_cellpose_train(argc, argv);
  return parse_and_segment(argc, argv, false);
}

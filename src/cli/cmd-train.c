#include "commands.h"
#include "terminal.h"
#include "train.h"
#include "../cyto/base/mem.h"
#include <string.h>

/* A call of Cellpose trains when it says so. */
bool cmd_wants_training(int argc, char **argv) {
  static const char *const flags[] = {"--train", "--train_size", "--train-size"};
  for (int i = 1; i < argc; i++)
    for (size_t k = 0; k < sizeof flags / sizeof *flags; k++)
      if (strcmp(argv[i], flags[k]) == 0)
        return true;
  return false;
}

/* command: not Cellpose's call, which trains the network only when told so. */
static int train(int argc, char **argv, bool resumed, bool command) {
  CYTO_CLEANUP(cli_settings_clear) CliSettings settings;
  CYTO_CLEANUP(cyto_str_clear) CytoStr notes = {0};
  CytoError err = {0};
  switch (cli_parse(argc, argv, CLI_TRAIN | CLI_SEGMENT, &settings, &notes, &err)) {
  case CLI_HELP:
    return cmd_show_help("train");
  case CLI_VERSION:
    return cmd_version();
  case CLI_WRONG:
    return cmd_usage_error(&err);
  case CLI_PARSED:
    break;
  }
  if (settings.resume && !resumed) {
    char **args = NULL;
    int count = 0;
    if (!cli_train_resumed(settings.resume, argc, argv, &args, &count, &err))
      return cmd_usage_error(&err);
    char option[] = "--resume", *path = (char *)(uintptr_t)settings.resume;
    CYTO_AUTOFREE char **all = cyto_calloc((size_t)count + 3, sizeof *all, &err);
    if (all) {
      memcpy(all + 2, args, (size_t)count * sizeof *all);
      all[0] = option;
      all[1] = path;
    }
    int code = all ? train(count + 2, all, true, true) : cmd_usage_error(&err);
    cli_args_free(args, count);
    return code;
  }
  if (!settings.quiet)
    cli_say_lines(&notes);
  return cli_train(&settings, !command && !settings.train, argc, argv);
}

int cmd_train(int argc, char **argv) {
  return train(argc - 1, argv + 1, false, true);
}

int cmd_cellpose_train(int argc, char **argv) {
  return train(argc - 1, argv + 1, false, false);
}

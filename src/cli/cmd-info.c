#include "commands.h"
#include "describe.h"
#include "run.h"
#include "terminal.h"
#include "../cyto/base/mem.h"
#include "../cyto/io/reader.h"

static void on_warning(void *data, const char *text) {
  cli_say("%s: %s", (const char *)data, text);
}

static bool describe(const CliSettings *settings, const char *path, CytoStr *out, CytoError *err) {
  CytoReadOptions reading = cyto_read_defaults();
  reading.axes = settings->axes;
  reading.channel_axis = (int)settings->channel_axis;
  reading.z_axis = (int)settings->z_axis;
  reading.max_memory = cli_memory_limit(settings);
  CytoJob job = {
      .max_memory = reading.max_memory, .warning = on_warning, .data = (void *)(uintptr_t)path};
  return cli_describe(path, &reading, settings->json, out, &job, err);
}

int cmd_info(int argc, char **argv) {
  CYTO_CLEANUP(cli_settings_clear) CliSettings settings;
  CYTO_CLEANUP(cyto_str_clear) CytoStr notes = {0};
  CytoError err = {0};
  CliParsed parsed = cli_parse(argc - 1, argv + 1, CLI_INFO, &settings, &notes, &err);
  if (parsed == CLI_HELP)
    return cmd_show_help("info");
  if (parsed == CLI_VERSION)
    return cmd_version();
  if (parsed == CLI_PARSED && settings.n_files == 0)
    cyto_fail(&err, CYTO_ERROR_ARGUMENT, "which file? cytoscribe info FILE...");
  if (err.code)
    return cmd_usage_error(&err);
  int code = CLI_DONE;
  for (size_t i = 0; i < settings.n_files; i++) {
    CytoStr out = {0};
    bool good = describe(&settings, settings.files[i], &out, &err);
    if (!good) {
      cli_say("cytoscribe: %s", err.text);
      cyto_str_clear(&out);
      code = CLI_SOME_FAILED;
    } else if (cmd_print(&out) != CLI_DONE) {
      return CLI_SOME_FAILED;
    }
  }
  return code;
}

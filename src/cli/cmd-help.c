#include "commands.h"
#include "terminal.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

int cmd_usage_error(const CytoError *err) {
  cli_say("cytoscribe: %s", err->text);
  return CLI_USAGE;
}

int cmd_print(CytoStr *text) {
  bool good = !text->failed;
  if (good && text->text)
    good = fwrite(text->text, 1, text->length, stdout) == text->length;
  good = fflush(stdout) == 0 && good;
  cyto_str_clear(text);
  if (good || errno == EPIPE)
    return CLI_DONE;
  cli_say("cytoscribe: the output cannot be written: %s", strerror(errno));
  return CLI_SOME_FAILED;
}

int cmd_show_help(const char *name) {
  CytoStr out = {0};
  if (strcmp(name, "models") == 0)
    return cmd_models(2, (char *[]){(char[]){"models"}, (char[]){"--help"}, NULL});
  for (const CliCommand *command = cli_commands; command->name; command++) {
    if (strcmp(command->name, name) == 0) {
      cli_help_command(command, &out);
      return cmd_print(&out);
    }
  }
  cli_say("cytoscribe: there is no command \"%s\"; cytoscribe help lists them", name);
  return CLI_USAGE;
}

int cmd_help(int argc, char **argv) {
  CytoStr out = {0};
  if (argc < 2) {
    cli_help_overview(&out);
  } else if (strcmp(argv[1], "--all") == 0) {
    cli_help_overview(&out);
    cyto_str_add(&out, "\n");
    cli_help_command(&cli_commands[0], &out);
  } else if (strcmp(argv[1], "--man") == 0) {
    cli_manpage(&out);
  } else if (argv[1][0] == '-') {
    return cmd_show_help("help");
  } else {
    return cmd_show_help(argv[1]);
  }
  return cmd_print(&out);
}

int cmd_version(void) {
  CytoStr out = {0};
  struct utsname system;
  cyto_str_add(&out, "cytoscribe version: " CYTOSCRIBE_VERSION "\n");
  if (uname(&system) == 0)
    cyto_str_printf(&out, "platform:           %s %s\n", system.sysname, system.machine);
  return cmd_print(&out);
}

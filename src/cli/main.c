#include "commands.h"
#include "terminal.h"
#include "window.h"
#include <signal.h>
#include <string.h>

int main(int argc, char **argv) {
  /* A closed pipe and a file size limit are errors of a write like any other. */
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  if (argc < 2) {
    cli_open_window();
    return cmd_help(1, (char *[]){(char[]){"help"}, NULL});
  }
  if (argv[1][0] == '-')
    return cmd_cellpose(argc, argv);
  for (const CliCommand *command = cli_commands; command->name; command++) {
    if (strcmp(argv[1], command->name) == 0)
      return command->run(argc - 1, argv + 1);
  }
  cli_say("cytoscribe: there is no command \"%s\"; to segment a file or folder of this name: "
          "cytoscribe segment %s",
          argv[1], argv[1]);
  return CLI_USAGE;
}

#include "commands.h"
#include "models.h"

int cmd_models(int argc, char **argv) {
  return cli_models(argc, argv);
}

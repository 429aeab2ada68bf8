/* cytoscribe models list|info|import|export|remove|fetch. */
#pragma once
#include "../cyto/base/error.h"

/* argv[0] is "models"; returns the exit code. */
int cli_models(int argc, char **argv);

/* What was asked, for the files models-*.c. */
typedef struct CliModelArgs {
  const char *word[2]; /* what follows the action */
  int words;
  const char *name, *size, *licence, *url;
  bool json, f16;
} CliModelArgs;

bool cli_models_list(const CliModelArgs *args, CytoError *err);
bool cli_models_info(const CliModelArgs *args, CytoError *err);
bool cli_models_import(const CliModelArgs *args, CytoError *err);
bool cli_models_export(const CliModelArgs *args, CytoError *err);
bool cli_models_remove(const CliModelArgs *args, CytoError *err);
/* Replaces this process by the download program; comes back only when it cannot. */
bool cli_models_fetch(const CliModelArgs *args, CytoError *err);

/* Every folder on the way to path, as mkdir -p. */
bool cli_make_folders(const char *path, CytoError *err);

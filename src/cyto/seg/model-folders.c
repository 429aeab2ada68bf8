/* Where models are found (algorithm.md §2.6). */
#include "../base/file.h"
#include "../base/mem.h"
#include "../base/text.h"
#include "model-find.h"
#include <string.h>

#ifndef CYTO_MODELS_DIR
#define CYTO_MODELS_DIR "/usr/share/cytoscribe/models"
#endif

/* Names of Cellpose's own models and their files; cyto, cyto2 and nuclei carry "torch_0". */
static const char *const cellpose_names[] = {
    "cyto3",
    "nuclei",
    "cyto2_cp3",
    "tissuenet_cp3",
    "livecell_cp3",
    "yeast_PhC_cp3",
    "yeast_BF_cp3",
    "bact_phase_cp3",
    "bact_fluor_cp3",
    "deepbacs_cp3",
    "cyto2",
    "cyto",
    "CPx",
    "transformer_cp3",
    "neurips_cellpose_default",
    "neurips_cellpose_transformer",
    "neurips_grayscale_cyto2",
    "CP",
    "TN1",
    "TN2",
    "TN3",
    "LC1",
    "LC2",
    "LC3",
    "LC4",
    "tissuenet",
    "livecell",
    "general",
    NULL,
};

const char *const *cyto_model_cellpose_names(void) {
  return cellpose_names;
}

char *cyto_model_cellpose_file(const char *name) {
  bool numbered =
      strcmp(name, "cyto") == 0 || strcmp(name, "cyto2") == 0 || strcmp(name, "nuclei") == 0;
  CytoStr file = {0};
  cyto_str_printf(&file, "%s%s", name, numbered ? "torch_0" : "");
  return file.text;
}

char *cyto_model_package_folder(void) {
  static const char *const beside[] = {"../share/cytoscribe/models", "../../../models",
                                       "../../models", NULL};
  const char *given = getenv("CYTOSCRIBE_MODELS");
  if (given && *given)
    return cyto_strdup(given, NULL);
  char *folder = cyto_path_beside_program(beside, cyto_path_is_folder);
  return folder ? folder : cyto_strdup(CYTO_MODELS_DIR, NULL);
}

/* $variable/rest, else $HOME/fallback; NULL without a home. */
static char *home_folder(const char *variable, const char *rest, const char *fallback) {
  const char *given = getenv(variable), *home = getenv("HOME");
  if (given && *given)
    return rest ? cyto_path_join(given, rest) : cyto_strdup(given, NULL);
  return home && *home ? cyto_path_join(home, fallback) : NULL;
}

char *cyto_model_user_folder(void) {
  return home_folder("XDG_DATA_HOME", "cytoscribe/models", ".local/share/cytoscribe/models");
}

char *cyto_model_cellpose_folder(void) {
  return home_folder("CELLPOSE_LOCAL_MODELS_PATH", NULL, ".cellpose/models");
}

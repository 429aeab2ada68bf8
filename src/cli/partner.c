#include "partner.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/text.h"
#include <string.h>

static const char *const true_endings[] = {
    "_masks.tif",    "_masks.tiff",    "_masks.png",    "_seg.npy",
    "_cp_masks.tif", "_cp_masks.tiff", "_cp_masks.png", NULL};
static const char *const found_endings[] = {
    "_cp_masks.tif", "_cp_masks.tiff", "_cp_masks.png", "_seg.npy",
    "_masks.tif",    "_masks.tiff",    "_masks.png",    NULL};
static const char *const bare_endings[] = {".tif", ".tiff", ".png", ".npy", NULL};

static char *find(const char *folder, const char *stem, const char *const *endings,
                  CytoError *err) {
  for (; *endings; endings++) {
    CYTO_CLEANUP(cyto_str_clear) CytoStr name = {0};
    cyto_str_printf(&name, "%s%s", stem, *endings);
    CYTO_AUTOFREE char *path = name.failed ? NULL : cyto_path_join(folder, name.text);
    if (!path) {
      cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while looking for labels");
      return NULL;
    }
    if (cyto_path_exists(path) && !cyto_path_is_folder(path))
      return cyto_steal(&path);
  }
  return NULL;
}

char *cli_find_labels(const char *folder, const char *stem, CliLabelRole role, CytoError *err) {
  return find(folder, stem, role == CLI_LABELS_TRUE ? true_endings : found_endings, err);
}

char *cli_find_bare(const char *folder, const char *stem, CytoError *err) {
  return find(folder, stem, bare_endings, err);
}

char *cli_labels_beside(const char *image, CytoError *err) {
  CYTO_AUTOFREE char *folder = cyto_path_folder(image);
  CYTO_AUTOFREE char *stem = folder ? cyto_path_stem(image) : NULL;
  if (stem)
    return cli_find_labels(folder, stem, CLI_LABELS_TRUE, err);
  cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while looking for labels");
  return NULL;
}

char *cli_label_stem(const char *path, bool *marked) {
  static const char *const ends[] = {"_cp_masks", "_masks", "_seg"};
  char *stem = cyto_path_stem(path);
  *marked = false;
  for (size_t k = 0; stem && k < sizeof ends / sizeof *ends; k++) {
    size_t n = strlen(stem), m = strlen(ends[k]);
    if (n <= m || strcmp(stem + n - m, ends[k]) != 0)
      continue;
    stem[n - m] = 0;
    *marked = true;
    break;
  }
  return stem;
}

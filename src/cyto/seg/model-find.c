/* What models there are (algorithm.md §2.6, 2.7). */
#include "model-find.h"
#include "../base/file.h"
#include "../base/mem.h"
#include "../base/text.h"
#include <dirent.h>
#include <stdio.h>
#include <string.h>

void cyto_model_list_clear(CytoModelList *list) {
  for (size_t i = 0; i < list->count; i++) {
    free(list->entry[i].name);
    free(list->entry[i].path);
  }
  free(list->entry);
  *list = (CytoModelList){0};
}

static bool is_listed(const CytoModelList *list, const char *name) {
  for (size_t i = 0; i < list->count; i++)
    if (strcmp(list->entry[i].name, name) == 0)
      return true;
  return false;
}

/* Adds folder/file under a name unless the name is taken (and shadows are not wanted) or the file
 * is not there. */
static bool add(CytoModelList *list, const char *name, const char *folder, const char *file,
                CytoModelOrigin origin, bool shadowed_too, CytoError *err) {
  CYTO_AUTOFREE char *path = cyto_path_join(folder, file);
  CYTO_AUTOFREE char *copy = cyto_strdup(name, err);
  if (!path || !copy)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while looking for models");
  if ((!shadowed_too && is_listed(list, name)) || !cyto_path_exists(path) ||
      cyto_path_is_folder(path))
    return true;
  CytoModelEntry *grown = cyto_realloc(list->entry, list->count + 1, sizeof *grown, err);
  if (!grown)
    return false;
  list->entry = grown;
  list->entry[list->count++] = (CytoModelEntry){cyto_steal(&copy), cyto_steal(&path), origin};
  return true;
}

static int natural(const struct dirent **a, const struct dirent **b) {
  return cyto_natural_compare((*a)->d_name, (*b)->d_name);
}

/* Files that lie beside models without being one. */
static int maybe_model(const struct dirent *entry) {
  static const char *const others[] = {".npy", ".md", ".txt", ".json", ".part", ".csv", "~"};
  if (entry->d_name[0] == '.')
    return 0;
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (cyto_has_suffix(entry->d_name, others[i]))
      return 0;
  return 1;
}

char *cyto_model_name_of(const char *path) {
  static const char *const endings[] = {".safetensors", ".pth", ".pt"};
  const char *name = cyto_path_name(path);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (cyto_has_suffix(name, endings[i]) && strlen(name) > strlen(endings[i]))
      return strndup(name, strlen(name) - strlen(endings[i]));
  return strdup(name);
}

/* Every model file of a folder, named after its file. */
static bool add_folder(CytoModelList *list, const char *folder, CytoModelOrigin origin,
                       bool shadowed_too, CytoError *err) {
  struct dirent **entry = NULL;
  int n = folder ? scandir(folder, &entry, maybe_model, natural) : -1;
  bool fine = true;
  for (int i = 0; i < n; i++) {
    CYTO_AUTOFREE char *name = fine ? cyto_model_name_of(entry[i]->d_name) : NULL;
    fine = name && add(list, name, folder, entry[i]->d_name, origin, shadowed_too, err);
    free(entry[i]);
  }
  free(entry);
  return fine;
}

/* The user's own models of Cellpose's window: one file name a line. */
static bool add_gui_models(CytoModelList *list, const char *folder, bool shadowed_too,
                           CytoError *err) {
  CYTO_AUTOFREE char *path = cyto_path_join(folder, "gui_models.txt");
  CYTO_AUTOFREE uint8_t *text = NULL;
  size_t size;
  if (!path || !cyto_file_read(path, (size_t)1 << 20, &text, &size, NULL))
    return true;
  char *rest = NULL;
  for (char *line = strtok_r((char *)text, "\r\n", &rest); line;
       line = strtok_r(NULL, "\r\n", &rest)) {
    for (size_t n = strlen(line); n && (line[n - 1] == ' ' || line[n - 1] == '\t'); n--)
      line[n - 1] = 0;
    if (*line && !strchr(line, '/') &&
        !add(list, line, folder, line, CYTO_MODEL_CELLPOSE, shadowed_too, err))
      return false;
  }
  return true;
}

static bool add_cellpose(CytoModelList *list, bool shadowed_too, CytoError *err) {
  CYTO_AUTOFREE char *folder = cyto_model_cellpose_folder();
  if (!folder || !cyto_path_is_folder(folder))
    return true;
  const char *const *names = cyto_model_cellpose_names();
  for (size_t i = 0; names[i]; i++) {
    CYTO_AUTOFREE char *file = cyto_model_cellpose_file(names[i]);
    if (!file || !add(list, names[i], folder, file, CYTO_MODEL_CELLPOSE, shadowed_too, err))
      return false;
  }
  return add_gui_models(list, folder, shadowed_too, err);
}

bool cyto_model_list_all(CytoModelList *out, bool shadowed_too, CytoError *err) {
  CYTO_AUTOFREE char *package = cyto_model_package_folder();
  CYTO_AUTOFREE char *user = cyto_model_user_folder();
  CytoModelList list = {0};
  if (!add_folder(&list, package, CYTO_MODEL_PACKAGE, shadowed_too, err) ||
      !add_folder(&list, user, CYTO_MODEL_USER, shadowed_too, err) ||
      !add_cellpose(&list, shadowed_too, err)) {
    cyto_model_list_clear(&list);
    return false;
  }
  *out = list;
  return true;
}

bool cyto_model_list(CytoModelList *out, CytoError *err) {
  return cyto_model_list_all(out, false, err);
}

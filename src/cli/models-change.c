#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/text.h"
#include "../cyto/seg/model-find.h"
#include "../cyto/seg/thresholds.h"
#include "commands.h"
#include "models.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool say(CytoError *err, CytoStr *out) {
  cyto_str_add(out, "\n");
  return cmd_print(out) == CLI_DONE || cyto_fail(err, CYTO_ERROR_IO, "nothing was printed");
}

bool cli_make_folders(const char *path, CytoError *err) {
  CYTO_AUTOFREE char *text = cyto_strdup(path, err);
  if (!text)
    return false;
  for (char *p = text + (*text == '/'); *text; p++) {
    char here = *p;
    if (here && here != '/')
      continue;
    *p = 0;
    if (mkdir(text, 0777) != 0 && errno != EEXIST)
      return cyto_fail_errno(err, "make the folder", text);
    *p = here;
    if (!here)
      break;
  }
  return cyto_path_is_folder(path) ||
         cyto_fail(err, CYTO_ERROR_IO, "%s is in the way: it is not a folder", path);
}

/* A name is a file name and a word on the command line. */
static bool check_name(const char *name, CytoError *err) {
  bool good = *name && name[0] != '.' && name[0] != '-' && strlen(name) <= 100;
  for (const unsigned char *p = (const unsigned char *)name; *p; p++)
    good = good && *p > 0x20 && *p != 0x7f && *p != '/' && *p != ':' && *p != '\\';
  return good || cyto_fail(err, CYTO_ERROR_ARGUMENT,
                           "\"%.100s\" cannot be the name of a model: give --name a word without "
                           "blanks, slashes and colons",
                           name);
}

static bool check_free(const char *name, CytoError *err) {
  CYTO_CLEANUP(cyto_model_list_clear) CytoModelList list = {0};
  if (!cyto_model_list_all(&list, true, err))
    return false;
  for (size_t i = 0; i < list.count; i++) {
    const CytoModelEntry *e = &list.entry[i];
    if (strcmp(e->name, name) == 0 && e->origin != CYTO_MODEL_CELLPOSE)
      return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                       e->origin == CYTO_MODEL_USER
                           ? "you have a model named %s already: remove it first, or give another "
                             "--name"
                           : "%s is the name of a model of the package: give another --name",
                       name);
  }
  return true;
}

/* The model of a file with the size model and licence given, ready to be written. */
static bool read_import(const CliModelArgs *args, const char *name, CytoWeights **out,
                        CytoError *err) {
  CytoModelEntry entry = {0};
  if (!cyto_model_find(args->word[0], &entry, err))
    return false;
  CYTO_CLEANUP(cyto_weights_drop) CytoWeights *weights = NULL;
  CytoLayout layout;
  bool fine = args->size ? cyto_weights_read(entry.path, &weights, err)
                         : cyto_model_read(&entry, &weights, err);
  if (fine && !cyto_weights_layout(weights, &layout, err))
    fine = cyto_fail_prefix(err, entry.path);
  if (fine)
    weights->diam_mean = cyto_model_diam_mean(&entry, weights);
  cyto_model_entry_clear(&entry);
  if (!fine)
    return false;
  if (args->size) {
    cyto_size_model_clear(&weights->size);
    if (!cyto_size_model_read(args->size, &weights->size, err))
      return false;
  }
  if (weights->size.n && weights->size.n != layout.nbase[layout.levels])
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "the size model has %zu values where the network's style has %zu: it belongs "
                     "to another network",
                     weights->size.n, layout.nbase[layout.levels]);
  if (!cyto_set_text(&weights->name, name, err) ||
      (args->licence && !cyto_set_text(&weights->licence, args->licence, err)))
    return false;
  *out = cyto_steal(&weights);
  return true;
}

bool cli_models_import(const CliModelArgs *args, CytoError *err) {
  CYTO_AUTOFREE char *stem =
      args->name ? cyto_strdup(args->name, err) : cyto_model_name_of(args->word[0]);
  CYTO_AUTOFREE char *folder = cyto_model_user_folder();
  CYTO_CLEANUP(cyto_weights_drop) CytoWeights *weights = NULL;
  if (!stem || !folder)
    return cyto_fail(err, CYTO_ERROR_IO, "there is no folder for your models: set HOME");
  if (!check_name(stem, err) || !check_free(stem, err) || !read_import(args, stem, &weights, err) ||
      !cli_make_folders(folder, err))
    return false;
  CytoStr file = {0}, out = {0};
  cyto_str_printf(&file, "%s/%s.safetensors", folder, stem);
  CYTO_AUTOFREE char *path = file.text;
  if (!path || !cyto_weights_write_safetensors(weights, path, CYTO_SAVE_F32, err))
    return path ? false : cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory");
  cyto_str_printf(&out, "%s is now one of your models: %s", stem, path);
  return say(err, &out);
}

bool cli_models_export(const CliModelArgs *args, CytoError *err) {
  const char *path = args->word[1];
  bool safetensors = cyto_has_suffix(path, ".safetensors");
  if (!safetensors && !cyto_has_suffix(path, ".pth") && !cyto_has_suffix(path, ".pt"))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "the name of the file must end in .pth (for Cellpose) or .safetensors");
  if (args->f16 && !safetensors)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "--f16 is for .safetensors: Cellpose reads 32-bit checkpoints");
  CytoModelEntry entry = {0};
  CYTO_CLEANUP(cyto_weights_drop) CytoWeights *weights = NULL;
  bool fine = cyto_model_find(args->word[0], &entry, err) && cyto_model_read(&entry, &weights, err);
  if (fine)
    weights->diam_mean = cyto_model_diam_mean(&entry, weights);
  cyto_model_entry_clear(&entry);
  CytoStr name = {0}, out = {0};
  cyto_str_printf(&name, "%s_size.npy", path);
  CYTO_AUTOFREE char *size = name.text;
  if (!fine || !size)
    return fine ? cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory") : false;
  cyto_str_printf(&out, "%s", path);
  if (safetensors) {
    CytoSavePrecision precision = args->f16 ? CYTO_SAVE_F16 : CYTO_SAVE_F32;
    fine = cyto_weights_write_safetensors(weights, path, precision, err);
  } else {
    fine = cyto_weights_write_torch(weights, path, err) &&
           cyto_thresholds_write_beside(path, weights, err);
    if (fine && weights->size.n) {
      fine = cyto_size_model_write(&weights->size, size, err);
      cyto_str_printf(&out, "\n%s", size);
    }
  }
  if (fine)
    return say(err, &out);
  cyto_str_clear(&out);
  return false;
}

bool cli_models_remove(const CliModelArgs *args, CytoError *err) {
  CYTO_CLEANUP(cyto_model_list_clear) CytoModelList list = {0};
  if (!cyto_model_list_all(&list, true, err))
    return false;
  const char *name = args->word[0], *other = NULL;
  if (strncmp(name, "user:", 5) == 0)
    name += 5;
  for (size_t i = 0; i < list.count; i++) {
    const CytoModelEntry *e = &list.entry[i];
    if (strcmp(e->name, name) != 0)
      continue;
    if (e->origin != CYTO_MODEL_USER) {
      other = e->path;
      continue;
    }
    if (unlink(e->path) != 0)
      return cyto_fail_errno(err, "remove", e->path);
    CytoStr out = {0};
    cyto_str_printf(&out, "%s was removed: %s", name, e->path);
    return say(err, &out);
  }
  return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                   other ? "%s is not one of your own models and stays: %s"
                         : "you have no model named %s%.0s",
                   name, other ? other : "");
}

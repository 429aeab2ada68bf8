#include "model.h"
#include "../base/file.h"
#include "../base/mem.h"
#include "../base/text.h"
#include "model-find.h"
#include "thresholds.h"
#include <string.h>

const char *cyto_model_origin_name(CytoModelOrigin origin) {
  static const char *const names[] = {"package", "user", "cellpose", "file"};
  return names[origin];
}

void cyto_model_entry_clear(CytoModelEntry *entry) {
  free(entry->name);
  free(entry->path);
  *entry = (CytoModelEntry){0};
}

static bool set_entry(CytoModelEntry *out, const char *name, const char *path,
                      CytoModelOrigin origin, CytoError *err) {
  CYTO_AUTOFREE char *n = cyto_strdup(name, err);
  CYTO_AUTOFREE char *p = cyto_strdup(path, err);
  if (!n || !p)
    return false;
  *out = (CytoModelEntry){cyto_steal(&n), cyto_steal(&p), origin};
  return true;
}

/* Names a reader can choose from, as "a, b (user), …". */
static bool fail_unknown(const char *name, const CytoModelList *list, CytoError *err) {
  CytoStr names = {0};
  bool listed = false;
  for (size_t i = 0; i < list->count; i++) {
    bool first = true;
    for (size_t k = 0; k < i; k++)
      first = first && strcmp(list->entry[k].name, list->entry[i].name) != 0;
    if (first)
      cyto_str_printf(&names, "%s%s", listed ? ", " : "", list->entry[i].name);
    listed = true;
  }
  if (listed && !names.failed)
    cyto_fail(err, CYTO_ERROR_ARGUMENT, "there is no model and no file named %s. Models found: %s",
              name, names.text);
  else
    cyto_fail(err, CYTO_ERROR_ARGUMENT,
              "there is no model and no file named %s, and no model was found at all: set "
              "CYTOSCRIBE_MODELS to the folder with the models",
              name);
  cyto_str_clear(&names);
  return false;
}

/* "origin:" before a name, or any origin. */
static const char *split_origin(const char *text, int *origin) {
  for (int i = CYTO_MODEL_PACKAGE; i <= CYTO_MODEL_CELLPOSE; i++) {
    const char *name = cyto_model_origin_name((CytoModelOrigin)i);
    size_t n = strlen(name);
    if (strncmp(text, name, n) == 0 && text[n] == ':') {
      *origin = i;
      return text + n + 1;
    }
  }
  *origin = -1;
  return text;
}

bool cyto_model_find(const char *name_or_path, CytoModelEntry *out, CytoError *err) {
  if (cyto_path_exists(name_or_path) && !cyto_path_is_folder(name_or_path)) {
    CYTO_AUTOFREE char *name = cyto_model_name_of(name_or_path);
    return set_entry(out, name ? name : name_or_path, name_or_path, CYTO_MODEL_FILE, err);
  }
  CYTO_CLEANUP(cyto_model_list_clear) CytoModelList list = {0};
  if (!cyto_model_list_all(&list, true, err))
    return false;
  int origin;
  const char *name = split_origin(name_or_path, &origin);
  for (size_t i = 0; i < list.count; i++) {
    const CytoModelEntry *e = &list.entry[i];
    if ((origin < 0 || (int)e->origin == origin) &&
        (strcmp(e->name, name) == 0 || strcmp(cyto_path_name(e->path), name) == 0))
      return set_entry(out, e->name, e->path, e->origin, err);
  }
  return fail_unknown(name_or_path, &list, err);
}

/* The size model beside a file: size_<file>.npy (Cellpose's own), <file>_size.npy, or the same
 * without the ending of the file (§2.8). */
static bool read_size_beside(const char *path, CytoSizeModel *size, CytoError *err) {
  CYTO_AUTOFREE char *folder = cyto_path_folder(path);
  CYTO_AUTOFREE char *stem = cyto_model_name_of(path);
  if (!folder || !stem)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while opening %s", path);
  const char *form[3][3] = {{"size_", cyto_path_name(path), ".npy"},
                            {"", cyto_path_name(path), "_size.npy"},
                            {"", stem, "_size.npy"}};
  for (int i = 0; i < 3; i++) {
    CytoStr name = {0};
    cyto_str_printf(&name, "%s%s%s", form[i][0], form[i][1], form[i][2]);
    CYTO_AUTOFREE char *text = name.text;
    CYTO_AUTOFREE char *full = text ? cyto_path_join(folder, text) : NULL;
    if (!full)
      return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while opening %s", path);
    if (cyto_path_exists(full))
      return cyto_size_model_read(full, size, err);
  }
  return true;
}

bool cyto_model_read(const CytoModelEntry *entry, CytoWeights **out, CytoError *err) {
  CytoWeights *weights = NULL;
  if (!cyto_weights_read(entry->path, &weights, err))
    return false;
  if ((!weights->size.n && !read_size_beside(entry->path, &weights->size, err)) ||
      !cyto_thresholds_read_beside(entry->path, weights, err)) {
    cyto_weights_free(weights);
    return false;
  }
  *out = weights;
  return true;
}

/* One of Cellpose's own models, by origin and name, or by the end of its path (§2.7). */
static bool is_cellpose_builtin(const CytoModelEntry *entry) {
  if (entry->origin == CYTO_MODEL_FILE)
    return cyto_has_suffix(entry->path, "nucleitorch_0");
  if (entry->origin != CYTO_MODEL_CELLPOSE)
    return false;
  const char *const *names = cyto_model_cellpose_names();
  for (size_t i = 0; names[i]; i++)
    if (strcmp(names[i], entry->name) == 0)
      return true;
  return false;
}

double cyto_model_diam_mean(const CytoModelEntry *entry, const CytoWeights *weights) {
  double usual = strstr(entry->name, "nuclei") ? 17 : 30;
  return is_cellpose_builtin(entry) || weights->diam_mean <= 0 ? usual : weights->diam_mean;
}

/* Networks _1, _2 and _3 beside a file that ends in _0 (§4.10); fewer than all three: none. */
static bool add_siblings(CytoModel *model, CytoJob *job, CytoError *err) {
  size_t n = strlen(model->path);
  char *sibling[3] = {0};
  bool complete = n > 2 && strcmp(model->path + n - 2, "_0") == 0, fine = true;
  for (int i = 0; i < 3 && complete; i++) {
    sibling[i] = strdup(model->path);
    if (sibling[i])
      sibling[i][n - 1] = (char)('1' + i);
    complete = sibling[i] && cyto_path_exists(sibling[i]);
  }
  for (int i = 0; i < 3 && complete && fine; i++) {
    CytoWeights *weights = NULL;
    fine =
        cyto_weights_read(sibling[i], &weights, err) &&
        (cyto_unet_new(weights, &model->net[1 + i], job, err) || cyto_fail_prefix(err, sibling[i]));
    cyto_weights_free(weights);
    if (fine && memcmp(cyto_unet_layout(model->net[0]), cyto_unet_layout(model->net[1 + i]),
                       sizeof(CytoLayout)) != 0)
      fine = cyto_fail(err, CYTO_ERROR_FORMAT, "%s is not of the same shape as %s", sibling[i],
                       model->path);
  }
  if (complete)
    model->nets = 4;
  for (int i = 0; i < 3; i++)
    free(sibling[i]);
  return fine;
}

static bool check_size_model(const CytoModel *model, CytoError *err) {
  size_t have = model->weights->size.n, want = cyto_unet_style_size(model->net[0]);
  return !have || have == want ||
         cyto_fail(err, CYTO_ERROR_FORMAT,
                   "%s: its size model has %zu values where the network's style has %zu: it "
                   "belongs to another network; remove it",
                   model->path, have, want);
}

static bool load(CytoModel *model, bool average, CytoJob *job, CytoError *err) {
  CytoModelEntry entry = {model->name, model->path, model->origin};
  if (!cyto_model_read(&entry, &model->weights, err))
    return false;
  if (!cyto_unet_new(model->weights, &model->net[0], job, err))
    return cyto_fail_prefix(err, model->path);
  model->nets = 1;
  cyto_weights_release(model->weights); /* packed in the network: only the card stays */
  model->diam_mean = cyto_model_diam_mean(&entry, model->weights);
  model->diam_labels =
      model->weights->diam_labels > 0 ? model->weights->diam_labels : model->diam_mean;
  return check_size_model(model, err) && (!average || add_siblings(model, job, err));
}

bool cyto_model_open(const char *name_or_path, bool average, CytoModel **out, CytoError *err) {
  return cyto_model_open_job(name_or_path, average, out, NULL, err);
}

bool cyto_model_open_job(const char *name_or_path, bool average, CytoModel **out, CytoJob *job,
                         CytoError *err) {
  CytoModelEntry entry = {0};
  if (!cyto_model_find(name_or_path, &entry, err))
    return false;
  CytoModel *model = cyto_calloc(1, sizeof *model, err);
  if (!model) {
    cyto_model_entry_clear(&entry);
    return false;
  }
  *model = (CytoModel){.name = entry.name, .path = entry.path, .origin = entry.origin};
  if (!load(model, average, job, err)) {
    cyto_model_free(model);
    return false;
  }
  *out = model;
  return true;
}

CytoNetKind cyto_model_kind(const CytoModel *model) {
  return cyto_layout_kind(cyto_unet_layout(model->net[0]));
}

void cyto_model_free(CytoModel *model) {
  if (!model)
    return;
  for (size_t i = 0; i < 4; i++)
    cyto_unet_free(model->net[i]);
  cyto_weights_free(model->weights);
  free(model->name);
  free(model->path);
  free(model);
}

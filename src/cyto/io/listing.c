#include "listing.h"
#include "../base/file.h"
#include "../base/mem.h"
#include "../base/text.h"
#include <dirent.h>
#include <errno.h>
#include <string.h>

static const char *const EXTENSIONS[] = {".png",  ".jpg", ".jpeg", ".tif", ".tiff",
                                         ".flex", ".dax", ".nd2",  ".nrrd"};
/* Ends of the names of results (before the extension). */
static const char *const RESULTS[] = {"_cp_output", "_flows",    "_flows_0", "_flows_1",
                                      "_flows_2",   "_cellprob", "_masks"};

void cyto_file_list_clear(CytoFileList *list) {
  for (size_t i = 0; i < list->count; i++)
    free(list->path[i]);
  free(list->path);
  *list = (CytoFileList){0};
}

bool cyto_file_list_add(CytoFileList *list, char *path, CytoError *err) {
  CYTO_AUTOFREE char *owned = path;
  if (!owned)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a list of files");
  if ((list->count & (list->count - 1)) == 0) { /* full at every power of two */
    char **grown = cyto_realloc(list->path, list->count ? 2 * list->count : 1, sizeof *grown, err);
    if (!grown)
      return false;
    list->path = grown;
  }
  list->path[list->count++] = cyto_steal(&owned);
  return true;
}

static bool ends_with(const char *text, const char *end) {
  const size_t n = strlen(text), m = strlen(end);
  return m <= n && strcmp(text + n - m, end) == 0;
}

static bool has_extension(const char *name, bool npy) {
  for (size_t i = 0; i < sizeof EXTENSIONS / sizeof *EXTENSIONS; i++)
    if (cyto_has_suffix(name, EXTENSIONS[i]))
      return true;
  return npy && cyto_has_suffix(name, ".npy");
}

static bool is_image(const char *name, const CytoListOptions *options, bool *image,
                     CytoError *err) {
  *image = name[0] != '.' && has_extension(name, options->npy);
  if (!*image)
    return true;
  CYTO_AUTOFREE char *stem = cyto_path_stem(name);
  if (!stem)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a list of files");
  for (size_t i = 0; i < sizeof RESULTS / sizeof *RESULTS; i++)
    *image = *image && !ends_with(stem, RESULTS[i]);
  if (cyto_has_suffix(name, "_seg.npy"))
    *image = false;
  if (options->mask_filter && *options->mask_filter)
    *image = *image && !ends_with(stem, options->mask_filter);
  *image = *image && (!options->img_filter || ends_with(stem, options->img_filter));
  return true;
}

static void close_folder(DIR **folder) {
  if (*folder)
    closedir(*folder);
}

static bool list_one(const char *folder, const CytoListOptions *options, bool down,
                     CytoFileList *out, CytoError *err) {
  CYTO_CLEANUP(close_folder) DIR *dir = opendir(folder);
  if (!dir)
    return cyto_fail_errno(err, "open the folder", folder);
  for (;;) {
    errno = 0;
    const struct dirent *entry = readdir(dir);
    if (!entry && errno)
      return cyto_fail_errno(err, "read the folder", folder);
    if (!entry)
      return true;
    if (entry->d_name[0] == '.')
      continue;
    CYTO_AUTOFREE char *path = cyto_path_join(folder, entry->d_name);
    if (!path)
      return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a list of files");
    if (cyto_path_is_folder(path)) {
      if (down && !list_one(path, options, false, out, err))
        return false;
      continue;
    }
    bool image = false;
    if (!is_image(entry->d_name, options, &image, err) ||
        (image && !cyto_file_list_add(out, cyto_steal(&path), err)))
      return false;
  }
}

static int compare_paths(const void *a, const void *b) {
  return cyto_natural_compare(*(char *const *)a, *(char *const *)b);
}

bool cyto_list_folder(const char *folder, const CytoListOptions *options, CytoFileList *out,
                      CytoError *err) {
  CYTO_CLEANUP(cyto_file_list_clear) CytoFileList list = {0};
  if (!list_one(folder, options, options->one_level_down, &list, err))
    return false;
  if (list.count == 0)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "no image in %s%s: looked for png, jpg, tif, flex, dax, nd2 and nrrd%s%s%s, "
                     "leaving out results such as *_cp_masks",
                     folder, options->one_level_down ? " and the folders in it" : "",
                     options->img_filter ? " whose names end with \"" : "",
                     options->img_filter ? options->img_filter : "",
                     options->img_filter ? "\"" : "");
  qsort(list.path, list.count, sizeof *list.path, compare_paths);
  *out = list;
  list = (CytoFileList){0};
  return true;
}

static bool add_all(const char *path, const CytoListOptions *options, CytoFileList *out,
                    CytoError *err) {
  if (!cyto_path_is_folder(path)) {
    if (!cyto_path_exists(path))
      return cyto_fail_errno(err, "open", path);
    return cyto_file_list_add(out, cyto_strdup(path, err), err);
  }
  CYTO_CLEANUP(cyto_file_list_clear) CytoFileList inner = {0};
  if (!cyto_list_folder(path, options, &inner, err))
    return false;
  for (size_t i = 0; i < inner.count; i++)
    if (!cyto_file_list_add(out, cyto_steal(&inner.path[i]), err))
      return false;
  return true;
}

typedef struct Named {
  const char *path;
  size_t place;
} Named;

static int compare_named(const void *a, const void *b) {
  const Named *x = a, *y = b;
  const int order = strcmp(x->path, y->path);
  return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* Keeps the first of equal paths, in the order given. */
static bool drop_duplicates(CytoFileList *list, CytoError *err) {
  CYTO_AUTOFREE Named *named = cyto_alloc(list->count, sizeof *named, err);
  CYTO_AUTOFREE bool *drop = cyto_calloc(list->count, sizeof *drop, err);
  if (!named || !drop)
    return false;
  for (size_t i = 0; i < list->count; i++)
    named[i] = (Named){list->path[i], i};
  qsort(named, list->count, sizeof *named, compare_named);
  for (size_t i = 1; i < list->count; i++)
    drop[named[i].place] = strcmp(named[i].path, named[i - 1].path) == 0;
  size_t kept = 0;
  for (size_t i = 0; i < list->count; i++)
    if (drop[i])
      free(list->path[i]);
    else
      list->path[kept++] = list->path[i];
  list->count = kept;
  return true;
}

bool cyto_list_paths(const char *const *paths, size_t n, const CytoListOptions *options,
                     CytoFileList *out, CytoError *err) {
  CYTO_CLEANUP(cyto_file_list_clear) CytoFileList list = {0};
  for (size_t i = 0; i < n; i++)
    if (!add_all(paths[i], options, &list, err))
      return false;
  if (!drop_duplicates(&list, err))
    return false;
  *out = list;
  list = (CytoFileList){0};
  return true;
}

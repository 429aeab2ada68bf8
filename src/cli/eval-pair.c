#include "eval.h"
#include "partner.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include <dirent.h>
#include <errno.h>
#include <string.h>

enum { NAMED = 5 }; /* missing partners that are named; of the rest the number is told */

/* One label file, or all files of one image: sub-folder ("" or its name) and stem. */
typedef struct Label {
  char *sub, *stem;
} Label;

typedef struct Labels {
  size_t count;
  Label *label;
  bool marked; /* names have an ending such as _masks; else every file is taken as labels */
} Labels;

static void labels_clear(Labels *labels) {
  for (size_t i = 0; i < labels->count; i++) {
    free(labels->label[i].sub);
    free(labels->label[i].stem);
  }
  free(labels->label);
  *labels = (Labels){0};
}

static bool no_memory(CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while listing labels");
}

static bool add_label(Labels *labels, const char *sub, const char *stem, CytoError *err) {
  if ((labels->count & (labels->count - 1)) == 0) { /* full at every power of two */
    size_t capacity = labels->count ? 2 * labels->count : 1;
    Label *grown = cyto_realloc(labels->label, capacity, sizeof *grown, err);
    if (!grown)
      return false;
    labels->label = grown;
  }
  CYTO_AUTOFREE char *a = cyto_strdup(sub, err), *b = a ? cyto_strdup(stem, err) : NULL;
  if (!b)
    return false;
  labels->label[labels->count++] = (Label){cyto_steal(&a), cyto_steal(&b)};
  return true;
}

static bool is_label_file(const char *name) {
  static const char *const ends[] = {".tif", ".tiff", ".png", ".npy"};
  for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
    if (name[0] != '.' && cyto_has_suffix(name, ends[k]))
      return true;
  return false;
}

/* With a name that has an ending, all names without one are left out from then on. */
static bool take_file(Labels *labels, const char *sub, const char *name, CytoError *err) {
  bool marked;
  CYTO_AUTOFREE char *stem = cli_label_stem(name, &marked);
  if (!stem)
    return no_memory(err);
  if (marked && !labels->marked) {
    labels_clear(labels);
    labels->marked = true;
  }
  return marked != labels->marked || add_label(labels, sub, stem, err);
}

static void close_folder(DIR **folder) {
  if (*folder)
    closedir(*folder);
}

static bool list(const char *folder, const char *sub, Labels *labels, CytoError *err) {
  CYTO_AUTOFREE char *here = *sub ? cyto_path_join(folder, sub) : cyto_strdup(folder, err);
  CYTO_CLEANUP(close_folder) DIR *dir = here ? opendir(here) : NULL;
  if (!dir)
    return here ? cyto_fail_errno(err, "open the folder", here) : no_memory(err);
  for (;;) {
    errno = 0;
    const struct dirent *entry = readdir(dir);
    if (!entry)
      return errno == 0 || cyto_fail_errno(err, "read the folder", here);
    CYTO_AUTOFREE char *path = cyto_path_join(here, entry->d_name);
    if (!path)
      return no_memory(err);
    bool inner = cyto_path_is_folder(path);
    if (inner && !*sub && entry->d_name[0] != '.' && !list(folder, entry->d_name, labels, err))
      return false;
    if (!inner && is_label_file(entry->d_name) && !take_file(labels, sub, entry->d_name, err))
      return false;
  }
}

static int compare(const void *a, const void *b) {
  const Label *x = a, *y = b;
  int order = cyto_natural_compare(x->sub, y->sub);
  return order ? order : cyto_natural_compare(x->stem, y->stem);
}

/* The images that a folder has labels of, each once. */
static bool list_folder(const char *folder, Labels *labels, CytoError *err) {
  if (!list(folder, "", labels, err))
    return false;
  if (labels->count > 1)
    qsort(labels->label, labels->count, sizeof *labels->label, compare);
  size_t kept = 0;
  for (size_t i = 0; i < labels->count; i++) {
    if (kept > 0 && compare(&labels->label[kept - 1], &labels->label[i]) == 0) {
      free(labels->label[i].sub);
      free(labels->label[i].stem);
    } else {
      labels->label[kept++] = labels->label[i];
    }
  }
  labels->count = kept;
  return true;
}

static char *find_file(const char *folder, const Label *label, bool marked, CliLabelRole role,
                       CytoError *err) {
  CYTO_AUTOFREE char *here =
      *label->sub ? cyto_path_join(folder, label->sub) : cyto_strdup(folder, err);
  if (!here) {
    no_memory(err);
    return NULL;
  }
  return marked ? cli_find_labels(here, label->stem, role, err)
                : cli_find_bare(here, label->stem, err);
}

void cli_eval_pairs_clear(CliEvalPairs *pairs) {
  for (size_t i = 0; i < pairs->count; i++) {
    CliEvalImage *image = &pairs->image[i];
    for (size_t k = 0; image->found && k < pairs->predictions; k++)
      free(image->found[k]);
    free(image->found);
    free(image->name);
    free(image->group);
    free(image->truth);
  }
  free(pairs->image);
  cyto_str_clear(&pairs->notes);
  *pairs = (CliEvalPairs){0};
}

/* Name and group of an image; takes the path over. */
static bool add_image(CliEvalPairs *pairs, const Label *label, char *truth, bool by_prefix,
                      CytoError *err) {
  CliEvalImage *image = &pairs->image[pairs->count++];
  image->truth = truth;
  image->found = cyto_calloc(pairs->predictions, sizeof *image->found, err);
  image->name =
      *label->sub ? cyto_path_join(label->sub, label->stem) : cyto_strdup(label->stem, NULL);
  image->group = cyto_strdup(by_prefix ? label->stem : label->sub, NULL);
  if (!image->found || !image->name || !image->group)
    return no_memory(err);
  if (by_prefix)
    image->group[strcspn(image->group, "_")] = 0;
  return true;
}

/* Where masks were looked for in vain; once a folder. */
static void say_names(CliEvalPairs *pairs, const Labels *there, const char *folder) {
  cyto_str_printf(&pairs->notes,
                  there->marked
                      ? "%s: looked there for <name>_cp_masks and <name>_masks, .tif or .png, and "
                        "for <name>_seg.npy\n"
                      : "%s: nothing there is called <name>_masks, <name>_cp_masks or "
                        "<name>_seg.npy; looked for <name>.tif, .png and .npy beside the truth\n",
                  folder);
}

/* What prediction k has for each image. */
static bool match(CliEvalPairs *pairs, const Labels *truth, const char *folder, size_t k,
                  CytoError *err) {
  CYTO_CLEANUP(labels_clear) Labels there = {0};
  size_t extra = 0, missing = 0;
  CytoError trouble = {0};
  if (!list_folder(folder, &there, err))
    return false;
  for (size_t i = 0; i < pairs->count; i++) {
    CliEvalImage *image = &pairs->image[i];
    image->found[k] = find_file(folder, &truth->label[i], there.marked, CLI_LABELS_FOUND, &trouble);
    if (trouble.code)
      return cyto_fail(err, trouble.code, "%s", trouble.text);
    if (image->found[k] && cyto_path_same(image->found[k], image->truth))
      free(cyto_steal(&image->found[k]));
    if (!image->found[k] && ++missing <= NAMED)
      cyto_str_printf(&pairs->notes, "%s: there are no masks for it in %s\n", image->name, folder);
  }
  if (missing > NAMED)
    cyto_str_printf(&pairs->notes, "%s: no masks for %zu more\n", folder, missing - NAMED);
  if (missing)
    say_names(pairs, &there, folder);
  for (size_t i = 0; there.marked && i < there.count; i++)
    extra += !bsearch(&there.label[i], truth->label, truth->count, sizeof *truth->label, compare);
  if (extra)
    cyto_str_printf(&pairs->notes, "%s: masks of %zu image%s that the truth does not have\n",
                    folder, extra, extra == 1 ? "" : "s");
  return true;
}

static bool pair_folders(const char *truth, char *const *predictions, bool by_prefix,
                         CliEvalPairs *pairs, CytoError *err) {
  CYTO_CLEANUP(labels_clear) Labels labels = {0};
  if (!list_folder(truth, &labels, err))
    return false;
  if (labels.count == 0)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "%s: no masks in it; looked for <name>_masks.tif or .png, <name>_seg.npy and "
                     "others that end in .tif, .png or .npy",
                     truth);
  pairs->image = cyto_calloc(labels.count, sizeof *pairs->image, err);
  if (!pairs->image)
    return false;
  for (size_t i = 0; i < labels.count; i++) {
    char *path = find_file(truth, &labels.label[i], labels.marked, CLI_LABELS_TRUE, err);
    if (!path)
      return cyto_fail(err, CYTO_ERROR_IO, "%s: %s has gone", truth, labels.label[i].stem);
    if (!add_image(pairs, &labels.label[i], path, by_prefix, err))
      return false;
  }
  for (size_t k = 0; k < pairs->predictions; k++)
    if (!match(pairs, &labels, predictions[k], k, err))
      return false;
  return true;
}

/* A true file; a prediction may be a file or the folder that has one of the same name. */
static bool pair_file(const char *truth, char *const *predictions, bool by_prefix,
                      CliEvalPairs *pairs, CytoError *err) {
  bool marked;
  char sub[] = "";
  CYTO_AUTOFREE char *stem = cli_label_stem(truth, &marked);
  CYTO_AUTOFREE char *path = stem ? cyto_strdup(truth, err) : NULL;
  pairs->image = path ? cyto_calloc(1, sizeof *pairs->image, err) : NULL;
  Label label = {sub, stem};
  if (!pairs->image || !add_image(pairs, &label, cyto_steal(&path), by_prefix, err))
    return no_memory(err);
  for (size_t k = 0; k < pairs->predictions; k++) {
    Labels one = {.count = 1, .label = &label};
    if (cyto_path_is_folder(predictions[k])) {
      if (!match(pairs, &one, predictions[k], k, err))
        return false;
    } else if (!(pairs->image[0].found[k] = cyto_strdup(predictions[k], err))) {
      return false;
    }
  }
  return true;
}

bool cli_eval_pair(const char *truth, char *const *predictions, size_t count, bool by_prefix,
                   CliEvalPairs *pairs, CytoError *err) {
  CYTO_CLEANUP(cli_eval_pairs_clear) CliEvalPairs made = {.predictions = count};
  bool folder = cyto_path_is_folder(truth);
  if (!cyto_path_exists(truth))
    return cyto_fail_errno(err, "open", truth);
  for (size_t k = 0; k < count; k++) {
    if (!cyto_path_exists(predictions[k]))
      return cyto_fail_errno(err, "open", predictions[k]);
    if (folder && !cyto_path_is_folder(predictions[k]))
      return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                       "%s is a folder and %s is a file; both sides must be of one kind", truth,
                       predictions[k]);
  }
  if (!(folder ? pair_folders(truth, predictions, by_prefix, &made, err)
               : pair_file(truth, predictions, by_prefix, &made, err)))
    return false;
  *pairs = made;
  made = (CliEvalPairs){0};
  return true;
}

#include "names.h"
#include "../base/file.h"
#include "../base/mem.h"
#include "../base/text.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const struct Place {
  const char *folder; /* of in_folders; NULL = none */
  const char *middle; /* between the image's name and the suffix */
  bool suffixed;
  bool beside; /* always beside the image */
  const char *extension;
} PLACE[] = {
    [CYTO_OUTPUT_SEG] = {NULL, "_seg", false, true, ".npy"},
    [CYTO_OUTPUT_ROIS] = {NULL, "_rois", false, true, ".zip"},
    [CYTO_OUTPUT_MASKS_PNG] = {"masks", "", true, false, ".png"},
    [CYTO_OUTPUT_MASKS_TIFF] = {"masks", "", true, false, ".tif"},
    [CYTO_OUTPUT_FIGURE] = {NULL, "_cp_output", true, false, ".png"},
    [CYTO_OUTPUT_OUTLINES_TEXT] = {"txt_outlines", "_cp_outlines", false, false, ".txt"},
    [CYTO_OUTPUT_OUTLINES_PNG] = {"outlines", "_outlines", true, false, ".png"},
    [CYTO_OUTPUT_FLOWS] = {"flows", "_flows", true, false, ".tif"},
    [CYTO_OUTPUT_FLOW_FIELD] = {"flows", "_dP", true, false, ".tif"},
};

/* The same place in the same words: no empty and no "." parts. "" is the current folder. */
static char *plain(const char *path, CytoError *err) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr out = {0};
  if (*path == '/')
    cyto_str_add(&out, "/");
  while (*path) {
    const size_t n = strcspn(path, "/");
    if (n > 0 && !(n == 1 && *path == '.')) {
      if (out.length > 0 && out.text[out.length - 1] != '/')
        cyto_str_add(&out, "/");
      cyto_str_add_bytes(&out, path, n);
    }
    path += n + (path[n] == '/');
  }
  if (out.failed) {
    cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a file name");
    return NULL;
  }
  return cyto_strdup(out.text ? out.text : "", err);
}

static bool same_place(const char *a, const char *b, bool *same, CytoError *err) {
  CYTO_AUTOFREE char *plain_a = plain(a, err);
  CYTO_AUTOFREE char *plain_b = plain_a ? plain(b, err) : NULL;
  if (!plain_b)
    return false;
  *same = strcmp(plain_a, plain_b) == 0;
  return true;
}

static bool out_of_memory(CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a file name");
}

/* Folder of a folder; steps that cannot be taken back in words are written as "..". */
static char *folder_above(const char *folder, CytoError *err) {
  CYTO_AUTOFREE char *short_name = plain(folder, err);
  if (!short_name)
    return NULL;
  if (strcmp(short_name, "/") == 0)
    return cyto_steal(&short_name);
  const char *last = cyto_path_name(short_name);
  char *above = *short_name == 0          ? cyto_strdup("..", err)
                : strcmp(last, "..") == 0 ? cyto_path_join(short_name, "..")
                                          : cyto_path_folder(short_name);
  if (!above)
    out_of_memory(err);
  return above;
}

static bool choose_suffix(const CytoOutputPlan *plan, const char *image_folder, const char **suffix,
                          CytoError *err) {
  *suffix = "_cp_masks";
  if (!plan->output_name)
    return true;
  if (strchr(plan->output_name, '/'))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "the output name \"%.200s\" must not hold a slash; name the folder with "
                     "--savedir",
                     plan->output_name);
  bool usable = plan->output_name[0] != 0;
  if (plan->savedir) {
    const char *from = plan->dir ? plan->dir : image_folder;
    bool same = false;
    if (!same_place(plan->savedir, from, &same, err))
      return false;
    usable = !same;
  }
  if (usable)
    *suffix = plan->output_name;
  return true;
}

/* Folder without the sub-folder of in_folders. */
static char *choose_folder(const CytoOutputPlan *plan, const struct Place *place,
                           const char *image_folder, CytoError *err) {
  if (!place->beside && plan->savedir)
    return cyto_strdup(*plan->savedir ? plan->savedir : ".", err);
  if (!place->beside && plan->dir_above)
    return folder_above(image_folder, err);
  return cyto_strdup(image_folder, err);
}

static char *output_folder(const CytoOutputPlan *plan, const struct Place *place,
                           const char *image_folder, CytoError *err) {
  CYTO_AUTOFREE char *folder = choose_folder(plan, place, image_folder, err);
  if (!folder || !plan->in_folders || !place->folder)
    return cyto_steal(&folder);
  char *inner = cyto_path_join(folder, place->folder);
  if (!inner)
    out_of_memory(err);
  return inner;
}

bool cyto_output_path(const CytoOutputPlan *plan, const char *image, CytoOutputKind kind,
                      char **out, CytoError *err) {
  const struct Place *place = &PLACE[kind];
  const char *suffix = "";
  CYTO_AUTOFREE char *image_folder = cyto_path_folder(image);
  CYTO_AUTOFREE char *stem = cyto_path_stem(image);
  if (!image_folder || !stem)
    return out_of_memory(err);
  if (place->suffixed && !choose_suffix(plan, image_folder, &suffix, err))
    return false;
  CYTO_AUTOFREE char *folder = output_folder(plan, place, image_folder, err);
  if (!folder)
    return false;
  CYTO_CLEANUP(cyto_str_clear) CytoStr name = {0};
  cyto_str_printf(&name, "%s%s%s%s", stem, place->middle, suffix, place->extension);
  /* "a.tif" gives "a_seg.npy" rather than "./a_seg.npy". */
  CYTO_AUTOFREE char *path = name.failed ? NULL
                             : strcmp(folder, ".") == 0 && !strchr(image, '/')
                                 ? cyto_strdup(name.text, err)
                                 : cyto_path_join(folder, name.text);
  if (!path)
    return out_of_memory(err);
  bool same = false;
  if (!same_place(path, image, &same, err))
    return false;
  if (same)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "%s would be overwritten by its own result; give another --output_name or "
                     "--savedir",
                     image);
  *out = cyto_steal(&path);
  return true;
}

static bool make_folder(const char *folder, CytoError *err) {
  if (mkdir(folder, 0777) == 0 || (errno == EEXIST && cyto_path_is_folder(folder)))
    return true;
  return cyto_fail_errno(err, "create the folder", folder);
}

bool cyto_output_prepare(const CytoOutputPlan *plan, const char *image, CytoOutputKind kind,
                         CytoError *err) {
  CYTO_AUTOFREE char *path = NULL;
  if (!cyto_output_path(plan, image, kind, &path, err))
    return false;
  const struct Place *place = &PLACE[kind];
  if (plan->savedir && !place->beside && !cyto_path_is_folder(*plan->savedir ? plan->savedir : "."))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "the folder %s given with --savedir does not exist",
                     plan->savedir);
  CYTO_AUTOFREE char *folder = cyto_path_folder(path);
  if (!folder)
    return out_of_memory(err);
  if (plan->in_folders && place->folder && !make_folder(folder, err))
    return false;
  struct stat a, b;
  if (stat(path, &a) == 0 && stat(image, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "%s is the image %s by another name and would be overwritten", path, image);
  return true;
}

/* Which label file belongs to an image: the names that Cellpose and this program give them. */
#pragma once
#include "../cyto/base/error.h"

typedef enum {
  CLI_LABELS_TRUE,  /* _masks first, then _seg.npy, then _cp_masks */
  CLI_LABELS_FOUND, /* _cp_masks first, then _seg.npy, then _masks */
} CliLabelRole;

/* <folder>/<stem> with the first of these endings that is there, as .tif, .tiff or .png. Heap
 * string; NULL when there is none, or with err set when memory is short. */
char *cli_find_labels(const char *folder, const char *stem, CliLabelRole role, CytoError *err);
/* The same beside an image. */
char *cli_labels_beside(const char *image, CytoError *err);
/* <folder>/<stem>.tif, .tiff, .png or .npy itself, for folders that hold labels alone. */
char *cli_find_bare(const char *folder, const char *stem, CytoError *err);

/* The stem that a label file's own name stands for: "a_masks.tif", "a_cp_masks.png", "a_seg.npy" →
 * "a"; *marked says whether it had such an ending. Heap string. */
char *cli_label_stem(const char *path, bool *marked);

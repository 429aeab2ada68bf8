/* Which label file belongs to an image: the names that Cellpose and this program give them. */
#pragma once
#include "../cyto/base/error.h"

/* <folder>/<stem><ending> for the first of the endings that is there: _masks and _cp_masks as .tif,
 * .tiff or .png, then _seg.npy. Heap string; NULL when there is none, or with err set when memory
 * is short. */
char *cli_find_labels(const char *folder, const char *stem, CytoError *err);

/* The stem that a label file's own name stands for: "a_masks.tif", "a_cp_masks.png", "a_seg.npy" →
 * "a"; *marked says whether it had such an ending. Heap string. */
char *cli_label_stem(const char *path, bool *marked);

/* Lists of images to train on: Cellpose's --file_list (algorithm.md §9.5), or text. */
#pragma once
#include "listing.h"

typedef struct CytoImageList {
  CytoFileList train, test;
  double *weight; /* (train.count), or NULL: all alike */
} CytoImageList;

/* A .npy with a pickled dictionary of "train_files" and perhaps "test_files" and "train_probs", a
 * .npy of names alone, or text with one name a line. The pickle is read as data: nothing in it is
 * executed. A relative name that is not there is looked for beside the list as well. Names need not
 * exist. Zero-initialise *out. */
bool cyto_image_list_read(const char *path, CytoImageList *out, CytoError *err);
void cyto_image_list_clear(CytoImageList *list);

/* The images of a folder, in the order people count (algorithm.md §12.9). */
#pragma once
#include "../base/error.h"

typedef struct CytoListOptions {
  const char *img_filter;  /* names must end so before the extension; NULL = all */
  const char *mask_filter; /* names that end so are labels, not images; NULL = "_masks" */
  bool one_level_down;     /* the folders in the folder as well */
  bool npy;                /* .npy pictures too (never _seg.npy) */
} CytoListOptions;

typedef struct CytoFileList {
  size_t count;
  char **path;
} CytoFileList;

/* Images with the extensions of Cellpose in a folder: natural order, results of earlier runs and
 * hidden files left out. Error: not a folder, unreadable, or no image in it. */
bool cyto_list_folder(const char *folder, const CytoListOptions *options, CytoFileList *out,
                      CytoError *err);

/* Files and folders mixed: files as they are, whatever their names; folders as above. Every file
 * once, in the order given. A name that is not there is an error. */
bool cyto_list_paths(const char *const *paths, size_t n, const CytoListOptions *options,
                     CytoFileList *out, CytoError *err);
void cyto_file_list_clear(CytoFileList *list);
/* Takes path over (heap string), which is freed when it cannot be kept; NULL is a path that memory
 * was too short for. */
bool cyto_file_list_add(CytoFileList *list, char *path, CytoError *err);

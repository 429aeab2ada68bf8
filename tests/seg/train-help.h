/* Folders of made-up images with masks, for the tests of training. */
#pragma once
#include "base/file.h"
#include "base/mem.h"
#include "check.h"
#include "io/labels.h"
#include "seg/train-data.h"
#include "synth.h"
#include <dirent.h>
#include <unistd.h>

static inline char *make_folder(void) {
  char *path = strdup("/tmp/cyto-train-XXXXXX");
  if (!path || !mkdtemp(path))
    abort();
  return path;
}

/* Files in folders of one level. */
static inline void remove_folder(char *path) {
  DIR *dir = opendir(path);
  for (struct dirent *entry; dir && (entry = readdir(dir));) {
    char name[512];
    snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    if (cyto_path_is_folder(name))
      remove_folder(strdup(name));
    else
      unlink(name);
  }
  if (dir)
    closedir(dir);
  rmdir(path);
  free(path);
}

static inline char *in_folder(const char *folder, const char *name) {
  char *path = cyto_path_join(folder, name);
  if (!path)
    abort();
  return path;
}

/* <name>.png, and <name>_masks.tif unless there are no labels. */
static inline void write_pair(const char *folder, const char *name, const uint16_t *image,
                              const uint32_t *labels, size_t ny, size_t nx) {
  CYTO_AUTOFREE uint8_t *rgb = malloc(3 * ny * nx);
  char file[128];
  CytoError err = {0};
  for (size_t i = 0; i < 3 * ny * nx; i++)
    rgb[i] = (uint8_t)(image[i / 3] >> 8);
  snprintf(file, sizeof file, "%s.png", name);
  CYTO_AUTOFREE char *path = in_folder(folder, file);
  snprintf(file, sizeof file, "%s_masks.tif", name);
  CYTO_AUTOFREE char *masks = in_folder(folder, file);
  CytoLabels all = {1, ny, nx, (uint32_t *)(uintptr_t)labels};
  if (!cyto_png_write_rgb(rgb, ny, nx, path, &err) ||
      (labels && !cyto_tiff_write_labels(&all, masks, &err))) {
    printf("# %s\n", err.text);
    abort();
  }
}

/* Nuclei from a seed; returns how many. */
static inline uint32_t write_nuclei(const char *folder, const char *name, uint64_t seed,
                                    unsigned cells, bool masks) {
  enum { NY = 96, NX = 110 };
  static uint16_t image[NY * NX];
  static uint32_t labels[NY * NX];
  SynthOptions options = synth_defaults(seed);
  options.ny = NY;
  options.nx = NX;
  options.cells = cells;
  options.diameter = 14;
  uint32_t n = synth_nuclei(&options, image, labels);
  write_pair(folder, name, image, masks ? labels : NULL, NY, NX);
  return n;
}

static inline CytoTrainSource source_of(const char *const *folder) {
  return (CytoTrainSource){.folder = folder,
                           .folders = 1,
                           .mask_filter = "_masks",
                           .reading = cyto_read_defaults(),
                           .nchan = 2,
                           .normalize = cyto_normalize_defaults(),
                           .min_masks = 5};
}

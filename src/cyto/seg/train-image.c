#include "../base/file.h"
#include "../base/mem.h"
#include "../flow/classes.h"
#include "../flow/clean.h"
#include "../flow/target.h"
#include "train-private.h"
#include <string.h>

enum { SMALLEST = 5 }; /* pixels; smaller diameters are raised to it */

void cyto_train_image_clear(CytoTrainImage *image) {
  free(image->path);
  free(image->x);
  free(image->inside);
  free(image->flows);
  free(image->distance);
  free(image->labels);
  *image = (CytoTrainImage){0};
}

static bool out_of_memory(CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a file name");
}

/* "a/b_img.png" and the filter "_img" → "a/b"; heap string. */
static char *mask_base(const char *image, const char *img_filter) {
  CYTO_AUTOFREE char *folder = cyto_path_folder(image);
  CYTO_AUTOFREE char *stem = cyto_path_stem(image);
  if (!folder || !stem)
    return NULL;
  size_t n = strlen(stem), m = img_filter ? strlen(img_filter) : 0;
  if (m < n && m > 0 && strcmp(stem + n - m, img_filter) == 0)
    stem[n - m] = 0;
  return cyto_path_join(folder, stem);
}

char *cyto_train_masks_path(const char *image, const char *img_filter, const char *mask_filter,
                            CytoError *err) {
  static const char *const endings[] = {".tif", ".tiff", ".png"};
  bool whole = cyto_has_suffix(mask_filter, ".npy");
  CYTO_AUTOFREE char *base = mask_base(image, img_filter);
  for (size_t i = 0; i < (whole ? 1 : 3); i++) {
    CytoStr name = {0};
    cyto_str_printf(&name, "%s%s%s", base ? base : "", mask_filter, whole ? "" : endings[i]);
    CYTO_AUTOFREE char *path = name.text;
    if (!base || name.failed) {
      out_of_memory(err);
      return NULL;
    }
    if (cyto_path_exists(path))
      return cyto_steal(&path);
  }
  cyto_fail(err, CYTO_ERROR_IO, "it has no masks: there is no %s%s%s", cyto_path_name(base),
            mask_filter, whole ? "" : ".tif, .tiff or .png");
  return NULL;
}

static void on_warning(void *data, const char *text) {
  CytoTrainEntry *entry = data;
  cyto_str_printf(&entry->notes, "%s\n", text);
}

/* The channels the network reads, normalised, without trailing planes of zeros. */
static bool take_pixels(CytoTrainEntry *entry, const CytoImage *file, const CytoTrainSource *source,
                        CytoError *err) {
  size_t pixels = file->ny * file->nx, room = source->nchan > 2 ? source->nchan : 2;
  CYTO_AUTOFREE float *x = cyto_alloc(pixels, room * sizeof *x, err);
  CytoChannels channels = source->channels;
  if (!x)
    return false;
  if (file->nc == 1 && !source->all_channels && (channels.segment > 1 || channels.nucleus > 0)) {
    entry->grey = true;
    channels = (CytoChannels){0, 0};
  }
  if (source->all_channels || source->nchan != 2)
    cyto_select_first(file, 0, 0, source->nchan, x);
  else if (!cyto_select_channels(file, 0, 0, channels, x, err))
    return false;
  if (!cyto_normalize(x, source->nchan, file->ny, file->nx, &source->normalize, NULL, err))
    return false;
  size_t planes = source->nchan, i = 0;
  for (; planes > 1; planes--) {
    const float *plane = x + (planes - 1) * pixels;
    for (i = 0; i < pixels && plane[i] == 0; i++)
      continue;
    if (i < pixels)
      break;
  }
  float *trimmed = cyto_alloc(pixels, planes * sizeof *trimmed, err);
  if (!trimmed)
    return false;
  memcpy(trimmed, x, pixels * planes * sizeof *trimmed);
  entry->image.x = trimmed;
  entry->image.planes = planes;
  entry->image.ny = file->ny;
  entry->image.nx = file->nx;
  return true;
}

static bool read_pixels(CytoTrainEntry *entry, const CytoTrainSource *source, CytoJob *job,
                        CytoError *err) {
  CYTO_CLEANUP(cyto_image_drop) CytoImage *file = NULL;
  CytoReadOptions reading = source->reading;
  if (job->max_memory)
    reading.max_memory = job->max_memory;
  if (!cyto_image_read(entry->path, &reading, &file, job, err))
    return false;
  if (file->nt * file->nz > 1)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "it has %zu planes; training takes images of one plane", file->nt * file->nz);
  return take_pixels(entry, file, source, err);
}

/* Reads the masks and counts them: labels become 1..n. */
static bool read_masks(CytoTrainEntry *entry, const CytoTrainSource *source,
                       const char *mask_filter, CytoLabels *labels, CytoJob *job, CytoError *err) {
  CytoTrainImage *image = &entry->image;
  CYTO_AUTOFREE char *path =
      cyto_train_masks_path(entry->path, source->img_filter, mask_filter, err);
  if (!path || !cyto_labels_read(path, labels, job, err))
    return false;
  if (labels->nz != 1 || labels->ny != image->ny || labels->nx != image->nx)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "its masks in %s have %zu × %zu pixels%s, the image %zu × %zu",
                     cyto_path_name(path), labels->nx, labels->ny,
                     labels->nz > 1 ? " and more than one plane" : "", image->nx, image->ny);
  size_t pixels = image->ny * image->nx;
  if (!cyto_renumber(labels->data, pixels, &image->masks, err) ||
      !cyto_labels_diameter(labels->data, pixels, &image->diameter, err))
    return false;
  if (image->masks < source->min_masks)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "its masks hold %u cell%s, fewer than the %u asked for (--min_train_masks)",
                     image->masks, image->masks == 1 ? "" : "s", source->min_masks);
  if (image->masks == 0) {
    image->diameter = 0;
    return true;
  }
  if (image->diameter < SMALLEST)
    cyto_str_printf(&entry->notes,
                    "its cells are tiny, %.1f pixels across in the median; they count as %d\n",
                    image->diameter, SMALLEST);
  image->diameter = image->diameter < SMALLEST ? SMALLEST : image->diameter;
  return true;
}

/* Flows from the file beside the image, or made and kept there. */
static bool take_flows(CytoTrainEntry *entry, const CytoTrainSource *source, const uint32_t *labels,
                       CytoError *err) {
  CytoTrainImage *image = &entry->image;
  size_t ny = image->ny, nx = image->nx;
  image->flows = cyto_alloc(ny * nx, 2 * sizeof *image->flows, err);
  if (!image->flows)
    return false;
  entry->computed =
      source->no_flow_cache || !cyto_flow_cache_read(entry->path, labels, ny, nx, image->flows);
  if (entry->computed && !cyto_flows_from_labels(labels, ny, nx, image->flows, NULL, err))
    return false;
  if (entry->computed && !source->no_flow_cache)
    cyto_flow_cache_write(entry->path, labels, image->flows, ny, nx, &entry->unwritten);
  return true;
}

static bool take_distance(CytoTrainImage *image, const uint32_t *labels, CytoError *err) {
  image->distance = cyto_alloc(image->ny * image->nx, sizeof *image->distance, err);
  return image->distance &&
         cyto_contour_distance(labels, image->ny, image->nx, image->distance, err);
}

static bool take_targets(CytoTrainEntry *entry, const CytoTrainSource *source, CytoLabels *labels,
                         CytoError *err) {
  CytoTrainImage *image = &entry->image;
  size_t pixels = image->ny * image->nx;
  image->inside = cyto_alloc(pixels, sizeof *image->inside, err);
  if (!image->inside)
    return false;
  for (size_t i = 0; i < pixels; i++)
    image->inside[i] = labels->data[i] > 0;
  if ((source->classes == 0 && !take_flows(entry, source, labels->data, err)) ||
      (source->classes == 3 && !take_distance(image, labels->data, err)))
    return false;
  if (source->keep_labels)
    image->labels = cyto_steal(&labels->data);
  return true;
}

void cyto_train_entry_read(CytoTrainEntry *entry, const CytoTrainSource *source,
                           const char *mask_filter, size_t max_memory) {
  CytoJob job = {.max_memory = max_memory, .warning = on_warning, .data = entry};
  CYTO_CLEANUP(cyto_labels_clear) CytoLabels labels = {0};
  CytoError *err = &entry->problem;
  entry->image.weight = 1;
  entry->image.path = cyto_strdup(entry->path, err);
  bool good = entry->image.path && read_pixels(entry, source, &job, err) &&
              read_masks(entry, source, mask_filter, &labels, &job, err) &&
              take_targets(entry, source, &labels, err);
  if (!good)
    cyto_train_image_clear(&entry->image);
}

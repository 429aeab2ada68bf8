#include "synth.h"
#include "models.h"
#include "partner.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/parallel.h"
#include "../cyto/base/stats.h"
#include "../cyto/base/text.h"
#include "../cyto/io/labels.h"
#include "../cyto/io/listing.h"
#include "../cyto/io/reader.h"
#include <math.h>

/* All images of a call; each item writes its own error when it is the first to fail. */
typedef struct Batch {
  const CliSynth *synth;
  CytoFileList nuclei; /* only images with labels */
  CytoError *failed;   /* one a worker */
  atomic_bool stop;
} Batch;

static void batch_clear(Batch *batch) {
  cyto_file_list_clear(&batch->nuclei);
  free(batch->failed);
}

static CytoSynthKind kind_of(const CliSynth *synth, size_t item) {
  return synth->kind[item % synth->kinds];
}

/* <folder>/<kind>_<number>[_masks].tif or .png */
static char *name_of(const CliSynth *synth, size_t item, const char *ending, CytoError *err) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr name = {0};
  cyto_str_printf(&name, "%s_%05zu%s%s", cyto_synth_name(kind_of(synth, item)), item + 1, ending,
                  synth->png ? ".png" : ".tif");
  char *path = name.failed ? NULL : cyto_path_join(synth->folder, name.text);
  if (!path)
    cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while naming images");
  return path;
}

/* Red: the cells, green: the nuclei. */
static bool write_picture(const CytoSynthImage *image, bool png, const char *path, CytoError *err) {
  size_t n = image->ny * image->nx;
  CYTO_AUTOFREE uint16_t *rgb = cyto_calloc(3 * n, sizeof *rgb, err);
  if (!rgb)
    return false;
  for (size_t i = 0; i < n; i++) {
    rgb[3 * i] = image->cell[i];
    rgb[3 * i + 1] = image->nucleus[i];
  }
  if (!png)
    return cyto_tiff_write_rgb16(rgb, image->ny, image->nx, path, err);
  uint8_t *bytes = (uint8_t *)rgb; /* in place: the byte is never ahead of its word */
  for (size_t i = 0; i < 3 * n; i++)
    bytes[i] = (uint8_t)(rgb[i] >> 8);
  return cyto_png_write_rgb(bytes, image->ny, image->nx, path, err);
}

static bool write_image(const CliSynth *synth, size_t item, CytoSynthImage *image, CytoError *err) {
  CYTO_AUTOFREE char *picture = name_of(synth, item, "", err);
  CYTO_AUTOFREE char *masks = picture ? name_of(synth, item, "_masks", err) : NULL;
  CytoLabels labels = {1, image->ny, image->nx, image->labels};
  return masks && write_picture(image, synth->png, picture, err) &&
         (synth->png ? cyto_png_write_labels(&labels, masks, err)
                     : cyto_tiff_write_labels(&labels, masks, err));
}

/* Real nuclei; zero-initialise, nuclei_clear when done. */
typedef struct Nuclei {
  CytoImage *image;
  CytoLabels labels;
  float *picture;
} Nuclei;

static void nuclei_clear(Nuclei *nuclei) {
  cyto_image_unref(nuclei->image);
  cyto_labels_clear(&nuclei->labels);
  free(nuclei->picture);
}

/* To 0..1 between the 1st and 99th percentile, nuclei bright whatever the dye. */
static bool stretch(Nuclei *nuclei, size_t n, CytoError *err) {
  const double percent[2] = {1, 99};
  double range[2], sum[2] = {0, 0}, count[2] = {1e-9, 1e-9};
  if (!cyto_percentiles(nuclei->picture, n, percent, 2, range, err))
    return false;
  double scale = range[1] > range[0] ? 1 / (range[1] - range[0]) : 0;
  for (size_t i = 0; i < n; i++) {
    double value = (nuclei->picture[i] - range[0]) * scale;
    nuclei->picture[i] = (float)(value < 0 ? 0 : value > 1.5 ? 1.5 : value);
    sum[nuclei->labels.data[i] != 0] += nuclei->picture[i];
    count[nuclei->labels.data[i] != 0]++;
  }
  bool dark = sum[1] / count[1] < sum[0] / count[0];
  for (size_t i = 0; dark && i < n; i++)
    nuclei->picture[i] = fmaxf(1 - nuclei->picture[i], 0);
  return true;
}

static bool read_nuclei(const char *path, Nuclei *nuclei, CytoError *err) {
  CytoReadOptions options = cyto_read_defaults();
  CYTO_AUTOFREE char *masks = cli_labels_beside(path, err);
  if (!masks || !cyto_image_read(path, &options, &nuclei->image, NULL, err) ||
      !cyto_labels_read(masks, &nuclei->labels, NULL, err))
    return false;
  const CytoImage *image = nuclei->image;
  const CytoLabels *labels = &nuclei->labels;
  if (labels->nz != 1 || labels->ny != image->ny || labels->nx != image->nx)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "%s: the labels have %zu × %zu pixels, the image %zu × %zu", masks, labels->nx,
                     labels->ny, image->nx, image->ny);
  nuclei->picture = cyto_alloc(image->ny * image->nx, sizeof *nuclei->picture, err);
  if (!nuclei->picture)
    return false;
  cyto_image_plane_f32(image, 0, 0, 0, nuclei->picture);
  return stretch(nuclei, image->ny * image->nx, err);
}

/* Every second round over the kinds has real nuclei. */
static bool make_image(const Batch *batch, size_t item, CytoError *err) {
  const CliSynth *synth = batch->synth;
  CYTO_CLEANUP(nuclei_clear) Nuclei nuclei = {0};
  CYTO_CLEANUP(cyto_synth_clear) CytoSynthImage image = {0};
  CytoSynthNuclei source;
  uint64_t own = synth->seed * 0x9e3779b97f4a7c15u + item, any = own * 0xbf58476d1ce4e5b9u >> 32;
  CytoSynthOptions options = {.kind = kind_of(synth, item),
                              .seed = own,
                              .ny = synth->ny,
                              .nx = synth->nx,
                              .smallest = synth->smallest,
                              .largest = synth->largest};
  if (batch->nuclei.count && item / synth->kinds % 2 == 0 && options.kind != CYTO_SYNTH_PARTICLES) {
    if (!read_nuclei(batch->nuclei.path[any % batch->nuclei.count], &nuclei, err))
      return false;
    source =
        (CytoSynthNuclei){nuclei.labels.ny, nuclei.labels.nx, nuclei.labels.data, nuclei.picture};
    options.nuclei = &source;
  }
  return cyto_synth_draw(&options, &image, err) && write_image(synth, item, &image, err);
}

static void make_item(void *context, size_t item, unsigned worker) {
  Batch *batch = context;
  if (atomic_load(&batch->stop))
    return;
  if (!make_image(batch, item, &batch->failed[worker]))
    atomic_store(&batch->stop, true);
}

/* Leaves images without labels, or with none in them, out of the list. */
static bool list_nuclei(Batch *batch, CytoError *err) {
  CytoFileList *list = &batch->nuclei;
  size_t kept = 0;
  if (!batch->synth->nuclei)
    return true;
  if (!cyto_list_folder(batch->synth->nuclei, &(CytoListOptions){0}, list, err))
    return false;
  for (size_t i = 0; i < list->count; i++) {
    CYTO_AUTOFREE char *masks = cli_labels_beside(list->path[i], err);
    CYTO_CLEANUP(cyto_labels_clear) CytoLabels labels = {0};
    bool good = masks && cyto_labels_read(masks, &labels, NULL, NULL) && cyto_labels_max(&labels);
    if (good)
      list->path[kept++] = list->path[i];
    else
      free(list->path[i]);
  }
  list->count = kept;
  return kept || cyto_fail(err, CYTO_ERROR_ARGUMENT,
                           "--nuclei %s: no image there has labels beside it (<name>_masks.tif, "
                           "_masks.png or _seg.npy)",
                           batch->synth->nuclei);
}

static bool nothing_in_the_way(const CliSynth *synth, CytoError *err) {
  for (size_t item = 0; item < synth->count; item++) {
    for (int k = 0; k < 2; k++) {
      CYTO_AUTOFREE char *path = name_of(synth, item, k ? "_masks" : "", err);
      if (!path)
        return false;
      if (cyto_path_exists(path))
        return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                         "%s is there already and is not replaced; name a new folder", path);
    }
  }
  return true;
}

bool cli_synth(const CliSynth *synth, CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(batch_clear) Batch batch = {.synth = synth};
  unsigned workers = cyto_pool_threads(job->pool);
  if (!cli_make_folders(synth->folder, err) || !nothing_in_the_way(synth, err) ||
      !list_nuclei(&batch, err))
    return false;
  batch.failed = cyto_calloc(workers, sizeof *batch.failed, err);
  if (!batch.failed || !cyto_parallel(job, synth->count, make_item, &batch, "images", err))
    return false;
  for (unsigned k = 0; k < workers; k++)
    if (batch.failed[k].code)
      return cyto_fail(err, batch.failed[k].code, "%s", batch.failed[k].text);
  return true;
}

/* The batches of one epoch as training sees them: train-dump FOLDER OUT EPOCH CROP BATCH. Writes
 * OUT/x_<step>.npy and OUT/labels_<step>.npy. */
#include "npy.h"
#include "seg/train-private.h"
#include <stdio.h>
#include <stdlib.h>

static int fail(const CytoError *err) {
  fprintf(stderr, "%s\n", err->text);
  return 1;
}

static void save(const char *folder, const char *name, size_t step, const float *x,
                 const size_t shape[4]) {
  char path[600];
  snprintf(path, sizeof path, "%s/%s_%zu.npy", folder, name, step);
  npy_save_f32(path, x, 4, shape);
}

static int dump(CytoFeed *feed, const char *out, uint32_t epoch, size_t crop, CytoError *err) {
  if (!cyto_feed_begin(feed, epoch, 0, err))
    return fail(err);
  for (size_t step = 0; step < cyto_feed_steps(feed); step++) {
    CytoBatch batch;
    if (!cyto_feed_next(feed, &batch, err))
      return fail(err);
    save(out, "x", step, batch.x, (size_t[]){batch.n, 2, crop, crop});
    save(out, "labels", step, batch.labels, (size_t[]){batch.n, 3, crop, crop});
  }
  return 0;
}

int main(int argc, char **argv) {
  CytoError err = {0};
  CytoTrainSet set = {0};
  CytoFeed *feed = NULL;
  if (argc != 6)
    return 2;
  const char *const folder[] = {argv[1]};
  const CytoTrainSource source = {.folder = folder,
                                  .folders = 1,
                                  .mask_filter = "_masks",
                                  .reading = cyto_read_defaults(),
                                  .nchan = 2,
                                  .channels = {2, 3},
                                  .normalize = cyto_normalize_defaults(),
                                  .min_masks = 1};
  const CytoTrain options = {.crop = (size_t)atoi(argv[4]), .batch_size = (size_t)atoi(argv[5])};
  if (!cyto_train_set_read(&source, &set, NULL, &err) ||
      !cyto_feed_new(&set, &options, 2, 30, false, &feed, &err))
    return fail(&err);
  int code = dump(feed, argv[2], (uint32_t)atoi(argv[3]), options.crop, &err);
  cyto_feed_free(feed);
  cyto_train_set_clear(&set);
  return code;
}

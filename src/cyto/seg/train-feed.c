#include "../base/mem.h"
#include "../pix/augment.h"
#include "train-private.h"
#include <math.h>
#include <string.h>

/* One crop as it was drawn. */
typedef struct Cut {
  const CytoTrainImage *image;
  CytoCrop crop;
  CytoTone tone;
  double blur;
} Cut;

/* A batch in the making or in use. */
typedef struct Slot {
  struct CytoFeed *feed;
  Cut *cut;
  size_t n;
  float *x, *labels, *scratch;
  CytoTask *task;
} Slot;

struct CytoFeed {
  const CytoTrainSet *set;
  const CytoTrain *options;
  size_t nchan, images;
  double diam_mean;
  bool test;
  CytoRandom random;
  uint64_t dice; /* of what Cellpose does not draw */
  size_t *order;
  double *weight;
  size_t next; /* image of the epoch that is drawn next */
  Slot slot[2];
  int turn; /* the slot that is handed out next */
};

/* Numbers beside Cellpose's own, so that those stay the same (splitmix64); 0..1. */
static double throw_dice(CytoFeed *feed) {
  uint64_t z = feed->dice += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static void draw_tone(CytoFeed *feed, Cut *cut) {
  const CytoTrain *options = feed->options;
  double contrast = throw_dice(feed), brightness = throw_dice(feed), invert = throw_dice(feed);
  double blurred = throw_dice(feed), sigma = throw_dice(feed);
  cut->tone = (CytoTone){1, 0};
  cut->blur = 0;
  if (feed->test)
    return;
  if (options->jitter > 0)
    cut->tone = (CytoTone){(float)(1 + options->jitter * (2 * contrast - 1)),
                           (float)(options->jitter * (brightness - 0.5))};
  if (invert < options->invert_share)
    cut->tone = (CytoTone){-cut->tone.gain, 1 - cut->tone.offset};
  if (options->blur > 0 && blurred < 0.5)
    cut->blur = options->blur * sigma;
}

/* Cell pixels up to two pixels of the crop away from the contour are class 2 (algorithm.md §15.3).
 */
static void mark_boundary(const Cut *cut, size_t size, float *distance, float *labels) {
  const CytoTrainImage *image = cut->image;
  const CytoTone same = {1, 0};
  float square = cut->crop.scale * cut->crop.scale;
  cyto_crop_plane(&cut->crop, image->distance, image->ny, image->nx, size, same, distance);
  for (size_t i = 0; i < size * size; i++)
    if (labels[i] > 0.5F && distance[i] * square <= 4)
      labels[i] = 2;
}

static void make_cut(const CytoFeed *feed, Slot *slot, size_t k) {
  const Cut *cut = &slot->cut[k];
  const CytoTrainImage *image = cut->image;
  size_t size = feed->options->crop, pixels = size * size;
  size_t targets = feed->set->classes ? 1 : 3;
  float *x = slot->x + k * feed->nchan * pixels, *labels = slot->labels + k * targets * pixels;
  for (size_t c = 0; c < feed->nchan; c++) {
    if (c >= image->planes) {
      memset(x + c * pixels, 0, pixels * sizeof *x);
      continue;
    }
    cyto_crop_plane(&cut->crop, image->x + c * image->ny * image->nx, image->ny, image->nx, size,
                    cut->tone, x + c * pixels);
    cyto_crop_blur(x + c * pixels, size, cut->blur, slot->scratch);
  }
  cyto_crop_inside(&cut->crop, image->inside, image->ny, image->nx, size, labels);
  if (!feed->set->classes)
    cyto_crop_flows(&cut->crop, image->flows, image->ny, image->nx, size, labels + pixels);
  if (image->distance)
    mark_boundary(cut, size, slot->scratch, labels);
}

static void make_batch(void *context) {
  Slot *slot = context;
  for (size_t k = 0; k < slot->n; k++)
    make_cut(slot->feed, slot, k);
}

static double shrink_of(const CytoFeed *feed, const CytoTrainImage *image) {
  bool as_it_is = feed->options->no_rescale || image->masks == 0;
  return as_it_is ? 1 : image->diameter / feed->diam_mean;
}

/* Draws the crops of the next batch, if there is one, and begins to make them. */
static bool start_slot(CytoFeed *feed, Slot *slot, CytoError *err) {
  size_t left = feed->images - feed->next, batch = feed->options->batch_size;
  slot->n = left < batch ? left : batch;
  for (size_t k = 0; k < slot->n; k++) {
    Cut *cut = &slot->cut[k];
    cut->image = &feed->set->image[feed->order[feed->next++]];
    cut->crop = cyto_crop_draw(&feed->random, cut->image->ny, cut->image->nx, feed->options->crop,
                               feed->options->no_rescale ? 1 : 0.5, shrink_of(feed, cut->image));
    draw_tone(feed, cut);
  }
  slot->task = slot->n ? cyto_task_start(make_batch, slot, err) : NULL;
  return slot->task || slot->n == 0;
}

static void wait_for(Slot *slot) {
  cyto_task_wait(cyto_steal(&slot->task));
}

void cyto_feed_free(CytoFeed *feed) {
  if (!feed)
    return;
  for (int i = 0; i < 2; i++) {
    wait_for(&feed->slot[i]);
    free(feed->slot[i].cut);
    free(feed->slot[i].x);
    free(feed->slot[i].labels);
    free(feed->slot[i].scratch);
  }
  free(feed->order);
  free(feed->weight);
  free(feed);
}

static bool make_slots(CytoFeed *feed, CytoError *err) {
  size_t batch = feed->options->batch_size, size = feed->options->crop, values;
  if (!cyto_mul(size, size, &values) || !cyto_mul(values, batch, &values) ||
      values > SIZE_MAX / 64 / feed->nchan)
    return cyto_fail(err, CYTO_ERROR_LIMIT, "%zu crops of %zu × %zu pixels do not fit memory",
                     batch, size, size);
  for (int i = 0; i < 2; i++) {
    Slot *slot = &feed->slot[i];
    slot->feed = feed;
    slot->cut = cyto_calloc(batch, sizeof *slot->cut, err);
    slot->x = slot->cut ? cyto_alloc(values, feed->nchan * sizeof(float), err) : NULL;
    slot->labels = slot->x ? cyto_alloc(values, 3 * sizeof(float), err) : NULL;
    slot->scratch = slot->labels ? cyto_alloc(size * size, sizeof(float), err) : NULL;
    if (!slot->scratch)
      return false;
  }
  return true;
}

bool cyto_feed_new(const CytoTrainSet *set, const CytoTrain *options, size_t nchan,
                   double diam_mean, bool test, CytoFeed **out, CytoError *err) {
  CytoFeed *feed = cyto_calloc(1, sizeof *feed, err);
  if (!feed)
    return false;
  feed->set = set;
  feed->options = options;
  feed->nchan = nchan;
  feed->diam_mean = diam_mean;
  feed->test = test;
  feed->images = test || !options->images_per_epoch ? set->count : options->images_per_epoch;
  feed->order = cyto_alloc(feed->images, sizeof *feed->order, err);
  feed->weight = feed->order ? cyto_alloc(set->count, sizeof *feed->weight, err) : NULL;
  if (!feed->weight || !make_slots(feed, err)) {
    cyto_feed_free(feed);
    return false;
  }
  for (size_t i = 0; i < set->count; i++)
    feed->weight[i] = options->weighted ? set->image[i].weight : 1;
  *out = feed;
  return true;
}

size_t cyto_feed_images(const CytoFeed *feed) {
  return feed->images;
}

size_t cyto_feed_steps(const CytoFeed *feed) {
  return cyto_items(feed->images, feed->options->batch_size);
}

/* Test images keep their order; as many as there are, without weights, are shuffled; else they are
 * drawn with replacement (algorithm.md §9.6). */
static bool draw_order(CytoFeed *feed, CytoError *err) {
  size_t n = feed->set->count;
  if (feed->test) {
    for (size_t i = 0; i < n; i++)
      feed->order[i] = i;
    return true;
  }
  if (feed->options->weighted || feed->images != n)
    return cyto_random_choice(&feed->random, feed->weight, n, feed->order, feed->images, err);
  cyto_random_permutation(&feed->random, feed->order, n);
  return true;
}

bool cyto_feed_begin(CytoFeed *feed, uint32_t seed, size_t step, CytoError *err) {
  size_t skipped = step * feed->options->batch_size;
  wait_for(&feed->slot[0]);
  wait_for(&feed->slot[1]);
  skipped = skipped < feed->images ? skipped : feed->images;
  cyto_random_seed(&feed->random, seed);
  feed->dice = (uint64_t)seed << 32 ^ UINT64_C(0x5851f42d4c957f2d);
  if (!draw_order(feed, err))
    return false;
  Cut forgotten;
  cyto_crop_skip(&feed->random, skipped);
  for (size_t i = 0; i < skipped; i++)
    draw_tone(feed, &forgotten);
  feed->next = skipped;
  feed->turn = 0;
  return start_slot(feed, &feed->slot[0], err);
}

bool cyto_feed_next(CytoFeed *feed, CytoBatch *batch, CytoError *err) {
  Slot *slot = &feed->slot[feed->turn], *other = &feed->slot[1 - feed->turn];
  wait_for(slot);
  *batch = (CytoBatch){slot->x, slot->labels, slot->n, feed->options->crop, feed->options->crop};
  feed->turn = 1 - feed->turn;
  return start_slot(feed, other, err);
}

/* Which thresholds a U-Net with classes should have (algorithm.md §15.3). */
#include "../base/mem.h"
#include "../base/parallel.h"
#include "../flow/classes.h"
#include "../flow/clean.h"
#include "../flow/metrics.h"
#include "../pix/resize.h"
#include "road.h"
#include "train-private.h"
#include <string.h>

enum { CELLS = 17, BOUNDARIES = 5, GRID = CELLS * BOUNDARIES, IMAGES = 8, SMALLEST = 15 };

static double cell_at(size_t i) {
  return -4 + 0.5 * (double)i;
}

static double boundary_at(size_t i) {
  return -2 + (double)i;
}

/* One image: the network's answer and the truth at its size. */
typedef struct Sample {
  CytoAnswer answer;
  uint32_t *truth;
  double score[GRID];
  CytoError error;
} Sample;

typedef struct Search {
  Sample sample[IMAGES];
  size_t count, classes;
} Search;

static void search_clear(Search *search) {
  for (size_t i = 0; i < IMAGES; i++) {
    cyto_answer_clear(&search->sample[i].answer);
    free(search->sample[i].truth);
  }
}

static bool score(const Sample *s, uint32_t *labels, double *out, CytoError *err) {
  static const double thresholds[] = {0.5, 0.75, 0.9};
  size_t h = s->answer.h, w = s->answer.w;
  CytoScore found[3];
  if (!cyto_fill_and_remove_small(labels, h, w, SMALLEST, NULL, NULL, err) ||
      !cyto_average_precision(s->truth, labels, h, w, thresholds, 3, found, err))
    return false;
  *out = found[0].ap + found[1].ap + found[2].ap;
  return true;
}

/* All boundary thresholds at one cell threshold: who border pixels would join is the same. */
static bool try_cells(Sample *s, size_t classes, size_t i, uint8_t *cell, uint32_t *labels,
                      CytoError *err) {
  size_t h = s->answer.h, w = s->answer.w, pixels = h * w;
  uint32_t *nearest = labels + pixels, *joined = nearest + pixels, n;
  cyto_class_cells(s->answer.y, pixels, classes, cell_at(i), cell);
  if (!cyto_components(cell, h, w, labels, &n, err) ||
      (classes == 3 && !cyto_nearest_labels(labels, h, w, nearest, NULL, err)))
    return false;
  for (size_t k = 0; k < (classes == 3 ? BOUNDARIES : 1); k++) {
    memcpy(joined, labels, pixels * sizeof *joined);
    if (classes == 3)
      cyto_class_join(s->answer.y, pixels, boundary_at(k), nearest, joined);
    if (!score(s, joined, &s->score[i * BOUNDARIES + k], err))
      return false;
  }
  return true;
}

static void search_item(void *context, size_t item, unsigned worker) {
  (void)worker;
  Search *search = context;
  Sample *s = &search->sample[item];
  size_t pixels = s->answer.h * s->answer.w;
  CYTO_AUTOFREE uint8_t *cell = cyto_alloc(pixels, 1, &s->error);
  CYTO_AUTOFREE uint32_t *labels = cell ? cyto_alloc(pixels, 3 * sizeof *labels, &s->error) : NULL;
  for (size_t i = 0; labels && i < CELLS; i++)
    if (!try_cells(s, search->classes, i, cell, labels, &s->error))
      return;
}

static bool prepare(const CytoModel *model, const CytoTrainImage *image, bool rescale, Sample *s,
                    CytoJob *job, CytoError *err) {
  double factor = rescale && image->masks ? model->diam_mean / image->diameter : 1;
  if (!cyto_train_answer(model, image, factor, &s->answer, job, err))
    return false;
  s->truth = cyto_alloc(s->answer.h * s->answer.w, sizeof *s->truth, err);
  return s->truth && cyto_resize_nearest_u32(image->labels, image->ny, image->nx, s->truth,
                                             s->answer.h, s->answer.w, err);
}

bool cyto_train_choose_thresholds(CytoModel *model, const CytoTrainSet *test, bool rescale,
                                  CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(search_clear) Search search = {.classes = cyto_unet_layout(model->net[0])->nout};
  search.count = test->count < IMAGES ? test->count : IMAGES;
  for (size_t i = 0; i < search.count; i++)
    if (!prepare(model, &test->image[i * test->count / search.count], rescale, &search.sample[i],
                 job, err))
      return false;
  if (!cyto_parallel(job, search.count, search_item, &search, NULL, err))
    return false;
  size_t best = 0;
  double most = -1;
  for (size_t i = 0; i < search.count; i++)
    if (search.sample[i].error.code != CYTO_OK)
      return cyto_fail(err, search.sample[i].error.code, "%s", search.sample[i].error.text);
  for (size_t k = 0; k < GRID; k += search.classes == 3 ? 1 : BOUNDARIES) {
    double sum = 0;
    for (size_t i = 0; i < search.count; i++)
      sum += search.sample[i].score[k];
    if (sum > most) {
      most = sum;
      best = k;
    }
  }
  model->weights->has_thresholds = true;
  model->weights->cell_threshold = cell_at(best / BOUNDARIES);
  model->weights->boundary_threshold = search.classes == 3 ? boundary_at(best % BOUNDARIES) : 0;
  return true;
}

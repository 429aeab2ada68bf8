#include "../base/mem.h"
#include "../flow/clean.h"
#include "../flow/metrics.h"
#include "../pix/resize.h"
#include "road.h"
#include "train-private.h"
#include <math.h>
#include <string.h>

static const double THRESHOLDS[] = {0.5, 0.75, 0.9};

static bool mean_loss(CytoTrainer *trainer, CytoFeed *feed, double *loss, CytoJob *job,
                      CytoError *err) {
  double sum = 0, one = 0;
  if (!cyto_feed_begin(feed, 42, 0, err))
    return false;
  for (size_t step = 0; step < cyto_feed_steps(feed); step++) {
    CytoBatch batch;
    if (!cyto_feed_next(feed, &batch, err) || !cyto_trainer_loss(trainer, &batch, &one, job, err))
      return false;
    sum += one * (double)batch.n;
  }
  *loss = sum / (double)cyto_feed_images(feed);
  return true;
}

/* The network as it stands, as a model that segments. */
static bool open_model(CytoTrainer *trainer, CytoModel *model, CytoJob *job, CytoError *err) {
  if (!cyto_trainer_weights(trainer, &model->weights, err))
    return false;
  model->nets = 1;
  model->diam_mean = model->diam_labels = model->weights->diam_mean;
  return cyto_unet_new(model->weights, &model->net[0], job, err);
}

static void close_model(CytoModel *model) {
  cyto_unet_free(model->net[0]);
  cyto_weights_free(model->weights);
}

bool cyto_train_answer(const CytoModel *model, const CytoTrainImage *image, double rescale,
                       CytoAnswer *out, CytoJob *job, CytoError *err) {
  size_t nchan = cyto_unet_layout(model->net[0])->nbase[0], pixels = image->ny * image->nx;
  CytoSegment options = cyto_segment_defaults();
  CYTO_AUTOFREE float *x = cyto_calloc(pixels, nchan * sizeof *x, err);
  if (!x)
    return false;
  memcpy(x, image->x, pixels * image->planes * sizeof *x);
  return cyto_road_network(model, x, image->ny, image->nx, rescale, &options, out, job, err);
}

/* The road of segment.c for pixels that are normalised already, at the true diameter. */
static bool segment(const CytoModel *model, const CytoTrainImage *image, double rescale,
                    uint32_t *labels, CytoJob *job, CytoError *err) {
  size_t nout = cyto_unet_layout(model->net[0])->nout, ny = image->ny, nx = image->nx;
  CytoSegment options = cyto_segment_defaults();
  CYTO_CLEANUP(cyto_answer_clear) CytoAnswer answer = {0};
  if (!cyto_train_answer(model, image, rescale, &answer, job, err))
    return false;
  if (cyto_road_enlarges(model, &options)) {
    CYTO_AUTOFREE float *y = cyto_alloc(ny * nx, nout * sizeof *y, err);
    if (!y || !cyto_resize_linear(answer.y, nout, answer.h, answer.w, y, ny, nx, job, err))
      return false;
    free(answer.y);
    answer.y = cyto_steal(&y);
    answer.h = ny;
    answer.w = nx;
  }
  CYTO_AUTOFREE uint32_t *small = cyto_alloc(answer.h * answer.w, sizeof *small, err);
  return small && cyto_road_cells(model, &answer, rescale, &options, small, job, err) &&
         cyto_resize_nearest_u32(small, answer.h, answer.w, labels, ny, nx, err) &&
         cyto_fill_and_remove_small(labels, ny, nx, options.min_size, NULL, job, err);
}

/* sum: precision at the three thresholds, Dice. */
static bool add_scores(const CytoModel *model, const CytoTrainImage *image, bool rescale,
                       double sum[4], CytoJob *job, CytoError *err) {
  CytoScore score[3];
  double scale = rescale && image->masks ? model->diam_mean / image->diameter : 1;
  CYTO_AUTOFREE uint32_t *found = cyto_alloc(image->ny * image->nx, sizeof *found, err);
  if (!found || !segment(model, image, scale, found, job, err) ||
      !cyto_average_precision(image->labels, found, image->ny, image->nx, THRESHOLDS, 3, score,
                              err))
    return false;
  for (int k = 0; k < 3; k++)
    sum[k] += score[k].ap;
  sum[3] += cyto_foreground_dice(image->labels, found, image->ny * image->nx);
  return true;
}

bool cyto_train_score(CytoTrainer *trainer, CytoFeed *feed, const CytoTrainSet *test,
                      const CytoTrain *options, CytoTrainRow *row, CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(close_model) CytoModel model = {0};
  double sum[4] = {0}, loss = 0;
  size_t n = options->test_images && options->test_images < test->count ? options->test_images
                                                                        : test->count;
  if (!mean_loss(trainer, feed, &loss, job, err) || !open_model(trainer, &model, job, err))
    return false;
  CytoNetKind kind = cyto_model_kind(&model);
  if (kind == CYTO_NET_UNET2 || kind == CYTO_NET_UNET3) {
    if (!cyto_train_choose_thresholds(&model, test, !options->no_rescale, job, err))
      return false;
    cyto_trainer_set_thresholds(trainer, model.weights->cell_threshold,
                                model.weights->boundary_threshold);
  }
  for (size_t i = 0; i < n; i++)
    if (!add_scores(&model, &test->image[i * test->count / n], !options->no_rescale, sum, job, err))
      return false;
  row->test_loss = loss;
  row->dice = sum[3] / (double)n;
  for (int k = 0; k < 3; k++)
    row->ap[k] = sum[k] / (double)n;
  return true;
}

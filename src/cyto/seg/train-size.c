#include "train-size.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include "../base/random.h"
#include "../base/stats.h"
#include "../pix/augment.h"
#include "size.h"
#include <math.h>
#include <string.h>

CytoSizeTrain cyto_size_train_defaults(void) {
  return (CytoSizeTrain){.epochs = 10, .max_images = 200, .crop = 512, .batch = 8};
}

/* Styles of crops, and what their diameters are on a log scale. */
typedef struct Rows {
  size_t count, size; /* size of a style */
  float *style;
  double *target;
} Rows;

static void rows_clear(Rows *rows) {
  free(rows->style);
  free(rows->target);
}

typedef struct Batch {
  const CytoTrainImage **image;
  CytoCrop *crop;
  size_t n, nchan, size;
  float *x, *y;
} Batch;

static void batch_clear(Batch *batch) {
  free(batch->image);
  free(batch->crop);
  free(batch->x);
  free(batch->y);
}

static bool batch_init(Batch *batch, size_t n, size_t nchan, size_t size, CytoError *err) {
  size_t pixels = size * size;
  batch->nchan = nchan;
  batch->size = size;
  batch->image = cyto_calloc(n, sizeof *batch->image, err);
  batch->crop = batch->image ? cyto_alloc(n, sizeof *batch->crop, err) : NULL;
  batch->x = batch->crop ? cyto_alloc(n * pixels, nchan * sizeof(float), err) : NULL;
  batch->y = batch->x ? cyto_alloc(n * pixels, 3 * sizeof(float), err) : NULL;
  return batch->y != NULL;
}

static void make_crop(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Batch *batch = context;
  const CytoTrainImage *image = batch->image[item];
  size_t pixels = batch->size * batch->size;
  float *x = batch->x + item * batch->nchan * pixels;
  for (size_t c = 0; c < batch->nchan; c++) {
    if (c < image->planes)
      cyto_crop_plane(&batch->crop[item], image->x + c * image->ny * image->nx, image->ny,
                      image->nx, batch->size, (CytoTone){1, 0}, x + c * pixels);
    else
      memset(x + c * pixels, 0, pixels * sizeof *x);
  }
}

/* Estimation looks at the image enlarged by `zoom` = diam_mean/diam_labels (§7.2), so the crops are
 * enlarged by as much, and their diameters are those without it. */
static bool add_epoch(const CytoModel *model, const CytoTrainSet *set, const CytoSizeTrain *options,
                      size_t epoch, size_t images, Batch *batch, Rows *rows, CytoJob *job,
                      CytoError *err) {
  double zoom = model->diam_mean / model->diam_labels;
  CytoRandom random;
  CYTO_AUTOFREE size_t *order = cyto_alloc(set->count, sizeof *order, err);
  if (!order)
    return false;
  cyto_random_seed(&random, options->seed + (uint32_t)epoch);
  cyto_random_permutation(&random, order, set->count);
  for (size_t i = 0, n = 0; i < set->count; i++) /* images without cells have no diameter */
    if (set->image[order[i]].masks)
      order[n++] = order[i];
  for (size_t i = 0; i < images;) {
    if (!cyto_job_step(job, "size model", epoch * images + i, options->epochs * images, err))
      return false;
    size_t first = rows->count;
    for (batch->n = 0; batch->n < options->batch && i < images; batch->n++, i++) {
      const CytoTrainImage *image = &set->image[order[i]];
      CytoCrop crop = cyto_crop_draw(&random, image->ny, image->nx, options->crop, 1, 1 / zoom);
      batch->image[batch->n] = image;
      batch->crop[batch->n] = crop;
      rows->target[rows->count++] =
          log(image->diameter) - log(model->diam_mean) + log(crop.scale / zoom);
    }
    if (!cyto_parallel(job, batch->n, make_crop, batch, NULL, err) ||
        !cyto_unet_forward(model->net[0], batch->x, batch->n, options->crop, options->crop,
                           batch->y, rows->style + first * rows->size, job, err))
      return false;
  }
  return true;
}

static size_t with_cells(const CytoTrainSet *set) {
  size_t n = 0;
  for (size_t i = 0; i < set->count; i++)
    n += set->image[i].masks > 0;
  return n;
}

static bool collect(const CytoModel *model, const CytoTrainSet *set, const CytoSizeTrain *options,
                    Rows *rows, CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(batch_clear) Batch batch = {0};
  const CytoLayout *layout = cyto_unet_layout(model->net[0]);
  size_t images = with_cells(set);
  if (options->max_images && options->max_images < images)
    images = options->max_images;
  size_t count = images * options->epochs;
  rows->size = cyto_unet_style_size(model->net[0]);
  rows->style = cyto_alloc(count, rows->size * sizeof *rows->style, err);
  rows->target = rows->style ? cyto_alloc(count, sizeof *rows->target, err) : NULL;
  if (!rows->target || !batch_init(&batch, options->batch, layout->nbase[0], options->crop, err))
    return false;
  for (size_t epoch = 0; epoch < options->epochs; epoch++)
    if (!add_epoch(model, set, options, epoch, images, &batch, rows, job, err))
      return false;
  return true;
}

/* Solves a·x = b for a symmetric, positive a (n,n), which it destroys (Cholesky). */
static void solve(double *a, double *b, size_t n, double *x) {
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k <= i; k++) {
      double sum = a[i * n + k];
      for (size_t m = 0; m < k; m++)
        sum -= a[i * n + m] * a[k * n + m];
      a[i * n + k] = i == k ? sqrt(sum) : sum / a[k * n + k];
    }
  for (size_t i = 0; i < n; i++) {
    for (size_t m = 0; m < i; m++)
      b[i] -= a[i * n + m] * b[m];
    b[i] /= a[i * n + i];
  }
  for (size_t i = n; i-- > 0;) {
    x[i] = b[i];
    for (size_t m = i + 1; m < n; m++)
      x[i] -= a[m * n + i] * x[m];
    x[i] /= a[i * n + i];
  }
}

/* Ridge regression with weight 1 on centred rows. */
static bool regress(const Rows *rows, CytoSizeModel *model, CytoError *err) {
  size_t n = rows->size;
  CYTO_AUTOFREE double *a = cyto_calloc(n * n, sizeof *a, err);
  CYTO_AUTOFREE double *b = a ? cyto_calloc(n, sizeof *b, err) : NULL;
  CYTO_AUTOFREE double *x = b ? cyto_alloc(n, sizeof *x, err) : NULL;
  if (!x)
    return false;
  for (size_t r = 0; r < rows->count; r++) {
    model->ymean += rows->target[r] / (double)rows->count;
    for (size_t i = 0; i < n; i++)
      model->smean[i] += rows->style[r * n + i] / (double)rows->count;
  }
  for (size_t r = 0; r < rows->count; r++) {
    for (size_t i = 0; i < n; i++)
      x[i] = rows->style[r * n + i] - model->smean[i];
    for (size_t i = 0; i < n; i++) {
      b[i] += x[i] * (rows->target[r] - model->ymean);
      for (size_t k = 0; k <= i; k++)
        a[i * n + k] += x[i] * x[k];
    }
  }
  for (size_t i = 0; i < n; i++)
    a[i * n + i] += 1;
  solve(a, b, n, model->a);
  return true;
}

static double correlation_of(const double *x, const double *y, size_t n) {
  double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
  for (size_t i = 0; i < n; i++) {
    mx += x[i] / (double)n;
    my += y[i] / (double)n;
  }
  for (size_t i = 0; i < n; i++) {
    xx += (x[i] - mx) * (x[i] - mx);
    yy += (y[i] - my) * (y[i] - my);
    xy += (x[i] - mx) * (y[i] - my);
  }
  return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
}

static bool fit_quality(const Rows *rows, const CytoSizeModel *model, double *correlation,
                        CytoError *err) {
  CYTO_AUTOFREE double *fit = cyto_alloc(rows->count, sizeof *fit, err);
  if (!fit)
    return false;
  for (size_t r = 0; r < rows->count; r++) {
    fit[r] = model->ymean;
    for (size_t i = 0; i < rows->size; i++)
      fit[r] += model->a[i] * (rows->style[r * rows->size + i] - model->smean[i]);
  }
  *correlation = correlation_of(fit, rows->target, rows->count);
  return true;
}

bool cyto_size_train(const CytoModel *model, const CytoTrainSet *set, const CytoSizeTrain *options,
                     CytoSizeModel *out, double *correlation, CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(rows_clear) Rows rows = {0};
  CYTO_CLEANUP(cyto_size_model_clear) CytoSizeModel made = {.diam_mean = model->diam_mean};
  if (with_cells(set) == 0 || cyto_model_kind(model) == CYTO_NET_OTHER)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "a size model needs images with cells, and a network that segments");
  if (!collect(model, set, options, &rows, job, err))
    return false;
  made.n = rows.size;
  made.a = cyto_calloc(made.n, sizeof *made.a, err);
  made.smean = made.a ? cyto_calloc(made.n, sizeof *made.smean, err) : NULL;
  if (!made.smean || !regress(&rows, &made, err) ||
      (correlation && !fit_quality(&rows, &made, correlation, err)))
    return false;
  *out = made;
  made = (CytoSizeModel){0};
  return true;
}

/* The pixels are normalised already: they go the ordinary way as they are. */
static bool estimate(const CytoModel *model, const CytoTrainImage *from, CytoEstimate *out,
                     CytoJob *job, CytoError *err) {
  CytoSegment options = cyto_segment_defaults();
  options.all_channels = true;
  options.normalize.on = false;
  CYTO_CLEANUP(cyto_image_drop)
  CytoImage *image = cyto_image_new(CYTO_F32, 1, 1, from->planes, from->ny, from->nx, err);
  if (!image)
    return false;
  memcpy(image->data, from->x, from->planes * from->ny * from->nx * sizeof(float));
  return cyto_estimate_spread(model, image, 0, 0, &options, out, job, err);
}

bool cyto_size_score(const CytoModel *model, const CytoTrainSet *test, CytoSizeScore *out,
                     CytoJob *job, CytoError *err) {
  size_t n = 0;
  CYTO_AUTOFREE double *truth = cyto_alloc(test->count, 4 * sizeof *truth, err);
  if (!truth)
    return false;
  double *guess = truth + test->count, *guess_error = guess + test->count,
         *error = guess_error + test->count;
  for (size_t i = 0; i < test->count; i++) {
    const CytoTrainImage *image = &test->image[i];
    CytoEstimate found;
    if (!cyto_job_step(job, "size test", i, test->count, err))
      return false;
    if (image->masks == 0)
      continue;
    if (!estimate(model, image, &found, job, err))
      return false;
    truth[n] = image->diameter;
    guess[n] = found.style_guess;
    guess_error[n] = fabs(found.style_guess - image->diameter) / image->diameter;
    error[n++] = fabs(found.diameter - image->diameter) / image->diameter;
  }
  *out = (CytoSizeScore){.images = n, .correlation = correlation_of(guess, truth, n)};
  out->guess_error = cyto_median(guess_error, n);
  out->error = cyto_median(error, n);
  return true;
}

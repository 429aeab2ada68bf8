/* Batch norm with the statistics of the batch, forward and backward. */
#include "../base/mem.h"
#include "train-private.h"
#include <math.h>
#include <string.h>

static const double epsilon = 1e-5;

typedef struct Norm {
  CytoTrainer *trainer;
  TrainLayer *layer;
  const TrainIo *io;
  const float *grad, *add;
  float *dx;
  const double *mean; /* backward: means of the gradient, and of gradient times normalised input */
  size_t pixels, width; /* of x */
} Norm;

static Norm norm_of(CytoTrainer *trainer, TrainLayer *layer, const TrainIo *io) {
  Norm n = {.trainer = trainer, .layer = layer, .io = io, .width = io->w >> io->halve};
  n.pixels = (io->h >> io->halve) * n.width;
  return n;
}

/* (4,channels) of this image: what the images are asked for, before it is added up. */
static double *sums_of(const CytoTrainer *trainer, size_t image) {
  return trainer->memory.sums + image * 4 * train_channels(&trainer->layout);
}

static float *shift_of(const CytoTrainer *trainer, size_t image) {
  return trainer->memory.shift + image * train_channels(&trainer->layout);
}

const float *train_norm_shift(const CytoTrainer *trainer, size_t image) {
  return shift_of(trainer, image);
}

/* ---- forward ---- */

/* The style's share of every channel: W·style + b. */
static void feature(const CytoTrainer *trainer, const TrainLayer *layer, size_t image,
                    double *out) {
  const float *style = trainer->memory.style + image * layer->style;
  for (size_t c = 0; c < layer->norm.channels; c++) {
    double sum = layer->style ? layer->full_bias.value[c] : 0;
    for (size_t s = 0; s < layer->style; s++)
      sum += (double)layer->full_weight.value[c * layer->style + s] * style[s];
    out[c] = sum;
  }
}

/* Mean and sum of squared deviations of one row, per channel. */
static void row_moments(const float *x, const float *skip, size_t width, size_t channels,
                        float *mean, float *square) {
  memset(mean, 0, channels * sizeof *mean);
  memset(square, 0, channels * sizeof *square);
  for (size_t i = 0; i < width; i++)
    for (size_t c = 0; c < channels; c++)
      mean[c] += skip ? x[i * channels + c] + skip[i * channels + c] : x[i * channels + c];
  for (size_t c = 0; c < channels; c++)
    mean[c] /= (float)width;
  for (size_t i = 0; i < width; i++)
    for (size_t c = 0; c < channels; c++) {
      float v = skip ? x[i * channels + c] + skip[i * channels + c] : x[i * channels + c];
      square[c] += (v - mean[c]) * (v - mean[c]);
    }
}

/* Takes (mean, square) of `count` values into (*to_mean, *to_square) of `have` values. */
static void merge(double have, double *to_mean, double *to_square, double count, double mean,
                  double square) {
  double all = have + count, apart = mean - *to_mean;
  *to_mean += apart * count / all;
  *to_square += square + apart * apart * have * count / all;
}

static void measure_item(void *context, size_t image, unsigned worker) {
  (void)worker;
  const Norm *n = context;
  size_t channels = n->layer->norm.channels;
  double *sums = sums_of(n->trainer, image), *mean = sums, *square = sums + channels;
  float row_mean[CYTO_TRAIN_CHANNELS], row_square[CYTO_TRAIN_CHANNELS];
  memset(sums, 0, 2 * channels * sizeof *sums);
  const float *x = n->io->x + image * n->pixels * channels;
  const float *skip = n->io->skip ? n->io->skip + image * n->pixels * channels : NULL;
  for (size_t i = 0; i < n->pixels; i += n->width) {
    row_moments(x + i * channels, skip ? skip + i * channels : NULL, n->width, channels, row_mean,
                row_square);
    for (size_t c = 0; c < channels; c++)
      merge((double)i, &mean[c], &square[c], (double)n->width, row_mean[c], row_square[c]);
  }
  feature(n->trainer, n->layer, image, sums + 2 * channels);
  for (size_t c = 0; c < channels; c++)
    mean[c] += sums[2 * channels + c];
}

bool train_norm_measure(CytoTrainer *trainer, TrainLayer *layer, const TrainIo *io) {
  Norm n = norm_of(trainer, layer, io);
  TrainNorm *norm = &layer->norm;
  size_t channels = norm->channels, images = trainer->memory.n;
  if (!cyto_parallel(trainer->job, images, measure_item, &n, NULL, NULL))
    return false;
  double pixels = (double)n.pixels;
  for (size_t c = 0; c < channels; c++) {
    double mean = 0, square = 0;
    for (size_t i = 0; i < images; i++) {
      const double *sums = sums_of(trainer, i);
      merge((double)i * pixels, &mean, &square, pixels, sums[c], sums[channels + c]);
    }
    norm->mean[c] = mean;
    norm->var[c] = square / (pixels * (double)images);
    double scale = norm->weight.value[c] / sqrt(norm->var[c] + epsilon);
    norm->scale[c] = (float)scale;
    norm->shift[c] = (float)(norm->bias.value[c] - mean * scale);
    for (size_t i = 0; i < images; i++)
      shift_of(trainer, i)[c] =
          (float)(norm->bias.value[c] + (sums_of(trainer, i)[2 * channels + c] - mean) * scale);
  }
  norm->count = (double)images * (double)io->h * (double)io->w;
  return true;
}

/* PyTorch keeps the variance without bias, and Cellpose's share of a batch is 0.05. */
void train_norm_commit(TrainNorm *norm) {
  const double share = 0.05;
  for (size_t c = 0; c < norm->channels; c++) {
    double var = norm->var[c] * norm->count / (norm->count > 1 ? norm->count - 1 : 1);
    norm->running_mean[c] = (float)((1 - share) * norm->running_mean[c] + share * norm->mean[c]);
    norm->running_var[c] = (float)((1 - share) * norm->running_var[c] + share * var);
  }
  *norm->tracked += 1;
}

/* ---- backward ---- */

/* The shift was overwritten by later layers; it is what it was when the layer ran forward. */
static void restore_item(void *context, size_t image, unsigned worker) {
  (void)worker;
  const Norm *n = context;
  const TrainNorm *norm = &n->layer->norm;
  double *sums = sums_of(n->trainer, image);
  feature(n->trainer, n->layer, image, sums);
  for (size_t c = 0; c < norm->channels; c++)
    shift_of(n->trainer, image)[c] =
        (float)(norm->bias.value[c] +
                (sums[c] - norm->mean[c]) * (norm->weight.value[c] / sqrt(norm->var[c] + epsilon)));
}

bool train_norm_restore(CytoTrainer *trainer, TrainLayer *layer, const TrainIo *io) {
  Norm n = norm_of(trainer, layer, io);
  return cyto_parallel(trainer->job, trainer->memory.n, restore_item, &n, NULL, NULL);
}

/* One row of the gradient: g = gradient before the ReLU, and the normalised output u before it. */
__attribute__((always_inline)) static inline void row_sums(const Norm *n, const float *x,
                                                           const float *skip, const float *grad,
                                                           const float *shift, float *sum,
                                                           float *product) {
  size_t channels = n->layer->norm.channels;
  const float *scale = n->layer->norm.scale;
  bool relu = n->layer->relu;
  memset(sum, 0, channels * sizeof *sum);
  memset(product, 0, channels * sizeof *product);
  for (size_t i = 0; i < n->width; i++, x += channels, grad += channels)
    for (size_t c = 0; c < channels; c++) {
      float u = (skip ? x[c] + skip[i * channels + c] : x[c]) * scale[c] + shift[c];
      float g = relu && !(u > 0) ? 0 : grad[c];
      sum[c] += g;
      product[c] += g * u;
    }
}

static void sums_item(void *context, size_t image, unsigned worker) {
  (void)worker;
  const Norm *n = context;
  size_t channels = n->layer->norm.channels, at = image * n->pixels * channels;
  float sum[CYTO_TRAIN_CHANNELS], product[CYTO_TRAIN_CHANNELS];
  double *sums = sums_of(n->trainer, image);
  memset(sums, 0, 2 * channels * sizeof *sums);
  for (size_t i = 0; i < n->pixels * channels; i += n->width * channels) {
    row_sums(n, n->io->x + at + i, n->io->skip ? n->io->skip + at + i : NULL, n->grad + at + i,
             shift_of(n->trainer, image), sum, product);
    for (size_t c = 0; c < channels; c++) {
      sums[c] += sum[c];
      sums[channels + c] += product[c];
    }
  }
}

/* dx = add + scale·(g − mean(g) − û·mean(g·û)), û the normalised input (Ioffe and Szegedy). With
 * u = û·weight + bias this is add + scale·g + a·v + b for each channel, v the layer's input. */
static void spread_item(void *context, size_t image, unsigned worker) {
  (void)worker;
  const Norm *n = context;
  const TrainNorm *norm = &n->layer->norm;
  size_t channels = norm->channels, at = image * n->pixels * channels;
  const float *shift = shift_of(n->trainer, image), *scale = norm->scale;
  float slope[CYTO_TRAIN_CHANNELS], constant[CYTO_TRAIN_CHANNELS], row[CYTO_TRAIN_CHANNELS];
  double *sums = sums_of(n->trainer, image);
  for (size_t c = 0; c < channels; c++) {
    double s = 1 / sqrt(norm->var[c] + epsilon), style = sums[2 * channels + c];
    double weight = norm->weight.value[c] * s;
    slope[c] = (float)(-weight * n->mean[channels + c] * s);
    constant[c] = (float)(-weight * n->mean[c] - (double)slope[c] * (norm->mean[c] - style));
  }
  memset(sums, 0, channels * sizeof *sums);
  for (size_t y = 0; y < n->pixels; y += n->width) {
    memset(row, 0, channels * sizeof *row);
    for (size_t i = y; i < y + n->width; i++) {
      const float *x = n->io->x + at + i * channels, *grad = n->grad + at + i * channels;
      const float *skip = n->io->skip ? n->io->skip + at + i * channels : NULL;
      const float *add = n->add ? n->add + at + i * channels : NULL;
      float *dx = n->dx + at + i * channels;
      for (size_t c = 0; c < channels; c++) {
        float v = skip ? x[c] + skip[c] : x[c];
        float g = n->layer->relu && !(v * scale[c] + shift[c] > 0) ? 0 : grad[c];
        float d = scale[c] * g + (slope[c] * v + constant[c]);
        row[c] += d;
        dx[c] = add ? add[c] + d : d;
      }
    }
    for (size_t c = 0; c < channels; c++)
      sums[c] += row[c];
  }
}

/* Gradients of the style's Linear layer and of the style, from the sums of dx. */
static void style_backward(CytoTrainer *trainer, TrainLayer *layer) {
  size_t channels = layer->norm.channels, style = layer->style;
  for (size_t i = 0; i < trainer->memory.n; i++) {
    const double *sums = sums_of(trainer, i);
    const float *value = trainer->memory.style + i * style;
    float *grad = trainer->memory.style_grad + i * style;
    for (size_t c = 0; c < channels; c++) {
      layer->full_bias.grad[c] += (float)sums[c];
      for (size_t s = 0; s < style; s++) {
        layer->full_weight.grad[c * style + s] += (float)(sums[c] * value[s]);
        grad[s] += (float)(sums[c] * layer->full_weight.value[c * style + s]);
      }
    }
  }
}

bool train_norm_backward(CytoTrainer *trainer, TrainLayer *layer, const TrainIo *io,
                         const float *grad, const float *add, float *dx) {
  TrainNorm *norm = &layer->norm;
  size_t channels = norm->channels, images = trainer->memory.n;
  double mean[2 * CYTO_TRAIN_CHANNELS] = {0};
  Norm n = norm_of(trainer, layer, io);
  n.grad = grad;
  n.add = add;
  n.dx = dx;
  n.mean = mean;
  if (!cyto_parallel(trainer->job, images, sums_item, &n, NULL, NULL))
    return false;
  double values = (double)n.pixels * (double)images;
  for (size_t c = 0; c < channels; c++) {
    double sum = 0, product = 0, weight = norm->weight.value[c];
    for (size_t i = 0; i < images; i++) {
      sum += sums_of(trainer, i)[c];
      product += sums_of(trainer, i)[channels + c];
    }
    /* g·û from g·u = g·(û·weight + bias); a weight of 0 leaves u = bias and no gradient. */
    double normal = weight == 0 ? 0 : (product - norm->bias.value[c] * sum) / weight;
    norm->weight.grad[c] = (float)normal;
    norm->bias.grad[c] = (float)sum;
    mean[c] = sum / values;
    mean[channels + c] = normal / values;
  }
  if (!dx)
    return true;
  for (size_t i = 0; i < images; i++)
    feature(trainer, layer, i, sums_of(trainer, i) + 2 * channels);
  if (!cyto_parallel(trainer->job, images, spread_item, &n, NULL, NULL))
    return false;
  if (layer->style)
    style_backward(trainer, layer);
  return true;
}

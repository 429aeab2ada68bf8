#include "../base/mem.h"
#include "../base/parallel.h"
#include "loss.h"
#include "optim.h"
#include "trainer-private.h"
#include "unet.h"
#include <math.h>

enum { VALUES = 1 << 16 }; /* parameters of one item of the update */

static size_t trainable_values(const CytoWeights *weights) {
  size_t values = 0;
  for (size_t i = 0; i < weights->count; i++)
    values += cyto_trainable(&weights->tensor[i]) ? cyto_tensor_count(&weights->tensor[i]) : 0;
  return values;
}

/* The parameters move into one block, in the order of the file. */
static void gather(CytoTrainer *t) {
  float *at = t->value;
  for (size_t i = 0; i < t->weights->count; i++) {
    CytoTensor *tensor = &t->weights->tensor[i];
    if (!cyto_trainable(tensor))
      continue;
    size_t values = cyto_tensor_count(tensor);
    for (size_t k = 0; k < values; k++)
      at[k] = tensor->data[k];
    free(tensor->data);
    tensor->data = at;
    tensor->borrowed = true;
    at += values;
  }
}

bool cyto_trainer_new_with(const CytoWeights *start, const CytoOptim *optim,
                           const CytoKernel *kernel, CytoTrainer **out, CytoError *err) {
  CytoTrainer *t = cyto_calloc(1, sizeof *t, err);
  if (!t || !cyto_weights_copy(start, &t->weights, err)) {
    free(t);
    return false;
  }
  t->optim = *optim;
  t->values = trainable_values(t->weights);
  t->value = cyto_calloc(4 * t->values, sizeof *t->value, err);
  if (!t->value) {
    cyto_trainer_free(t);
    return false;
  }
  t->gradient = t->value + t->values;
  t->first = t->gradient + t->values;
  t->second = t->first + t->values;
  gather(t);
  t->net.shared.kernel = kernel;
  t->net.shared.train = cyto_train_kernel(kernel);
  if (!cyto_train_net_bind(&t->net, t->weights, t->gradient, err)) {
    cyto_trainer_free(t);
    return false;
  }
  *out = t;
  return true;
}

bool cyto_trainer_new(const CytoWeights *start, const CytoOptim *optim, CytoTrainer **out,
                      CytoError *err) {
  const CytoKernel *kernel = cyto_kernel_chosen(err);
  return kernel && cyto_trainer_new_with(start, optim, kernel, out, err);
}

void cyto_trainer_free(CytoTrainer *trainer) {
  if (!trainer)
    return;
  cyto_train_net_clear(&trainer->net);
  cyto_weights_free(trainer->weights);
  free(trainer->value);
  free(trainer);
}

void cyto_trainer_set_dice(CytoTrainer *trainer, double weight) {
  trainer->dice = weight;
}

static bool check_batch(const CytoTrainer *t, const CytoBatch *b, CytoError *err) {
  size_t step = (size_t)1 << (t->net.layout.levels - 1);
  if (cyto_layout_kind(&t->net.layout) == CYTO_NET_OTHER)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED, "the network has %zu outputs; training needs %s",
                     t->net.layout.nout,
                     t->net.layout.basic ? "1 to 3 (a probability, or two or three classes)"
                                         : "3 (flow Y, flow X, cell probability)");
  if (b->n == 0 || b->h == 0 || b->w == 0 || b->h % step || b->w % step)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "a batch of %zu crops of %zu × %zu cannot be trained on; both sides must be "
                     "multiples of %zu",
                     b->n, b->h, b->w, step);
  return true;
}

static bool stopped(CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_CANCELLED, "stopped on request");
}

static bool not_finite(CytoError *err, const char *what) {
  return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                   "%s is not a finite number; the network was left as it was. A smaller learning "
                   "rate helps, or a look at the images for values that are none",
                   what);
}

typedef struct Update {
  CytoTrainer *trainer;
  double rate;
  double *squares; /* of the gradients of an item */
} Update;

static void square_item(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Update *u = context;
  const CytoTrainer *t = u->trainer;
  double sum = 0;
  for (size_t i = item * VALUES; i < cyto_item_end(t->values, VALUES, item); i++)
    sum += (double)t->gradient[i] * (double)t->gradient[i];
  u->squares[item] = sum;
}

static void update_item(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Update *u = context;
  CytoTrainer *t = u->trainer;
  size_t first = item * VALUES;
  cyto_optim_update(&t->optim, u->rate, (double)t->steps, t->gradient + first, t->first + first,
                    t->second + first, t->value + first,
                    cyto_item_end(t->values, VALUES, item) - first);
}

/* The running statistics of a block, or of the head alone. */
static void update_norms(CytoTrainNet *net) {
  for (size_t k = 0; k < net->layout.levels; k++)
    for (int i = 0; i < 4; i++) {
      cyto_norm_update(&net->down[k].layer[i].norm);
      cyto_norm_update(&net->up[k].layer[i].norm);
    }
  for (size_t k = 0; k < net->layout.levels; k++) {
    cyto_norm_update(&net->down[k].proj.norm);
    cyto_norm_update(&net->up[k].proj.norm);
  }
  cyto_norm_update(&net->head.norm);
}

/* From here on nothing fails and nobody cancels: the job's pool alone is used. */
static bool apply(CytoTrainer *t, double rate, CytoJob *job, CytoError *err) {
  size_t items = cyto_items(t->values, VALUES);
  CYTO_AUTOFREE double *squares = cyto_calloc(items, sizeof *squares, err);
  Update update = {t, rate, squares};
  double sum = 0;
  if (!squares || !cyto_parallel(job, items, square_item, &update, NULL, err))
    return false;
  for (size_t i = 0; i < items; i++)
    sum += squares[i];
  if (!isfinite(sum))
    return not_finite(err, "the gradient");
  CytoJob quiet = {.pool = job ? job->pool : NULL};
  t->steps++;
  update_norms(&t->net);
  return cyto_parallel(&quiet, items, update_item, &update, NULL, err);
}

static double loss_of(const CytoTrainer *t, const CytoBatch *b, const float *y, float *grad,
                      CytoJob *job) {
  const CytoLayout *layout = &t->net.layout;
  if (layout->basic)
    return cyto_class_loss(y, b->labels, b->n, b->h * b->w, layout->nout, t->dice, grad, job);
  return cyto_flow_loss(y, b->labels, b->n, b->h * b->w, grad, job);
}

bool cyto_trainer_gradients(CytoTrainer *t, const CytoBatch *b, double *loss, CytoJob *job,
                            CytoError *err) {
  CytoTrainNet *net = &t->net;
  if (!check_batch(t, b, err) || !cyto_train_net_plan(net, b->n, b->h, b->w, err))
    return false;
  float *gy = net->work[1];
  net->shared.job = job;
  if (!cyto_train_net_forward(net, b->x, err))
    return false;
  *loss = loss_of(t, b, net->y.data, gy, job);
  if (cyto_job_cancelled(job))
    return stopped(err);
  if (!isfinite(*loss))
    return not_finite(err, "the loss");
  return cyto_train_net_back(net, gy, err);
}

bool cyto_trainer_step(CytoTrainer *trainer, const CytoBatch *batch, double rate, double *loss,
                       CytoJob *job, CytoError *err) {
  return cyto_trainer_gradients(trainer, batch, loss, job, err) && apply(trainer, rate, job, err);
}

static void unet_free(CytoUnet **net) {
  cyto_unet_free(*net);
}

/* Planes (n,nout,pixels) of the network to pixels. */
static void to_pixels(const float *planes, size_t n, size_t nout, size_t pixels, float *y) {
  for (size_t i = 0; i < n; i++, planes += nout * pixels)
    for (size_t p = 0; p < pixels; p++)
      for (size_t k = 0; k < nout; k++)
        *y++ = planes[k * pixels + p];
}

bool cyto_trainer_loss(CytoTrainer *t, const CytoBatch *b, double *loss, CytoJob *job,
                       CytoError *err) {
  CYTO_CLEANUP(unet_free) CytoUnet *net = NULL;
  size_t values, pixels = b->h * b->w, nout = t->net.layout.nout;
  if (!check_batch(t, b, err) || !cyto_unet_new(t->weights, &net, job, err))
    return false;
  if (!cyto_mul(2 * nout * pixels, b->n, &values))
    values = SIZE_MAX;
  CYTO_AUTOFREE float *planes = cyto_alloc(values, sizeof *planes, err);
  CYTO_AUTOFREE float *style = cyto_alloc(b->n * cyto_unet_style_size(net), sizeof *style, err);
  if (!planes || !style || !cyto_unet_forward(net, b->x, b->n, b->h, b->w, planes, style, job, err))
    return false;
  float *y = planes + values / 2;
  to_pixels(planes, b->n, nout, pixels, y);
  *loss = loss_of(t, b, y, NULL, job);
  return !cyto_job_cancelled(job) || stopped(err);
}

size_t cyto_trainer_memory(const CytoTrainer *trainer, size_t n, size_t h, size_t w) {
  /* parameters, gradients, two moments, and room for transformed weights and partial sums */
  size_t rest = (8 * trainer->values + ((size_t)16 << 20)) * sizeof(float);
  return cyto_train_net_memory(&trainer->net, n, h, w) + rest;
}

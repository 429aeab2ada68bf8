/* Gradients of norm, style, projection, pooling and loss against finite differences, then of the
 * whole network. */
#include "check.h"
#include "net/loss.h"
#include "slope.h"
#include "train-help.h"

/* ---- layers of a network: norm, style, projection, pooling ---- */

typedef struct Net {
  CytoTrainer *trainer;
  CytoTrainNet *net;
  CytoTrainLayer *layer;
  CytoPlane *x;
  const CytoPlane *y;
  float *g, *out;
} Net;

/* A network that has seen a batch, so that its planes hold pictures. */
static Net net_make(void) {
  CytoLayout layout = {.levels = 3, .nbase = {2, 16, 24, 32}, .nout = 3};
  CytoWeights *start = NULL;
  CytoError err = {0};
  CytoOptim optim = cyto_optim_defaults(CYTO_SGD);
  Net n = {0};
  CytoBatch batch = random_batch(3, 2, 16, 24, 9);
  double loss;
  if (!cyto_weights_random(&layout, 5, &start, &err) ||
      !cyto_trainer_new(start, &optim, &n.trainer, &err) ||
      !cyto_trainer_gradients(n.trainer, &batch, &loss, NULL, &err)) {
    printf("# %s\n", err.text);
    abort();
  }
  cyto_weights_free(start);
  free_batch(&batch);
  n.net = &n.trainer->net;
  return n;
}

static void net_clear(Net *n) {
  cyto_trainer_free(n->trainer);
  free(n->g);
  free(n->out);
}

static size_t values_of(const CytoPlane *p) {
  return p->n * p->h * p->w * p->c;
}

/* As the layer that wrote the picture would have it. */
static void add_up(CytoPlane *p) {
  for (size_t i = 0; i < p->n * p->c; i++)
    p->sum[i] = p->square[i] = 0;
  for (size_t i = 0; i < values_of(p); i++) {
    size_t at = i / (p->h * p->w * p->c) * p->c + i % p->c;
    double d = (double)p->data[i] - p->pivot[i % p->c];
    p->sum[at] += d;
    p->square[at] += d * d;
  }
}

static double norm_value(void *context) {
  const Net *n = context;
  const CytoTrainNorm *norm = &n->layer->norm;
  CytoPlane *x = n->x;
  add_up(x);
  cyto_norm_forward(&n->layer->norm, x, n->layer->v, 0);
  double sum = 0;
  for (size_t i = 0; i < values_of(x); i++) {
    size_t c = i % x->c, image = i / (x->h * x->w * x->c);
    sum += n->g[i] * ((double)x->data[i] * norm->scale[c] + norm->shift[image * x->c + c]);
  }
  return sum;
}

/* Σ g and Σ g·(x - pivot) of each image, as the convolution behind the norm leaves them. */
static void sums_behind(const Net *n) {
  const CytoTrainNorm *norm = &n->layer->norm;
  const CytoPlane *x = n->x;
  for (size_t i = 0; i < x->n * x->c; i++)
    norm->sum[i] = norm->product[i] = 0;
  for (size_t i = 0; i < values_of(x); i++) {
    size_t at = i / (x->h * x->w * x->c) * x->c + i % x->c;
    norm->sum[at] += n->g[i];
    norm->product[at] += n->g[i] * ((double)x->data[i] - norm->pivot[at]);
  }
}

static void norms(void) {
  Net n = net_make();
  CytoError err = {0};
  n.layer = &n.net->up[1].layer[1]; /* with a style */
  n.x = &n.net->up[1].t1;
  CytoTrainNorm *norm = &n.layer->norm;
  size_t count = values_of(n.x), channels = n.x->c, shares = n.x->n * channels;
  n.g = slope_randoms(count, 3);
  n.out = calloc(count + shares, sizeof *n.out);
  norm_value(&n);
  sums_behind(&n);
  cyto_norm_back(norm, n.x);
  CHECK(cyto_combine(&n.net->shared, norm, n.x, n.g, NULL, n.out, &err));
  for (size_t i = 0; i < count; i++)
    n.out[count + i / (count / n.x->n) * channels + i % channels] += n.out[i];
  slope_check("norm, input", norm_value, &n, n.x->data, n.out, count, 0.01F, 5e-3);
  slope_check("norm, style", norm_value, &n, n.layer->v, n.out + count, shares, 0.01F, 5e-3);
  slope_check("norm, weight", norm_value, &n, norm->weight.value, norm->weight.gradient, channels,
              0.1F, 1e-3);
  slope_check("norm, bias", norm_value, &n, norm->bias.value, norm->bias.gradient, channels, 0.1F,
              1e-3);
  net_clear(&n);
}

static double style_value(void *context) {
  const Net *n = context;
  add_up(n->x);
  cyto_style_forward(n->net, n->x);
  cyto_style_share(n->net, n->layer);
  return weighted(n->layer->v, n->g, n->x->n * n->layer->norm.channels);
}

static void styles(void) {
  Net n = net_make();
  n.layer = &n.net->up[1].layer[2];
  n.x = &n.net->down[2].out;
  CytoTrainNorm *norm = &n.layer->norm;
  size_t c = norm->channels, s = n.x->c, count = values_of(n.x);
  n.g = slope_randoms(n.x->n * c, 3);
  n.out = calloc(count + n.x->n * s, sizeof *n.out);
  float *spread = n.out + count;
  style_value(&n);
  /* A norm that hands its gradient on as it is. */
  for (size_t i = 0; i < n.x->n * c; i++) {
    norm->sum[i] = n.g[i];
    norm->k1[i % c] = 1;
    norm->k2[i % c] = norm->k3[i] = 0;
  }
  cyto_style_back(n.net, n.layer, &n.net->up[1].a);
  cyto_style_spread(n.net, n.x, spread);
  for (size_t i = 0; i < count; i++)
    n.out[i] = spread[i / (count / n.x->n) * s + i % s];
  slope_check("style, deepest picture", style_value, &n, n.x->data, n.out, count, 0.05F, 5e-3);
  slope_check("style, Linear weight", style_value, &n, n.layer->full_weight.value,
              n.layer->full_weight.gradient, c * s, 0.1F, 1e-4);
  slope_check("style, Linear bias", style_value, &n, n.layer->full_bias.value,
              n.layer->full_bias.gradient, c, 0.1F, 1e-4);
  net_clear(&n);
}

static double projection_value(void *context) {
  const Net *n = context;
  CytoError err = {0};
  add_up(n->x);
  if (!cyto_proj_forward(n->net, n->layer, n->x, 0, n->out, &err))
    return NAN;
  return weighted(n->out, n->g, n->x->n * n->x->h * n->x->w * n->layer->out);
}

static void projections(void) {
  Net n = net_make();
  CytoError err = {0};
  n.layer = &n.net->down[1].proj;
  n.x = &n.net->pooled[1];
  CytoTrainNorm *norm = &n.layer->norm;
  size_t count = values_of(n.x), in = n.layer->in, out = n.layer->out, own = count / n.x->n;
  n.g = slope_randoms(count / in * out, 3);
  n.out = calloc(count / in * out, sizeof *n.out);
  float *gx = calloc(count, sizeof *gx);
  projection_value(&n);
  CHECK(cyto_proj_weights(n.net, n.layer, n.x, n.g, &err));
  for (size_t i = 0; i < count; i++)
    gx[i] = norm->k2[i % in] * n.x->data[i] + norm->k3[i / own * in + i % in];
  CHECK(cyto_proj_back(n.net, n.layer, n.x, n.g, gx, &err));
  slope_check("projection, input", projection_value, &n, n.x->data, gx, count, 0.01F, 5e-3);
  slope_check("projection, weight", projection_value, &n, n.layer->weight.value,
              n.layer->weight.gradient, in * out, 0.1F, 1e-3);
  slope_check("projection, bias", projection_value, &n, n.layer->bias.value, n.layer->bias.gradient,
              out, 0.1F, 1e-3);
  slope_check("projection, norm's weight", projection_value, &n, norm->weight.value,
              norm->weight.gradient, in, 0.1F, 1e-3);
  slope_check("projection, norm's bias", projection_value, &n, norm->bias.value,
              norm->bias.gradient, in, 0.1F, 1e-3);
  free(gx);
  net_clear(&n);
}

static double pool_value(void *context) {
  const Net *n = context;
  CytoError err = {0};
  return cyto_pool_forward(n->net, n->x, n->y, &err) ? weighted(n->y->data, n->g, values_of(n->y))
                                                     : NAN;
}

/* The four of a window are 0.2 and more apart, in one order or another. */
static void pooling(void) {
  Net n = net_make();
  CytoError err = {0};
  n.x = &n.net->down[0].out;
  n.y = &n.net->pooled[1];
  size_t count = values_of(n.x), c = n.x->c, w = n.x->w;
  uint32_t seed = 5;
  for (size_t i = 0; i < count; i++) {
    size_t x = i / c % w, y = i / c / w % n.x->h;
    size_t turn = x / 2 + 3 * (y / 2) + i % c;
    n.x->data[i] = 0.4F * (float)((2 * (y & 1) + (x & 1) + turn) % 4) + 0.1F * slope_random(&seed);
  }
  n.g = slope_randoms(values_of(n.y), 3);
  n.out = calloc(count, sizeof *n.out);
  CHECK(cyto_pool_back(n.net, n.x, n.y, n.g, n.out, &err));
  slope_check("pooling", pool_value, &n, n.x->data, n.out, count, 0.05F, 1e-4);
  net_clear(&n);
}

/* ---- the loss ---- */

typedef struct Loss {
  float *y;
  CytoBatch batch;
} Loss;

static double loss_value(void *context) {
  const Loss *l = context;
  return cyto_flow_loss(l->y, l->batch.labels, l->batch.n, l->batch.h * l->batch.w, NULL, NULL);
}

static void losses(void) {
  Loss l = {.batch = random_batch(3, 1, 8, 8, 4)};
  size_t count = 3 * 3 * 64;
  l.y = slope_randoms(count, 2);
  float *gradient = calloc(count, sizeof *gradient);
  for (size_t i = 0; i < count; i++)
    l.y[i] *= i % 3 == 2 ? 8 : 5; /* flows as far apart as they come, and logits that are sure */
  cyto_flow_loss(l.y, l.batch.labels, 3, 64, gradient, NULL);
  slope_check("loss", loss_value, &l, l.y, gradient, count, 0.01F, 1e-3);
  free(gradient);
  free(l.y);
  free_batch(&l.batch);
}

/* ---- the network ---- */

static void every_tensor_of_a_network(void) {
  CytoLayout layout = {.levels = 3, .nbase = {2, 16, 32, 64}, .nout = 3};
  CytoError err = {0};
  CytoWeights *start = NULL;
  CytoOptim optim = cyto_optim_defaults(CYTO_SGD);
  CytoTrainer *t = NULL;
  REQUIRE(cyto_weights_random(&layout, 5, &start, &err));
  REQUIREF(cyto_trainer_new(start, &optim, &t, &err), "%s", err.text);
  CytoBatch batch = random_batch(3, 2, 24, 32, 9);
  loss_of(t, &batch);
  float *gradients = malloc(t->values * sizeof *gradients);
  memcpy(gradients, t->gradient, t->values * sizeof *gradients);
  double worst = 0;
  size_t tried = 0;
  Param p;
  for (size_t i = 0; next_param(t, &i, &p);) {
    const float *g = gradients + (p.gradient - t->gradient);
    if (length_of(g, p.count) < 1e-4) /* a bias before a norm */
      continue;
    double apart = slope_apart(t, &batch, &p, g);
    CHECKF(apart < 0.05, "%s: the slope differs by %g", p.tensor->name, apart);
    worst = apart > worst ? apart : worst;
    tried++;
  }
  printf("# %zu tensors, slopes differ by up to %.2g\n", tried, worst);
  CHECK(tried > 90);
  free(gradients);
  free_batch(&batch);
  cyto_trainer_free(t);
  cyto_weights_free(start);
}

int main(void) {
  return check_main((CheckTest[]){

      TEST(norms),
      TEST(styles),
      TEST(projections),
      TEST(pooling),
      TEST(losses),
      TEST(every_tensor_of_a_network),
      {0}});
}

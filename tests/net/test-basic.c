/* Basic U-Nets: shape, outputs and gradients against a plain sum, finite differences, containers.
 */
#include "base/parallel.h"
#include "check.h"
#include "net/loss.h"
#include "net/trainer-private.h"
#include "net/unet-private.h"
#include "train-help.h"
#include <math.h>
#include <unistd.h>

static CytoWeights *made(const CytoLayout *layout, uint32_t seed) {
  CytoWeights *weights = NULL;
  CytoError err = {0};
  if (!cyto_weights_random(layout, seed, &weights, &err))
    printf("# %s\n", err.text);
  for (size_t i = 0; weights && i < weights->count; i++) { /* norms that do something */
    CytoTensor *t = &weights->tensor[i];
    bool positive =
        strstr(t->name, "running_var") || (t->ndim == 1 && strstr(t->name, ".0.weight"));
    for (size_t k = 0; t->ndim == 1 && k < t->shape[0]; k++)
      t->data[k] = tiny_value(&seed) + positive;
  }
  return weights;
}

/* ---- a plain sum ---- */

typedef struct Picture {
  size_t c, h, w;
  double *at;
} Picture;

static Picture picture(size_t c, size_t h, size_t w) {
  return (Picture){c, h, w, calloc(c * h * w, sizeof(double))};
}

static const float *values(const CytoWeights *weights, const char *prefix, const char *name) {
  char key[200];
  snprintf(key, sizeof key, "%s%s", prefix, name);
  const CytoTensor *tensor = cyto_weights_find(weights, key);
  if (!tensor)
    printf("# no tensor %s\n", key);
  return tensor->data;
}

/* norm, ReLU, convolution with zeros around; frees x. */
static Picture batchconv(const CytoWeights *w, const char *prefix, Picture x, size_t out,
                         int side) {
  const float *scale = values(w, prefix, "0.weight"), *shift = values(w, prefix, "0.bias");
  const float *mean = values(w, prefix, "0.running_mean"),
              *var = values(w, prefix, "0.running_var");
  const float *weight = values(w, prefix, "2.weight"), *bias = values(w, prefix, "2.bias");
  Picture y = picture(out, x.h, x.w);
  for (size_t c = 0; c < x.c; c++)
    for (size_t i = 0; i < x.h * x.w; i++) {
      double v = (x.at[c * x.h * x.w + i] - mean[c]) / sqrt(var[c] + 1e-5) * scale[c] + shift[c];
      x.at[c * x.h * x.w + i] = v > 0 ? v : 0;
    }
  for (size_t o = 0; o < out; o++)
    for (int i = 0; i < (int)x.h; i++)
      for (int j = 0; j < (int)x.w; j++) {
        double sum = bias[o];
        for (size_t c = 0; c < x.c; c++)
          for (int a = 0; a < side; a++)
            for (int b = 0; b < side; b++) {
              int row = i + a - side / 2, column = j + b - side / 2;
              if (row >= 0 && column >= 0 && row < (int)x.h && column < (int)x.w)
                sum +=
                    weight[((o * x.c + c) * (size_t)side + (size_t)a) * (size_t)side + (size_t)b] *
                    x.at[(c * x.h + (size_t)row) * x.w + (size_t)column];
            }
        y.at[(o * x.h + (size_t)i) * x.w + (size_t)j] = sum;
      }
  free(x.at);
  return y;
}

static Picture pooled(const Picture *x) {
  Picture y = picture(x->c, x->h / 2, x->w / 2);
  for (size_t c = 0; c < x->c; c++)
    for (size_t i = 0; i < y.h * y.w; i++) {
      const double *p = x->at + (c * x->h + i / y.w * 2) * x->w + i % y.w * 2;
      y.at[c * y.h * y.w + i] = fmax(fmax(p[0], p[1]), fmax(p[x->w], p[x->w + 1]));
    }
  return y;
}

static Picture doubled(Picture x) {
  Picture y = picture(x.c, 2 * x.h, 2 * x.w);
  for (size_t i = 0; i < y.c * y.h * y.w; i++)
    y.at[i] = x.at[(i / (y.h * y.w) * x.h + i / y.w % y.h / 2) * x.w + i % y.w / 2];
  free(x.at);
  return y;
}

/* [skip, x] on the channel axis, the biases of the switched-off style added. */
static Picture joined(const Picture *skip, Picture x, const float *bias) {
  Picture y = picture(skip->c + x.c, x.h, x.w);
  size_t pixels = x.h * x.w;
  for (size_t i = 0; i < y.c * pixels; i++) {
    size_t c = i / pixels;
    y.at[i] = bias[c] + (c < skip->c ? skip->at[i] : x.at[i - skip->c * pixels]);
  }
  free(x.at);
  return y;
}

static Picture naive(const CytoWeights *w, const CytoLayout *l, const float *image, size_t h,
                     size_t width) {
  Picture skip[CYTO_MAX_LEVELS], x = picture(l->nbase[0], h, width);
  char prefix[100];
  for (size_t i = 0; i < x.c * h * width; i++)
    x.at[i] = image[i];
  for (size_t n = 0; n < l->levels; n++) {
    if (n)
      x = pooled(&skip[n - 1]);
    for (int k = 0; k < 2; k++) {
      snprintf(prefix, sizeof prefix, "downsample.down.conv_down_%zu.conv.conv_%d.", n, k);
      x = batchconv(w, prefix, x, l->nbase[n + 1], 3);
    }
    skip[n] = x;
  }
  Picture deepest = skip[l->levels - 1];
  x = picture(deepest.c, deepest.h, deepest.w);
  memcpy(x.at, deepest.at, x.c * x.h * x.w * sizeof *x.at);
  for (size_t n = l->levels; n-- > 0;) {
    if (n + 1 < l->levels)
      x = doubled(x);
    snprintf(prefix, sizeof prefix, "upsample.up.conv_up_%zu.conv.conv_0.", n);
    x = batchconv(w, prefix, x, l->nbase[n + 1], 3);
    snprintf(prefix, sizeof prefix, "upsample.up.conv_up_%zu.conv.conv_1.", n);
    x = joined(&skip[n], x, values(w, prefix, "full.bias"));
    snprintf(prefix, sizeof prefix, "upsample.up.conv_up_%zu.conv.conv_1.conv.", n);
    x = batchconv(w, prefix, x, l->nbase[n + 1], 3);
    free(skip[n].at);
  }
  return batchconv(w, "output.", x, l->nout, 1);
}

static void compare_with_naive(const CytoLayout *layout, size_t h, size_t w) {
  CytoError err = {0};
  CytoWeights *weights = made(layout, 11);
  size_t inputs = layout->nbase[0] * h * w, outputs = layout->nout * h * w;
  float *x = malloc(inputs * sizeof *x), *y = malloc(outputs * sizeof *y);
  float *style = malloc(layout->nbase[layout->levels] * sizeof *style);
  uint32_t seed = 8;
  for (size_t i = 0; i < inputs; i++)
    x[i] = 2 * tiny_value(&seed);
  Picture want = naive(weights, layout, x, h, w);
  for (const CytoKernel *const *k = cyto_kernels(); *k; k++) {
    CytoUnet *net = NULL;
    double worst = 0, size = 0;
    if (!(*k)->usable())
      continue;
    REQUIREF(cyto_unet_new_with(weights, *k, &net, NULL, &err), "%s", err.text);
    REQUIREF(cyto_unet_forward(net, x, 1, h, w, y, style, NULL, &err), "%s", err.text);
    for (size_t i = 0; i < outputs; i++) {
      worst = fmax(worst, fabs(y[i] - want.at[i]));
      size = fmax(size, fabs(want.at[i]));
    }
    printf("# %zu outputs, %s: differs by %.2g of %.2g\n", layout->nout, (*k)->name, worst, size);
    CHECK(worst < 1e-4 * size && size > 0);
    cyto_unet_free(net);
  }
  free(want.at);
  free(x);
  free(y);
  free(style);
  cyto_weights_free(weights);
}

static const CytoLayout wide = {.basic = 1, .levels = 3, .nbase = {2, 16, 32, 48}, .nout = 3};
static const CytoLayout narrow = {.basic = 1, .levels = 2, .nbase = {1, 5, 7}, .nout = 2};
static const CytoLayout single = {.basic = 1, .levels = 3, .nbase = {3, 16, 16, 32}, .nout = 1};

static void outputs_equal_a_plain_sum(void) {
  compare_with_naive(&wide, 24, 40);
  compare_with_naive(&narrow, 18, 10);
  compare_with_naive(&single, 32, 16);
}

/* ---- the shape ---- */

static void full_networks_have_the_known_size(void) {
  for (size_t nout = 2; nout < 4; nout++) {
    CytoLayout layout = {.basic = 1, .levels = 4, .nbase = {2, 32, 64, 128, 256}, .nout = nout};
    CytoLayout found;
    CytoWeights *weights = NULL;
    CytoError err = {0};
    size_t parameters = 0;
    REQUIREF(cyto_weights_random(&layout, 1, &weights, &err), "%s", err.text);
    for (size_t i = 0; i < weights->count; i++)
      if (cyto_trainable(&weights->tensor[i]))
        parameters += cyto_tensor_count(&weights->tensor[i]);
    CHECK(weights->count + 2 == 129);
    CHECKF(parameters + 2 == (nout == 3 ? 3968169 : 3968136), "%zu parameters", parameters);
    REQUIREF(cyto_weights_layout(weights, &found, &err), "%s", err.text);
    CHECK(found.basic && found.levels == 4 && found.nout == nout && found.nbase[4] == 256);
    CHECK(cyto_layout_kind(&found) == (nout == 3 ? CYTO_NET_UNET3 : CYTO_NET_UNET2));
    cyto_weights_free(weights);
  }
}

static void kinds_have_names(void) {
  for (CytoNetKind kind = CYTO_NET_CELLPOSE; kind <= CYTO_NET_OTHER; kind++)
    CHECK(cyto_net_named(cyto_net_name(kind)) == kind);
  CHECK(cyto_net_named("unet") == CYTO_NET_OTHER);
  CHECK(cyto_layout_kind(&single) == CYTO_NET_SEMANTIC);
  CHECK(cyto_layout_kind(&(CytoLayout){.nout = 3}) == CYTO_NET_CELLPOSE);
  CHECK(cyto_layout_kind(&(CytoLayout){.nout = 1}) == CYTO_NET_OTHER);
}

static void wrong_shapes_are_named(void) {
  CytoLayout found;
  CytoError err = {0};
  CytoWeights *weights = made(&wide, 2);
  for (size_t i = 0; i < weights->count; i++)
    if (strcmp(weights->tensor[i].name, "upsample.up.conv_up_1.conv.conv_1.full.bias") == 0)
      weights->tensor[i].shape[0] = 32;
  CHECK(!cyto_weights_layout(weights, &found, &err));
  CHECKF(strstr(err.text, "conv_up_1.conv.conv_1.full.bias is 32") && strstr(err.text, "64"), "%s",
         err.text);
  cyto_weights_free(weights);
  weights = made(&wide, 2);
  for (size_t i = 0; i < weights->count; i++)
    if (strcmp(weights->tensor[i].name, "upsample.up.conv_up_0.conv.conv_1.conv.0.weight") == 0)
      weights->tensor[i].shape[0] = 16;
  CHECK(!cyto_weights_layout(weights, &found, &err));
  CHECKF(strstr(err.text, "concatenation"), "%s", err.text);
  cyto_weights_free(weights);
}

static void compare_tensors(const CytoWeights *a, const CytoWeights *b) {
  REQUIRE(a->count == b->count);
  for (size_t i = 0; i < a->count; i++) {
    const CytoTensor *other = cyto_weights_find(b, a->tensor[i].name);
    REQUIREF(other, "%s", a->tensor[i].name);
    CHECK(memcmp(a->tensor[i].data, other->data,
                 cyto_tensor_count(&a->tensor[i]) * sizeof(float)) == 0);
  }
}

static void both_containers_keep_it(void) {
  char path[] = "/tmp/cyto-basic-XXXXXX";
  CytoError err = {0};
  CytoWeights *weights = made(&wide, 3), *back = NULL;
  REQUIRE(close(mkstemp(path)) == 0);
  weights->diam_mean = 30;
  weights->has_thresholds = true;
  weights->cell_threshold = -1.5;
  weights->boundary_threshold = 2;
  REQUIREF(cyto_weights_write_safetensors(weights, path, CYTO_SAVE_F32, &err), "%s", err.text);
  REQUIREF(cyto_weights_read(path, &back, &err), "%s", err.text);
  CHECK(back->has_thresholds && back->cell_threshold == -1.5 && back->boundary_threshold == 2);
  compare_tensors(weights, back);
  cyto_weights_free(back);
  REQUIREF(cyto_weights_write_torch(weights, path, &err), "%s", err.text);
  REQUIREF(cyto_weights_read(path, &back, &err), "%s", err.text);
  CHECK(!back->has_thresholds);
  compare_tensors(weights, back);
  cyto_weights_free(back);
  cyto_weights_free(weights);
  remove(path);
}

/* ---- losses ---- */

static void losses_are_what_they_say(void) {
  const float y[] = {1, -2, 0.5F, 3, 0, -1}, classes[] = {2, 0}, inside[] = {1, 0, 1, 1, 0, 0};
  double want = 0, bce = 0, both = 1, all = 1;
  for (size_t i = 0; i < 2; i++) {
    double sum = 0;
    for (size_t k = 0; k < 3; k++)
      sum += exp((double)y[3 * i + k]);
    want -= log(exp((double)y[3 * i + (size_t)classes[i]]) / sum) / 2;
  }
  CHECK_NEAR(cyto_class_loss(y, classes, 1, 2, 3, 0, NULL, NULL), want * 8 / 3, 1e-12);
  for (size_t i = 0; i < 6; i++) {
    double p = 1 / (1 + exp(-(double)y[i]));
    bce -= log(inside[i] > 0 ? p : 1 - p) / 6;
    both += 2 * p * inside[i];
    all += p + inside[i];
  }
  CHECK_NEAR(cyto_class_loss(y, inside, 1, 6, 1, 0, NULL, NULL), bce, 1e-12);
  CHECK_NEAR(cyto_class_loss(y, inside, 1, 6, 1, 0.5, NULL, NULL), bce + 0.5 * (1 - both / all),
             1e-12);
}

/* ---- gradients ---- */

static CytoBatch class_batch(const CytoLayout *layout, size_t n, size_t h, size_t w) {
  uint32_t seed = 6;
  size_t inputs = n * layout->nbase[0] * h * w, pixels = n * h * w;
  float *x = malloc(inputs * sizeof *x), *labels = malloc(pixels * sizeof *labels);
  size_t classes = layout->nout > 1 ? layout->nout : 2;
  for (size_t i = 0; i < inputs; i++)
    x[i] = 2 * tiny_value(&seed) + 0.3F;
  for (size_t i = 0; i < pixels; i++)
    labels[i] = (float)(size_t)((tiny_value(&seed) + 0.5F) * (float)classes);
  return (CytoBatch){x, labels, n, h, w};
}

static CytoTrainer *trainer_of(const CytoLayout *layout) {
  CytoWeights *start = NULL;
  CytoOptim optim = cyto_optim_defaults(CYTO_ADAMW);
  CytoTrainer *t = NULL;
  if (cyto_weights_random(layout, 5, &start, NULL))
    cyto_trainer_new(start, &optim, &t, NULL);
  cyto_weights_free(start);
  return t;
}

static void check_slopes(const CytoLayout *layout, double dice, size_t least) {
  CytoTrainer *t = trainer_of(layout);
  REQUIRE(t);
  CytoBatch batch = class_batch(layout, 3, 24, 32);
  cyto_trainer_set_dice(t, dice);
  loss_of(t, &batch);
  float *gradients = malloc(t->values * sizeof *gradients);
  memcpy(gradients, t->gradient, t->values * sizeof *gradients);
  double worst = 0;
  size_t tried = 0;
  Param p;
  for (size_t i = 0; next_param(t, &i, &p);) {
    const char *name = p.tensor->name;
    const float *g = gradients + (p.gradient - t->gradient);
    double length = length_of(g, p.count);
    bool nothing = strstr(name, "full") || (strstr(name, ".2.bias") && !strstr(name, "output"));
    if (nothing) {
      CHECKF(length == 0, "%s has a gradient", name);
      continue;
    }
    if (length < 1e-3) /* a factor that the next norm takes out again */
      continue;
    double apart = slope_apart(t, &batch, &p, g);
    CHECKF(apart < 0.08, "%s: the slope of %g differs by %g", name, length, apart);
    worst = fmax(worst, apart);
    tried++;
  }
  printf("# %zu outputs: %zu tensors, slopes differ by up to %.2g\n", layout->nout, tried, worst);
  CHECK(tried >= least);
  free(gradients);
  free_batch(&batch);
  cyto_trainer_free(t);
}

static void every_gradient_is_the_slope_of_the_loss(void) {
  check_slopes(&wide, 0, 39);
  check_slopes(&narrow, 0, 26);
  check_slopes(&single, 0.7, 38);
}

/* With one batch again and again the running statistics become its own: the packed network must
 * then come to the loss of training. */
static void threads_change_no_bit_and_loss_falls(void) {
  double last[3];
  for (unsigned threads = 1; threads <= 3; threads++) {
    CytoError err = {0};
    CytoJob job = {.pool = cyto_pool_new(threads, &err)};
    CytoTrainer *t = trainer_of(&wide);
    CytoBatch batch = class_batch(&wide, 5, 24, 32);
    double first = 0, test = 0;
    REQUIREF(cyto_trainer_step(t, &batch, 1e-3, &first, &job, &err), "%s", err.text);
    for (int step = 0; step < 120; step++) /* the last ones for the statistics alone */
      REQUIREF(cyto_trainer_step(t, &batch, step < 40 ? 3e-3 : 0, &last[threads - 1], &job, &err),
               "%s", err.text);
    REQUIREF(cyto_trainer_loss(t, &batch, &test, &job, &err), "%s", err.text);
    printf("# loss %.4f, then %.4f, with running statistics %.4f\n", first, last[threads - 1],
           test);
    CHECK(last[threads - 1] < 0.9 * first && fabs(test - last[threads - 1]) < 0.02 * first);
    free_batch(&batch);
    cyto_trainer_free(t);
    cyto_pool_free(job.pool);
  }
  CHECK(last[0] == last[1] && last[1] == last[2]);
}

int main(void) {
  return check_main((CheckTest[]){TEST(full_networks_have_the_known_size),
                                  TEST(kinds_have_names),
                                  TEST(wrong_shapes_are_named),
                                  TEST(both_containers_keep_it),
                                  TEST(outputs_equal_a_plain_sum),
                                  TEST(losses_are_what_they_say),
                                  TEST(every_gradient_is_the_slope_of_the_loss),
                                  TEST(threads_change_no_bit_and_loss_falls),
                                  {0}});
}

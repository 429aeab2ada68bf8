/* Gradients of convolutions against finite differences: 3×3 by both forms, up-sampled, 1×1, with
 * residuals. */
#include "net/train-net.h"
#include "slope.h"

typedef struct Conv {
  CytoTrainWork work;
  CytoTrainConv conv;
  CytoTrainIn in;
  CytoTrainOut out;
  float *x, *weight, *bias, *residual, *scale, *shift, *g, *y, *pivot;
  double *sum;
  size_t outputs, inputs, residuals;
} Conv;

static double conv_value(void *context) {
  Conv *c = context;
  CytoError err = {0};
  if (!cyto_train_forward(&c->work, &c->conv, &c->in, &c->out, &err))
    return NAN;
  return weighted(c->y, c->g, c->outputs);
}

/* Inputs keep 0.2 and more from the bend of the ReLU. */
static Conv conv_make(const CytoKernel *kernel, size_t in, size_t out, size_t taps,
                      unsigned halve) {
  enum { N = 2, H = 8, W = 12 };
  Conv c = {.work = {.kernel = kernel, .train = cyto_train_kernel(kernel)},
            .outputs = N * H * W * out,
            .inputs = N * (H >> halve) * (W >> halve) * in,
            .residuals = N * H * W * out / 4};
  uint32_t seed = 7;
  c.x = slope_randoms(c.inputs, 1);
  c.weight = slope_randoms(in * out * taps, 2);
  c.bias = slope_randoms(out, 3);
  c.residual = slope_randoms(c.residuals, 4);
  c.scale = slope_randoms(in, 5);
  c.shift = slope_randoms(N * in, 6);
  c.g = slope_randoms(c.outputs, 8);
  c.y = calloc(c.outputs, sizeof *c.y);
  c.pivot = calloc(out, sizeof *c.pivot);
  c.sum = calloc(2 * N * out, sizeof *c.sum);
  for (size_t i = 0; i < in; i++)
    c.scale[i] = 1 + c.scale[i] / 2;
  for (size_t i = 0; i < c.inputs; i++) {
    size_t image = i / (c.inputs / N);
    float z = slope_random(&seed);
    z += z > 0 ? 0.2F : -0.2F;
    c.x[i] = (z - c.shift[image * in + i % in]) / c.scale[i % in];
  }
  c.conv = (CytoTrainConv){in, out, taps, c.weight, c.bias};
  c.in = (CytoTrainIn){N, H, W, c.x, halve, c.scale, c.shift};
  c.out = (CytoTrainOut){.y = c.y,
                         .residual = c.residual,
                         .residual_halve = 1,
                         .pivot = c.pivot,
                         .sum = c.sum,
                         .square = c.sum + N * out};
  return c;
}

static void conv_clear(Conv *c) {
  void *const owned[] = {c->x,     c->weight, c->bias, c->residual, c->scale,
                         c->shift, c->g,      c->y,    c->pivot,    c->sum};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
    free(owned[i]);
  cyto_train_work_clear(&c->work);
}

static void conv_check(const char *what, const CytoKernel *kernel, size_t in, size_t out,
                       size_t taps, unsigned halve) {
  Conv c = conv_make(kernel, in, out, taps, halve);
  CytoError err = {0};
  size_t weights = in * out * taps;
  float *g_weight = calloc(weights + out, sizeof *g_weight), *gx = calloc(c.inputs, sizeof *gx);
  float *pivot = calloc(c.in.n * in, sizeof *pivot);
  double *sums = calloc(2 * c.in.n * in, sizeof *sums);
  const CytoTrainBack back = {c.g, gx, pivot, sums, sums + c.in.n * in};
  CHECK(cyto_train_weights(&c.work, &c.conv, &c.in, c.g, g_weight, g_weight + weights, &err));
  CHECK(cyto_train_back(&c.work, &c.conv, &c.in, &back, &err));
  for (size_t i = 0; i < c.inputs; i++)
    gx[i] *= c.scale[i % in];
  printf("# %s: %s\n", kernel->name, what);
  slope_check("input", conv_value, &c, c.x, gx, c.inputs, 0.1F, 3e-4);
  slope_check("weight", conv_value, &c, c.weight, g_weight, weights, 0.5F, 1e-4);
  slope_check("bias", conv_value, &c, c.bias, g_weight + weights, out, 0.5F, 1e-4);
  free(g_weight);
  free(gx);
  free(pivot);
  free(sums);
  conv_clear(&c);
}

static void convolutions(void) {
  for (const CytoKernel *const *k = cyto_kernels(); *k; k++) {
    if (!(*k)->usable())
      continue;
    conv_check("3×3", *k, 3, 5, 9, 0);
    conv_check("3×3 of an up-sampled picture", *k, 3, 5, 9, 1);
    conv_check("3×3 by Winograd", *k, 32, 32, 9, 0);
    conv_check("3×3 by Winograd of an up-sampled picture", *k, 32, 32, 9, 1);
    conv_check("head, 1×1", *k, 8, 3, 1, 0);
  }
}

/* The residual, of half the size: what comes back to it is the sum of four. */
static void residuals(void) {
  Conv c = conv_make(cyto_kernel_best(), 3, 8, 9, 0);
  CytoTrainNet net = {.shared = c.work};
  CytoError err = {0};
  const CytoPlane shape = {.n = c.in.n, .h = c.in.h, .w = c.in.w, .c = 8};
  float *gradient = calloc(c.residuals, sizeof *gradient);
  CHECK(cyto_halve_back(&net, &shape, c.g, gradient, &err));
  slope_check("residual", conv_value, &c, c.residual, gradient, c.residuals, 0.5F, 1e-4);
  free(gradient);
  conv_clear(&c);
}

int main(void) {
  return check_main((CheckTest[]){TEST(convolutions), TEST(residuals), {0}});
}

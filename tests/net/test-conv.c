/* The packed convolution against the naive loops, for every kernel this machine can run. */
#include "check.h"
#include "net/conv.h"

static float noise(unsigned *state) {
  *state = *state * 1664525u + 1013904223u;
  return (float)(*state >> 8) / 8388608.0f - 1.0f;
}

static float *random_floats(size_t n, unsigned seed) {
  float *x = malloc((n + 1) * sizeof *x);
  for (size_t i = 0; i < n; i++)
    x[i] = noise(&seed);
  return x;
}

typedef struct Case {
  size_t h, w, in, out, taps;
  unsigned halve;
  bool norm, residual;
  unsigned residual_halve;
} Case;

static double activated(const Case *c, const CytoConvIo *io, long y, long x, size_t k) {
  if (y < 0 || x < 0 || y >= (long)c->h || x >= (long)c->w)
    return 0;
  size_t at = (((size_t)y >> c->halve) * (c->w >> c->halve) + ((size_t)x >> c->halve)) * c->in + k;
  double v = io->x[at];
  if (io->scale) {
    v = v * io->scale[k] + io->shift[k];
    v = v > 0 ? v : 0;
  }
  return v;
}

static double naive(const Case *c, const CytoConvIo *io, const float *weight, const float *bias,
                    size_t y, size_t x, size_t o) {
  double sum = bias[o];
  for (size_t k = 0; k < c->in; k++)
    for (size_t t = 0; t < c->taps; t++) {
      long dy = c->taps == 9 ? (long)(t / 3) - 1 : 0, dx = c->taps == 9 ? (long)(t % 3) - 1 : 0;
      sum +=
          weight[(o * c->in + k) * c->taps + t] * activated(c, io, (long)y + dy, (long)x + dx, k);
    }
  unsigned s = c->residual_halve;
  if (io->residual)
    sum += io->residual[((y >> s) * (c->w >> s) + (x >> s)) * c->out + o];
  return sum;
}

static void run_layer(const CytoConv *conv, CytoConvIo io) {
  float *scratch = malloc((cyto_conv_scratch(conv, io.h, io.w) + 1) * sizeof *scratch);
  io.shared = malloc((cyto_conv_shared(conv, io.h, io.w) + 1) * sizeof *scratch);
  for (unsigned part = 0; part < cyto_conv_parts(conv, io.h, io.w); part++)
    for (size_t i = 0; i < cyto_conv_items(conv, part, io.h, io.w); i++)
      cyto_conv_run(conv, &io, part, i, scratch);
  free(scratch);
  free(io.shared);
}

static void run_case(const CytoKernel *kernel, const Case *c, CytoConvForm form) {
  size_t pixels = c->h * c->w;
  float *x = random_floats(pixels * c->in, 1);
  float *weight = random_floats(c->out * c->in * c->taps, 3), *bias = random_floats(c->out, 4);
  float *scale = random_floats(c->in, 5), *shift = random_floats(c->in, 6);
  float *residual = random_floats(pixels * c->out, 7), *y = malloc(pixels * c->out * sizeof *y);
  CytoConv conv = {0};
  CytoError err = {0};
  REQUIREF(cyto_conv_init_as(&conv, form, kernel, c->in, c->out, c->taps, weight, bias, NULL, NULL,
                             &err),
           "%s", err.text);
  CytoConvIo io = {c->h,
                   c->w,
                   x,
                   c->halve,
                   c->norm ? scale : NULL,
                   c->norm ? shift : NULL,
                   c->residual ? residual : NULL,
                   c->residual_halve,
                   y,
                   NULL};
  run_layer(&conv, io);
  double worst = 0;
  size_t step = pixels > 10000 ? 61 : 1; /* large pictures are looked at here and there */
  for (size_t i = 0; i < pixels * c->out; i += step) {
    double want = naive(c, &io, weight, bias, i / c->out / c->w, i / c->out % c->w, i % c->out);
    worst = fmax(worst, fabs(y[i] - want));
  }
  size_t side = conv.winograd ? conv.winograd->side : 1;
  printf("# %s %zux%zu blocks%s, %zux%zu %zu→%zu taps %zu: largest difference %.2g\n", kernel->name,
         side, side, form == CYTO_CONV_DOUBLED ? " of a doubled picture" : "", c->h, c->w, c->in,
         c->out, c->taps, worst);
  const double bound[] = {3e-5, 1e-4, 4e-4, 1e-3, 1e-4}; /* of sums up to about 50 */
  CHECK(worst < bound[conv.winograd ? form : CYTO_CONV_PLAIN]);
  cyto_conv_clear(&conv);
  float *all[] = {x, weight, bias, scale, shift, residual, y};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    free(all[i]);
}

static void every_kernel_equals_the_naive_loops(void) {
  const Case cases[] = {
      {20, 28, 32, 64, 9, 0, true, true, 1},  {9, 7, 16, 16, 9, 0, true, true, 0},
      {30, 58, 64, 32, 9, 1, true, true, 1},  {3, 2, 256, 48, 9, 0, true, false, 0},
      {16, 16, 2, 32, 9, 0, true, false, 0},  {30, 40, 32, 32, 9, 0, true, true, 1},
      {8, 28, 40, 72, 9, 1, true, true, 0},   {2, 2, 16, 8, 9, 1, true, true, 1},
      {1, 3, 5, 7, 9, 0, true, false, 0},     {12, 20, 32, 3, 1, 0, true, false, 0},
      {6, 14, 24, 64, 1, 0, false, false, 0}, {64, 18, 64, 33, 9, 0, true, true, 1},
      {10, 130, 32, 32, 9, 1, true, true, 0}, {14, 22, 48, 16, 9, 1, true, false, 0},
      {4, 4, 32, 64, 9, 1, true, true, 0},    {2, 2, 16, 16, 9, 1, true, true, 0},
      {46, 100, 64, 32, 9, 1, true, true, 0}, {272, 276, 16, 16, 9, 1, true, true, 0},
      {22, 340, 16, 16, 9, 0, true, true, 0}, {46, 610, 16, 16, 9, 1, true, false, 0},
      {9, 115, 32, 64, 9, 0, true, true, 0},
  };
  int ran = 0;
  for (const CytoKernel *const *k = cyto_kernels(); *k; k++) {
    if (!(*k)->usable()) {
      printf("# kernel %s cannot run on this machine\n", (*k)->name);
      continue;
    }
    ran++;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
      for (CytoConvForm form = CYTO_CONV_PLAIN; form <= CYTO_CONV_DOUBLED; form++)
        if (form != CYTO_CONV_DOUBLED || (cases[i].halve && !cases[i].residual_halve))
          run_case(*k, &cases[i], form);
  }
  CHECK(ran >= 1);
}

/* Small layers are done in three parts, large ones item by item: the cases above hold both. */
static void parts_follow_from_the_shape(void) {
  float *weight = random_floats(16 * 16 * 9, 1);
  for (CytoConvForm form = CYTO_CONV_F4; form <= CYTO_CONV_DOUBLED; form++) {
    CytoConv conv = {0};
    CytoError err = {0};
    REQUIRE(cyto_conv_init_as(&conv, form, cyto_kernel_named("portable"), 16, 16, 9, weight, NULL,
                              NULL, NULL, &err));
    CHECK(cyto_conv_parts(&conv, 28, 28) == 3 && cyto_conv_shared(&conv, 28, 28) > 0);
    CHECK(cyto_conv_parts(&conv, 272, 276) == 1 && cyto_conv_shared(&conv, 272, 276) == 0);
    cyto_conv_clear(&conv);
  }
  free(weight);
}

static void folding_a_norm_equals_applying_it(void) {
  float weight[6] = {1, 2, 3, 4, 5, 6}, bias[2] = {0.5f, -0.5f}, scale[3] = {2, 3, 4},
        shift[3] = {0.1f, 0.2f, 0.3f}, x[3] = {1, -1, 2}, y[2];
  CytoConv conv;
  CytoError err;
  REQUIRE(cyto_conv_init(&conv, cyto_kernel_best(), 3, 2, 1, weight, bias, scale, shift, &err));
  CytoConvIo io = {.h = 1, .w = 1, .x = x, .y = y};
  cyto_conv_run(&conv, &io, 0, 0, NULL);
  for (int o = 0; o < 2; o++) {
    double want = bias[o];
    for (int i = 0; i < 3; i++)
      want += weight[o * 3 + i] * (x[i] * scale[i] + shift[i]);
    CHECK_NEAR(y[o], want, 1e-5);
  }
  cyto_conv_clear(&conv);
}

/* A residual that lies where the result goes is read before it is overwritten. */
static void residuals_in_place_change_no_bit(void) {
  enum { H = 16, W = 30, C = 32, N = H * W * C };
  float *x = random_floats(N, 1), *weight = random_floats(C * C * 9, 2), *y = random_floats(N, 3);
  float *scale = random_floats(C, 4), *shift = random_floats(C, 5), *apart = malloc(N * sizeof *y);
  for (const CytoKernel *const *k = cyto_kernels(); *k; k++)
    for (CytoConvForm form = CYTO_CONV_PLAIN; form <= CYTO_CONV_DOUBLED && (*k)->usable(); form++) {
      CytoConv conv = {0};
      CytoError err = {0};
      REQUIRE(cyto_conv_init_as(&conv, form, *k, C, C, 9, weight, shift, NULL, NULL, &err));
      float *inside = malloc(N * sizeof *inside);
      memcpy(inside, y, N * sizeof *y);
      CytoConvIo io = {
          .h = H, .w = W, .x = x, .scale = scale, .shift = shift, .residual = y, .y = apart};
      io.halve = form == CYTO_CONV_DOUBLED;
      CytoConvIo in_place = io;
      in_place.residual = in_place.y = inside;
      run_layer(&conv, io);
      run_layer(&conv, in_place);
      CHECKF(memcmp(apart, inside, N * sizeof *y) == 0, "%s, form %d", (*k)->name, (int)form);
      free(inside);
      cyto_conv_clear(&conv);
    }
  float *all[] = {x, weight, y, scale, shift, apart};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    free(all[i]);
}

static void dots_equal_the_naive_loop(void) {
  enum { PIXELS = 37, CHANNELS = 48, STEP = 5 };
  float *a = random_floats(PIXELS * CHANNELS, 1), *weight = random_floats(CHANNELS * STEP, 2);
  for (const CytoKernel *const *k = cyto_kernels(); *k; k++) {
    float out[PIXELS + 1];
    const CytoDots dots = {a, CHANNELS, PIXELS, weight, STEP, 0.25f};
    if (!(*k)->usable())
      continue;
    out[PIXELS] = -7;
    (*k)->dots(&dots, out);
    for (size_t i = 0; i < PIXELS; i++) {
      double want = 0.25;
      for (size_t c = 0; c < CHANNELS; c++)
        want += (double)a[i * CHANNELS + c] * weight[c * STEP];
      CHECK_NEAR(out[i], want, 1e-5);
    }
    CHECK(out[PIXELS] == -7);
  }
  free(a);
  free(weight);
}

static void kernels_are_found_by_name(void) {
  CHECK(cyto_kernel_named("portable") != NULL);
  CHECK(cyto_kernel_named("abacus") == NULL);
  CHECK(cyto_kernel_best()->usable());
}

static void the_environment_chooses_a_kernel(void) {
  CytoError err = {0};
  unsetenv("CYTOSCRIBE_KERNEL");
  CHECK(cyto_kernel_chosen(&err) == cyto_kernel_best());
  setenv("CYTOSCRIBE_KERNEL", "", 1);
  CHECK(cyto_kernel_chosen(&err) == cyto_kernel_best());
  for (const CytoKernel *const *k = cyto_kernels(); *k; k++) {
    setenv("CYTOSCRIBE_KERNEL", (*k)->name, 1);
    CHECK(cyto_kernel_chosen(&err) == ((*k)->usable() ? *k : NULL));
  }
  setenv("CYTOSCRIBE_KERNEL", "abacus", 1);
  CHECK(cyto_kernel_chosen(&err) == NULL && err.code == CYTO_ERROR_ARGUMENT);
  CHECKF(strstr(err.text, "abacus") && strstr(err.text, "portable"), "%s", err.text);
  unsetenv("CYTOSCRIBE_KERNEL");
}

int main(void) {
  return check_main((CheckTest[]){TEST(every_kernel_equals_the_naive_loops),
                                  TEST(parts_follow_from_the_shape),
                                  TEST(folding_a_norm_equals_applying_it),
                                  TEST(residuals_in_place_change_no_bit),
                                  TEST(dots_equal_the_naive_loop),
                                  TEST(kernels_are_found_by_name),
                                  TEST(the_environment_chooses_a_kernel),
                                  {0}});
}

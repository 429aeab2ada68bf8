/* Convolutions of a training step, plain and Winograd, against sums in f64 as they are defined. */
#include "base/parallel.h"
#include "check.h"
#include "net/train-conv.h"

typedef struct Case {
  size_t n, h, w, in, out, taps;
  unsigned halve;
} Case;

static const Case cases[] = {
    {2, 8, 12, 32, 32, 9, 0}, {3, 14, 6, 64, 32, 9, 0}, {2, 28, 20, 32, 96, 9, 1},
    {1, 4, 4, 32, 32, 9, 1},  {2, 6, 10, 3, 5, 9, 0},   {2, 10, 8, 5, 33, 9, 1},
    {2, 16, 60, 2, 32, 9, 0}, {2, 8, 6, 32, 3, 1, 0},   {1, 2, 2, 7, 9, 1, 0},
    {5, 2, 2, 128, 64, 9, 0},
};

/* Everything that goes in, and what should come out. */
typedef struct Problem {
  Case c;
  size_t nx, ny; /* values of x and y */
  float *x, *scale, *shift, *pivot, *weight, *bias, *residual, *g, *out_pivot;
  double *y, *gz, *g_weight, *g_bias;
} Problem;

static float *randoms(size_t count, uint32_t *state) {
  float *x = malloc(count * sizeof *x);
  for (size_t i = 0; i < count; i++) {
    *state = *state * 1664525u + 1013904223u;
    x[i] = (float)(*state >> 8) * 0x1p-23f - 1.0f;
  }
  return x;
}

static size_t at_x(const Problem *p, size_t n, size_t y, size_t x, size_t i) {
  const Case *c = &p->c;
  return ((n * (c->h >> c->halve) + (y >> c->halve)) * (c->w >> c->halve) + (x >> c->halve)) *
             c->in +
         i;
}

static double active(const Problem *p, size_t n, size_t at, size_t i) {
  double z = (double)p->x[at] * p->scale[i] + p->shift[n * p->c.in + i];
  return z > 0 ? z : 0;
}

/* All products of one output with the weights. */
static void one_output(Problem *p, size_t n, size_t y, size_t x, size_t o) {
  const Case *c = &p->c;
  size_t at = ((n * c->h + y) * c->w + x) * c->out + o, side = c->taps == 9 ? 3 : 1;
  double sum = (double)p->bias[o] + p->residual[at], g = p->g[at];
  for (size_t t = 0; t < c->taps; t++) {
    size_t yy = y + t / side - (side == 3), xx = x + t % side - (side == 3);
    if (yy >= c->h || xx >= c->w)
      continue;
    for (size_t i = 0; i < c->in; i++) {
      size_t from = at_x(p, n, yy, xx, i), w = (o * c->in + i) * c->taps + t;
      double a = active(p, n, from, i);
      sum += a * p->weight[w];
      p->g_weight[w] += a * g;
      if (a > 0)
        p->gz[from] += g * p->weight[w];
    }
  }
  p->y[at] = sum;
  p->g_bias[o] += g;
}

static Problem make(const Case *c) {
  uint32_t seed = (uint32_t)(c->in * 31 + c->out);
  Problem p = {.c = *c,
               .nx = c->n * (c->h >> c->halve) * (c->w >> c->halve) * c->in,
               .ny = c->n * c->h * c->w * c->out};
  size_t weights = c->in * c->out * c->taps;
  p.x = randoms(p.nx, &seed);
  p.scale = randoms(c->in, &seed);
  p.shift = randoms(c->n * c->in, &seed);
  p.pivot = randoms(c->n * c->in, &seed);
  p.weight = randoms(weights, &seed);
  p.bias = randoms(c->out, &seed);
  p.residual = randoms(p.ny, &seed);
  p.g = randoms(p.ny, &seed);
  p.out_pivot = randoms(c->out, &seed);
  p.y = calloc(p.ny, sizeof *p.y);
  p.gz = calloc(p.nx, sizeof *p.gz);
  p.g_weight = calloc(weights, sizeof *p.g_weight);
  p.g_bias = calloc(c->out, sizeof *p.g_bias);
  for (size_t i = 0; i < c->n * c->h * c->w * c->out; i++) {
    size_t pixel = i / c->out;
    one_output(&p, pixel / c->w / c->h, pixel / c->w % c->h, pixel % c->w, i % c->out);
  }
  return p;
}

static void clear(Problem *p) {
  void *all[] = {p->x, p->scale,     p->shift, p->pivot, p->weight,   p->bias,  p->residual,
                 p->g, p->out_pivot, p->y,     p->gz,    p->g_weight, p->g_bias};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    free(all[i]);
}

/* Largest difference over the largest value. */
static double apart(const float *a, const double *b, size_t count) {
  double worst = 0, size = 1e-30;
  for (size_t i = 0; i < count; i++) {
    double d = fabs(a[i] - b[i]);
    worst = d <= worst ? worst : d;
    size = fabs(b[i]) > size ? fabs(b[i]) : size;
  }
  return worst / size;
}

/* Σ v - pivot and Σ (v - pivot)², or Σ v and Σ v·(x - pivot), of one image and channel. */
static void check_sums(const float *v, const float *x, const float *pivot, size_t pixels, size_t c,
                       const double *sum, const double *product, const char *what) {
  double worst = 0;
  for (size_t i = 0; i < c; i++) {
    double s = 0, q = 0, size = 1;
    for (size_t k = 0; k < pixels; k++) {
      double d = x ? v[k * c + i] : (double)v[k * c + i] - pivot[i];
      s += d;
      size += d * d;
      q += x ? d * ((double)x[k * c + i] - pivot[i]) : d * d;
    }
    worst = fmax(worst, fmax(fabs(s - sum[i]), fabs(q - product[i])) / (1e-5 * size));
  }
  CHECKF(worst < 1, "%s: sums differ by %g", what, worst);
}

static void try_form(const Problem *p, CytoTrainWork *work, bool winograd) {
  const Case *c = &p->c;
  CytoError err = {0};
  const CytoTrainConv conv = {c->in, c->out, c->taps, p->weight, p->bias};
  const CytoTrainIn in = {c->n, c->h, c->w, p->x, c->halve, p->scale, p->shift};
  float *y = calloc(p->ny, sizeof *y), *gz = calloc(p->nx, sizeof *gz);
  size_t weights = c->in * c->out * c->taps, own = p->nx / c->n;
  float *g_weight = calloc(weights, sizeof *g_weight), *g_bias = calloc(c->out, sizeof *g_bias);
  double *sums = calloc(4 * c->n * (c->in + c->out), sizeof *sums);
  double *sum = sums, *square = sum + c->n * c->out, *g_sum = square + c->n * c->out;
  double *product = g_sum + c->n * c->in;
  const CytoTrainOut out = {y, p->residual, 0, p->out_pivot, sum, square};
  const CytoTrainBack back = {p->g, gz, p->pivot, g_sum, product};
  CHECK((winograd ? cyto_winograd_forward : cyto_plain_forward)(work, &conv, &in, &out, &err));
  CHECK((winograd ? cyto_winograd_back : cyto_plain_back)(work, &conv, &in, &back, &err));
  CHECK((winograd ? cyto_winograd_weights : cyto_plain_weights)(work, &conv, &in, p->g, g_weight,
                                                                g_bias, &err));
  double dy = apart(y, p->y, p->ny), dz = apart(gz, p->gz, p->nx);
  double dw = apart(g_weight, p->g_weight, weights), db = apart(g_bias, p->g_bias, c->out);
  CHECKF(dy < 1e-5 && dz < 1e-5 && dw < 1e-5 && db < 1e-5,
         "%s %s %zu→%zu at %zu×%zu: output %.2g, input %.2g, weights %.2g, bias %.2g",
         work->kernel->name, winograd ? "Winograd" : "plain", c->in, c->out, c->h, c->w, dy, dz, dw,
         db);
  for (size_t k = 0; k < c->n; k++) {
    check_sums(y + k * c->h * c->w * c->out, NULL, p->out_pivot, c->h * c->w, c->out,
               sum + k * c->out, square + k * c->out, "output");
    check_sums(gz + k * own, p->x + k * own, p->pivot + k * c->in, own / c->in, c->in,
               g_sum + k * c->in, product + k * c->in, "gradient");
  }
  free(y);
  free(gz);
  free(g_weight);
  free(g_bias);
  free(sums);
}

static void every_form_equals_the_definition(void) {
  CytoError err = {0};
  CytoJob job = {.pool = cyto_pool_new(2, &err)};
  size_t fitted = 0;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Problem p = make(&cases[i]);
    for (const CytoKernel *const *k = cyto_kernels(); *k; k++) {
      if (!(*k)->usable())
        continue;
      CytoTrainWork work = {.kernel = *k, .train = cyto_train_kernel(*k), .job = &job};
      const CytoTrainConv conv = {p.c.in, p.c.out, p.c.taps, p.weight, p.bias};
      try_form(&p, &work, false);
      if (cyto_train_fits(&work, &conv)) {
        try_form(&p, &work, true);
        fitted++;
      }
      cyto_train_work_clear(&work);
    }
    clear(&p);
  }
  CHECK(fitted >= 5);
  cyto_pool_free(job.pool);
}

/* A residual of half the size, with and without Winograd. */
static void residuals_of_half_the_size_are_repeated(void) {
  const Case c = {2, 8, 8, 32, 32, 9, 0};
  Problem p = make(&c);
  CytoError err = {0};
  CytoTrainWork work = {.kernel = cyto_kernel_best()};
  work.train = cyto_train_kernel(work.kernel);
  const CytoTrainConv conv = {c.in, c.out, c.taps, p.weight, p.bias};
  const CytoTrainIn in = {c.n, c.h, c.w, p.x, 0, p.scale, p.shift};
  float *a = calloc(p.ny, sizeof *a), *whole = malloc(p.ny * sizeof *whole);
  double sums[4 * 32];
  for (size_t i = 0; i < p.ny; i++) {
    size_t o = i % 32, x = i / 32 % 8, y = i / 256 % 8, n = i / 2048;
    whole[i] = p.residual[((n * 4 + y / 2) * 4 + x / 2) * 32 + o];
  }
  for (size_t i = 0; i < p.ny; i++)
    p.y[i] += (double)whole[i] - p.residual[i];
  const CytoTrainOut out = {a, p.residual, 1, p.out_pivot, sums, sums + 64};
  CHECK(cyto_plain_forward(&work, &conv, &in, &out, &err));
  CHECK(apart(a, p.y, p.ny) < 1e-5);
  CHECK(cyto_winograd_forward(&work, &conv, &in, &out, &err));
  CHECK(apart(a, p.y, p.ny) < 1e-5);
  free(a);
  free(whole);
  clear(&p);
  cyto_train_work_clear(&work);
}

int main(void) {
  return check_main((CheckTest[]){
      TEST(every_form_equals_the_definition), TEST(residuals_of_half_the_size_are_repeated), {0}});
}

#include "flow/target.h"
#include "flow/heat.h"
#include "flow-help.h"
#include "npy.h"

/* algorithm.md §6.1 word for word, on whole boxes. */
static void naive_cell(const uint32_t *labels, size_t ny, size_t nx, uint32_t label,
                       double *flows) {
  size_t y0 = ny, x0 = nx, y1 = 0, x1 = 0, area = 0;
  double sum_y = 0, sum_x = 0;
  for (size_t y = 0; y < ny; y++)
    for (size_t x = 0; x < nx; x++)
      if (labels[y * nx + x] == label) {
        y0 = y < y0 ? y : y0;
        x0 = x < x0 ? x : x0;
        y1 = y + 1 > y1 ? y + 1 : y1;
        x1 = x + 1 > x1 ? x + 1 : x1;
        area++;
      }
  size_t h = y1 - y0, w = x1 - x0, s = w + 2, cells = (h + 2) * s, centre = 0;
  bool *in = calloc(cells, 1);
  double *t = calloc(cells, 8), *next = calloc(cells, 8), nearest = INFINITY;
  for (size_t y = 1; y <= h; y++)
    for (size_t x = 1; x <= w; x++)
      if (labels[(y0 + y - 1) * nx + x0 + x - 1] == label) {
        in[y * s + x] = true;
        sum_y += (double)y;
        sum_x += (double)x;
      }
  for (size_t i = 0; i < cells; i++) {
    double y = (double)(i / s) - sum_y / (double)area, x = (double)(i % s) - sum_x / (double)area;
    if (in[i] && y * y + x * x < nearest) {
      nearest = y * y + x * x;
      centre = i;
    }
  }
  for (size_t k = 0; k < 2 * (h + 2 + w + 2); k++) {
    t[centre] += 1;
    for (size_t i = 0; i < cells; i++)
      if (in[i])
        next[i] = 1.0 / 9.0 *
                  (t[i] + t[i - s] + t[i + s] + t[i - 1] + t[i + 1] + t[i - s - 1] + t[i - s + 1] +
                   t[i + s - 1] + t[i + s + 1]);
    memcpy(t, next, cells * 8);
  }
  for (size_t i = 0; i < cells; i++)
    if (in[i]) {
      double dy = t[i + s] - t[i - s], dx = t[i + 1] - t[i - 1];
      double length = 1e-60 + sqrt(dy * dy + dx * dx);
      size_t at = (y0 + i / s - 1) * nx + x0 + i % s - 1;
      flows[at] = dy / length;
      flows[ny * nx + at] = dx / length;
    }
  free(in);
  free(t);
  free(next);
}

static size_t compare_with_naive(const uint32_t *labels, size_t ny, size_t nx) {
  CytoError err = {0};
  float *flows = malloc(2 * ny * nx * sizeof *flows);
  double *naive = calloc(2 * ny * nx, sizeof *naive);
  uint32_t top = 0;
  for (size_t i = 0; i < ny * nx; i++)
    top = labels[i] > top ? labels[i] : top;
  for (uint32_t k = 1; k <= top; k++)
    for (size_t i = 0; i < ny * nx; i++)
      if (labels[i] == k) {
        naive_cell(labels, ny, nx, k, naive);
        break;
      }
  CHECKF(cyto_flows_from_labels(labels, ny, nx, flows, NULL, &err), "%s", err.text);
  size_t wrong = 0;
  for (size_t i = 0; i < 2 * ny * nx; i++)
    wrong += flows[i] != (float)naive[i];
  free(flows);
  free(naive);
  return wrong;
}

static void reference_flows(void) {
  if (!reference_path("flows_0", "flows.npy"))
    SKIP("no reference vectors");
  for (int k = 0; k < 6; k++) {
    char folder[32];
    snprintf(folder, sizeof folder, "flows_%d", k);
    Npy l = npy_load(reference_path(folder, "labels.npy"));
    Npy f = npy_load(reference_path(folder, "flows.npy"));
    uint32_t *labels = npy_u32(&l);
    float *flows = malloc(f.count * sizeof *flows);
    CytoError err = {0};
    CHECK(cyto_flows_from_labels(labels, l.shape[0], l.shape[1], flows, NULL, &err));
    double worst = 0;
    size_t different = 0;
    for (size_t i = 0; i < f.count; i++) {
      worst = fmax(worst, fabs(flows[i] - npy_at(&f, i)));
      different += flows[i] != (float)npy_at(&f, i);
    }
    printf("# %s: largest difference %.3g, %zu of %zu values not identical\n", folder, worst,
           different, f.count);
    CHECK(worst <= 1e-4);
    CHECK(different == 0);
    free(labels);
    free(flows);
    npy_free(&l);
    npy_free(&f);
  }
}

static void shapes_equal_the_naive_form(void) {
  uint32_t *disks = disk_labels(90, 131, 3, 33, 0.5, 7);
  uint32_t *noise = noise_labels(40, 37, 3, 1), *sparse = noise_labels(31, 45, 60, 5);
  size_t a = compare_with_naive(disks, 90, 131), b = compare_with_naive(noise, 40, 37);
  size_t c = compare_with_naive(sparse, 31, 45);
  printf("# values that differ from the naive form: %zu disks, %zu noise, %zu sparse noise\n", a, b,
         c);
  CHECK(a + b + c == 0);
  static const char *drawn[] = {"1",
                                "1111111",
                                "1|1|1|1|1",
                                "1..|.1.|..1",
                                "11|11",
                                "1.1|.1.|1.1",
                                ".1.|1.1|.1.",
                                "1...1|.....|1...1",
                                "11111|1...1|1.2.1|1...1|11111",
                                "1212|2121|1212"};
  for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
    size_t ny, nx;
    uint32_t *labels = drawn_labels(drawn[i], &ny, &nx);
    CHECKF(compare_with_naive(labels, ny, nx) == 0, "drawing %zu differs", i);
    free(labels);
  }
  free(disks);
  free(noise);
  free(sparse);
}

static void fast_step_has_the_same_bits(void) {
  enum { STRIDE = 75, ROWS = 3 };
  double in[STRIDE * ROWS], plain[STRIDE], fast[STRIDE];
  uint64_t seed = 3;
  for (size_t i = 0; i < STRIDE * ROWS; i++)
    in[i] = next_random(&seed) / 1e7;
  for (size_t n = 0; n <= STRIDE - 2; n++) {
    memset(plain, 0xff, sizeof plain);
    memset(fast, 0xff, sizeof fast);
    cyto_smooth_plain(in + STRIDE + 1, STRIDE, plain, n);
    cyto_smooth_best()(in + STRIDE + 1, STRIDE, fast, n);
    CHECKF(memcmp(plain, fast, sizeof plain) == 0, "%zu pixels differ", n);
    for (size_t i = 0; i < n; i++) {
      const double *c = in + STRIDE + 1 + i, *u = c - STRIDE, *d = c + STRIDE;
      double sum = *c + *u + *d + c[-1] + c[1] + u[-1] + u[1] + d[-1] + d[1];
      CHECK(plain[i] == 1.0 / 9.0 * sum);
    }
  }
}

static void threads_do_not_matter(void) {
  enum { NY = 200, NX = 230 };
  uint32_t *labels = disk_labels(NY, NX, 5, 60, 0.6, 11);
  float *one = malloc(2 * NY * NX * 4), *many = malloc(2 * NY * NX * 4);
  CytoError err = {0};
  CytoJob job = {.pool = cyto_pool_new(3, &err)};
  CHECK(cyto_flows_from_labels(labels, NY, NX, one, NULL, &err));
  CHECK(cyto_flows_from_labels(labels, NY, NX, many, &job, &err));
  CHECK(memcmp(one, many, 2 * NY * NX * 4) == 0);
  cyto_pool_free(job.pool);
  free(labels);
  free(one);
  free(many);
}

/* 100 000 scattered cells, each with a box of the size of the image, and labels of four
 * billion: time and memory follow the pixels, not the boxes or the numbers. */
static void hostile_labels_stay_cheap(void) {
  enum { NY = 600, NX = 500 };
  uint32_t *labels = noise_labels(NY, NX, 100000, 17);
  float *flows = malloc(2 * NY * NX * 4);
  CytoError err = {0};
  for (size_t i = 0; i < NY * NX; i++)
    labels[i] = labels[i] ? UINT32_MAX - labels[i] : 0;
  CHECKF(cyto_flows_from_labels(labels, NY, NX, flows, NULL, &err), "%s", err.text);
  for (size_t i = 0; i < 2 * NY * NX; i++)
    if (!isfinite(flows[i])) {
      CHECK(isfinite(flows[i]));
      break;
    }
  free(labels);
  free(flows);
}

static void cancel_and_sizes(void) {
  uint32_t labels[4] = {1, 1, 0, 1};
  float flows[8];
  CytoError err = {0};
  CytoJob job = {0};
  atomic_store(&job.cancel, 1);
  CHECK(!cyto_flows_from_labels(labels, 2, 2, flows, &job, &err));
  CHECK(err.code == CYTO_ERROR_CANCELLED);
  CHECK(!cyto_flows_from_labels(labels, (size_t)1 << 40, 1, flows, NULL, &err));
  CHECK(err.code == CYTO_ERROR_LIMIT);
  memset(labels, 0, sizeof labels);
  CHECK(cyto_flows_from_labels(labels, 2, 2, flows, NULL, &err));
  for (int i = 0; i < 8; i++)
    CHECK(flows[i] == 0);
}

int main(void) {
  return check_main((CheckTest[]){TEST(reference_flows),
                                  TEST(shapes_equal_the_naive_form),
                                  TEST(fast_step_has_the_same_bits),
                                  TEST(threads_do_not_matter),
                                  TEST(hostile_labels_stay_cheap),
                                  TEST(cancel_and_sizes),
                                  {0}});
}

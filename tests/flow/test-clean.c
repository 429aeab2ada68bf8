#include "flow/clean.h"
#include "flow/holes.h"
#include "flow/target.h"
#include "flow-help.h"
#include "npy.h"

static uint32_t top_label(const uint32_t *labels, size_t n) {
  uint32_t top = 0;
  for (size_t i = 0; i < n; i++)
    top = labels[i] > top ? labels[i] : top;
  return top;
}

static void reference_errors_and_diameter(void) {
  if (!reference_path("flows_0", "flow_errors.npy"))
    SKIP("no reference vectors");
  for (int k = 0; k < 6; k++) {
    char folder[32];
    snprintf(folder, sizeof folder, "flows_%d", k);
    Npy l = npy_load(reference_path(folder, "labels.npy"));
    Npy f = npy_load(reference_path(folder, "flows.npy"));
    Npy e = npy_load(reference_path(folder, "flow_errors.npy"));
    Npy d = npy_load(reference_path(folder, "diameter.npy"));
    uint32_t *labels = npy_u32(&l), n = top_label(labels, l.count);
    float *flow = npy_f32(&f);
    for (size_t i = 0; i < f.count; i++)
      flow[i] *= 5;
    double *errors = malloc((n + 3) * sizeof *errors), worst = 0, diameter = 0;
    CytoError err = {0};
    errors[n] = errors[n + 1] = 7;
    CHECK(cyto_flow_errors(labels, l.shape[0], l.shape[1], n + 2, flow, errors, NULL, &err));
    CHECK(e.count == n && errors[n] == 0 && errors[n + 1] == 0);
    size_t different = 0;
    for (size_t i = 0; i < n && i < e.count; i++) {
      worst = fmax(worst, fabs(errors[i] / npy_at(&e, i) - 1));
      different += errors[i] != npy_at(&e, i);
    }
    CHECK(cyto_labels_diameter(labels, l.count, &diameter, &err));
    printf("# %s: flow errors within %.3g of their size, %zu of %u not identical; diameter off "
           "by %.3g\n",
           folder, worst, different, n, diameter - npy_at(&d, 0));
    CHECK(worst <= 1e-9);
    CHECK_NEAR(diameter, npy_at(&d, 0), 1e-12);
    free(labels);
    free(flow);
    free(errors);
    npy_free(&l);
    npy_free(&f);
    npy_free(&e);
    npy_free(&d);
  }
}

/* Labels that match their flow stay, one whose flow was turned round goes, NaN errors are kept. */
static void bad_flow_goes(void) {
  size_t ny, nx;
  uint32_t *labels = drawn_labels("1111.222.333|1111.222.333|1111.222.333|1111.222.333", &ny, &nx);
  float flow[2 * 4 * 12];
  CytoError err = {0};
  REQUIRE(cyto_flows_from_labels(labels, ny, nx, flow, NULL, &err));
  for (size_t i = 0; i < 2 * ny * nx; i++)
    flow[i] *= labels[i % (ny * nx)] == 2 ? -5 : 5;
  flow[11] = NAN;
  double errors[3];
  REQUIRE(cyto_flow_errors(labels, ny, nx, 3, flow, errors, NULL, &err));
  CHECK(errors[0] < 1e-12 && errors[1] > 2 && isnan(errors[2]));
  CHECK(cyto_remove_bad_flow(labels, ny, nx, flow, 0.4, NULL, &err));
  CHECK(labels[0] == 1 && labels[5] == 0 && labels[9] == 3);
  free(labels);
}

/* Scattered labels: the parts away from the centre have no flow, in both computations. */
static void errors_equal_the_naive_form(void) {
  enum { NY = 41, NX = 33, TOP = 9 };
  uint32_t *labels = noise_labels(NY, NX, TOP, 5);
  float flow[2 * NY * NX], unit[2 * NY * NX];
  uint64_t seed = 1;
  double errors[TOP], sum[TOP] = {0}, area[TOP] = {0};
  CytoError err = {0};
  for (size_t i = 0; i < 2 * NY * NX; i++)
    flow[i] = (float)next_random(&seed) / 4e8f - 2.5f;
  REQUIRE(cyto_flows_from_labels(labels, NY, NX, unit, NULL, &err));
  REQUIRE(cyto_flow_errors(labels, NY, NX, TOP, flow, errors, NULL, &err));
  for (size_t i = 0; i < 2 * NY * NX; i++)
    if (labels[i % (NY * NX)]) {
      double off = (double)unit[i] - (double)flow[i] / 5;
      sum[labels[i % (NY * NX)] - 1] += off * off;
      area[labels[i % (NY * NX)] - 1] += 0.5;
    }
  for (int k = 0; k < TOP; k++)
    CHECK_NEAR(errors[k], sum[k] / area[k], 1e-6);
  free(labels);
}

/* Flood from outside the box of `label`, 4-connected; what stays dry is the label and its holes. */
static void naive_fill(const uint32_t *labels, size_t ny, size_t nx, uint32_t label, uint8_t *dry) {
  size_t gy = ny + 2, gx = nx + 2, n = 0;
  uint8_t *wet = calloc(gy * gx, 1);
  size_t *stack = malloc(gy * gx * sizeof *stack);
  wet[0] = 1;
  stack[n++] = 0;
  while (n > 0) {
    size_t at = stack[--n], y = at / gx, x = at % gx;
    const size_t next[4] = {y > 0 ? at - gx : at, y + 1 < gy ? at + gx : at, x > 0 ? at - 1 : at,
                            x + 1 < gx ? at + 1 : at};
    for (int k = 0; k < 4; k++) {
      size_t v = next[k] / gx, u = next[k] % gx;
      bool inside = v >= 1 && u >= 1 && v <= ny && u <= nx;
      if (wet[next[k]] || (inside && labels[(v - 1) * nx + u - 1] == label))
        continue;
      wet[next[k]] = 1;
      stack[n++] = next[k];
    }
  }
  for (size_t i = 0; i < ny * nx; i++)
    dry[i] = !wet[(i / nx + 1) * gx + i % nx + 1];
  free(wet);
  free(stack);
}

static void naive_drop_small(uint32_t *labels, size_t n, int64_t min_size) {
  uint32_t top = top_label(labels, n), next = 0;
  int64_t *area = calloc((size_t)top + 1, sizeof *area);
  uint32_t *number = calloc((size_t)top + 1, 4);
  for (size_t i = 0; i < n; i++)
    area[labels[i]]++;
  for (size_t i = 0; i < n; i++) {
    uint32_t l = labels[i];
    if (l && area[l] < min_size)
      l = 0;
    if (l && !number[l])
      number[l] = ++next;
    labels[i] = l ? number[l] : 0;
  }
  free(area);
  free(number);
}

/* §5.8 with the label-correct rule, label after label on the whole plane. */
static void naive_clean(uint32_t *labels, size_t ny, size_t nx, int64_t min_size) {
  size_t n = ny * nx;
  if (min_size > 0)
    naive_drop_small(labels, n, min_size);
  uint32_t top = top_label(labels, n), running = 0;
  bool *present = calloc((size_t)top + 1, 1);
  uint8_t *dry = malloc(n);
  for (size_t i = 0; i < n; i++)
    present[labels[i]] = true;
  for (uint32_t k = 1; k <= top; k++) {
    if (!present[k])
      continue;
    naive_fill(labels, ny, nx, k, dry);
    running++;
    for (size_t i = 0; i < n; i++)
      if (dry[i])
        labels[i] = running;
  }
  naive_drop_small(labels, n, min_size);
  free(present);
  free(dry);
}

static void compare_clean(const uint32_t *labels, size_t ny, size_t nx, int64_t min_size) {
  size_t bytes = ny * nx * 4;
  uint32_t *ours = malloc(bytes), *naive = malloc(bytes), n = 0;
  CytoError err = {0};
  memcpy(ours, labels, bytes);
  memcpy(naive, labels, bytes);
  CHECK(cyto_fill_and_remove_small(ours, ny, nx, min_size, &n, NULL, &err));
  naive_clean(naive, ny, nx, min_size);
  CHECKF(memcmp(ours, naive, bytes) == 0, "%zu×%zu, least %d: labels differ", ny, nx,
         (int)min_size);
  CHECK(n == top_label(naive, ny * nx));
  free(ours);
  free(naive);
}

static void drawings_are_cleaned(void) {
  static const char *drawn[] = {
      "11111|1...1|1.2.1|1...1|11111", /* a cell inside a ring vanishes */
      "22222|2...2|2.1.2|2...2|22222", /* with the inner one first in order */
      "1111111|1.....1|1.222.1|1.2.2.1|1.222.1|1.....1|1111111",
      ".111.|1...1|1...1|1...1|.111.", /* corners do not leak */
      ".111.|1...1|1...2|1...1|.111.", /* another label closes nothing */
      "222..|2.211|22211|..111",       /* two cells, one hole */
      "1111.|1..1.|1.1..|1111.",       /* a way out past a corner */
      "1.1|.1.|1.1",
      "111|1.1|111",
      "1|1|.|1",
      "11.11",
      ".1.|121|.1.", /* 4-connected hole with another cell */
      "1111|1221|1331|1111",
      "3333333|3.....3|3.11113|3.1..13|3.11113|3333333",
      "44444|42224|42.24|42224|4444.",
  };
  for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
    size_t ny, nx;
    uint32_t *labels = drawn_labels(drawn[i], &ny, &nx);
    for (int64_t least = -1; least <= 17; least += 3)
      compare_clean(labels, ny, nx, least);
    free(labels);
  }
}

static void images_are_cleaned(void) {
  for (uint64_t seed = 0; seed < 12; seed++) {
    uint32_t *labels = disk_labels(70, 60, 3, 30, 0.7, seed);
    uint64_t state = seed;
    for (int i = 0; i < 500; i++) /* holes and specks of other cells */
      labels[next_random(&state) % (70 * 60)] = next_random(&state) % 12;
    compare_clean(labels, 70, 60, (int64_t)(seed % 4) * 6 - 1);
    uint32_t *noise = noise_labels(33, 47, (uint32_t)seed % 5 + 1, seed);
    compare_clean(noise, 33, 47, (int64_t)seed - 1);
    free(labels);
    free(noise);
  }
  uint32_t full[12], empty[12] = {0};
  for (int i = 0; i < 12; i++)
    full[i] = 3;
  compare_clean(full, 3, 4, 15);
  compare_clean(full, 3, 4, 12);
  compare_clean(full, 1, 12, 0);
  compare_clean(empty, 12, 1, 15);
}

/* The label-correct rule where v3.1.1.2 erases a wrong cell (§5.8): {1:64, 3:80, 4:100, 5:10}. */
static void gaps_do_not_remove_the_wrong_cell(void) {
  static const uint32_t area[6] = {0, 64, 0, 80, 100, 10};
  uint32_t labels[400] = {0}, n;
  size_t at = 0;
  for (uint32_t k = 1; k < 6; k++, at += 3)
    for (uint32_t i = 0; i < area[k]; i++)
      labels[at++] = k;
  CytoError err = {0};
  CHECK(cyto_fill_and_remove_small(labels, 1, 400, 15, &n, NULL, &err));
  size_t left[4] = {0};
  for (int i = 0; i < 400; i++)
    left[labels[i]]++;
  CHECK(n == 3 && left[1] == 64 && left[2] == 80 && left[3] == 100);
}

static void large_and_edge_cells_go(void) {
  size_t ny, nx;
  uint32_t *labels = drawn_labels("7......|..999.5|..999..|.4.....|....222", &ny, &nx), n;
  CytoError err = {0};
  CHECK(cyto_remove_large(labels, ny, nx, 0, &err) && labels[9] == 9);
  CHECK(cyto_remove_large(labels, ny, nx, 6, &err) && labels[9] == 9);
  CHECK(cyto_remove_edge(labels, ny, nx, &n, &err));
  CHECK(n == 2 && labels[0] == 0 && labels[9] == 2 && labels[13] == 0 && labels[22] == 1);
  CHECK(labels[32] == 0);
  CHECK(cyto_remove_large(labels, ny, nx, 5, &err) && labels[9] == 0 && labels[22] == 1);
  free(labels);
}

static void numbers_of_any_size(void) {
  uint32_t labels[] = {0, UINT32_MAX, 7, 7, 0, UINT32_MAX, 1, 4000000000u}, n;
  static const uint32_t expected[] = {0, 1, 2, 2, 0, 1, 3, 4};
  CytoError err = {0};
  double diameter;
  CHECK(cyto_labels_diameter(labels, 8, &diameter, &err));
  CHECK_NEAR(diameter, (1 + sqrt(2)) / 2 * 2 / sqrt(M_PI), 1e-15);
  CHECK(cyto_renumber(labels, 8, &n, &err) && n == 4);
  CHECK(memcmp(labels, expected, sizeof labels) == 0);
  CHECK(cyto_labels_diameter(labels, 1, &diameter, &err) && diameter == 0);
  uint32_t *many = malloc(200000 * 4);
  for (uint32_t i = 0; i < 200000; i++)
    many[i] = UINT32_MAX - i / 2 * 7919;
  CHECK(cyto_renumber(many, 200000, &n, &err) && n == 100000);
  for (uint32_t i = 0; i < 200000; i++)
    if (many[i] != i / 2 + 1) {
      CHECK(many[i] == i / 2 + 1);
      break;
    }
  free(many);
}

/* Cells of 1, 4, 9, 16 and 25 pixels: roots 1 to 5. */
static void spread_of_the_diameters(void) {
  uint32_t labels[64] = {0};
  size_t at = 1;
  for (uint32_t l = 5; l >= 1; l--)
    for (size_t i = 0; i < l * l; i++)
      labels[at++] = l * 1000;
  CytoSpread spread;
  CytoError err = {0};
  double root = 2 / sqrt(M_PI);
  REQUIRE(cyto_labels_spread(labels, 64, &spread, &err));
  CHECK(spread.n == 5);
  CHECK_NEAR(spread.low, 2 * root, 1e-12);
  CHECK_NEAR(spread.median, 3 * root, 1e-12);
  CHECK_NEAR(spread.high, 4 * root, 1e-12);
  REQUIRE(cyto_labels_spread(labels, 1 + 25 + 16, &spread, &err)); /* roots 4 and 5 */
  CHECK(spread.n == 2);
  CHECK_NEAR(spread.low, 4.25 * root, 1e-12);
  CHECK_NEAR(spread.high, 4.75 * root, 1e-12);
  CHECK(cyto_labels_spread(labels, 1, &spread, &err) && spread.n == 0 && spread.high == 0);
}

int main(void) {
  return check_main((CheckTest[]){TEST(reference_errors_and_diameter),
                                  TEST(bad_flow_goes),
                                  TEST(errors_equal_the_naive_form),
                                  TEST(drawings_are_cleaned),
                                  TEST(images_are_cleaned),
                                  TEST(gaps_do_not_remove_the_wrong_cell),
                                  TEST(large_and_edge_cells_go),
                                  TEST(numbers_of_any_size),
                                  TEST(spread_of_the_diameters),
                                  {0}});
}

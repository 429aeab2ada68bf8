/* Labels from classes against rules written out pixel by pixel. */
#include "base/job.h"
#include "check.h"
#include "flow/classes.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t state = 17;

static double uniform(void) {
  state = state * 1664525u + 1013904223u;
  return (double)(state >> 8) * 0x1p-24;
}

/* ---- naive rules ---- */

static void spread(const uint8_t *cell, size_t ny, size_t nx, size_t y, size_t x, uint32_t label,
                   uint32_t *labels) {
  if (y >= ny || x >= nx || !cell[y * nx + x] || labels[y * nx + x])
    return;
  labels[y * nx + x] = label;
  spread(cell, ny, nx, y - 1, x, label, labels);
  spread(cell, ny, nx, y + 1, x, label, labels);
  spread(cell, ny, nx, y, x - 1, label, labels);
  spread(cell, ny, nx, y, x + 1, label, labels);
}

static uint32_t naive_components(const uint8_t *cell, size_t ny, size_t nx, uint32_t *labels) {
  uint32_t n = 0;
  memset(labels, 0, ny * nx * sizeof *labels);
  for (size_t i = 0; i < ny * nx; i++)
    if (cell[i] && !labels[i])
      spread(cell, ny, nx, i / nx, i % nx, ++n, labels);
  return n;
}

static long mirror(long i, long n) {
  while (i < 0 || i >= n)
    i = i < 0 ? -1 - i : 2 * n - 1 - i;
  return i;
}

/* Value at (y,x) of the Gaussian of one label's mask in the box y0..y1, x0..x1. */
static double gaussian(const uint32_t *labels, size_t nx, uint32_t label, const long box[4], long y,
                       long x) {
  double sum = 0, all = 0;
  for (long a = -20; a <= 20; a++)
    for (long b = -20; b <= 20; b++) {
      double w = exp(-0.02 * (double)(a * a + b * b));
      long row = box[0] + mirror(y + a - box[0], box[1] - box[0]);
      long column = box[2] + mirror(x + b - box[2], box[3] - box[2]);
      all += w;
      sum += labels[(size_t)row * nx + (size_t)column] == label ? w : 0;
    }
  return sum / all;
}

static void naive_nearest(const uint32_t *labels, size_t ny, size_t nx, uint32_t n,
                          uint32_t *nearest, double *margin) {
  double *best = malloc(ny * nx * sizeof *best);
  for (size_t i = 0; i < ny * nx; i++)
    best[i] = margin[i] = 1e4;
  memset(nearest, 0, ny * nx * sizeof *nearest);
  for (uint32_t k = 1; k <= n; k++) {
    long box[4] = {(long)ny, 0, (long)nx, 0};
    for (size_t i = 0; i < ny * nx; i++) {
      long y = (long)(i / nx), x = (long)(i % nx);
      if (labels[i] != k)
        continue;
      box[0] = y - 10 < box[0] ? y - 10 : box[0];
      box[1] = y + 11 > box[1] ? y + 11 : box[1];
      box[2] = x - 10 < box[2] ? x - 10 : box[2];
      box[3] = x + 11 > box[3] ? x + 11 : box[3];
    }
    box[0] = box[0] < 0 ? 0 : box[0];
    box[2] = box[2] < 0 ? 0 : box[2];
    box[1] = box[1] > (long)ny ? (long)ny : box[1];
    box[3] = box[3] > (long)nx ? (long)nx : box[3];
    for (long y = box[0]; y < box[1]; y++)
      for (long x = box[2]; x < box[3]; x++) {
        size_t i = (size_t)y * nx + (size_t)x;
        if (labels[i])
          continue;
        double value = 1 - gaussian(labels, nx, k, box, y, x);
        margin[i] = fmin(margin[i], fabs(value - best[i]));
        if (value <= best[i]) {
          best[i] = value;
          nearest[i] = k;
        }
      }
  }
  free(best);
}

/* ---- tests ---- */

static void components_equal_a_flood(void) {
  for (int round = 0; round < 200; round++) {
    size_t ny = 1 + (size_t)(uniform() * 30), nx = 1 + (size_t)(uniform() * 30);
    double share = uniform();
    uint8_t cell[900];
    uint32_t found[900], want[900], n = 99;
    CytoError err = {0};
    for (size_t i = 0; i < ny * nx; i++)
      cell[i] = uniform() < share;
    REQUIREF(cyto_components(cell, ny, nx, found, &n, &err), "%s", err.text);
    CHECK(n == naive_components(cell, ny, nx, want));
    CHECK(memcmp(found, want, ny * nx * sizeof *found) == 0);
  }
}

/* A picture full of cell in one piece, by rows and as a comb. */
static void large_pieces_are_one(void) {
  enum { SIDE = 700 };
  uint8_t *cell = malloc(SIDE * SIDE);
  uint32_t *labels = malloc(SIDE * SIDE * sizeof *labels), n;
  CytoError err = {0};
  for (int comb = 0; comb < 2; comb++) {
    for (size_t i = 0; i < SIDE * SIDE; i++)
      cell[i] = !comb || i / SIDE == 0 || i % SIDE % 2 == 0;
    REQUIREF(cyto_components(cell, SIDE, SIDE, labels, &n, &err), "%s", err.text);
    CHECK(n == 1 && labels[SIDE * SIDE - 2] == 1);
  }
  CHECK(!cyto_components(cell, 0, 5, labels, &n, &err));
  free(cell);
  free(labels);
}

static void blobs(uint8_t *cell, size_t ny, size_t nx, int count) {
  memset(cell, 0, ny * nx);
  for (int k = 0; k < count; k++) {
    double cy = uniform() * (double)ny, cx = uniform() * (double)nx, r = 1 + 5 * uniform();
    for (size_t i = 0; i < ny * nx; i++)
      if (hypot((double)(i / nx) - cy, (double)(i % nx) - cx) < r)
        cell[i] = 1;
  }
}

/* Where two labels are equally near but for rounding either may win. */
static void border_pixels_join_the_nearest(void) {
  size_t compared = 0, joined = 0;
  for (int round = 0; round < 6; round++) {
    size_t ny = round ? 20 + (size_t)(uniform() * 30) : 9, nx = round ? 40 : 13;
    uint8_t cell[2000];
    uint32_t labels[2000], nearest[2000], want[2000], n;
    static double margin[2000];
    CytoError err = {0};
    blobs(cell, ny, nx, 8);
    REQUIREF(cyto_components(cell, ny, nx, labels, &n, &err), "%s", err.text);
    REQUIREF(cyto_nearest_labels(labels, ny, nx, nearest, NULL, &err), "%s", err.text);
    naive_nearest(labels, ny, nx, n, want, margin);
    for (size_t i = 0; i < ny * nx; i++) {
      if (margin[i] < 1e-6)
        continue;
      CHECKF(nearest[i] == want[i], "pixel %zu joins %u, not %u", i, nearest[i], want[i]);
      compared++;
      joined += want[i] > 0;
    }
  }
  printf("# %zu pixels compared, %zu have a nearest label\n", compared, joined);
  CHECK(joined > 2000);
}

static void equal_distance_goes_to_the_later(void) {
  enum { W = 31 };
  uint32_t labels[W] = {[5] = 1, [25] = 2}, nearest[W];
  CytoError err = {0};
  REQUIRE(cyto_nearest_labels(labels, 1, W, nearest, NULL, &err));
  CHECK(nearest[14] == 1 && nearest[15] == 2 && nearest[16] == 2);
  CHECK(nearest[5] == 0 && nearest[0] == 1 && nearest[30] == 2);
  uint32_t lone[W] = {[2] = 1};
  REQUIRE(cyto_nearest_labels(lone, 1, W, nearest, NULL, &err));
  CHECK(nearest[12] == 1 && nearest[13] == 0);
}

static void the_rule_takes_its_thresholds(void) {
  /* background, cell, boundary of six pixels in a row */
  const float y[] = {0, 0, 0, 0, 0, 5, /**/ 3, 1, -4, 3, -4, 0, /**/ 0, 0, 2, 0, 0.4F, 9};
  enum { NEAR = 9 }; /* what the nearest label is */
  const struct {
    CytoClassRule rule;
    uint32_t labels[6], n;
  } cases[] = {
      {{2, 2, 0.5}, {1, 0, 0, 2, 0, 0}, 2},       {{2, 0.5, 0.5}, {1, 1, 0, 2, 0, 0}, 2},
      {{3, 2, 0.5}, {1, 0, NEAR, 2, 0, NEAR}, 2}, {{3, 2, 0.3}, {1, 0, NEAR, 2, NEAR, NEAR}, 2},
      {{3, 9, 0.3}, {0, 0, 0, 0, 0, 0}, 0},       {{1, 4, 9}, {0, 0, 0, 0, 0, 1}, 1},
      {{2, NAN, 0.5}, {0, 0, 0, 0, 0, 0}, 0},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    uint32_t labels[6], cells[6], nearest[6], n = 77;
    double margin[6];
    CytoError err = {0};
    REQUIREF(cyto_labels_from_classes(y, 1, 6, &cases[k].rule, labels, &n, NULL, &err), "%s",
             err.text);
    CHECKF(n == cases[k].n, "case %zu: %u labels", k, n);
    for (int i = 0; i < 6; i++)
      cells[i] = cases[k].labels[i] == NEAR ? 0 : cases[k].labels[i];
    naive_nearest(cells, 1, 6, n, nearest, margin);
    for (int i = 0; i < 6; i++) {
      uint32_t want = cases[k].labels[i] == NEAR ? nearest[i] : cases[k].labels[i];
      CHECKF(labels[i] == want, "case %zu, pixel %d: %u, expected %u", k, i, labels[i], want);
    }
  }
}

static void jobs_can_be_stopped(void) {
  uint32_t labels[64] = {[9] = 1}, nearest[64];
  CytoJob job = {.cancel = 1};
  CytoError err = {0};
  CHECK(!cyto_nearest_labels(labels, 8, 8, nearest, &job, &err));
  CHECK(err.code == CYTO_ERROR_CANCELLED);
}

static bool contour(const uint32_t *labels, long ny, long nx, long y, long x) {
  static const long step[][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
  for (int k = 0; k < 4; k++) {
    long a = y + step[k][0], b = x + step[k][1];
    if (a < 0 || b < 0 || a >= ny || b >= nx || labels[a * nx + b] != labels[y * nx + x])
      return true;
  }
  return false;
}

static void distances_equal_a_search(void) {
  for (int round = 0; round < 8; round++) {
    long ny = 20 + (long)(uniform() * 60), nx = 20 + (long)(uniform() * 60);
    uint32_t *labels = calloc((size_t)(ny * nx), sizeof *labels);
    float *found = malloc((size_t)(ny * nx) * sizeof *found);
    CytoError err = {0};
    if (round == 0)
      for (long i = 0; i < ny * nx; i++)
        labels[i] = 7;
    for (uint32_t k = 1; round && k <= 5; k++) {
      double cy = uniform() * (double)ny, cx = uniform() * (double)nx, r = 3 + 20 * uniform();
      for (long i = 0; i < ny * nx; i++)
        if (hypot((double)(i / nx) - cy, (double)(i % nx) - cx) < r)
          labels[i] = k;
    }
    REQUIREF(cyto_contour_distance(labels, (size_t)ny, (size_t)nx, found, &err), "%s", err.text);
    for (long i = 0; i < ny * nx; i++) {
      long best = labels[i] ? 32 * 32 : 0;
      for (long j = 0; labels[i] && j < ny * nx; j++) {
        long dy = i / nx - j / nx, dx = i % nx - j % nx, d = dy * dy + dx * dx;
        if (labels[j] == labels[i] && d < best && contour(labels, ny, nx, j / nx, j % nx))
          best = d;
      }
      CHECKF(found[i] == (float)best, "pixel %ld: %g, expected %ld", i, (double)found[i], best);
    }
    free(labels);
    free(found);
  }
}

int main(void) {
  return check_main((CheckTest[]){TEST(components_equal_a_flood),
                                  TEST(large_pieces_are_one),
                                  TEST(border_pixels_join_the_nearest),
                                  TEST(equal_distance_goes_to_the_later),
                                  TEST(the_rule_takes_its_thresholds),
                                  TEST(jobs_can_be_stopped),
                                  TEST(distances_equal_a_search),
                                  {0}});
}

#include "flow/metrics.h"
#include "flow/target.h"
#include "flow-help.h"

enum { NY = 60, NX = 71, N = NY * NX };

/* Truth and a prediction that is a little off: cells moved, some lost, some cut. */
static void make_pair(uint64_t seed, uint32_t **truth, uint32_t **pred) {
  *truth = disk_labels(NY, NX, 4, 14, 0.5, seed);
  *pred = calloc(N, sizeof **pred);
  for (size_t i = 0; i < N; i++) {
    size_t y = i / NX, x = i % NX;
    uint32_t label = y > 0 && x > 1 ? (*truth)[i - NX - 2] : 0;
    (*pred)[i] = label % 5 == 1 ? 0 : label % 7 == 2 && x % 2 ? 900 + label : label;
  }
}

static void mean_precision_is_the_mean(void) {
  for (uint64_t seed = 0; seed < 6; seed++) {
    uint32_t *truth, *pred;
    double mean, sum = 0;
    CytoError err = {0};
    make_pair(seed, &truth, &pred);
    REQUIRE(cyto_mean_precision(truth, pred, NY, NX, &mean, &err));
    static const double thresholds[10] = {0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95};
    for (int k = 0; k < 10; k++) {
      CytoScore score;
      REQUIRE(cyto_average_precision(truth, pred, NY, NX, &thresholds[k], 1, &score, &err));
      sum += score.ap;
    }
    CHECK_NEAR(mean, sum / 10, 1e-15);
    CHECK(mean > 0 && mean < 1);
    free(truth);
    free(pred);
  }
}

static void dice_counts_pixels(void) {
  const uint32_t a[8] = {0, 1, 1, 2, 0, 7, 0, 0}, b[8] = {0, 3, 3, 0, 9, 7, 0, 0};
  const uint32_t none[8] = {0};
  CHECK_NEAR(cyto_foreground_dice(a, b, 8), 2 * 3 / 8.0, 1e-15);
  CHECK(cyto_foreground_dice(a, a, 8) == 1 && cyto_foreground_dice(none, none, 8) == 1);
  CHECK(cyto_foreground_dice(a, none, 8) == 0 && cyto_foreground_dice(none, a, 8) == 0);
}

/* Written out: mean over true cells of the squared difference of both flow fields. */
static void flow_difference_equals_the_naive_form(void) {
  static float flow[2][2 * N];
  for (uint64_t seed = 0; seed < 4; seed++) {
    uint32_t *label[2];
    double error, sum = 0;
    CytoError err = {0};
    make_pair(seed, &label[0], &label[1]);
    for (int k = 0; k < 2; k++)
      REQUIRE(cyto_flows_from_labels(label[k], NY, NX, flow[k], NULL, &err));
    uint32_t cells = 0;
    for (uint32_t cell = 1; cell < 2000; cell++) {
      double total = 0;
      size_t pixels = 0;
      for (size_t i = 0; i < N; i++) {
        if (label[0][i] != cell)
          continue;
        double dy = flow[0][i] - flow[1][i], dx = flow[0][N + i] - flow[1][N + i];
        total += dy * dy + dx * dx;
        pixels++;
      }
      sum += pixels ? total / (double)pixels : 0;
      cells += pixels > 0;
    }
    REQUIRE(cyto_flow_difference(label[0], label[1], NY, NX, &error, NULL, &err));
    printf("# flow error %.6f of %u cells, expected %.6f\n", error, cells, sum / cells);
    CHECK_NEAR(error, sum / cells, 1e-6);
    REQUIRE(cyto_flow_difference(label[0], label[0], NY, NX, &error, NULL, &err));
    CHECK_NEAR(error, 0, 1e-9);
    free(label[0]);
    free(label[1]);
  }
}

static void odd_pictures(void) {
  const uint32_t none[6] = {0}, sparse[6] = {0, 4000000000u, 0, 0, 0, 1};
  double value;
  CytoError err = {0};
  CHECK(cyto_flow_difference(none, sparse, 2, 3, &value, NULL, &err) && value == 0);
  CHECK(cyto_flow_difference(sparse, none, 2, 3, &value, NULL, &err) && value >= 0);
  CHECK(cyto_mean_precision(none, none, 2, 3, &value, &err) && value == 1);
  CHECK(!cyto_flow_difference(none, none, 0, 3, &value, NULL, &err) && err.code);
}

int main(void) {
  return check_main((CheckTest[]){TEST(mean_precision_is_the_mean),
                                  TEST(dice_counts_pixels),
                                  TEST(flow_difference_equals_the_naive_form),
                                  TEST(odd_pictures),
                                  {0}});
}

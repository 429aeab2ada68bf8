#include "synth/scene.h"
#include "check.h"

enum { NY = 37, NX = 53, N = NY * NX };

/* Against every source pixel. */
static void distances_are_exact(void) {
  static uint8_t source[N];
  static float distance[N];
  static uint32_t nearest[N];
  SynthRandom random = {5};
  CytoError err = {0};
  for (int round = 0; round < 6; round++) {
    for (int i = 0; i < N; i++)
      source[i] = round > 0 && synth_chance(&random, 0.002 * round * round);
    REQUIRE(synth_distance(source, NY, NX, distance, nearest, &err));
    for (int i = 0; i < N; i++) {
      double best = 1e6;
      for (int j = 0; j < N; j++)
        if (source[j])
          best = fmin(best, hypot(i / NX - j / NX, i % NX - j % NX));
      CHECKF(fabs(distance[i] - best) < 1e-3, "round %d pixel %d: %g, expected %g", round, i,
             distance[i], best);
      if (best < 1e6) {
        int j = (int)nearest[i];
        CHECK(source[j] && fabs(hypot(i / NX - j / NX, i % NX - j % NX) - best) < 1e-6);
      }
    }
  }
}

/* A point becomes a bell of the right width, and nothing is lost, narrow or wide. */
static void blurs_are_gaussian(void) {
  enum { SIDE = 201 };
  static float plane[SIDE * SIDE], scratch[SIDE * SIDE];
  static const double sigmas[] = {0.6, 1.5, 3.6, 5, 12};
  for (size_t k = 0; k < 5; k++) {
    double sum = 0, squares = 0;
    for (int i = 0; i < SIDE * SIDE; i++)
      plane[i] = i == SIDE * SIDE / 2;
    synth_blur(plane, SIDE, SIDE, sigmas[k], scratch);
    for (int i = 0; i < SIDE * SIDE; i++) {
      double dy = i / SIDE - SIDE / 2;
      sum += plane[i];
      squares += plane[i] * dy * dy;
    }
    double width = sqrt(squares / sum);
    printf("# sigma %g: sum %.5f, width %.3f\n", sigmas[k], sum, width);
    CHECK_NEAR(sum, 1, 1e-3);
    CHECK_NEAR(width, sigmas[k], 0.04 * sigmas[k]);
  }
  for (int i = 0; i < SIDE * SIDE; i++)
    plane[i] = 3;
  synth_blur(plane, SIDE, SIDE, 2, scratch);
  CHECK_NEAR(plane[0], 3, 1e-5);
}

static void draws_have_their_moments(void) {
  static const double means[] = {0, 0.3, 4, 11.9, 30, 2000};
  SynthRandom random = {1};
  enum { DRAWS = 40000 };
  for (size_t k = 0; k < 6; k++) {
    double sum = 0, squares = 0;
    for (int i = 0; i < DRAWS; i++) {
      double value = synth_poisson(&random, means[k]);
      CHECK(value >= 0 && value == floor(value));
      sum += value;
      squares += value * value;
    }
    double mean = sum / DRAWS, variance = squares / DRAWS - mean * mean;
    CHECK_NEAR(mean, means[k], 5 * sqrt(means[k] / DRAWS) + 1e-9);
    CHECK_NEAR(variance, means[k], 0.05 * means[k] + 0.01);
  }
  double sum = 0, squares = 0;
  for (int i = 0; i < DRAWS; i++) {
    double value = synth_normal(&random);
    sum += value;
    squares += value * value;
  }
  CHECK_NEAR(sum / DRAWS, 0, 0.03);
  CHECK_NEAR(squares / DRAWS, 1, 0.05);
}

/* Smooth: no jump between neighbours of a fine grid, and within -1..1. */
static void noise_is_smooth(void) {
  SynthRandom random = {9};
  for (int round = 0; round < 20; round++) {
    SynthNoise noise = synth_noise(&random, 7);
    double last = synth_noise_at(&noise, -50, 3), low = 1, high = -1;
    for (double y = -50; y < 50; y += 0.05) {
      double value = synth_noise_at(&noise, y, 3);
      CHECK(fabs(value - last) < 0.06);
      last = value;
      low = fmin(low, value);
      high = fmax(high, value);
    }
    CHECK(low >= -1 && high <= 1 && high - low > 0.5);
  }
}

int main(void) {
  return check_main((CheckTest[]){TEST(distances_are_exact),
                                  TEST(blurs_are_gaussian),
                                  TEST(draws_have_their_moments),
                                  TEST(noise_is_smooth),
                                  {0}});
}

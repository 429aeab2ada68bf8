/* The numbers are NumPy 1.24's: numpy.random.seed(s) and the calls named below. */
#include "base/random.h"
#include "check.h"

static void doubles(void) {
  static const double seed0[] = {0.5488135039273248, 0.7151893663724195, 0.6027633760716439,
                                 0.5448831829968969, 0.4236547993389047};
  CytoRandom random;
  cyto_random_seed(&random, 0);
  for (size_t i = 0; i < 5; i++)
    CHECKF(cyto_random_double(&random) == seed0[i], "number %zu of seed 0", i);
  cyto_random_seed(&random, 4000000000u);
  double last = 0;
  for (size_t i = 0; i < 1000; i++)
    last = cyto_random_double(&random);
  CHECK(last == 0.5682572353322909);
}

static void permutation(void) {
  static const size_t wanted[] = {8, 10, 2, 5, 0, 1, 12, 7, 11, 3, 6, 9, 4};
  size_t out[13];
  CytoRandom random;
  cyto_random_seed(&random, 7);
  cyto_random_permutation(&random, out, 13);
  CHECK(memcmp(out, wanted, sizeof wanted) == 0);
  CHECK(cyto_random_double(&random) == 0.26843898010187117);
  cyto_random_permutation(&random, out, 1);
  CHECK(out[0] == 0);
  CHECK(cyto_random_double(&random) == 0.49988250082555996);
}

static void choice(void) {
  static const double weight[] = {1, 0, 2.5, 0.1, 3};
  static const size_t wanted[] = {4, 4, 2, 2, 4, 4, 0, 2, 0, 2, 0, 2};
  size_t out[12];
  CytoError err = {0};
  CytoRandom random;
  cyto_random_seed(&random, 3);
  REQUIREF(cyto_random_choice(&random, weight, 5, out, 12, &err), "%s", err.text);
  CHECK(memcmp(out, wanted, sizeof wanted) == 0);
  CHECK(!cyto_random_choice(&random, (double[]){0, 0}, 2, out, 1, &err));
  CHECK(!cyto_random_choice(&random, (double[]){1, -1}, 2, out, 1, &err));
  CHECK(!cyto_random_choice(&random, (double[]){1, (double)NAN}, 2, out, 1, &err));
}

static void below(void) {
  CytoRandom random;
  size_t seen[6] = {0};
  cyto_random_seed(&random, 1);
  for (size_t i = 0; i < 600; i++) {
    uint64_t k = cyto_random_below(&random, 6);
    REQUIRE(k < 6);
    seen[k]++;
  }
  for (size_t k = 0; k < 6; k++)
    CHECKF(seen[k] > 60 && seen[k] < 140, "%zu times %zu", seen[k], k);
  CHECK(cyto_random_below(&random, UINT64_C(1) << 40) < UINT64_C(1) << 40);
}

int main(void) {
  return check_main(
      (CheckTest[]){TEST(doubles), TEST(permutation), TEST(choice), TEST(below), {0}});
}

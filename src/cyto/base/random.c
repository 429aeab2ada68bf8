#include "random.h"
#include "mem.h"
#include <math.h>

enum { WORDS = 624, MIDDLE = 397 };

void cyto_random_seed(CytoRandom *random, uint32_t seed) {
  for (uint32_t i = 0; i < WORDS; i++) {
    random->key[i] = seed;
    seed = 1812433253u * (seed ^ (seed >> 30)) + i + 1;
  }
  random->at = WORDS;
}

static void twist(CytoRandom *random) {
  uint32_t *key = random->key;
  for (unsigned i = 0; i < WORDS; i++) {
    uint32_t joined = (key[i] & 0x80000000u) | (key[(i + 1) % WORDS] & 0x7fffffffu);
    key[i] = key[(i + MIDDLE) % WORDS] ^ (joined >> 1) ^ (joined & 1 ? 0x9908b0dfu : 0);
  }
  random->at = 0;
}

uint32_t cyto_random_u32(CytoRandom *random) {
  if (random->at >= WORDS)
    twist(random);
  uint32_t word = random->key[random->at++];
  word ^= word >> 11;
  word ^= (word << 7) & 0x9d2c5680u;
  word ^= (word << 15) & 0xefc60000u;
  return word ^ (word >> 18);
}

double cyto_random_double(CytoRandom *random) {
  double high = cyto_random_u32(random) >> 5, low = cyto_random_u32(random) >> 6;
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

/* Numbers of as many bits as count-1 has, until one is small enough. */
uint64_t cyto_random_below(CytoRandom *random, uint64_t count) {
  uint64_t most = count - 1, mask = most, value;
  for (unsigned shift = 1; shift < 64; shift *= 2)
    mask |= mask >> shift;
  if (most == 0)
    return 0;
  do {
    value = cyto_random_u32(random);
    if (most > UINT32_MAX)
      value = value << 32 | cyto_random_u32(random);
    value &= mask;
  } while (value > most);
  return value;
}

void cyto_random_permutation(CytoRandom *random, size_t *out, size_t n) {
  for (size_t i = 0; i < n; i++)
    out[i] = i;
  for (size_t i = n; i-- > 1;) {
    size_t k = (size_t)cyto_random_below(random, i + 1), kept = out[i];
    out[i] = out[k];
    out[k] = kept;
  }
}

/* Number of values that are <= wanted, in an ascending array. */
static size_t count_up_to(const double *ascending, size_t n, double wanted) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (ascending[middle] <= wanted)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

bool cyto_random_choice(CytoRandom *random, const double *weight, size_t n, size_t *out,
                        size_t count, CytoError *err) {
  double total = 0, sum = 0;
  for (size_t i = 0; i < n; i++) {
    if (!(weight[i] >= 0))
      return cyto_fail(err, CYTO_ERROR_ARGUMENT, "weight %zu of a choice is negative or no number",
                       i + 1);
    total += weight[i];
  }
  if (!(total > 0) || !isfinite(total))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "the weights of a choice sum to %g", total);
  CYTO_AUTOFREE double *upto = cyto_alloc(n, sizeof *upto, err);
  if (!upto)
    return false;
  for (size_t i = 0; i < n; i++)
    upto[i] = sum += weight[i] / total;
  for (size_t i = 0; i < n; i++)
    upto[i] /= sum;
  for (size_t i = 0; i < count; i++)
    out[i] = count_up_to(upto, n, cyto_random_double(random));
  return true;
}

/* Random numbers as NumPy's legacy generator draws them (MT19937, numpy.random.seed and friends),
 * so that a seed means the same crops here and in Cellpose. */
#pragma once
#include "error.h"
#include <stdint.h>

typedef struct CytoRandom {
  uint32_t key[624];
  unsigned at; /* next word of key; 624 = all used */
} CytoRandom;

void cyto_random_seed(CytoRandom *random, uint32_t seed);
uint32_t cyto_random_u32(CytoRandom *random);
double cyto_random_double(CytoRandom *random);                  /* [0,1), 53 bits */
uint64_t cyto_random_below(CytoRandom *random, uint64_t count); /* 0..count-1; count >= 1 */

/* permutation(n): the numbers 0..n-1 in random order. */
void cyto_random_permutation(CytoRandom *random, size_t *out, size_t n);

/* choice(n, size=count, p=weight/sum(weight)): `count` numbers below n, with replacement. Weights
 * are finite, not negative and not all 0; otherwise false. */
bool cyto_random_choice(CytoRandom *random, const double *weight, size_t n, size_t *out,
                        size_t count, CytoError *err);

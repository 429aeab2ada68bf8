/* Random numbers of one image, and smooth noise over the plane. */
#pragma once
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct SynthRandom {
  uint64_t state;
} SynthRandom;

static inline uint64_t synth_mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static inline uint64_t synth_bits(SynthRandom *random) {
  return synth_mix(random->state += 0x9e3779b97f4a7c15u);
}
static inline double synth_unit(uint64_t bits) {
  return (double)(bits >> 11) * (1.0 / 9007199254740992.0);
}
static inline double synth_uniform(SynthRandom *random, double low, double high) {
  return low + (high - low) * synth_unit(synth_bits(random));
}
/* Even in the logarithm: as often 1..2 as 2..4. */
static inline double synth_log_uniform(SynthRandom *random, double low, double high) {
  return low * exp(synth_uniform(random, 0, log(high / low)));
}
static inline bool synth_chance(SynthRandom *random, double probability) {
  return synth_uniform(random, 0, 1) < probability;
}
static inline unsigned synth_pick(SynthRandom *random, unsigned count) {
  return (unsigned)(synth_bits(random) >> 32) % count;
}
double synth_normal(SynthRandom *random);
double synth_poisson(SynthRandom *random, double mean); /* mean >= 0 */

/* Smooth noise in -1..1 with features `scale` pixels apart, on a lattice turned at random. */
typedef struct SynthNoise {
  uint64_t seed;
  double along, across; /* cosine and sine over the scale */
} SynthNoise;
SynthNoise synth_noise(SynthRandom *random, double scale);
double synth_noise_at(const SynthNoise *noise, double y, double x);
/* The same with details of half and a quarter of the scale. */
double synth_rough_at(const SynthNoise *noise, double y, double x);

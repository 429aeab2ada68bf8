#include "random.h"

double synth_normal(SynthRandom *random) {
  double radius = sqrt(-2 * log(1 - synth_uniform(random, 0, 1)));
  return radius * cos(2 * M_PI * synth_uniform(random, 0, 1));
}

/* By the product of uniform numbers while that is short, by a normal number beyond. */
double synth_poisson(SynthRandom *random, double mean) {
  if (mean > 12) {
    double value = floor(mean + sqrt(mean) * synth_normal(random) + 0.5);
    return value > 0 ? value : 0;
  }
  double limit = exp(-mean), product = 1, count = -1;
  do {
    product *= synth_uniform(random, 0, 1);
    count++;
  } while (product > limit);
  return count;
}

SynthNoise synth_noise(SynthRandom *random, double scale) {
  double angle = synth_uniform(random, 0, 2 * M_PI);
  return (SynthNoise){synth_bits(random), cos(angle) / scale, sin(angle) / scale};
}

static double lattice(uint64_t seed, int64_t i, int64_t j) {
  uint64_t place = (uint64_t)i * 0x9e3779b97f4a7c15u + (uint64_t)j * 0xc2b2ae3d27d4eb4fu;
  return 2 * synth_unit(synth_mix(seed ^ synth_mix(place))) - 1;
}

static double at_lattice(uint64_t seed, double v, double u) {
  double fv = floor(v), fu = floor(u), b = v - fv, a = u - fu;
  int64_t i = (int64_t)fv, j = (int64_t)fu;
  b = b * b * b * (b * (6 * b - 15) + 10);
  a = a * a * a * (a * (6 * a - 15) + 10);
  double top = lattice(seed, i, j) * (1 - a) + lattice(seed, i, j + 1) * a;
  double bottom = lattice(seed, i + 1, j) * (1 - a) + lattice(seed, i + 1, j + 1) * a;
  return top * (1 - b) + bottom * b;
}

double synth_noise_at(const SynthNoise *noise, double y, double x) {
  return at_lattice(noise->seed, y * noise->along + x * noise->across,
                    x * noise->along - y * noise->across);
}

double synth_rough_at(const SynthNoise *noise, double y, double x) {
  double v = y * noise->along + x * noise->across, u = x * noise->along - y * noise->across;
  double fine = at_lattice(noise->seed + 1, 2 * v + 0.37 * u, 2 * u - 0.37 * v);
  double finest = at_lattice(noise->seed + 2, 4 * v - 0.71 * u, 4 * u + 0.71 * v);
  return (at_lattice(noise->seed, v, u) + 0.6 * fine + 0.36 * finest) / 1.5;
}

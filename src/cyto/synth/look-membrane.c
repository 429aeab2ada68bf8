#include "scene.h"
#include <string.h>

typedef struct Membrane {
  double width;         /* sigma of a ridge, pixels */
  double spread;        /* of the brightness from one pair of neighbours to the next */
  double holes;         /* how dark the gaps are, 0..1 */
  double lone;          /* where a cell has no neighbour */
  double fill, nucleus; /* cytoplasm, and the shadow of the nucleus in it */
  SynthNoise uneven, gap, body;
} Membrane;

/* The label on the other side of a border pixel. */
static uint32_t neighbour(const SynthScene *s, size_t i) {
  size_t y = i / s->nx, x = i % s->nx;
  uint32_t own = s->labels[i], found = 0;
  const size_t next[4] = {i - s->nx, i + s->nx, i - 1, i + 1};
  const bool there[4] = {y > 0, y + 1 < s->ny, x > 0, x + 1 < s->nx};
  for (int k = 0; k < 4; k++)
    if (there[k] && s->labels[next[k]] != own && s->labels[next[k]] > found)
      found = s->labels[next[k]];
  return found;
}

/* How bright the membrane is at each border pixel. */
static void light_borders(const SynthScene *s, const Membrane *look, uint64_t seed, float *weight) {
  for (size_t i = 0; i < s->n; i++) {
    weight[i] = 0;
    if (s->border[i] != i || !s->labels[i])
      continue;
    double y = (double)(i / s->nx), x = (double)(i % s->nx);
    uint32_t own = s->labels[i], other = neighbour(s, i);
    uint64_t low = own < other ? own : other, high = own < other ? other : own;
    SynthRandom pair = {synth_mix(seed + (low << 32 | high))};
    double light = other ? exp(look->spread * synth_normal(&pair)) : look->lone;
    light *= 1 + 0.45 * synth_rough_at(&look->uneven, y, x);
    double gap = fmin(fmax(3 * (synth_noise_at(&look->gap, y, x) - 0.15), 0), 1);
    weight[i] = (float)(light * (1 - look->holes * gap));
  }
}

static void shine(SynthScene *s, const Membrane *look, const float *weight) {
  for (size_t i = 0; i < s->n; i++) {
    double y = (double)(i / s->nx), x = (double)(i % s->nx);
    double far = s->labels[i] ? s->inside[i] : s->outside[i] - 0.5;
    double ridge = exp(-far * far / (2 * look->width * look->width)) * weight[s->border[i]];
    if (s->labels[i]) {
      double body = look->fill * s->cell[s->labels[i] - 1].light;
      body *= 1 + 0.5 * synth_rough_at(&look->body, y, x);
      ridge += body * (s->nuclei[i] ? look->nucleus : 1);
    }
    s->light[i] = (float)ridge;
  }
}

/* Other layers of the sample, out of focus: the sheet itself, turned by half a circle. */
static void add_ghost(SynthScene *s) {
  float *ghost = s->scratch;
  float share = (float)synth_uniform(&s->random, 0.1, 0.6);
  for (size_t i = 0; i < s->n; i++)
    ghost[i] = s->light[s->n - 1 - i];
  synth_blur(ghost, s->ny, s->nx, s->diameter * synth_uniform(&s->random, 0.06, 0.2), s->scratch2);
  for (size_t i = 0; i < s->n; i++)
    s->light[i] += share * ghost[i];
}

/* Bright points where cells hold on to each other. */
static void add_points(SynthScene *s) {
  double share = synth_log_uniform(&s->random, 0.005, 0.05),
         strength = synth_uniform(&s->random, 0.5, 2);
  for (size_t i = 0; i < s->n; i++)
    if (s->border[i] == i && s->labels[i] && synth_chance(&s->random, share))
      s->light[i] += (float)(strength * synth_uniform(&s->random, 0.3, 1.5));
}

bool synth_look_membrane(SynthScene *s, CytoError *err) {
  SynthRandom *r = &s->random;
  CYTO_AUTOFREE float *weight = cyto_alloc(s->n, sizeof *weight, err);
  if (!weight)
    return false;
  bool wide = s->diameter > 24 && synth_chance(r, 0.25);
  Membrane look = {0};
  look.width = wide ? s->diameter * synth_uniform(r, 0.03, 0.07)
                    : synth_log_uniform(r, 0.5, fmax(0.8, s->diameter / 22));
  look.spread = synth_uniform(r, 0.05, 0.5);
  look.holes = synth_chance(r, 0.6) ? synth_uniform(r, 0.2, 0.95) : 0;
  look.lone = synth_uniform(r, 0.35, 1);
  look.fill = synth_chance(r, 0.7) ? synth_uniform(r, 0.02, 0.35) : 0;
  look.nucleus = synth_uniform(r, 0.2, 1);
  look.uneven = synth_noise(r, s->diameter * synth_uniform(r, 0.15, 0.6));
  look.gap = synth_noise(r, s->diameter * synth_uniform(r, 0.2, 0.7));
  look.body = synth_noise(r, s->diameter * synth_uniform(r, 0.08, 0.3));
  for (uint32_t k = 0; k < s->count; k++)
    s->cell[k].light = exp(0.4 * synth_normal(r));
  light_borders(s, &look, synth_bits(r), weight);
  shine(s, &look, weight);
  if (synth_chance(r, 0.25))
    add_points(s);
  if (wide || synth_chance(r, 0.2))
    synth_blur(s->light, s->ny, s->nx, s->diameter * synth_uniform(r, 0.02, 0.05), s->scratch);
  if (synth_chance(r, 0.4))
    add_ghost(s);
  return true;
}

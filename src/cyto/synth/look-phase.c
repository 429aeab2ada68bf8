#include "scene.h"

/* How much a place of the sample holds the light up: cells are domes or plates with a thicker
 * nucleus and grains. */
typedef struct Glass {
  double edge; /* pixels from the rim to full height */
  double dome; /* 0 plate .. 1 dome */
  double nucleus, grain;
  double round; /* share of cells that stand up from the ground, much thicker */
  double spread;
  SynthNoise coarse, fine;
} Glass;

static Glass blow(SynthScene *s) {
  SynthRandom *r = &s->random;
  Glass glass = {0};
  glass.edge = fmax(1, s->diameter * synth_uniform(r, 0.05, 0.2));
  glass.dome = synth_uniform(r, 0, 1);
  glass.nucleus = synth_uniform(r, -0.15, 0.4);
  glass.grain = synth_uniform(r, 0.1, 1);
  glass.round = synth_chance(r, 0.5) ? synth_uniform(r, 0.02, 0.15) : 0;
  glass.spread = synth_uniform(r, 0.05, 0.35);
  glass.coarse = synth_noise(r, s->diameter * synth_uniform(r, 0.1, 0.25));
  glass.fine = synth_noise(r, fmax(1.4, s->diameter * synth_uniform(r, 0.03, 0.07)));
  return glass;
}

static void thickness(SynthScene *s, const Glass *glass, float *height) {
  for (uint32_t k = 0; k < s->count; k++) {
    s->cell[k].light = exp(glass->spread * synth_normal(&s->random));
    s->cell[k].light *= synth_chance(&s->random, glass->round) ? 3 : 1;
  }
  for (size_t i = 0; i < s->n; i++) {
    height[i] = 0;
    if (!s->labels[i])
      continue;
    const SynthCell *cell = &s->cell[s->labels[i] - 1];
    double y = (double)(i / s->nx), x = (double)(i % s->nx);
    double low = 1 - fmin(s->inside[i] / cell->top, 1);
    double value = (1 - glass->dome) * (1 - exp(-s->inside[i] / glass->edge)) +
                   glass->dome * sqrt(1 - low * low);
    value += s->nuclei[i] ? glass->nucleus : 0;
    double fine = synth_noise_at(&glass->fine, y, x);
    value *=
        1 + glass->grain * (0.5 * synth_rough_at(&glass->coarse, y, x) + 0.8 * fine * fabs(fine));
    height[i] = (float)(cell->light * fmax(value, 0));
  }
}

/* Small grains inside cells, darker or brighter. */
static void add_grains(SynthScene *s, double strength) {
  SynthRandom *r = &s->random;
  double number = synth_log_uniform(r, 2, 60) / (s->diameter * s->diameter);
  double dark = synth_uniform(r, 0.2, 0.9);
  for (size_t k = (size_t)(number * (double)s->n); k > 0; k--) {
    size_t at = (size_t)(synth_bits(r) % s->n), y = at / s->nx, x = at % s->nx;
    float light = (float)(strength * synth_uniform(r, 0.3, 1));
    light = synth_chance(r, dark) ? -light : light;
    bool wide = synth_chance(r, fmin(0.3, s->diameter / 120));
    if (!s->labels[at] || s->inside[at] < 1.5f)
      continue;
    s->light[at] += light;
    if (!wide || y == 0 || x == 0 || y + 1 == s->ny || x + 1 == s->nx)
      continue;
    s->light[at - 1] += light / 2;
    s->light[at + 1] += light / 2;
    s->light[at - s->nx] += light / 2;
    s->light[at + s->nx] += light / 2;
  }
}

/* Dust on the glass, rings of dirt far out of focus. */
static void add_rings(SynthScene *s, double strength) {
  SynthRandom *r = &s->random;
  for (unsigned k = synth_pick(r, 5); k > 0; k--) {
    double my = synth_uniform(r, 0, (double)s->ny), mx = synth_uniform(r, 0, (double)s->nx);
    double radius = s->diameter * synth_log_uniform(r, 0.2, 1),
           width = radius * synth_uniform(r, 0.1, 0.3);
    double light = strength * synth_uniform(r, -1, 1);
    for (size_t i = 0; i < s->n; i++) {
      double d = hypot((double)(i / s->nx) - my, (double)(i % s->nx) - mx);
      if (d < radius + 4 * width)
        s->light[i] += (float)(light * cos(2.5 * (d - radius) / width) *
                               exp(-(d - radius) * (d - radius) / (2 * width * width)));
    }
  }
}

static void add_dust(SynthScene *s, double strength) {
  SynthRandom *r = &s->random;
  for (size_t k = (size_t)((double)s->n * synth_log_uniform(r, 1e-5, 2e-3)); k > 0; k--) {
    size_t at = (size_t)(synth_bits(r) % s->n);
    if (!s->labels[at])
      s->light[at] -= (float)(strength * synth_uniform(r, -0.5, 1));
  }
}

/* Zernike's plate: the light of the cell against its own surroundings, which leaves a halo. */
bool synth_look_phase(SynthScene *s, CytoError *err) {
  SynthRandom *r = &s->random;
  CYTO_AUTOFREE float *height = cyto_alloc(s->n, sizeof *height, err);
  if (!height)
    return false;
  Glass glass = blow(s);
  thickness(s, &glass, height);
  double strength = synth_log_uniform(r, 0.09, 0.3), sign = synth_chance(r, 0.7) ? -1 : 1;
  double width = fmax(1, s->diameter * synth_log_uniform(r, 0.03, 0.35)),
         keep = synth_uniform(r, 0.5, 1);
  double edge = synth_uniform(r, 0, 0.6), edge_width = fmax(0.8, s->diameter * 0.03);
  for (size_t i = 0; i < s->n; i++)
    s->light[i] = height[i];
  synth_blur(s->light, s->ny, s->nx, width, s->scratch);
  for (size_t i = 0; i < s->n; i++) {
    double value = height[i] - (1.15 - 0.3 * keep) * s->light[i];
    /* A cell that is many wavelengths thick is a lens: bright, with a dark seam. */
    if (s->labels[i] && s->cell[s->labels[i] - 1].light > 2 && sign < 0)
      value *= s->inside[i] < 0.15f * (float)s->cell[s->labels[i] - 1].top ? 1.5 : -0.9;
    double far = s->labels[i] ? s->inside[i] : s->outside[i];
    double line = s->labels[i] ? sign * 0.6 : -sign;
    value = sign * value + edge * line * exp(-far * far / (2 * edge_width * edge_width));
    s->light[i] = (float)(0.5 + strength * value);
  }
  add_grains(s, strength * synth_uniform(r, 0.3, 1.2));
  add_dust(s, strength);
  add_rings(s, 0.5 * strength);
  return true;
}

/* Light from one side: the slope of the sample. */
static void relief(SynthScene *s, const float *height, double strength) {
  double angle = synth_uniform(&s->random, 0, 2 * M_PI), c = cos(angle), d = sin(angle);
  double own = synth_uniform(&s->random, -0.05, 0.05);
  for (size_t i = 0; i < s->n; i++) {
    size_t y = i / s->nx, x = i % s->nx;
    size_t up = y ? i - s->nx : i, down = y + 1 < s->ny ? i + s->nx : i;
    size_t left = x ? i - 1 : i, right = x + 1 < s->nx ? i + 1 : i;
    double slope = c * (height[right] - height[left]) + d * (height[down] - height[up]);
    s->light[i] = (float)(0.5 + strength * slope * s->diameter / 20 + own * height[i]);
  }
}

/* Out of focus: dark seams with bright fringes, and some light lost in the cell. */
static void defocus(SynthScene *s, const float *height, double strength) {
  double sigma = fmax(0.8, s->diameter * synth_uniform(&s->random, 0.02, 0.08));
  double loss = synth_uniform(&s->random, -0.3, 0.5), sign = synth_chance(&s->random, 0.6) ? 1 : -1;
  float *near = s->light, *far = s->scratch2;
  for (size_t i = 0; i < s->n; i++)
    near[i] = far[i] = height[i];
  synth_blur(near, s->ny, s->nx, sigma, s->scratch);
  synth_blur(far, s->ny, s->nx, 1.8 * sigma, s->scratch);
  for (size_t i = 0; i < s->n; i++) {
    double bend = near[i] - far[i];
    s->light[i] = (float)(0.6 + 2.5 * strength * sign * bend - strength * loss * height[i]);
  }
}

/* Dyed cells on a bright ground. */
static void dye(SynthScene *s, const float *height, double strength) {
  double deep = synth_uniform(&s->random, 0.3, 1.2), seam = synth_chance(&s->random, 0.4) ? 0.8 : 0;
  double nucleus = synth_uniform(&s->random, 0.3, 2);
  for (size_t i = 0; i < s->n; i++) {
    double density = 2 * strength * height[i] * deep;
    density += s->nuclei[i] ? 2 * strength * nucleus : 0;
    if (s->labels[i])
      density += seam * strength * exp(-s->inside[i] * s->inside[i] / 3);
    s->light[i] = (float)(0.9 * exp(-density));
  }
}

bool synth_look_brightfield(SynthScene *s, CytoError *err) {
  SynthRandom *r = &s->random;
  CYTO_AUTOFREE float *height = cyto_alloc(s->n, sizeof *height, err);
  if (!height)
    return false;
  Glass glass = blow(s);
  glass.round = 0;
  thickness(s, &glass, height);
  double strength = synth_log_uniform(r, 0.12, 0.5);
  synth_blur(height, s->ny, s->nx, synth_uniform(r, 0.6, 1.5), s->scratch);
  unsigned way = synth_pick(r, 3);
  if (way == 0)
    relief(s, height, strength);
  else if (way == 1)
    defocus(s, height, strength);
  else
    dye(s, height, strength);
  add_grains(s, 0.4 * strength);
  add_dust(s, 0.5 * strength);
  add_rings(s, 0.2 * strength);
  return true;
}

#include "scene.h"

/* How one sort of particle stops or returns the beam. */
typedef struct Grain {
  double absorb, spread;    /* depth of the shadow; how much it differs between particles */
  double ball;              /* 0 plate .. 1 ball: thicker in the middle */
  double core, core_absorb; /* inner part, as share of the radius, and what it adds */
  double fringe, fringe_width;
  bool surface; /* seen from above: bright rim, shaded */
  double rim, base, slope, angle;
  SynthNoise rough;
  double roughness;
} Grain;

static void draw_shadow(const Grain *grain, double absorb, double depth, double cover, double rough,
                        float *light) {
  double thick = 1 - grain->ball + grain->ball * sqrt(fmax(1 - depth * depth, 0));
  if (depth < grain->core)
    thick += grain->core_absorb;
  double passed = exp(-absorb * fmax(thick, 0) * (1 + rough));
  *light *= (float)(1 - cover + cover * passed);
}

static void draw_surface(const Grain *grain, double bright, double depth, double dy, double dx,
                         double cover, double rough, float *light) {
  double value = grain->base + grain->rim * depth * depth * depth * depth;
  value += grain->slope * (dy * sin(grain->angle) + dx * cos(grain->angle));
  value *= bright * (1 + rough);
  *light = (float)((1 - cover) * *light + cover * fmax(value, 0));
}

static void draw_particle(SynthScene *s, const Grain *grain, const SynthBody *body, double own) {
  double wide = body->reach + 6 + 3 * grain->fringe_width;
  double radius = body->short_axis;
  for (int64_t y = (int64_t)(body->y - wide); y <= (int64_t)(body->y + wide); y++) {
    for (int64_t x = (int64_t)(body->x - wide); x <= (int64_t)(body->x + wide); x++) {
      if (y < 0 || x < 0 || y >= (int64_t)s->ny || x >= (int64_t)s->nx)
        continue;
      float *light = &s->light[(size_t)y * s->nx + (size_t)x];
      double depth = synth_body_depth(body, (double)y, (double)x), out = (depth - 1) * radius;
      double cover = fmin(fmax(0.5 - out, 0), 1);
      double rough = grain->roughness * synth_rough_at(&grain->rough, (double)y, (double)x);
      if (out > 0 && grain->fringe != 0)
        *light *= (float)(1 + grain->fringe * exp(-out * out /
                                                  (2 * grain->fringe_width * grain->fringe_width)));
      if (cover > 0 && grain->surface)
        draw_surface(grain, own, depth, ((double)y - body->y) / radius,
                     ((double)x - body->x) / radius, cover, rough, light);
      else if (cover > 0)
        draw_shadow(grain, own, depth, cover, rough, light);
    }
  }
}

/* A bar with strokes above it like a caption, on a plate or straight on the picture. */
static void add_caption(SynthScene *s) {
  SynthRandom *r = &s->random;
  size_t wide = s->nx / 6 + synth_pick(r, 40), high = 3 + synth_pick(r, 5), tall = 14;
  size_t y0 = s->ny - s->ny / 10, x0 = synth_chance(r, 0.5) ? 8 : s->nx - s->nx / 4;
  float ink = synth_chance(r, 0.5) ? 0.02f : 1.2f, paper = 1.22f - ink;
  bool plate = synth_chance(r, 0.5);
  if (s->ny < 128 || s->nx < 128 || x0 + wide + 4 > s->nx || y0 < tall + 8)
    return;
  for (size_t y = y0 - tall - 4; plate && y < y0 + high + 4 && y < s->ny; y++)
    for (size_t x = x0 - 4; x < x0 + wide + 4; x++) {
      s->light[y * s->nx + x] = paper;
      s->labels[y * s->nx + x] = 0;
    }
  uint64_t letters = synth_bits(r);
  for (size_t y = y0 - tall; y < y0 + high && y < s->ny; y++)
    for (size_t x = x0; x < x0 + wide; x++) {
      bool bar = y >= y0, gap = y + 3 >= y0 || (x - x0) % 9 > 5 || x > x0 + wide / 2;
      size_t stroke = (x - x0) / 9 * 6 + (x - x0) % 9 / 3 * 3 + (y + tall - y0) / 4;
      if (bar || (!gap && letters >> stroke % 64 & 1)) {
        s->light[y * s->nx + x] = ink;
        s->labels[y * s->nx + x] = 0;
      }
    }
}

static Grain sort_of(SynthScene *s) {
  SynthRandom *r = &s->random;
  Grain grain = {0};
  grain.absorb = synth_log_uniform(r, 0.25, 3);
  grain.spread = synth_uniform(r, 0, 0.4);
  grain.ball = synth_chance(r, 0.6) ? synth_uniform(r, 0.4, 1) : 0;
  grain.fringe = synth_chance(r, 0.5) ? synth_uniform(r, 0.03, 0.35) : 0;
  grain.fringe_width = synth_uniform(r, 0.7, 2);
  grain.surface = synth_chance(r, 0.4);
  grain.rim = synth_uniform(r, 0.1, 0.7);
  grain.base = synth_uniform(r, 0.3, 0.8);
  grain.slope = synth_uniform(r, 0, 0.25);
  grain.angle = synth_uniform(r, 0, 2 * M_PI);
  grain.roughness = synth_chance(r, 0.5) ? synth_uniform(r, 0, 0.5) : 0.02;
  grain.rough = synth_noise(r, fmax(1.5, s->diameter * synth_uniform(r, 0.05, 0.3)));
  if (synth_chance(r, 0.25)) {
    grain.core = synth_uniform(r, 0.3, 0.85);
    grain.core_absorb = synth_uniform(r, -0.8, 1.5);
  }
  return grain;
}

/* Film under the particles: its shade, clouds, and a border of it in some pictures. */
static void lay_film(SynthScene *s, bool surface) {
  SynthRandom *r = &s->random;
  double level = surface ? synth_uniform(r, 0.05, 0.35) : synth_uniform(r, 0.5, 0.9);
  double clouds = synth_uniform(r, 0, 0.12), torn = synth_chance(r, 0.15) ? 0.3 : 0;
  SynthNoise cloud = synth_noise(r, (double)s->ny * synth_uniform(r, 0.1, 0.6));
  SynthNoise edge = synth_noise(r, (double)s->ny * 0.7);
  for (size_t i = 0; i < s->n; i++) {
    double y = (double)(i / s->nx), x = (double)(i % s->nx);
    double shade = 1 + clouds * synth_rough_at(&cloud, y, x);
    shade -= synth_noise_at(&edge, y, x) > 0.25 ? torn : 0;
    s->light[i] = (float)(level * shade);
  }
}

/* Which bodies made it into the labels; the others are left out of the picture too. */
static bool *kept_bodies(const SynthScene *s, CytoError *err) {
  bool *kept = cyto_calloc((size_t)s->bodies + 1, sizeof *kept, err);
  for (uint32_t k = 0; kept && k < s->count; k++)
    kept[s->cell[k].body] = true;
  return kept;
}

bool synth_look_particles(SynthScene *s, CytoError *err) {
  SynthRandom *r = &s->random;
  CYTO_AUTOFREE bool *kept = kept_bodies(s, err);
  if (!kept)
    return false;
  Grain grain = sort_of(s);
  bool inverted = !grain.surface && synth_chance(r, 0.2), caption = synth_chance(r, 0.4);
  lay_film(s, grain.surface);
  for (uint32_t k = 0; k < s->bodies; k++) {
    double own = exp(grain.spread * synth_normal(r)) * (grain.surface ? 1 : grain.absorb);
    if (kept[k])
      draw_particle(s, &grain, &s->body[k], own);
  }
  for (size_t i = 0; inverted && i < s->n; i++)
    s->light[i] = 1 - s->light[i];
  if (!caption)
    return true;
  add_caption(s);
  return synth_tidy(s, false, err);
}

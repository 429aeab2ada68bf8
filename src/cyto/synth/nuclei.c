#include "scene.h"

/* An ellipse of this radius. */
static SynthBody ellipse(SynthScene *s, double y, double x, double radius) {
  SynthRandom *r = &s->random;
  double stretch = sqrt(synth_log_uniform(r, 1, 1.6)), angle = synth_uniform(r, 0, M_PI);
  SynthBody body = {.y = y, .x = x, .cosine = cos(angle), .sine = sin(angle), .square = 2};
  body.long_axis = radius * stretch;
  body.short_axis = radius / stretch;
  for (int k = 0; k < SYNTH_WAVES; k++)
    body.wave[k] = synth_uniform(r, -0.06, 0.06);
  body.reach = 1.3 * body.long_axis;
  return body;
}

/* As synth_stamp, of our own make. */
static void paint_nucleus(SynthScene *s, const SynthBody *body, uint32_t label, bool free) {
  int64_t reach = (int64_t)body->reach + 1, my = (int64_t)body->y, mx = (int64_t)body->x;
  for (int64_t y = my - reach; y <= my + reach; y++) {
    for (int64_t x = mx - reach; x <= mx + reach; x++) {
      if (y < 0 || x < 0 || y >= (int64_t)s->ny || x >= (int64_t)s->nx)
        continue;
      size_t i = (size_t)y * s->nx + (size_t)x;
      bool here = free ? s->nuclei[i] == 0 : s->labels[i] == label && s->inside[i] > 1.2f;
      if (here && synth_body_depth(body, (double)y, (double)x) < 1)
        s->nuclei[i] = label;
    }
  }
}

static void add_nucleus(SynthScene *s, double y, double x, double diameter, uint32_t label,
                        bool free) {
  if (s->sprites > 0) {
    synth_stamp(s, y, x, diameter, label, free);
    return;
  }
  SynthBody body = ellipse(s, y, x, diameter / 2);
  paint_nucleus(s, &body, label, free);
}

/* Chromatin: grains, dark nucleoli, a rim that fades; each nucleus as bright as it likes. */
static void stain_nuclei(SynthScene *s) {
  SynthRandom *r = &s->random;
  double size = 0.5 * s->diameter, spread = synth_uniform(r, 0.1, 0.45);
  SynthNoise grain = synth_noise(r, fmax(size / 4, 1.5)), spots = synth_noise(r, size / 2.5);
  double coarse = synth_uniform(r, 0.05, 0.3), holes = synth_uniform(r, 0, 0.8);
  for (size_t i = 0; i < s->n; i++) {
    if (!s->nuclei[i])
      continue;
    double y = (double)(i / s->nx), x = (double)(i % s->nx);
    SynthRandom own = {s->cell[s->nuclei[i] - 1].seed};
    double light = exp(spread * synth_normal(&own));
    double hole = synth_noise_at(&spots, y, x) - 0.4;
    light *= 1 + coarse * synth_rough_at(&grain, y, x) - (hole > 0 ? holes * hole : 0);
    s->stain[i] = (float)fmax(light, 0.05);
  }
}

static void no_nuclei(SynthScene *s) {
  for (size_t i = 0; i < s->n; i++) {
    s->nuclei[i] = 0;
    s->stain[i] = 0;
  }
}

void synth_add_nuclei(SynthScene *s) {
  SynthRandom *r = &s->random;
  double share = synth_uniform(r, 0.35, 0.65), none = synth_chance(r, 0.3) ? 0.12 : 0.02;
  no_nuclei(s);
  for (uint32_t k = 1; k <= s->count; k++) {
    const SynthCell *cell = &s->cell[k - 1];
    bool twice = synth_chance(r, 0.04), missing = synth_chance(r, none);
    double size = share * sqrt(cell->area / M_PI) * (twice ? 1.4 : 2);
    size = fmin(size * synth_log_uniform(r, 0.85, 1.18), fmax(2 * cell->top, 3));
    for (int j = 0; j < 1 + twice && !missing; j++) {
      double shift = (twice ? 0.5 : 0.2) * cell->top;
      double y = cell->y + shift * synth_normal(r), x = cell->x + shift * synth_normal(r);
      add_nucleus(s, y, x, size, k, false);
    }
  }
}

double synth_sow_nuclei(SynthScene *s) {
  SynthRandom *r = &s->random;
  double share = synth_uniform(r, 0.4, 0.7);
  no_nuclei(s);
  for (uint32_t k = 0; k < s->bodies; k++) {
    const SynthBody *body = &s->body[k];
    double size = share * 2 * sqrt(body->long_axis * body->short_axis);
    add_nucleus(s, body->y, body->x, size * synth_log_uniform(r, 0.85, 1.18), k + 1, true);
  }
  return share;
}

bool synth_stain_nuclei(SynthScene *s, CytoError *err) {
  if (s->sprites == 0)
    stain_nuclei(s);
  return synth_nuclei_distance(s, err);
}

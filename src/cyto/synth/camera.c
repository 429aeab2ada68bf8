#include "scene.h"
#include "../base/stats.h"

/* Light that is stronger on one side, or in the middle. */
static void shade(SynthScene *s, float *plane, double amount) {
  SynthRandom *r = &s->random;
  double angle = synth_uniform(r, 0, 2 * M_PI), slope = amount * synth_uniform(r, 0, 1);
  double cy = synth_uniform(r, 0.3, 0.7), cx = synth_uniform(r, 0.3, 0.7);
  double fall = (amount - slope) * 2;
  for (size_t i = 0; i < s->n; i++) {
    double v = (double)(i / s->nx) / (double)s->ny - cy;
    double u = (double)(i % s->nx) / (double)s->nx - cx;
    double light = 1 + slope * (v * sin(angle) + u * cos(angle)) - fall * (v * v + u * u);
    plane[i] *= (float)fmax(light, 0.1);
  }
}

/* Blobs of what lies far above or below. */
static void add_blobs(SynthScene *s, float *plane, unsigned count, double strength) {
  SynthRandom *r = &s->random;
  for (; count > 0; count--) {
    double my = synth_uniform(r, 0, (double)s->ny), mx = synth_uniform(r, 0, (double)s->nx);
    double size = s->diameter * synth_log_uniform(r, 0.15, 1.2),
           light = strength * synth_uniform(r, 0.2, 1);
    for (size_t i = 0; i < s->n; i++) {
      double v = (double)(i / s->nx) - my, u = (double)(i % s->nx) - mx, d2 = v * v + u * u;
      if (d2 < 16 * size * size)
        plane[i] += (float)(light * exp(-d2 / (2 * size * size)));
    }
  }
}

/* Adds what the whole field spreads over itself. */
static void add_haze(SynthScene *s, float *plane, double share, double width) {
  for (size_t i = 0; i < s->n; i++)
    s->scratch[i] = plane[i];
  synth_blur(s->scratch, s->ny, s->nx, width, s->scratch2);
  for (size_t i = 0; i < s->n; i++)
    plane[i] += (float)share * s->scratch[i];
}

typedef struct Exposure {
  double photons; /* of a pixel as bright as `white` */
  double read;    /* noise of reading out, share of white */
  double offset;  /* of the darkest pixel, share of the range */
  double full;    /* where white lies in the range */
  double soften;  /* blur after the noise, as resampling leaves it */
  double gamma;
} Exposure;

static void expose(SynthScene *s, float *plane, double white, const Exposure *e, uint16_t *out) {
  SynthRandom *r = &s->random;
  for (size_t i = 0; i < s->n; i++) {
    double seen = fmax(plane[i] / white, 0);
    seen = synth_poisson(r, seen * e->photons) / e->photons;
    plane[i] = (float)(seen + e->read * synth_normal(r));
  }
  synth_blur(plane, s->ny, s->nx, e->soften, s->scratch);
  for (size_t i = 0; i < s->n; i++) {
    double level = e->offset + (e->full - e->offset) * pow(fmax(plane[i], 0), e->gamma);
    out[i] = (uint16_t)(65535 * fmin(fmax(level, 0), 1) + 0.5);
  }
}

static Exposure settings(SynthRandom *r, double photons) {
  Exposure exposure = {0};
  exposure.photons = photons;
  exposure.read = synth_log_uniform(r, 0.002, 0.03);
  exposure.offset = synth_uniform(r, 0, 0.08);
  exposure.full = synth_log_uniform(r, 0.3, 1.3);
  exposure.soften = synth_chance(r, 0.35) ? synth_uniform(r, 0.4, 0.9) : 0;
  exposure.gamma = synth_chance(r, 0.2) ? synth_log_uniform(r, 0.6, 1.5) : 1;
  return exposure;
}

static bool white_of(const float *plane, size_t n, double *white, CytoError *err) {
  const double percent = 99.5;
  if (!cyto_percentiles(plane, n, &percent, 1, white, err))
    return false;
  *white = *white > 1e-6 ? *white : 1;
  return true;
}

/* How a fluorescent picture comes about: ranges from and to. */
typedef struct Glow {
  double haze, spread[2];  /* up to this share, over so many diameters */
  double ground[2];        /* light of the background, share of white */
  double blobs;            /* share of images with them */
  double uneven, slope[2]; /* share of images lit unevenly, and how much */
  double blur, softest[3]; /* from; to [0] + at most [2] for a diameter of [1] each */
  double photons[2];
} Glow;

static bool take_glow(SynthScene *s, float *plane, const Glow *g, uint16_t *out, CytoError *err) {
  SynthRandom *r = &s->random;
  double white, spread = s->diameter * synth_uniform(r, g->spread[0], g->spread[1]);
  add_haze(s, plane, synth_uniform(r, 0, g->haze), spread);
  if (!white_of(plane, s->n, &white, err))
    return false;
  double ground = white * synth_log_uniform(r, g->ground[0], g->ground[1]);
  if (g->blobs > 0 && synth_chance(r, g->blobs)) {
    double strength = white * synth_uniform(r, 0.1, 0.5);
    add_blobs(s, plane, 1 + synth_pick(r, 12), strength);
  }
  for (size_t i = 0; i < s->n; i++)
    plane[i] += (float)ground;
  shade(s, plane, synth_chance(r, g->uneven) ? synth_uniform(r, g->slope[0], g->slope[1]) : 0.05);
  double softest = g->softest[0] + fmin(s->diameter / g->softest[1], g->softest[2]);
  synth_blur(plane, s->ny, s->nx, synth_uniform(r, g->blur, softest), s->scratch);
  Exposure exposure = settings(r, synth_log_uniform(r, g->photons[0], g->photons[1]));
  expose(s, plane, white + ground, &exposure, out);
  return true;
}

bool synth_camera_fluorescence(SynthScene *s, CytoSynthImage *out, CytoError *err) {
  static const Glow cells = {.haze = 0.3,
                             .spread = {0.2, 1},
                             .ground = {0.01, 0.3},
                             .blobs = 0.3,
                             .uneven = 0.6,
                             .slope = {0.1, 0.8},
                             .blur = 0.4,
                             .softest = {0.5, 35, 1.2},
                             .photons = {12, 1500}};
  SynthRandom *r = &s->random;
  double bleed = synth_chance(r, 0.3) ? synth_uniform(r, 0.05, 0.5) : 0;
  for (size_t i = 0; i < s->n; i++)
    s->light[i] += (float)bleed * s->stain[i];
  return take_glow(s, s->light, &cells, out->cell, err);
}

bool synth_camera_transmitted(SynthScene *s, bool grainy, CytoSynthImage *out, CytoError *err) {
  SynthRandom *r = &s->random;
  (void)err;
  shade(s, s->light, synth_chance(r, 0.5) ? synth_uniform(r, 0.05, 0.35) : 0.03);
  synth_blur(s->light, s->ny, s->nx, synth_uniform(r, 0.3, 1), s->scratch);
  Exposure exposure = settings(r, synth_log_uniform(r, 800, 20000));
  exposure.read = synth_log_uniform(r, 0.002, 0.015);
  exposure.full = synth_uniform(r, 0.6, 1.05);
  if (grainy) {
    exposure.photons = synth_log_uniform(r, 25, 5000);
    exposure.soften = synth_chance(r, 0.6) ? synth_uniform(r, 0.4, 1.2) : 0;
  }
  expose(s, s->light, 1, &exposure, out->cell);
  return true;
}

bool synth_camera_nuclei(SynthScene *s, CytoSynthImage *out, CytoError *err) {
  static const Glow nuclei = {.haze = 0.2,
                              .spread = {0.2, 0.6},
                              .ground = {0.005, 0.15},
                              .uneven = 0.5,
                              .slope = {0.1, 0.6},
                              .blur = 0.3,
                              .softest = {0.4, 40, 1},
                              .photons = {15, 1500}};
  SynthRandom *r = &s->random;
  double bleed = synth_chance(r, 0.3) ? synth_uniform(r, 0, 0.25) : 0;
  for (size_t i = 0; i < s->n && bleed > 0; i++)
    s->stain[i] += (float)bleed * fminf(fmaxf(s->light[i], 0), 1);
  return take_glow(s, s->stain, &nuclei, out->nucleus, err);
}

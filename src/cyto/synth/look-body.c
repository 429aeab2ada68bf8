#include "scene.h"

/* How the cytoplasm of one image looks. */
typedef struct Cytoplasm {
  double thick;             /* 0 flat .. 1 a dome */
  double gather, gathering; /* towards the nucleus: share, and length in pixels */
  double nucleus;           /* brightness there over that of the cytoplasm */
  double grain, fibre, own; /* textures: common, along the cell, with an offset of its own */
  double rim, rim_width;    /* brighter or darker towards the border */
  double tilt;              /* from one side of a cell to the other */
  SynthNoise coarse, fine, thread;
} Cytoplasm;

/* What of a look is drawn once its cytoplasm is: ranges from and to. */
typedef struct Finish {
  double coarse[2], fine[2], thread[2]; /* sizes of textures, in diameters */
  double finest;                        /* pixels */
  double lights[2];                     /* spread between cells */
  double vesicles, number[2], glare[2]; /* share of images with them, how many, how bright */
} Finish;

static void set_lights(SynthScene *s, double spread) {
  for (uint32_t k = 0; k < s->count; k++) {
    double light = exp(spread * synth_normal(&s->random));
    s->cell[k].light = fmin(fmax(light, 0.3), 3);
  }
}

/* Texture of a place in a cell, about 0. */
static double texture(const Cytoplasm *look, const SynthCell *cell, double y, double x) {
  double dy = y - cell->y, dx = x - cell->x;
  double along = dx * cell->cosine + dy * cell->sine;
  double across = dy * cell->cosine - dx * cell->sine;
  double shift = 1000 * synth_unit(cell->seed) * look->own;
  double value = look->grain * (0.6 * synth_rough_at(&look->coarse, y + shift, x - shift) +
                                0.5 * synth_noise_at(&look->fine, y + shift, x - shift));
  double bow = across + 0.02 * along * along / (cell->top + 1);
  value += look->fibre * synth_noise_at(&look->thread, 3 * bow, 0.3 * along + shift);
  double side = 2 * M_PI * synth_unit(synth_mix(cell->seed));
  return value + look->tilt * (dy * sin(side) + dx * cos(side)) / (2 * cell->top + 1);
}

static void shine(SynthScene *s, const Cytoplasm *look) {
  for (size_t i = 0; i < s->n; i++) {
    s->light[i] = 0;
    if (!s->labels[i])
      continue;
    const SynthCell *cell = &s->cell[s->labels[i] - 1];
    double y = (double)(i / s->nx), x = (double)(i % s->nx), inside = s->inside[i];
    double low = 1 - fmin(inside / cell->top, 1);
    double light = 1 - look->thick + look->thick * sqrt(1 - low * low);
    if (s->from_nucleus[i] < 1e5f)
      light *= 1 - look->gather + look->gather * exp(-s->from_nucleus[i] / look->gathering);
    light *= fmax(1 + texture(look, cell, y, x), 0.08);
    light *= 1 + look->rim * exp(-inside / look->rim_width);
    light *= s->nuclei[i] == s->labels[i] ? look->nucleus : 1;
    s->light[i] = (float)(cell->light * light);
  }
}

/* Small bright vesicles, in cells alone. */
static void add_vesicles(SynthScene *s, double number, double strength) {
  SynthRandom *r = &s->random;
  double size = fmin(fmax(s->diameter / 40, 0.6), 2);
  for (size_t k = (size_t)(number * (double)s->n); k > 0; k--) {
    size_t at = (size_t)(synth_bits(r) % s->n);
    double width = size * synth_log_uniform(r, 0.7, 1.6),
           light = strength * synth_unit(synth_bits(r));
    int64_t my = (int64_t)(at / s->nx), mx = (int64_t)(at % s->nx),
            reach = (int64_t)(2.5 * width) + 1;
    if (!s->labels[at] || s->nuclei[at])
      continue;
    for (int64_t y = my - reach; y <= my + reach; y++)
      for (int64_t x = mx - reach; x <= mx + reach; x++) {
        size_t i = (size_t)y * s->nx + (size_t)x;
        if (y < 0 || x < 0 || y >= (int64_t)s->ny || x >= (int64_t)s->nx ||
            s->labels[i] != s->labels[at])
          continue;
        double d2 = (double)((y - my) * (y - my) + (x - mx) * (x - mx));
        s->light[i] += (float)(light * s->light[at] * exp(-d2 / (2 * width * width)));
      }
  }
}

static double between(SynthRandom *r, const double range[2]) {
  return synth_uniform(r, range[0], range[1]);
}

static void finish(SynthScene *s, Cytoplasm *look, const Finish *f) {
  SynthRandom *r = &s->random;
  double area = s->diameter * s->diameter;
  look->coarse = synth_noise(r, s->diameter * between(r, f->coarse));
  look->fine = synth_noise(r, fmax(f->finest, s->diameter * between(r, f->fine)));
  look->thread = synth_noise(r, fmax(3, s->diameter * between(r, f->thread)));
  set_lights(s, between(r, f->lights));
  shine(s, look);
  if (!synth_chance(r, f->vesicles))
    return;
  double strength = between(r, f->glare);
  add_vesicles(s, synth_log_uniform(r, f->number[0], f->number[1]) / area * 4, strength);
}

bool synth_look_filled(SynthScene *s, CytoError *err) {
  SynthRandom *r = &s->random;
  (void)err;
  Cytoplasm look = {0};
  look.thick = synth_uniform(r, 0, 1);
  look.gather = synth_chance(r, 0.5) ? synth_uniform(r, 0.2, 0.9) : 0;
  look.gathering = s->diameter * synth_uniform(r, 0.12, 0.5);
  look.nucleus = synth_chance(r, 0.7) ? synth_uniform(r, 0.2, 0.9) : synth_uniform(r, 0.9, 1.3);
  look.grain = synth_chance(r, 0.6) ? synth_uniform(r, 0.2, 0.8) : synth_uniform(r, 0, 0.2);
  look.fibre = synth_chance(r, 0.35) ? synth_uniform(r, 0.1, 0.6) : 0;
  look.rim = synth_chance(r, 0.25) ? synth_uniform(r, 0.2, 1.2) : 0;
  look.rim_width = synth_uniform(r, 0.8, 2);
  look.tilt = synth_uniform(r, 0, 0.5);
  finish(s, &look,
         &(Finish){.coarse = {0.1, 0.3},
                   .fine = {0.03, 0.08},
                   .thread = {0.1, 0.2},
                   .finest = 1.5,
                   .lights = {0.08, 0.55},
                   .vesicles = 0.4,
                   .number = {0.5, 10},
                   .glare = {0.4, 2}});
  return true;
}

bool synth_look_textured(SynthScene *s, CytoError *err) {
  SynthRandom *r = &s->random;
  (void)err;
  Cytoplasm look = {0};
  look.thick = synth_uniform(r, 0, 0.5);
  look.gathering = 1;
  look.nucleus = synth_chance(r, 0.6) ? synth_uniform(r, 0.25, 0.8) : synth_uniform(r, 0.8, 1.4);
  look.grain = synth_uniform(r, 0.25, 1);
  look.fibre = synth_chance(r, 0.4) ? synth_uniform(r, 0.2, 0.7) : 0;
  look.own = 1;
  look.rim = synth_chance(r, 0.75) ? synth_uniform(r, -0.75, -0.15) : synth_uniform(r, 0, 0.6);
  look.rim_width = fmax(0.8, s->diameter * synth_uniform(r, 0.02, 0.06));
  look.tilt = synth_uniform(r, 0, 0.8);
  finish(s, &look,
         &(Finish){.coarse = {0.1, 0.35},
                   .fine = {0.03, 0.1},
                   .thread = {0.12, 0.3},
                   .finest = 1.3,
                   .lights = {0.05, 0.4},
                   .vesicles = 0.5,
                   .number = {2, 30},
                   .glare = {0.3, 2}});
  return true;
}

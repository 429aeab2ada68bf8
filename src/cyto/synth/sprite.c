#include "scene.h"

/* Numbers of a source are any, so boxes are found through a sorted list of them. */
static int compare_labels(const void *a, const void *b) {
  const SynthSprite *x = a, *y = b;
  return (x->label > y->label) - (x->label < y->label);
}

static SynthSprite *find(SynthSprite *sprite, size_t n, uint32_t label) {
  SynthSprite key = {.label = label};
  return bsearch(&key, sprite, n, sizeof *sprite, compare_labels);
}

/* One entry for each run of a label, then each label once. */
static size_t list_labels(const CytoSynthNuclei *source, SynthSprite *sprite) {
  size_t n = 0, kept = 0;
  for (size_t i = 0; i < source->ny * source->nx; i++)
    if (source->labels[i] && (i == 0 || source->labels[i - 1] != source->labels[i]))
      sprite[n++] = (SynthSprite){.label = source->labels[i], .y0 = UINT32_MAX, .x0 = UINT32_MAX};
  qsort(sprite, n, sizeof *sprite, compare_labels);
  for (size_t i = 0; i < n; i++)
    if (i == 0 || sprite[i].label != sprite[i - 1].label)
      sprite[kept++] = sprite[i];
  return kept;
}

static void measure(const CytoSynthNuclei *source, SynthSprite *sprite, size_t n) {
  for (size_t i = 0; i < source->ny * source->nx; i++) {
    if (!source->labels[i])
      continue;
    SynthSprite *s = find(sprite, n, source->labels[i]);
    uint32_t y = (uint32_t)(i / source->nx), x = (uint32_t)(i % source->nx);
    s->y0 = y < s->y0 ? y : s->y0;
    s->x0 = x < s->x0 ? x : s->x0;
    s->y1 = y + 1 > s->y1 ? y + 1 : s->y1;
    s->x1 = x + 1 > s->x1 ? x + 1 : s->x1;
    s->area++;
  }
}

/* Nuclei that are whole and look like one: large enough, and filling their box. */
static bool usable(const CytoSynthNuclei *source, const SynthSprite *s) {
  size_t box = (size_t)(s->y1 - s->y0) * (s->x1 - s->x0);
  return s->area >= 24 && 2 * s->area > box && s->y0 > 0 && s->x0 > 0 && s->y1 < source->ny &&
         s->x1 < source->nx;
}

bool synth_find_sprites(SynthScene *s, CytoError *err) {
  const CytoSynthNuclei *source = s->source;
  size_t kept = 0, runs = 0;
  for (size_t i = 0; i < source->ny * source->nx; i++)
    runs += source->labels[i] && (i == 0 || source->labels[i - 1] != source->labels[i]);
  s->sprite = cyto_alloc(runs, sizeof *s->sprite, err);
  if (!s->sprite)
    return false;
  size_t n = list_labels(source, s->sprite);
  measure(source, s->sprite, n);
  for (size_t k = 0; k < n; k++)
    if (usable(source, &s->sprite[k]))
      s->sprite[kept++] = s->sprite[k];
  s->sprites = kept;
  return true;
}

static float sample(const CytoSynthNuclei *source, double v, double u) {
  size_t y = (size_t)v, x = (size_t)u, nx = source->nx;
  double b = v - (double)y, a = u - (double)x;
  const float *p = source->picture + y * nx + x;
  size_t down = y + 1 < source->ny ? nx : 0, right = x + 1 < nx;
  return (float)((p[0] * (1 - a) + p[right] * a) * (1 - b) +
                 (p[down] * (1 - a) + p[down + right] * a) * b);
}

/* Of a few at random, the one whose size comes nearest: least is made up by scaling. */
static const SynthSprite *choose(SynthScene *s, double diameter) {
  const SynthSprite *best = NULL;
  double nearest = INFINITY;
  for (int k = 0; k < 3; k++) {
    const SynthSprite *one = &s->sprite[synth_pick(&s->random, (unsigned)s->sprites)];
    double far = fabs(log((double)one->area / (M_PI / 4 * diameter * diameter)));
    if (far >= nearest)
      continue;
    best = one;
    nearest = far;
  }
  return best;
}

/* Inside the cell `label`, or with `free` wherever no other nucleus is. */
void synth_stamp(SynthScene *s, double my, double mx, double diameter, uint32_t label, bool free) {
  const SynthSprite *sprite = choose(s, diameter);
  double scale = sqrt((double)sprite->area * 4 / M_PI) / diameter;
  double angle = synth_uniform(&s->random, 0, 2 * M_PI), c = cos(angle) * scale;
  double d = sin(angle) * scale, flip = synth_chance(&s->random, 0.5) ? -1 : 1;
  double cy = (sprite->y0 + sprite->y1 - 1) / 2.0, cx = (sprite->x0 + sprite->x1 - 1) / 2.0;
  int64_t reach =
      (int64_t)(hypot(sprite->y1 - sprite->y0, sprite->x1 - sprite->x0) / 2 / scale) + 2;
  for (int64_t y = (int64_t)my - reach; y <= (int64_t)my + reach; y++) {
    for (int64_t x = (int64_t)mx - reach; x <= (int64_t)mx + reach; x++) {
      if (y < 0 || x < 0 || y >= (int64_t)s->ny || x >= (int64_t)s->nx)
        continue;
      size_t i = (size_t)y * s->nx + (size_t)x;
      double dy = (double)y - my, dx = ((double)x - mx) * flip;
      double v = cy + dy * c - dx * d, u = cx + dx * c + dy * d;
      if (v < sprite->y0 || u < sprite->x0 || v >= sprite->y1 || u >= sprite->x1 ||
          s->source->labels[(size_t)(v + 0.5) * s->source->nx + (size_t)(u + 0.5)] !=
              sprite->label ||
          (free ? s->nuclei[i] != 0 : s->labels[i] != label || s->inside[i] <= 1.2f))
        continue;
      s->nuclei[i] = label;
      s->stain[i] = sample(s->source, v, u);
    }
  }
}

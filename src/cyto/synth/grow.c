#include "scene.h"

/* What the borders of grown cells obey. */
typedef struct Growth {
  double reach;  /* from the nucleus to the border, pixels */
  double spread; /* of that between cells */
  double move;   /* raggedness, pixels */
  SynthNoise wide[2], rim;
} Growth;

/* Gives pixel i to the nucleus that is nearest to it, up to a ragged reach. */
static uint32_t owner(const SynthScene *s, const Growth *growth, uint64_t seed, size_t i) {
  double y = (double)(i / s->nx), x = (double)(i % s->nx);
  double v = y + growth->move * synth_rough_at(&growth->wide[0], y, x);
  double u = x + growth->move * synth_rough_at(&growth->wide[1], y, x);
  v = fmin(fmax(v, 0), (double)s->ny - 1);
  u = fmin(fmax(u, 0), (double)s->nx - 1);
  size_t from = (size_t)v * s->nx + (size_t)u;
  uint32_t label = s->nuclei[s->border[from]];
  SynthRandom own = {synth_mix(seed + label)};
  double limit = growth->reach * exp(growth->spread * synth_normal(&own));
  limit *= 1 + 0.45 * synth_noise_at(&growth->rim, y, x);
  return s->from_nucleus[from] < limit ? label : 0;
}

bool synth_grow(SynthScene *s, const SynthLayout *layout, CytoError *err) {
  SynthRandom *r = &s->random;
  Growth growth = {.spread = layout->spread, .move = layout->warp * s->diameter};
  CYTO_AUTOFREE uint8_t *mark = cyto_alloc(s->n, 1, err);
  if (!mark)
    return false;
  double share = synth_sow_nuclei(s);
  for (size_t i = 0; i < s->n; i++)
    mark[i] = s->nuclei[i] != 0;
  if (!synth_distance(mark, s->ny, s->nx, s->from_nucleus, s->border, err))
    return false;
  growth.reach = fmax(s->diameter * (1 - share) / 2, 1.5) * layout->limit;
  growth.rim = synth_noise(r, s->diameter / 2);
  growth.wide[0] = synth_noise(r, s->diameter / 2);
  growth.wide[1] = synth_noise(r, s->diameter / 2);
  uint64_t seed = synth_bits(r);
  for (size_t i = 0; i < s->n; i++)
    s->labels[i] = s->nuclei[i] ? s->nuclei[i] : owner(s, &growth, seed, i);
  if (!synth_tidy(s, layout->gaps, err))
    return false;
  for (size_t i = 0; i < s->n; i++)
    s->nuclei[i] = s->nuclei[i] ? s->labels[i] : 0;
  return true;
}

#include "scene.h"
#include <string.h>

/* Pixels of cells with another label or the background beside them. */
static void mark_border(const SynthScene *s, uint8_t *mark) {
  const size_t nx = s->nx;
  for (size_t i = 0; i < s->n; i++) {
    size_t y = i / nx, x = i % nx;
    uint32_t own = s->labels[i];
    mark[i] = own && ((x > 0 && s->labels[i - 1] != own) || (y > 0 && s->labels[i - nx] != own) ||
                      (x + 1 < nx && s->labels[i + 1] != own) ||
                      (y + 1 < s->ny && s->labels[i + nx] != own));
  }
}

/* Middle, size and long axis of each cell, by its moments. */
static bool measure_cells(SynthScene *s, CytoError *err) {
  CYTO_AUTOFREE double *moment = cyto_calloc((size_t)s->count * 3, sizeof *moment, err);
  if (!moment)
    return false;
  for (size_t i = 0; i < s->n; i++) {
    if (!s->labels[i])
      continue;
    SynthCell *cell = &s->cell[s->labels[i] - 1];
    cell->area++;
    cell->y += (double)(i / s->nx);
    cell->x += (double)(i % s->nx);
    cell->top = fmax(cell->top, s->inside[i]);
  }
  for (uint32_t k = 0; k < s->count; k++) {
    s->cell[k].y /= s->cell[k].area;
    s->cell[k].x /= s->cell[k].area;
    s->cell[k].seed = synth_bits(&s->random);
    s->cell[k].light = 1;
  }
  for (size_t i = 0; i < s->n; i++) {
    if (!s->labels[i])
      continue;
    const SynthCell *cell = &s->cell[s->labels[i] - 1];
    double dy = (double)(i / s->nx) - cell->y, dx = (double)(i % s->nx) - cell->x;
    double *m = moment + 3 * (s->labels[i] - 1);
    m[0] += dx * dx;
    m[1] += dy * dy;
    m[2] += dx * dy;
  }
  for (uint32_t k = 0; k < s->count; k++) {
    double angle = atan2(2 * moment[3 * k + 2], moment[3 * k] - moment[3 * k + 1]) / 2;
    s->cell[k].cosine = cos(angle);
    s->cell[k].sine = sin(angle);
  }
  return true;
}

bool synth_measure(SynthScene *s, CytoError *err) {
  CYTO_AUTOFREE uint8_t *mark = cyto_alloc(s->n, 1, err);
  if (!mark)
    return false;
  mark_border(s, mark);
  if (!synth_distance(mark, s->ny, s->nx, s->inside, s->border, err))
    return false;
  for (size_t i = 0; i < s->n; i++) {
    float d = s->inside[i];
    s->outside[i] = s->labels[i] ? 0 : d;
    s->inside[i] = s->labels[i] ? fminf(d + 0.5f, (float)s->diameter) : 0;
  }
  return measure_cells(s, err);
}

bool synth_nuclei_distance(SynthScene *s, CytoError *err) {
  CYTO_AUTOFREE uint8_t *mark = cyto_alloc(s->n, 1, err);
  CYTO_AUTOFREE uint32_t *nearest = mark ? cyto_alloc(s->n, sizeof *nearest, err) : NULL;
  if (!nearest)
    return false;
  for (size_t i = 0; i < s->n; i++)
    mark[i] = s->nuclei[i] != 0;
  return synth_distance(mark, s->ny, s->nx, s->from_nucleus, nearest, err);
}

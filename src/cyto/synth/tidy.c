#include "scene.h"
#include <string.h>

/* A 4-connected part of one label, or of the background. */
typedef struct Part {
  uint32_t label, size;
  uint32_t around; /* the only label beside it; NONE while unknown, MANY when several or the edge */
} Part;

enum { NONE = UINT32_MAX, MANY = UINT32_MAX - 1 };

typedef struct Parts {
  uint32_t count, capacity;
  Part *part;
  uint32_t *of, *stack; /* number of the part of each pixel */
} Parts;

static void parts_clear(Parts *parts) {
  free(parts->part);
  free(parts->of);
  free(parts->stack);
}

static void look_around(Part *part, uint32_t label) {
  if (part->around == NONE)
    part->around = label;
  else if (part->around != label)
    part->around = MANY;
}

static void flood(const SynthScene *s, Parts *parts, size_t start) {
  Part *part = &parts->part[parts->count];
  const size_t nx = s->nx;
  size_t top = 0;
  *part = (Part){s->labels[start], 0, NONE};
  parts->stack[top++] = (uint32_t)start;
  parts->of[start] = parts->count;
  while (top > 0) {
    size_t i = parts->stack[--top], y = i / nx, x = i % nx;
    part->size++;
    const size_t next[4] = {i - nx, i + nx, i - 1, i + 1};
    const bool there[4] = {y > 0, y + 1 < s->ny, x > 0, x + 1 < nx};
    for (int k = 0; k < 4; k++) {
      if (!there[k]) {
        part->around = MANY;
      } else if (s->labels[next[k]] != part->label) {
        look_around(part, s->labels[next[k]]);
      } else if (parts->of[next[k]] == NONE) {
        parts->of[next[k]] = parts->count;
        parts->stack[top++] = (uint32_t)next[k];
      }
    }
  }
  parts->count++;
}

static bool find_parts(const SynthScene *s, Parts *parts, CytoError *err) {
  if (!parts->of)
    parts->of = cyto_alloc(s->n, sizeof *parts->of, err);
  if (parts->of && !parts->stack)
    parts->stack = cyto_alloc(s->n, sizeof *parts->stack, err);
  if (!parts->stack)
    return false;
  parts->count = 0;
  for (size_t i = 0; i < s->n; i++)
    parts->of[i] = NONE;
  for (size_t i = 0; i < s->n; i++) {
    if (parts->of[i] != NONE)
      continue;
    if (parts->count == parts->capacity) {
      uint32_t capacity = 2 * parts->capacity + 256;
      Part *grown = cyto_realloc(parts->part, capacity, sizeof *grown, err);
      if (!grown)
        return false;
      parts->part = grown;
      parts->capacity = capacity;
    }
    flood(s, parts, i);
  }
  return true;
}

/* Every part but the largest of its label becomes background, and so does what is tiny. */
static bool keep_largest(SynthScene *s, const Parts *parts, uint32_t most, CytoError *err) {
  CYTO_AUTOFREE uint32_t *best = cyto_alloc((size_t)most + 1, sizeof *best, err);
  if (!best)
    return false;
  for (uint32_t k = 0; k <= most; k++)
    best[k] = NONE;
  for (uint32_t p = 0; p < parts->count; p++) {
    uint32_t *b = &best[parts->part[p].label];
    if (*b == NONE || parts->part[p].size > parts->part[*b].size)
      *b = p;
  }
  double least = fmax(12, 0.02 * s->diameter * s->diameter);
  for (size_t i = 0; i < s->n; i++) {
    const Part *part = &parts->part[parts->of[i]];
    if (s->labels[i] && (best[part->label] != parts->of[i] || part->size < least))
      s->labels[i] = 0;
  }
  return true;
}

static void fill_holes(SynthScene *s, const Parts *parts) {
  for (size_t i = 0; i < s->n; i++) {
    const Part *part = &parts->part[parts->of[i]];
    if (part->label == 0 && part->around != MANY && part->around != NONE)
      s->labels[i] = part->around;
  }
}

/* A pixel beside a cell of a smaller number becomes background. */
static void cut_gaps(SynthScene *s) {
  const size_t nx = s->nx;
  for (size_t i = s->n; i-- > 0;) {
    size_t y = i / nx, x = i % nx;
    uint32_t own = s->labels[i];
    if ((x > 0 && s->labels[i - 1] && s->labels[i - 1] != own) ||
        (y > 0 && s->labels[i - nx] && s->labels[i - nx] != own))
      s->labels[i] = 0;
  }
}

/* 1..count in the order of the pixels; each cell remembers its old number. */
static bool renumber(SynthScene *s, uint32_t most, CytoError *err) {
  CYTO_AUTOFREE uint32_t *number = cyto_calloc((size_t)most + 1, sizeof *number, err);
  if (!number)
    return false;
  uint32_t count = 0;
  for (size_t i = 0; i < s->n; i++)
    if (s->labels[i] && !number[s->labels[i]])
      number[s->labels[i]] = ++count;
  SynthCell *cell = cyto_calloc((size_t)count + 1, sizeof *cell, err);
  if (!cell)
    return false;
  for (uint32_t k = 1; k <= most; k++)
    if (number[k])
      cell[number[k] - 1].body = k - 1;
  for (size_t i = 0; i < s->n; i++)
    s->labels[i] = number[s->labels[i]];
  free(s->cell);
  s->cell = cell;
  s->count = count;
  return true;
}

bool synth_tidy(SynthScene *s, bool gaps, CytoError *err) {
  CYTO_CLEANUP(parts_clear) Parts parts = {0};
  uint32_t most = 0;
  if (gaps)
    cut_gaps(s);
  for (size_t i = 0; i < s->n; i++)
    most = s->labels[i] > most ? s->labels[i] : most;
  if (!find_parts(s, &parts, err) || !keep_largest(s, &parts, most, err) ||
      !find_parts(s, &parts, err))
    return false;
  fill_holes(s, &parts);
  return renumber(s, most, err);
}

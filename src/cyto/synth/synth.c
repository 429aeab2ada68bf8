#include "scene.h"
#include <string.h>

static const char *const names[CYTO_SYNTH_KINDS] = {
    "filled", "membrane", "epithelium", "textured", "phase", "brightfield", "particles"};

const char *cyto_synth_name(CytoSynthKind kind) {
  return names[kind];
}

bool cyto_synth_kind(const char *name, CytoSynthKind *kind) {
  for (unsigned k = 0; k < CYTO_SYNTH_KINDS; k++) {
    if (strcmp(name, names[k]) != 0)
      continue;
    *kind = (CytoSynthKind)k;
    return true;
  }
  return false;
}

void cyto_synth_clear(CytoSynthImage *image) {
  free(image->cell);
  free(image->nucleus);
  free(image->labels);
  *image = (CytoSynthImage){0};
}

void synth_scene_clear(SynthScene *s) {
  void *const owned[] = {s->body,   s->sprite,  s->cell,    s->labels,       s->nuclei,
                         s->inside, s->outside, s->border,  s->from_nucleus, s->light,
                         s->stain,  s->scratch, s->scratch2};
  for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
    free(owned[k]);
}

bool synth_scene_init(SynthScene *s, const CytoSynthOptions *o, CytoError *err) {
  *s = (SynthScene){.ny = o->ny, .nx = o->nx, .n = o->ny * o->nx, .source = o->nuclei};
  s->random.state = synth_mix(o->seed + 0x51ed270b27f1u) + (uint64_t)o->kind;
  uint32_t **const whole[] = {&s->labels, &s->nuclei, &s->border};
  float **const planes[] = {&s->inside, &s->outside, &s->from_nucleus, &s->light,
                            &s->stain,  &s->scratch, &s->scratch2};
  for (size_t k = 0; k < sizeof whole / sizeof *whole; k++)
    if (!(*whole[k] = cyto_calloc(s->n, sizeof **whole[k], err)))
      return false;
  for (size_t k = 0; k < sizeof planes / sizeof *planes; k++)
    if (!(*planes[k] = cyto_calloc(s->n, sizeof **planes[k], err)))
      return false;
  double room = (double)(o->ny < o->nx ? o->ny : o->nx) / 1.5;
  s->diameter = fmin(synth_log_uniform(&s->random, o->smallest, o->largest), room);
  return true;
}

static bool check(const CytoSynthOptions *o, CytoError *err) {
  if ((unsigned)o->kind >= CYTO_SYNTH_KINDS)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "there is no kind %d of made-up image",
                     (int)o->kind);
  if (o->ny < 32 || o->nx < 32 || o->ny > 16384 || o->nx > 16384)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "made-up images have 32 to 16384 pixels a side, not %zu × %zu", o->nx, o->ny);
  if (!(o->smallest >= 6 && o->smallest <= o->largest && o->largest <= 2000))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "diameters of made-up cells go from 6 to 2000 pixels, the smaller one first; "
                     "found %g to %g",
                     o->smallest, o->largest);
  if (o->nuclei && (o->nuclei->ny < 2 || o->nuclei->nx < 2))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "a picture of nuclei needs at least 2 × 2 pixels; this one has %zu × %zu",
                     o->nuclei->nx, o->nuclei->ny);
  return true;
}

/* Cells side by side without background between them, or nearly so. */
static void pack(SynthLayout *l, SynthRandom *r) {
  l->cover = 1.2;
  l->room = synth_uniform(r, 0.66, 0.86);
  l->spread = synth_uniform(r, 0.04, 0.25);
  l->stretch[1] = synth_uniform(r, 1, 2);
  l->warp = synth_uniform(r, 0.005, 0.05);
  l->limit = synth_chance(r, 0.65) ? 2.8 : synth_uniform(r, 1.2, 1.6);
  l->colony = l->limit < 2 && synth_chance(r, 0.5) ? synth_uniform(r, 0.3, 0.9) : 0;
  l->gaps = synth_chance(r, 0.25);
}

static void give_arms(SynthLayout *l, SynthRandom *r) {
  bool spindle = synth_chance(r, 0.5);
  l->arms[0] = spindle ? 1 : 2;
  l->arms[1] = spindle ? 2 : 5;
  l->arm_length = synth_uniform(r, 0.4, spindle ? 1 : 0.9);
  l->wave = synth_uniform(r, 0.03, 0.15);
  l->stretch[1] = synth_uniform(r, 1.3, spindle ? 4 : 2.2);
  l->align = synth_chance(r, 0.5) ? synth_uniform(r, 0.3, 0.95) : 0;
  l->cover = synth_uniform(r, 0.1, 0.5);
}

static void scatter_particles(SynthLayout *l, SynthRandom *r) {
  l->warp = 0;
  l->wave = synth_chance(r, 0.5) ? 0.01 : synth_uniform(r, 0.01, 0.06);
  l->spread = synth_uniform(r, 0.03, 0.4);
  l->stretch[1] = synth_chance(r, 0.3) ? synth_uniform(r, 1.5, 5) : synth_uniform(r, 1, 1.15);
  l->square = synth_chance(r, 0.25) ? synth_uniform(r, 2.5, 8) : 2;
  l->room = synth_chance(r, 0.3) ? synth_uniform(r, 0.55, 0.9) : synth_uniform(r, 0.9, 1.05);
  l->cover = synth_log_uniform(r, 0.05, 0.7);
  l->on_top = true;
  l->limit = 1;
}

static SynthLayout lay_out(CytoSynthKind kind, SynthRandom *r) {
  SynthLayout l = {0};
  l.cover = synth_uniform(r, 0.15, 0.8);
  l.spread = synth_uniform(r, 0.08, 0.35);
  l.room = synth_uniform(r, 0.62, 1);
  l.stretch[0] = 1;
  l.stretch[1] = synth_uniform(r, 1.1, 2.5);
  l.wave = synth_uniform(r, 0.02, 0.1);
  l.warp = synth_uniform(r, 0.01, 0.1);
  l.colony = synth_chance(r, 0.4) ? synth_uniform(r, 0.3, 0.9) : 0;
  l.limit = synth_chance(r, 0.4) ? synth_uniform(r, 1, 1.4) : 1;
  l.square = 2;
  bool transmitted = kind == CYTO_SYNTH_PHASE || kind == CYTO_SYNTH_BRIGHTFIELD;
  if (kind == CYTO_SYNTH_PARTICLES)
    scatter_particles(&l, r);
  else if (kind == CYTO_SYNTH_EPITHELIUM || kind == CYTO_SYNTH_TEXTURED)
    pack(&l, r);
  else if (kind != CYTO_SYNTH_MEMBRANE && synth_chance(r, transmitted ? 0.6 : 0.5))
    give_arms(&l, r);
  else if (synth_chance(r, 0.2))
    pack(&l, r);
  return l;
}

/* Labels, however they come about: painted, or grown around nuclei. */
static bool shape(SynthScene *s, CytoSynthKind kind, CytoError *err) {
  SynthLayout layout = lay_out(kind, &s->random);
  bool nuclei = kind != CYTO_SYNTH_PARTICLES;
  if (nuclei && s->source && !synth_find_sprites(s, err))
    return false;
  if (!synth_place(s, &layout, err))
    return false;
  bool grown = nuclei && !layout.arms[1] && synth_chance(&s->random, s->sprites ? 0.5 : 0.25);
  if (grown && !synth_grow(s, &layout, err))
    return false;
  if (!grown && (!synth_paint(s, &layout, err) || !synth_tidy(s, layout.gaps, err)))
    return false;
  if (!synth_measure(s, err))
    return false;
  if (nuclei && !grown)
    synth_add_nuclei(s);
  return synth_stain_nuclei(s, err);
}

static bool light(SynthScene *s, CytoSynthKind kind, CytoError *err) {
  switch (kind) {
  case CYTO_SYNTH_FILLED:
    return synth_look_filled(s, err);
  case CYTO_SYNTH_MEMBRANE:
  case CYTO_SYNTH_EPITHELIUM:
    return synth_look_membrane(s, err);
  case CYTO_SYNTH_TEXTURED:
    return synth_look_textured(s, err);
  case CYTO_SYNTH_PHASE:
    return synth_look_phase(s, err);
  case CYTO_SYNTH_BRIGHTFIELD:
    return synth_look_brightfield(s, err);
  default:
    return synth_look_particles(s, err);
  }
}

static bool photograph(SynthScene *s, CytoSynthKind kind, CytoSynthImage *out, CytoError *err) {
  bool particles = kind == CYTO_SYNTH_PARTICLES;
  bool transmitted = particles || kind == CYTO_SYNTH_PHASE || kind == CYTO_SYNTH_BRIGHTFIELD;
  out->has_nucleus = !particles && synth_chance(&s->random, transmitted ? 0.35 : 0.65);
  if (out->has_nucleus && !synth_camera_nuclei(s, out, err))
    return false;
  return transmitted ? synth_camera_transmitted(s, particles, out, err)
                     : synth_camera_fluorescence(s, out, err);
}

/* Twelve planes of four bytes and the picture, and what tidying or writing needs beside them. */
size_t cyto_synth_memory(size_t ny, size_t nx) {
  return ny * nx * 56;
}

bool cyto_synth_draw(const CytoSynthOptions *o, CytoSynthImage *image, CytoError *err) {
  CYTO_CLEANUP(synth_scene_clear) SynthScene s = {0};
  CYTO_CLEANUP(cyto_synth_clear) CytoSynthImage out = {.ny = o->ny, .nx = o->nx};
  if (!check(o, err) || !synth_scene_init(&s, o, err))
    return false;
  out.cell = cyto_alloc(s.n, sizeof *out.cell, err);
  out.nucleus = out.cell ? cyto_calloc(s.n, sizeof *out.nucleus, err) : NULL;
  if (!out.nucleus || !shape(&s, o->kind, err) || !light(&s, o->kind, err) ||
      !photograph(&s, o->kind, &out, err))
    return false;
  out.count = s.count;
  out.labels = cyto_steal(&s.labels);
  *image = out;
  out = (CytoSynthImage){0};
  return true;
}

#include "scene.h"

/* An arm that starts in the body and narrows over an elbow to its tip. */
static void add_arm(SynthScene *s, SynthBody *body, double angle, double length) {
  SynthRandom *r = &s->random;
  double base = body->short_axis * synth_uniform(r, 0.55, 1.05), bend = synth_uniform(r, -0.6, 0.6);
  double start = 0.3 * body->short_axis, half = length * synth_uniform(r, 0.35, 0.6);
  SynthJoint *joint = body->arm[body->arms++];
  joint[0] = (SynthJoint){start * sin(angle), start * cos(angle), base};
  joint[1] = (SynthJoint){joint[0].y + half * sin(angle), joint[0].x + half * cos(angle),
                          base * synth_uniform(r, 0.35, 0.7)};
  angle += bend;
  joint[2] = (SynthJoint){joint[1].y + (length - half) * sin(angle),
                          joint[1].x + (length - half) * cos(angle),
                          fmax(0.6, base * synth_uniform(r, 0.05, 0.25))};
  body->reach = fmax(body->reach, start + length + base);
}

/* Spindles have their arms at both ends, stars all around. */
static void add_arms(SynthScene *s, const SynthLayout *layout, SynthBody *body, double direction) {
  SynthRandom *r = &s->random;
  unsigned arms = layout->arms[0] + synth_pick(r, layout->arms[1] - layout->arms[0] + 1);
  bool spindle = arms <= 2;
  double turn = synth_uniform(r, 0, 2 * M_PI);
  for (unsigned k = 0; k < arms && k < SYNTH_ARMS; k++) {
    double angle = spindle ? direction + M_PI * k + synth_uniform(r, -0.2, 0.2)
                           : turn + 2 * M_PI * (k + synth_uniform(r, -0.3, 0.3)) / arms;
    double length = layout->arm_length * synth_log_uniform(r, 0.5, 1.5);
    add_arm(s, body, angle, length * 2 * sqrt(body->long_axis * body->short_axis));
  }
}

static SynthBody make_body(SynthScene *s, const SynthLayout *layout, const SynthNoise *sway) {
  SynthRandom *r = &s->random;
  double radius = s->diameter / 2 * exp(layout->spread * synth_normal(r));
  radius = fmin(fmax(radius, s->diameter / 5), s->diameter * 1.25);
  double stretch = sqrt(synth_log_uniform(r, layout->stretch[0], layout->stretch[1]));
  SynthBody body = {.long_axis = radius * stretch, .short_axis = radius / stretch};
  body.y = synth_uniform(r, -radius, (double)s->ny + radius);
  body.x = synth_uniform(r, -radius, (double)s->nx + radius);
  double even = M_PI * synth_noise_at(sway, body.y, body.x);
  double own = synth_uniform(r, -M_PI / 2, M_PI / 2);
  double direction = even + (1 - layout->align) * own;
  body.cosine = cos(direction);
  body.sine = sin(direction);
  for (int k = 0; k < SYNTH_WAVES; k++)
    body.wave[k] = layout->wave * synth_uniform(r, -1, 1) / (k < 4 ? 1 : 2);
  body.square = layout->square;
  body.reach = body.long_axis * (1 + 3 * layout->wave) * (layout->square > 2 ? 1.5 : 1);
  if (layout->arms[1] > 0) { /* most of such a cell is in its arms: concave between them */
    double core = synth_uniform(r, 0.6, 1);
    body.long_axis *= core;
    body.short_axis *= core;
    add_arms(s, layout, &body, direction);
  }
  return body;
}

static bool has_room(const SynthScene *s, const SynthBody *body, double room) {
  double own = sqrt(body->long_axis * body->short_axis);
  for (uint32_t k = 0; k < s->bodies; k++) {
    const SynthBody *other = &s->body[k];
    double least = room * (own + sqrt(other->long_axis * other->short_axis));
    double dy = body->y - other->y, dx = body->x - other->x;
    if (dy * dy + dx * dx < least * least)
      return false;
  }
  return true;
}

/* Bodies are thrown until the field is as full as wanted, or nothing fits any more. */
bool synth_place(SynthScene *s, const SynthLayout *layout, CytoError *err) {
  SynthNoise sway = synth_noise(&s->random, 8 * s->diameter);
  SynthNoise crowd = synth_noise(&s->random, 4 * s->diameter);
  double field = ((double)s->ny + s->diameter) * ((double)s->nx + s->diameter);
  double one = M_PI / 4 * s->diameter * s->diameter;
  size_t wanted = (size_t)fmin(fmax(layout->cover * field / one, 2), 20000);
  s->body = cyto_alloc(wanted, sizeof *s->body, err);
  if (!s->body)
    return false;
  for (size_t tries = 0; tries < 40 * wanted && s->bodies < wanted; tries++) {
    SynthBody body = make_body(s, layout, &sway);
    double thin = 2 * layout->colony - 1 - 0.6 * (1 - layout->colony);
    if (layout->colony > 0 && wanted > 25 && synth_noise_at(&crowd, body.y, body.x) < 0.5 * thin &&
        s->bodies > 2)
      continue;
    if (has_room(s, &body, layout->room))
      s->body[s->bodies++] = body;
  }
  /* One cell at least is in the picture, whatever the dice say. */
  s->body[0].y = (double)s->ny * synth_uniform(&s->random, 0.4, 0.6);
  s->body[0].x = (double)s->nx * synth_uniform(&s->random, 0.4, 0.6);
  return true;
}

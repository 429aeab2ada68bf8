#include "scene.h"

/* Depth in a piece of an arm: distance from its axis over the thickness there. */
static double piece_depth(const SynthJoint *a, const SynthJoint *b, double y, double x) {
  double dy = b->y - a->y, dx = b->x - a->x, length2 = dy * dy + dx * dx;
  double t = length2 > 0 ? ((y - a->y) * dy + (x - a->x) * dx) / length2 : 0;
  t = t < 0 ? 0 : t > 1 ? 1 : t;
  double radius = a->radius + t * (b->radius - a->radius);
  return hypot(y - a->y - t * dy, x - a->x - t * dx) / radius;
}

static double ellipse_depth(const SynthBody *body, double y, double x) {
  double u = (x * body->cosine + y * body->sine) / body->long_axis;
  double v = (y * body->cosine - x * body->sine) / body->short_axis;
  double r = body->square > 2
                 ? pow(pow(fabs(u), body->square) + pow(fabs(v), body->square), 1 / body->square)
                 : sqrt(u * u + v * v);
  double round = sqrt(u * u + v * v);
  if (round < 1e-9)
    return 0;
  double p = u / round, q = v / round, p2 = p * p - q * q, q2 = 2 * p * q;
  const double *w = body->wave;
  double rim = 1 + w[0] * p2 + w[1] * q2 + w[2] * p * (4 * p * p - 3) + w[3] * q * (3 - 4 * q * q) +
               w[4] * (p2 * p2 - q2 * q2) + w[5] * 2 * p2 * q2;
  return r / (rim > 0.3 ? rim : 0.3);
}

double synth_body_depth(const SynthBody *body, double y, double x) {
  y -= body->y;
  x -= body->x;
  double depth = ellipse_depth(body, y, x);
  for (unsigned k = 0; k < body->arms; k++) {
    depth = fmin(depth, piece_depth(&body->arm[k][0], &body->arm[k][1], y, x));
    depth = fmin(depth, piece_depth(&body->arm[k][1], &body->arm[k][2], y, x));
  }
  return depth;
}

/* Moves of the paper under the pen, so that rims are ragged and yet fit each other. */
typedef struct Warp {
  SynthNoise wide[2], fine[2];
  double amount;
} Warp;

static void warp_point(const Warp *warp, double *y, double *x) {
  double v = *y, u = *x;
  *y += warp->amount *
        (synth_noise_at(&warp->wide[0], v, u) + 0.35 * synth_noise_at(&warp->fine[0], v, u));
  *x += warp->amount *
        (synth_noise_at(&warp->wide[1], v, u) + 0.35 * synth_noise_at(&warp->fine[1], v, u));
}

static int64_t bound(double at, size_t n) {
  return at < 0 ? 0 : at > (double)n ? (int64_t)n : (int64_t)at;
}

static void paint_body(SynthScene *s, const SynthLayout *layout, const float *wy, const float *wx,
                       uint32_t k, float *depth) {
  const SynthBody *body = &s->body[k];
  double reach = body->reach * layout->limit + 3 * layout->warp * s->diameter + 1;
  int64_t y0 = bound(body->y - reach, s->ny), y1 = bound(body->y + reach + 1, s->ny);
  int64_t x0 = bound(body->x - reach, s->nx), x1 = bound(body->x + reach + 1, s->nx);
  for (int64_t y = y0; y < y1; y++) {
    for (int64_t x = x0; x < x1; x++) {
      size_t i = (size_t)y * s->nx + (size_t)x;
      float d = (float)synth_body_depth(body, wy[i], wx[i]);
      if (d >= (float)layout->limit || (!layout->on_top && d >= depth[i]))
        continue;
      depth[i] = d;
      s->labels[i] = k + 1;
    }
  }
}

bool synth_paint(SynthScene *s, const SynthLayout *layout, CytoError *err) {
  CYTO_AUTOFREE float *depth = cyto_alloc(s->n, sizeof *depth, err);
  float *wy = s->scratch, *wx = s->scratch2;
  Warp warp = {.amount = layout->warp * s->diameter};
  for (int k = 0; k < 2; k++) {
    warp.wide[k] = synth_noise(&s->random, s->diameter * 0.6);
    warp.fine[k] = synth_noise(&s->random, s->diameter * 0.2);
  }
  if (!depth)
    return false;
  for (size_t i = 0; i < s->n; i++) {
    double y = (double)(i / s->nx), x = (double)(i % s->nx);
    warp_point(&warp, &y, &x);
    wy[i] = (float)y;
    wx[i] = (float)x;
    depth[i] = 1e6f;
    s->labels[i] = 0;
  }
  for (uint32_t k = 0; k < s->bodies; k++)
    paint_body(s, layout, wy, wx, k, depth);
  return true;
}

#include "transform.h"
#include <math.h>

/* Far beyond any picture, and still exact as a double and as an int64_t. */
static const double FARTHEST = 1e15;

static double bounded(double v, double low, double high) {
  return v < low ? low : v > high ? high : v;
}

static double valid_scale(double scale) {
  return isnan(scale) ? 1 : bounded(scale, CYTO_VIEW_MIN_SCALE, CYTO_VIEW_MAX_SCALE);
}

static double valid_origin(double x) {
  return isnan(x) ? 0 : bounded(x, -FARTHEST, FARTHEST);
}

CytoView cyto_view_valid(CytoView view) {
  return (CytoView){valid_scale(view.scale), valid_origin(view.x), valid_origin(view.y)};
}

CytoView cyto_view_snap(CytoView view) {
  view = cyto_view_valid(view);
  return (CytoView){view.scale, floor(view.x + 0.5), floor(view.y + 0.5)};
}

void cyto_view_to_device(CytoView view, double image_x, double image_y, double *x, double *y) {
  *x = image_x * view.scale - view.x;
  *y = image_y * view.scale - view.y;
}

void cyto_view_to_image(CytoView view, double x, double y, double *image_x, double *image_y) {
  *image_x = (x + view.x) / view.scale;
  *image_y = (y + view.y) / view.scale;
}

void cyto_view_pixel(CytoView view, int x, int y, int64_t *image_x, int64_t *image_y) {
  view = cyto_view_snap(view);
  *image_x = (int64_t)floor((view.x + x + 0.5) / view.scale);
  *image_y = (int64_t)floor((view.y + y + 0.5) / view.scale);
}

CytoView cyto_view_zoom_at(CytoView view, double scale, double x, double y) {
  view = cyto_view_valid(view);
  scale = valid_scale(scale);
  double ratio = scale / view.scale;
  return cyto_view_valid((CytoView){scale, (view.x + x) * ratio - x, (view.y + y) * ratio - y});
}

/* Rung k of the ladder: a quarter of an octave each, exact in binary. */
static double rung(int k) {
  int octave = (int)floor(k / 4.0);
  return ldexp(1 + (k - 4 * octave) * 0.25, octave);
}

double cyto_view_step(double scale, int steps) {
  scale = valid_scale(scale);
  steps = steps < -128 ? -128 : steps > 128 ? 128 : steps;
  int exponent;
  double mantissa = 2 * frexp(scale, &exponent); /* 1 <= mantissa < 2 */
  int below = 4 * (exponent - 1) + (int)((mantissa - 1) * 4);
  if (steps < 0 && rung(below) < scale)
    below++;
  return steps ? valid_scale(rung(below + steps)) : scale;
}

CytoView cyto_view_pan(CytoView view, double x, double y) {
  return cyto_view_valid((CytoView){view.scale, view.x - x, view.y - y});
}

CytoView cyto_view_centre(CytoView view, double image_x, double image_y, int width, int height) {
  double scale = valid_scale(view.scale);
  return cyto_view_valid(
      (CytoView){scale, image_x * scale - width / 2.0, image_y * scale - height / 2.0});
}

CytoView cyto_view_fit(CytoArea area, int width, int height, int margin) {
  double across = (width - 2.0 * margin) / (area.x1 - area.x0);
  double down = (height - 2.0 * margin) / (area.y1 - area.y0);
  double scale = valid_scale(down < across ? down : across);
  return cyto_view_centre((CytoView){scale, 0, 0}, (area.x0 + area.x1) / 2, (area.y0 + area.y1) / 2,
                          width, height);
}

/* Origin along one axis for which [low,high) of the picture fills at least `keep` of `room`. */
static double clamp_axis(double origin, double low, double high, double room) {
  double keep = (high - low < room ? high - low : room) / 4;
  return bounded(origin, low - room + keep, high - keep);
}

CytoView cyto_view_clamp(CytoView view, CytoArea area, int width, int height) {
  view = cyto_view_valid(view);
  double s = view.scale;
  return cyto_view_valid((CytoView){s, clamp_axis(view.x, area.x0 * s, area.x1 * s, width),
                                    clamp_axis(view.y, area.y0 * s, area.y1 * s, height)});
}

static double reveal_axis(double origin, double low, double high, double room) {
  if (high - low > room)
    return (low + high - room) / 2;
  return bounded(origin, high - room, low);
}

CytoView cyto_view_reveal(CytoView view, CytoArea area, int width, int height) {
  view = cyto_view_valid(view);
  double s = view.scale;
  return cyto_view_valid((CytoView){s, reveal_axis(view.x, area.x0 * s, area.x1 * s, width),
                                    reveal_axis(view.y, area.y0 * s, area.y1 * s, height)});
}

/* First and one past the last device pixel that [low,high) of the image can touch. */
static void dirty_axis(double origin, double scale, double low, double high, int size, int *first,
                       int *count) {
  double from = bounded(floor(low * scale) - origin - 1, 0, size);
  double to = bounded(ceil(high * scale) - origin + 1, 0, size);
  *first = (int)from;
  *count = to > from ? (int)(to - from) : 0;
}

CytoViewRect cyto_view_dirty(CytoView view, CytoArea area, int width, int height) {
  view = cyto_view_snap(view);
  CytoViewRect rect;
  if (!(area.x0 < area.x1 && area.y0 < area.y1) || width <= 0 || height <= 0)
    return (CytoViewRect){0, 0, 0, 0};
  dirty_axis(view.x, view.scale, area.x0, area.x1, width, &rect.x, &rect.width);
  dirty_axis(view.y, view.scale, area.y0, area.y1, height, &rect.y, &rect.height);
  return rect.width && rect.height ? rect : (CytoViewRect){0, 0, 0, 0};
}

static int64_t end_of(int start, int size) {
  return (int64_t)start + size;
}

CytoViewRect cyto_view_rect_intersect(CytoViewRect a, CytoViewRect b) {
  int x = a.x > b.x ? a.x : b.x, y = a.y > b.y ? a.y : b.y;
  int64_t ax = end_of(a.x, a.width), bx = end_of(b.x, b.width);
  int64_t ay = end_of(a.y, a.height), by = end_of(b.y, b.height);
  int64_t width = (ax < bx ? ax : bx) - x, height = (ay < by ? ay : by) - y;
  if (width <= 0 || height <= 0)
    return (CytoViewRect){0, 0, 0, 0};
  return (CytoViewRect){x, y, (int)width, (int)height};
}

CytoViewRect cyto_view_rect_union(CytoViewRect a, CytoViewRect b) {
  if (a.width <= 0 || a.height <= 0)
    return b;
  if (b.width <= 0 || b.height <= 0)
    return a;
  int x = a.x < b.x ? a.x : b.x, y = a.y < b.y ? a.y : b.y;
  int64_t ax = end_of(a.x, a.width), bx = end_of(b.x, b.width);
  int64_t ay = end_of(a.y, a.height), by = end_of(b.y, b.height);
  int64_t width = (ax > bx ? ax : bx) - x, height = (ay > by ? ay : by) - y;
  return (CytoViewRect){x, y, width > INT32_MAX ? INT32_MAX : (int)width,
                        height > INT32_MAX ? INT32_MAX : (int)height};
}

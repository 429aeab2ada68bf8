/* A disk swept along a segment. */
#include "shape-private.h"
#include <math.h>

typedef struct Sweep {
  CytoPoint a, b;
  double dy, dx, length2, radius2;
} Sweep;

/* Whether the centre of a pixel lies within the radius of the segment. */
static bool reaches(const Sweep *sweep, int64_t y, int64_t x) {
  double py = (double)y + 0.5 - sweep->a.y, px = (double)x + 0.5 - sweep->a.x;
  double t = sweep->length2 > 0 ? (py * sweep->dy + px * sweep->dx) / sweep->length2 : 0;
  t = t < 0 ? 0 : t > 1 ? 1 : t;
  double ey = py - t * sweep->dy, ex = px - t * sweep->dx;
  return ey * ey + ex * ex <= sweep->radius2;
}

/* A real number inside the shape's cut with row y, when there is one: the place on the segment
 * nearest to the row, then on it nearest to the row's line. */
static double middle_of_row(const Sweep *sweep, int64_t y) {
  double t = sweep->dy != 0 ? ((double)y + 0.5 - sweep->a.y) / sweep->dy : 0;
  t = t < 0 ? 0 : t > 1 ? 1 : t;
  return sweep->a.x + t * sweep->dx;
}

/* Widens from a pixel that is in to the last that is: the cut is one interval. */
static int64_t last_in(const Sweep *sweep, int64_t y, int64_t x, int64_t step, int64_t limit) {
  int64_t in = x, reach = 1;
  while (in != limit) {
    int64_t left = step > 0 ? limit - in : in - limit;
    int64_t jump = reach < left ? reach : left;
    if (reaches(sweep, y, in + step * jump)) {
      in += step * jump;
      reach *= 2;
    } else if (jump == 1) {
      break;
    } else {
      reach = jump / 2;
    }
  }
  return in;
}

static bool sweep_row(const Sweep *sweep, int64_t y, size_t ny, size_t nx, CytoSpans *out,
                      CytoError *err) {
  double radius = sqrt(sweep->radius2);
  double middle = middle_of_row(sweep, y);
  int64_t x = (int64_t)floor(middle);
  for (int64_t near = x - 1; near <= x + 1; near++)
    if (reaches(sweep, y, near)) {
      double low = fmin(sweep->a.x, sweep->b.x) - radius - 2;
      double high = fmax(sweep->a.x, sweep->b.x) + radius + 2;
      int64_t first = last_in(sweep, y, near, -1, (int64_t)low);
      int64_t last = last_in(sweep, y, near, 1, (int64_t)high);
      return cyto_spans_clip(out, y, first, last, ny, nx, err);
    }
  return true;
}

bool cyto_shape_sweep(CytoPoint a, CytoPoint b, double radius, size_t ny, size_t nx, CytoSpans *out,
                      CytoError *err) {
  if (!isfinite(a.y + a.x + b.y + b.x) || !(radius >= 0.5) || radius > 1e6)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "a brush needs a place and a radius of 0.5 to 1000000 pixels");
  a = (CytoPoint){cyto_shape_tame(a.y), cyto_shape_tame(a.x)};
  b = (CytoPoint){cyto_shape_tame(b.y), cyto_shape_tame(b.x)};
  if (radius < 1) {
    a = (CytoPoint){floor(a.y) + 0.5, floor(a.x) + 0.5};
    b = (CytoPoint){floor(b.y) + 0.5, floor(b.x) + 0.5};
  }
  double dy = b.y - a.y, dx = b.x - a.x;
  Sweep sweep = {a, b, dy, dx, dy * dy + dx * dx, radius * radius};
  double top = fmin(a.y, b.y) - radius - 1, bottom = fmax(a.y, b.y) + radius + 1;
  int64_t y0 = top > 0 ? (int64_t)top : 0;
  int64_t y1 = bottom < (double)ny ? (int64_t)bottom + 1 : (int64_t)ny;
  for (int64_t y = y0; y < y1; y++)
    if (!sweep_row(&sweep, y, ny, nx, out, err))
      return false;
  return true;
}

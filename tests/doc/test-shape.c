/* Shapes against their definitions, pixel by pixel. */
#include "doc-help.h"
#include "doc/shape.h"

enum { NY = 40, NX = 50 };

/* Runs in raster order, apart from each other, inside; painted into a picture. */
static bool paint(const CytoSpans *spans, uint8_t *out) {
  memset(out, 0, NY * NX);
  for (size_t i = 0; i < spans->count; i++) {
    CytoSpan span = spans->span[i];
    if (span.y >= NY || span.x1 > NX || span.x0 >= span.x1)
      return false;
    if (i && (span.y < spans->span[i - 1].y ||
              (span.y == spans->span[i - 1].y && span.x0 <= spans->span[i - 1].x1)))
      return false;
    memset(out + span.y * NX + span.x0, 1, span.x1 - span.x0);
  }
  return true;
}

static void set(uint8_t *out, int64_t y, int64_t x) {
  if (y >= 0 && y < NY && x >= 0 && x < NX)
    out[y * NX + x] = 1;
}

/* The line by its definition: the nearest pixel to the edge in every step of its longer side,
 * halves away from the upper (or left) end. */
static void naive_line(int64_t y0, int64_t x0, int64_t y1, int64_t x1, uint8_t *out) {
  if (y1 < y0 || (y1 == y0 && x1 < x0)) {
    int64_t y = y0, x = x0;
    y0 = y1, x0 = x1, y1 = y, x1 = x;
  }
  int64_t dy = y1 - y0, dx = llabs(x1 - x0), side = x1 < x0 ? -1 : 1, n = dy > dx ? dy : dx;
  for (int64_t i = 0; i <= n; i++) {
    int64_t down = n ? (2 * i * dy + n) / (2 * n) : 0, across = n ? (2 * i * dx + n) / (2 * n) : 0;
    set(out, y0 + down, x0 + side * across);
  }
}

static int winding_at(const int64_t (*p)[2], size_t n, int64_t y, int64_t x, bool even_odd) {
  int winding = 0, crossings = 0;
  for (size_t i = 0; i < n; i++) {
    const int64_t *a = p[i], *b = p[(i + 1) % n];
    bool down = a[0] <= y && b[0] > y, up = b[0] <= y && a[0] > y;
    int64_t cross = (b[1] - a[1]) * (y - a[0]) - (x - a[1]) * (b[0] - a[0]);
    if ((down && cross < 0) || (up && cross > 0)) {
      winding += down ? 1 : -1;
      crossings++;
    }
  }
  return even_odd ? crossings & 1 : winding;
}

static void outlines_fill_and_include_their_contour(void) {
  for (int round = 0; round < 400; round++) {
    rng_seed((uint64_t)round + 1);
    size_t n = 1 + rng_below(9);
    CytoPoint point[10];
    int64_t p[10][2];
    bool even_odd = rng_below(2);
    for (size_t i = 0; i < n; i++) {
      point[i] = (CytoPoint){rng_real(-12, NY + 12), rng_real(-12, NX + 12)};
      p[i][0] = (int64_t)floor(point[i].y);
      p[i][1] = (int64_t)floor(point[i].x);
    }
    uint8_t expected[NY * NX] = {0}, found[NY * NX];
    for (int64_t y = 0; y < NY; y++)
      for (int64_t x = 0; x < NX; x++)
        expected[y * NX + x] = winding_at((const int64_t(*)[2])p, n, y, x, even_odd) != 0;
    for (size_t i = 0; i < n; i++)
      naive_line(p[i][0], p[i][1], p[(i + 1) % n][0], p[(i + 1) % n][1], expected);
    CytoSpans spans = {0};
    REQUIRE(cyto_shape_outline(point, n, even_odd, NY, NX, &spans, NULL));
    REQUIREF(paint(&spans, found), "runs out of order in round %d", round);
    CHECKF(memcmp(expected, found, sizeof found) == 0, "outline of round %d differs", round);
    cyto_spans_clear(&spans);
  }
}

static void lines_are_thin_or_closed(void) {
  for (int round = 0; round < 400; round++) {
    rng_seed((uint64_t)round + 1000);
    size_t n = 1 + rng_below(4);
    CytoPoint point[4];
    for (size_t i = 0; i < n; i++)
      point[i] = (CytoPoint){rng_real(-5, NY + 5), rng_real(-5, NX + 5)};
    uint8_t expected[NY * NX] = {0}, thin[NY * NX], thick[NY * NX];
    for (size_t i = 0; i + 1 < n || i == 0; i++) {
      size_t k = i + 1 < n ? i + 1 : i;
      naive_line((int64_t)floor(point[i].y), (int64_t)floor(point[i].x), (int64_t)floor(point[k].y),
                 (int64_t)floor(point[k].x), expected);
    }
    CytoSpans a = {0}, b = {0};
    REQUIRE(cyto_shape_line(point, n, false, NY, NX, &a, NULL));
    REQUIRE(cyto_shape_line(point, n, true, NY, NX, &b, NULL));
    REQUIRE(paint(&a, thin) && paint(&b, thick));
    CHECK(memcmp(expected, thin, sizeof thin) == 0);
    /* Thick: holds the thin one, and two of its pixels that touch by a corner touch by a side. */
    for (int y = 0; y < NY; y++)
      for (int x = 0; x < NX; x++) {
        CHECK(!thin[y * NX + x] || thick[y * NX + x]);
        if (y + 1 == NY || !thin[y * NX + x])
          continue;
        for (int side = -1; side <= 1; side += 2)
          if (x + side >= 0 && x + side < NX && thin[(y + 1) * NX + x + side])
            CHECK(thick[(y + 1) * NX + x] || thick[y * NX + x + side]);
      }
    cyto_spans_clear(&a);
    cyto_spans_clear(&b);
  }
}

static void sweeps_are_pixels_within_the_radius(void) {
  for (int round = 0; round < 600; round++) {
    rng_seed((uint64_t)round + 2000);
    CytoPoint a = {rng_real(-8, NY + 8), rng_real(-8, NX + 8)};
    CytoPoint b = round % 5 ? (CytoPoint){rng_real(-8, NY + 8), rng_real(-8, NX + 8)} : a;
    double radius = round % 3 ? rng_real(1, 15) : rng_real(0.5, 1.5);
    CytoPoint p = a, q = b;
    if (radius < 1) {
      p = (CytoPoint){floor(a.y) + 0.5, floor(a.x) + 0.5};
      q = (CytoPoint){floor(b.y) + 0.5, floor(b.x) + 0.5};
    }
    uint8_t found[NY * NX];
    CytoSpans spans = {0};
    REQUIRE(cyto_shape_sweep(a, b, radius, NY, NX, &spans, NULL));
    REQUIRE(paint(&spans, found));
    double dy = q.y - p.y, dx = q.x - p.x, length2 = dy * dy + dx * dx;
    for (int y = 0; y < NY; y++)
      for (int x = 0; x < NX; x++) {
        double t = length2 > 0 ? ((y + 0.5 - p.y) * dy + (x + 0.5 - p.x) * dx) / length2 : 0;
        t = fmin(1, fmax(0, t));
        double distance = hypot(y + 0.5 - p.y - t * dy, x + 0.5 - p.x - t * dx);
        if (fabs(distance - radius) > 1e-9)
          CHECKF(found[y * NX + x] == (distance < radius), "round %d pixel %d,%d", round, y, x);
      }
    cyto_spans_clear(&spans);
  }
}

static void the_smallest_brush_leaves_no_gaps(void) {
  rng_seed(7);
  CytoSpans spans = {0};
  REQUIRE(cyto_shape_sweep((CytoPoint){3.99, 3.99}, (CytoPoint){3.99, 3.99}, 0.5, NY, NX, &spans,
                           NULL));
  CHECK(spans.count == 1 && spans.span[0].y == 3 && spans.span[0].x0 == 3 && spans.span[0].x1 == 4);
  spans.count = 0;
  REQUIRE(cyto_shape_sweep((CytoPoint){2, 3}, (CytoPoint){30, 41}, 0.5, NY, NX, &spans, NULL));
  CHECK(spans.count == 29);
  for (size_t i = 1; i < spans.count; i++)
    CHECK(spans.span[i].x0 <= spans.span[i - 1].x1);
  cyto_spans_clear(&spans);
}

static void nonsense_is_refused_and_far_away_is_nothing(void) {
  CytoError err = {0};
  CytoSpans spans = {0};
  CytoPoint far[3] = {{-1e300, 1e300}, {1e300, 1e300}, {-1e300, 2e300}}, bad = {NAN, 0};
  CHECK(cyto_shape_outline(far, 3, false, NY, NX, &spans, &err));
  CHECK(spans.count == 0);
  CHECK(cyto_shape_sweep(far[0], far[1], 1000, NY, NX, &spans, &err));
  CHECK(spans.count == 0);
  CHECK(!cyto_shape_outline(&bad, 1, false, NY, NX, &spans, &err));
  CHECK(!cyto_shape_sweep(bad, bad, 3, NY, NX, &spans, &err));
  CHECK(!cyto_shape_sweep((CytoPoint){1, 1}, (CytoPoint){1, 1}, 0.4, NY, NX, &spans, &err));
  CHECK(!cyto_shape_sweep((CytoPoint){1, 1}, (CytoPoint){1, 1}, INFINITY, NY, NX, &spans, &err));
  CHECK(err.text[0]);
  cyto_spans_clear(&spans);
}

int main(void) {
  return check_main((CheckTest[]){TEST(outlines_fill_and_include_their_contour),
                                  TEST(lines_are_thin_or_closed),
                                  TEST(sweeps_are_pixels_within_the_radius),
                                  TEST(the_smallest_brush_leaves_no_gaps),
                                  TEST(nonsense_is_refused_and_far_away_is_nothing),
                                  {0}});
}

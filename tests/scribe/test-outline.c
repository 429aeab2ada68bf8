#include "check.h"
#include "scribe/outline-machine.h"

static CytoPoint at(double x, double y) {
  return (CytoPoint){y, x};
}

/* Brush 3 at scale 1: Cellpose's own radii, leave beyond 9, close within 5.4. */
static ScribeOutline fresh(void) {
  ScribeOutline o = {0};
  scribe_outline_scale(&o, 3, 1);
  return o;
}

static ScribeOutlineResult circle(ScribeOutline *o, double x, double y, double r, int from,
                                  int to) {
  ScribeOutlineResult result = SCRIBE_OUTLINE_CHANGED;
  for (int i = from; i <= to && result == SCRIBE_OUTLINE_CHANGED; i++) {
    double a = i * M_PI / 36;
    result = scribe_outline_move(o, at(x + r * cos(a), y + r * sin(a)));
  }
  return result;
}

static void right_click(ScribeOutline *o, CytoPoint p) {
  scribe_outline_press(o, p);
  scribe_outline_release(o, p);
}

static void return_to_start_closes(void) {
  ScribeOutline o = fresh();
  right_click(&o, at(150, 100));
  CHECK(o.state == SCRIBE_OUTLINE_HOVER);
  CHECK(circle(&o, 100, 100, 50, 1, 72) == SCRIBE_OUTLINE_CLOSED);
  CHECK(o.state == SCRIBE_OUTLINE_IDLE);
  REQUIRE(o.done.count > 60);
  CHECK(hypot(o.done.point[0].x - 150, o.done.point[0].y - 100) == 0);
  scribe_outline_clear(&o);
}

/* algorithm.md §14.12: it must have left beyond max(6, 3b) before coming nearer than max(3, 1.8b).
 */
static void closes_at_cellpose_radii(void) {
  for (int brush = 1; brush <= 9; brush += 2) {
    ScribeOutline o = {0};
    scribe_outline_scale(&o, brush, 1);
    double leave = fmax(6, 3 * brush), close = fmax(3, 1.8 * brush);
    if (close >= 6 && close <= 20) {
      CHECK_NEAR(o.leave, leave, 1e-12);
      CHECK_NEAR(o.close, close, 1e-12);
    }
    right_click(&o, at(0, 0));
    CHECK(scribe_outline_move(&o, at(o.leave - 0.01, 0)) == SCRIBE_OUTLINE_CHANGED);
    CHECK(scribe_outline_move(&o, at(o.close - 0.01, 0)) == SCRIBE_OUTLINE_CHANGED);
    CHECK(scribe_outline_move(&o, at(o.leave + 0.01, 0)) == SCRIBE_OUTLINE_CHANGED);
    CHECK(scribe_outline_move(&o, at(0, o.close + 0.01)) == SCRIBE_OUTLINE_CHANGED);
    CHECK(scribe_outline_move(&o, at(0, o.close - 0.01)) == SCRIBE_OUTLINE_CLOSED);
    scribe_outline_clear(&o);
  }
}

static void start_circle_can_be_hit_at_every_zoom(void) {
  for (double scale = 1.0 / 64; scale <= 64; scale *= 2) {
    ScribeOutline o = {0};
    scribe_outline_scale(&o, 3, scale);
    CHECK(o.close * scale >= 6 && o.close * scale <= 20);
    CHECK(o.leave > o.close);
  }
}

static void second_right_click_closes(void) {
  ScribeOutline o = fresh();
  right_click(&o, at(150, 100));
  CHECK(circle(&o, 100, 100, 50, 1, 50) == SCRIBE_OUTLINE_CHANGED);
  CHECK(scribe_outline_press(&o, at(90, 60)) == SCRIBE_OUTLINE_CLOSED);
  CHECK(scribe_outline_release(&o, at(90, 60)) == SCRIBE_OUTLINE_NOTHING);
  CHECK(o.state == SCRIBE_OUTLINE_IDLE);
  scribe_outline_clear(&o);
}

static void right_drag_closes_on_release(void) {
  ScribeOutline o = fresh();
  scribe_outline_press(&o, at(150, 100));
  CHECK(circle(&o, 100, 100, 50, 1, 80) == SCRIBE_OUTLINE_CHANGED);
  CHECK(o.state == SCRIBE_OUTLINE_DRAG);
  CHECK(scribe_outline_release(&o, at(140, 100)) == SCRIBE_OUTLINE_CLOSED);
  scribe_outline_clear(&o);
}

/* users.md §9c: cellpose#55. */
static void double_right_click_is_harmless(void) {
  ScribeOutline o = fresh();
  right_click(&o, at(10, 10));
  CHECK(scribe_outline_press(&o, at(10.5, 10)) == SCRIBE_OUTLINE_DROPPED);
  CHECK(scribe_outline_release(&o, at(10.5, 10)) == SCRIBE_OUTLINE_NOTHING);
  CHECK(!scribe_outline_busy(&o) && o.done.count == 0);
  scribe_outline_clear(&o);
}

/* Smaller than the start circle, closed by a right click: a cell all the same. */
static void small_outlines_are_kept(void) {
  ScribeOutline o = fresh();
  right_click(&o, at(10, 10));
  for (int i = 1; i < 12; i++)
    scribe_outline_move(&o, at(10 + 3 * (1 - cos(i / 2.0)), 10 + 3 * sin(i / 2.0)));
  CHECK(!o.outside && o.state == SCRIBE_OUTLINE_HOVER);
  CHECK(scribe_outline_press(&o, at(10, 10)) == SCRIBE_OUTLINE_CLOSED);
  scribe_outline_clear(&o);
}

static void clicks_make_corners(void) {
  ScribeOutline o = fresh();
  right_click(&o, at(0, 0));
  for (int i = 1; i < 20; i++)
    scribe_outline_move(&o, at(i * 5, sin(i) * 20));
  scribe_outline_click(&o, at(100, 0));
  CHECK(o.state == SCRIBE_OUTLINE_POLYGON && o.line.count == 2);
  scribe_outline_move(&o, at(100, 50));
  scribe_outline_click(&o, at(100, 100));
  scribe_outline_click(&o, at(100, 100)); /* the second of a double click */
  scribe_outline_move(&o, at(1, 1));
  CHECK(o.line.count == 3);
  CHECK(scribe_outline_click(&o, at(1, 1)) == SCRIBE_OUTLINE_CLOSED);
  REQUIRE(o.done.count == 3);
  CHECK(o.done.point[1].x == 100 && o.done.point[2].y == 100);
  scribe_outline_clear(&o);
}

static void backspace_brings_the_trail_back(void) {
  ScribeOutline o = fresh();
  right_click(&o, at(0, 0));
  for (int i = 1; i < 20; i++)
    scribe_outline_move(&o, at(i * 5, 0));
  size_t drawn = o.line.count;
  scribe_outline_click(&o, at(100, 0));
  scribe_outline_click(&o, at(100, 50));
  scribe_outline_back(&o);
  CHECK(o.state == SCRIBE_OUTLINE_POLYGON && o.line.count == 2);
  scribe_outline_back(&o);
  CHECK(o.state == SCRIBE_OUTLINE_HOVER && o.line.count == drawn && o.rejoin);
  /* Away from the end nothing is drawn, near it drawing goes on. */
  scribe_outline_move(&o, at(200, 200));
  CHECK(o.line.count == drawn && scribe_outline_band(&o));
  scribe_outline_move(&o, at(95, 3));
  CHECK(o.line.count == drawn + 1 && !scribe_outline_band(&o));
  scribe_outline_clear(&o);
}

static void backspace_takes_stretches_and_ends(void) {
  ScribeOutline o = fresh();
  right_click(&o, at(0, 0));
  for (int i = 1; i <= 100; i++)
    scribe_outline_move(&o, at(i, 0));
  scribe_outline_back(&o);
  CHECK(o.line.count == 61 && o.outside);
  scribe_outline_back(&o);
  scribe_outline_back(&o);
  CHECK(o.line.count == 1 && !o.outside && scribe_outline_busy(&o));
  CHECK(scribe_outline_back(&o) == SCRIBE_OUTLINE_DROPPED);
  CHECK(!scribe_outline_busy(&o));
  scribe_outline_clear(&o);
}

static void escape_cancels_every_state(void) {
  ScribeOutline o = fresh();
  for (int state = 0; state < 4; state++) {
    scribe_outline_press(&o, at(0, 0));
    if (state == 1)
      scribe_outline_move(&o, at(50, 0));
    if (state >= 2)
      scribe_outline_release(&o, at(0, 0));
    if (state == 3)
      scribe_outline_click(&o, at(50, 0));
    CHECK((int)o.state == state + 1);
    scribe_outline_cancel(&o);
    CHECK(!scribe_outline_busy(&o) && o.line.count == 0);
    CHECK(scribe_outline_release(&o, at(60, 60)) == SCRIBE_OUTLINE_NOTHING);
  }
  scribe_outline_clear(&o);
}

static void nonsense_points_are_passed_over(void) {
  ScribeOutline o = fresh();
  CHECK(scribe_outline_press(&o, at(NAN, 0)) == SCRIBE_OUTLINE_NOTHING);
  right_click(&o, at(0, 0));
  CHECK(scribe_outline_move(&o, at(INFINITY, 0)) == SCRIBE_OUTLINE_NOTHING);
  CHECK(scribe_outline_move(&o, at(0, -1e300)) == SCRIBE_OUTLINE_NOTHING);
  CHECK(o.line.count == 1);
  scribe_outline_clear(&o);
}

int main(void) {
  return check_main((CheckTest[]){TEST(return_to_start_closes),
                                  TEST(closes_at_cellpose_radii),
                                  TEST(start_circle_can_be_hit_at_every_zoom),
                                  TEST(second_right_click_closes),
                                  TEST(right_drag_closes_on_release),
                                  TEST(double_right_click_is_harmless),
                                  TEST(small_outlines_are_kept),
                                  TEST(clicks_make_corners),
                                  TEST(backspace_brings_the_trail_back),
                                  TEST(backspace_takes_stretches_and_ends),
                                  TEST(escape_cancels_every_state),
                                  TEST(nonsense_points_are_passed_over),
                                  {0}});
}

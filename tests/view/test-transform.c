#include "view/transform.h"
#include "../pix/random.h"
#include "check.h"

static uint32_t state = 1;

static double between(double low, double high) {
  return low + (high - low) * random_unit(&state);
}

static CytoView some_view(void) {
  return (CytoView){exp2(between(-8, 6)), between(-1e5, 1e5), between(-1e5, 1e5)};
}

static void there_and_back(void) {
  for (int k = 0; k < 10000; k++) {
    CytoView view = some_view();
    double x = between(-3000, 3000), y = between(-3000, 3000), ix, iy, bx, by;
    cyto_view_to_image(view, x, y, &ix, &iy);
    cyto_view_to_device(view, ix, iy, &bx, &by);
    CHECK_NEAR(bx, x, 1e-9);
    CHECK_NEAR(by, y, 1e-9);
  }
}

static void zoom_keeps_the_point(void) {
  for (int k = 0; k < 1000; k++) {
    CytoView view = some_view();
    double x = between(0, 2000), y = between(0, 2000), x0, y0, x1, y1;
    cyto_view_to_image(view, x, y, &x0, &y0);
    /* Many small steps in and out again do not drift. */
    for (int step = 0; step < 20; step++)
      view = cyto_view_zoom_at(view, view.scale * between(0.8, 1.25), x, y);
    cyto_view_to_image(view, x, y, &x1, &y1);
    CHECK_NEAR(x0, x1, 1e-5 * (1 + fabs(x0)));
    CHECK_NEAR(y0, y1, 1e-5 * (1 + fabs(y0)));
  }
}

static void the_ladder(void) {
  CHECK(cyto_view_step(1, 1) == 1.25 && cyto_view_step(1, -1) == 0.875);
  CHECK(cyto_view_step(1, 4) == 2 && cyto_view_step(1, -4) == 0.5);
  CHECK(cyto_view_step(1.1, 1) == 1.25 && cyto_view_step(1.1, -1) == 1);
  CHECK(cyto_view_step(0.99, 1) == 1 && cyto_view_step(0.3, 0) == 0.3);
  CHECK(cyto_view_step(64, 1) == 64 && cyto_view_step(1.0 / 256, -1) == 1.0 / 256);
  CHECK(cyto_view_step(1, 1000) == 64 && cyto_view_step(1, -1000) == 1.0 / 256);
  CHECK(cyto_view_step(1, INT32_MAX) == 64 && cyto_view_step(NAN, 4) == 2);
  int rungs = 0;
  for (double s = CYTO_VIEW_MIN_SCALE; s < CYTO_VIEW_MAX_SCALE; s = cyto_view_step(s, 1)) {
    CHECK(cyto_view_step(s, 1) > s && cyto_view_step(cyto_view_step(s, 1), -1) == s);
    rungs++;
  }
  CHECK(rungs == 14 * 4);
}

static void fit_shows_everything(void) {
  for (int k = 0; k < 1000; k++) {
    CytoArea area = {0, 0, floor(between(1, 9000)), floor(between(1, 9000))};
    int width = 50 + (int)between(0, 2000), height = 50 + (int)between(0, 2000);
    CytoView view = cyto_view_fit(area, width, height, 10);
    double x0, y0, x1, y1;
    cyto_view_to_device(view, area.x0, area.y0, &x0, &y0);
    cyto_view_to_device(view, area.x1, area.y1, &x1, &y1);
    bool limited = view.scale == CYTO_VIEW_MAX_SCALE || view.scale == CYTO_VIEW_MIN_SCALE;
    CHECK(limited || (x0 > 9.99 && y0 > 9.99 && x1 < width - 9.99 && y1 < height - 9.99));
    CHECK(limited || x1 - x0 > width - 20.01 || y1 - y0 > height - 20.01);
    CHECK_NEAR(x0 + x1, width, 1e-6);
    CHECK_NEAR(y0 + y1, height, 1e-6);
  }
}

static double overlap(double low, double high, double size) {
  return fmin(high, size) - fmax(low, 0);
}

static void the_picture_cannot_be_lost(void) {
  CytoArea area = {0, 0, 300, 40};
  for (int k = 0; k < 2000; k++) {
    CytoView view = cyto_view_clamp(some_view(), area, 640, 480), again;
    double x0, y0, x1, y1;
    cyto_view_to_device(view, area.x0, area.y0, &x0, &y0);
    cyto_view_to_device(view, area.x1, area.y1, &x1, &y1);
    CHECK(overlap(x0, x1, 640) >= fmin(x1 - x0, 640) / 4 - 1e-6);
    CHECK(overlap(y0, y1, 480) >= fmin(y1 - y0, 480) / 4 - 1e-6);
    again = cyto_view_clamp(view, area, 640, 480);
    CHECK_NEAR(again.x, view.x, 1e-6);
    CHECK_NEAR(again.y, view.y, 1e-6);
  }
  CytoView inside = {1, -100, -200}; /* a view that is fine stays as it is */
  CytoView same = cyto_view_clamp(inside, area, 640, 480);
  CHECK(same.x == inside.x && same.y == inside.y);
}

static void reveal_moves_little(void) {
  CytoArea cell = {500, 500, 520, 530};
  CytoView view = cyto_view_reveal((CytoView){2, 0, 0}, cell, 400, 300);
  CHECK(view.x == 2 * 520 - 400 && view.y == 2 * 530 - 300);
  CytoView same = cyto_view_reveal(view, cell, 400, 300);
  CHECK(same.x == view.x && same.y == view.y);
  CytoView large = cyto_view_reveal((CytoView){40, 0, 0}, cell, 400, 300);
  CHECK(large.x == 40 * 510 - 200 && large.y == 40 * 515 - 150);
}

static void pixel_under_the_pointer(void) {
  CytoView view = {4, -10, -6};
  int64_t x, y;
  cyto_view_pixel(view, 10, 6, &x, &y);
  CHECK(x == 0 && y == 0);
  cyto_view_pixel(view, 13, 10, &x, &y);
  CHECK(x == 0 && y == 1);
  cyto_view_pixel(view, 9, 5, &x, &y);
  CHECK(x == -1 && y == -1);
  /* As after rounding the origin, and as the continuous coordinate of the pixel's centre. */
  for (int k = 0; k < 10000; k++) {
    view = some_view();
    CytoView snapped = cyto_view_snap(view);
    double ix, iy;
    int px = (int)between(0, 3000), py = (int)between(0, 3000);
    cyto_view_pixel(view, px, py, &x, &y);
    cyto_view_to_image(snapped, px + 0.5, py + 0.5, &ix, &iy);
    CHECK(fabs(ix - (double)x - 0.5) < 0.5 + 1e-6 && fabs(iy - (double)y - 0.5) < 0.5 + 1e-6);
    CHECK(fabs(snapped.x - view.x) <= 0.5 && snapped.x == floor(snapped.x));
  }
}

static void rectangles(void) {
  CytoViewRect a = {0, 0, 10, 10}, b = {5, 7, 10, 10}, none = {3, 3, 0, 5};
  CytoViewRect both = cyto_view_rect_intersect(a, b), all = cyto_view_rect_union(a, b);
  CHECK(both.x == 5 && both.y == 7 && both.width == 5 && both.height == 3);
  CHECK(all.x == 0 && all.y == 0 && all.width == 15 && all.height == 17);
  CHECK(cyto_view_rect_union(none, b).x == 5 && cyto_view_rect_union(a, none).width == 10);
  CHECK(cyto_view_rect_intersect(a, none).width == 0);
  CytoViewRect far = {INT32_MAX - 2, 0, 10, 10};
  CHECK(cyto_view_rect_intersect(far, (CytoViewRect){0, 0, INT32_MAX, 20}).width == 2);
  CHECK(cyto_view_rect_union((CytoViewRect){INT32_MIN, 0, 5, 5}, far).width == INT32_MAX);
  CytoArea off = {-90, -90, -80, -80};
  CHECK(cyto_view_dirty((CytoView){1, 0, 0}, off, 100, 100).width == 0);
  CytoViewRect dirty = cyto_view_dirty((CytoView){2, 10, 0}, (CytoArea){10, 10, 12, 13}, 100, 100);
  CHECK(dirty.x <= 9 && dirty.y <= 19 && dirty.x + dirty.width >= 15 &&
        dirty.y + dirty.height >= 27);
}

static void nonsense(void) {
  static const double odd[] = {NAN, INFINITY, -INFINITY, 0, -1, 1e300, -1e300, 1e-300};
  for (int a = 0; a < 8; a++)
    for (int b = 0; b < 8; b++)
      for (int c = 0; c < 8; c++) {
        CytoView v = cyto_view_snap((CytoView){odd[a], odd[b], odd[c]});
        CHECK(v.scale >= CYTO_VIEW_MIN_SCALE && v.scale <= CYTO_VIEW_MAX_SCALE);
        CHECK(fabs(v.x) <= 1e15 && fabs(v.y) <= 1e15);
        v = cyto_view_zoom_at((CytoView){odd[a], odd[b], odd[c]}, odd[c], odd[a], odd[b]);
        CHECK(v.scale > 0 && fabs(v.x) <= 1e15 && fabs(v.y) <= 1e15);
        CytoArea area = {odd[a], odd[b], odd[c], odd[a]};
        v = cyto_view_fit(area, 100, 0, 10);
        CHECK(v.scale > 0 && fabs(v.x) <= 1e15 && fabs(v.y) <= 1e15);
        v = cyto_view_clamp((CytoView){odd[c], odd[b], odd[a]}, area, 100, 100);
        CHECK(v.scale > 0 && fabs(v.x) <= 1e15 && fabs(v.y) <= 1e15);
        CytoViewRect rect = cyto_view_dirty((CytoView){odd[c], odd[b], odd[a]}, area, 100, 100);
        CHECK(rect.x >= 0 && rect.x + rect.width <= 100 && rect.y >= 0 &&
              rect.y + rect.height <= 100);
        int64_t x, y;
        cyto_view_pixel((CytoView){odd[a], odd[b], odd[c]}, INT32_MIN, INT32_MAX, &x, &y);
      }
}

int main(void) {
  return check_main((CheckTest[]){TEST(there_and_back),
                                  TEST(zoom_keeps_the_point),
                                  TEST(the_ladder),
                                  TEST(fit_shows_everything),
                                  TEST(the_picture_cannot_be_lost),
                                  TEST(reveal_moves_little),
                                  TEST(pixel_under_the_pointer),
                                  TEST(rectangles),
                                  TEST(nonsense),
                                  {0}});
}

#include "view/colour.h"
#include "view/scene.h"
#include "check.h"

static double linear(uint32_t part) {
  double c = part / 255.0;
  return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static void times(const double m[9], const double in[3], double out[3]) {
  for (int r = 0; r < 3; r++)
    out[r] = m[3 * r] * in[0] + m[3 * r + 1] * in[1] + m[3 * r + 2] * in[2];
}

static double curve(double t) {
  return t > 0.008856 ? cbrt(t) : 7.787 * t + 16 / 116.0;
}

/* CIE Lab of a colour as an eye sees it: 0 = all cones, 1 to 3 = one kind missing (Machado,
 * Oliveira and Fernandes 2009, severity 1). */
static void lab(uint32_t colour, int eye, double out[3]) {
  static const double eyes[4][9] = {
      {1, 0, 0, 0, 1, 0, 0, 0, 1},
      {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
      {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
      {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900},
  };
  static const double xyz[9] = {0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522,
                                0.0721750, 0.0193339, 0.1191920, 0.9503041};
  double rgb[3] = {linear(colour >> 16 & 255), linear(colour >> 8 & 255), linear(colour & 255)};
  double seen[3], v[3];
  times(eyes[eye], rgb, seen);
  for (int k = 0; k < 3; k++)
    seen[k] = fmax(0, fmin(1, seen[k]));
  times(xyz, seen, v);
  double x = curve(v[0] / 0.95047), y = curve(v[1]), z = curve(v[2] / 1.08883);
  out[0] = 116 * y - 16;
  out[1] = 500 * (x - y);
  out[2] = 200 * (y - z);
}

static double distance(uint32_t a, uint32_t b, int eye) {
  double p[3], q[3];
  lab(a, eye, p);
  lab(b, eye, q);
  return sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) +
              (p[2] - q[2]) * (p[2] - q[2]));
}

static void cells_can_be_told_apart(void) {
  static const char *eyes[] = {"all cones", "no red cones", "no green cones", "no blue cones"};
  for (int eye = 0; eye < 4; eye++) {
    double least = 1e9, ground = 1e9;
    for (unsigned a = 0; a < CYTO_CELL_COLOURS; a++) {
      for (unsigned b = 0; b < a; b++)
        least = fmin(least, distance(cyto_cell_colour(a), cyto_cell_colour(b), eye));
      ground = fmin(ground, distance(cyto_cell_colour(a), 0x000000, eye));
      ground = fmin(ground, distance(cyto_cell_colour(a), 0xffffff, eye));
    }
    printf("# %s: smallest distance in Lab %.1f, to black and white %.1f\n", eyes[eye], least,
           ground);
    CHECK(least > (eye == 0 ? 25 : 15) && ground > 15);
  }
}

static void reasons_can_be_told_apart(void) {
  for (unsigned a = 1; a <= 5; a++)
    for (unsigned b = 1; b < a; b++)
      for (int eye = 0; eye < 3; eye++)
        CHECKF(distance(cyto_reason_colour(a), cyto_reason_colour(b), eye) > 12,
               "%u, %u, eye %d: %g", a, b, eye,
               distance(cyto_reason_colour(a), cyto_reason_colour(b), eye));
  CHECK(cyto_reason_colour(9) == cyto_reason_colour(5) && cyto_reason_colour(255) != 0);
}

static void labels_without_a_colour(void) {
  unsigned count[CYTO_CELL_COLOURS] = {0}, moved = 0;
  for (uint32_t label = 1; label <= 12000; label++) {
    unsigned k = cyto_colour_default(label, 0);
    CHECK(k < CYTO_CELL_COLOURS);
    count[k]++;
    moved += k != cyto_colour_default(label, 1);
  }
  for (int k = 0; k < CYTO_CELL_COLOURS; k++)
    CHECKF(count[k] > 850 && count[k] < 1150, "colour %d: %u labels", k, count[k]);
  CHECK(moved > 10000);
  CHECK(cyto_cell_colour(CYTO_CELL_COLOURS + 3) == cyto_cell_colour(3));
}

static void bar_is(double scale, double pixel_size, double room, const char *text, double length) {
  CytoScaleBar bar = cyto_scale_bar(scale, pixel_size, room);
  CHECK_STR(bar.text, text);
  CHECK_NEAR(bar.length, length, 1e-9 * (1 + length));
}

static void scale_bars(void) {
  bar_is(1, 0.5, 200, "100 µm", 200);
  bar_is(1, 0.5, 199, "50 µm", 100);
  bar_is(2, 0.325, 200, "20 µm", 20 / 0.325 * 2);
  bar_is(1 / 16.0, 1, 200, "2 mm", 125);
  bar_is(64, 0.1, 200, "200 nm", 128);
  bar_is(1, 0, 200, "200 px", 200);
  bar_is(64, 0, 200, "2 px", 128);
  bar_is(64, NAN, 60, "", 0);
  bar_is(1, 1e-9, 200, "", 0);
  bar_is(1 / 256.0, 1e9, 300, "5000000 mm", 5000000 * 1000.0 / 1e9 / 256);
  bar_is(NAN, 1, 200, "", 0);
  bar_is(1, 1, -3, "", 0);
  bar_is(1, INFINITY, 99, "50 px", 50);
  for (double scale = 1 / 256.0; scale < 64; scale *= 1.37) /* a quarter of the room at least */
    for (double size = 0.01; size < 20; size *= 2.1) {
      CytoScaleBar bar = cyto_scale_bar(scale, size, 200);
      CHECK(bar.length <= 200 * (1 + 1e-9) && bar.length > 75);
    }
}

int main(void) {
  return check_main((CheckTest[]){TEST(cells_can_be_told_apart),
                                  TEST(reasons_can_be_told_apart),
                                  TEST(labels_without_a_colour),
                                  TEST(scale_bars),
                                  {0}});
}

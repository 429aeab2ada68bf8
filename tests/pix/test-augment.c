#include "check.h"
#include "pix/augment.h"

/* Smooth enough that a hundredth of a pixel changes little. */
static void waves(float *plane, size_t ny, size_t nx) {
  for (size_t y = 0; y < ny; y++)
    for (size_t x = 0; x < nx; x++)
      plane[y * nx + x] =
          (float)(2 + sin(0.11 * (double)y + 0.3) * cos(0.07 * (double)x) + 0.004 * (double)x);
}

/* Where pixel (x,y) of the crop comes from, by the definition: rotation by theta, scale, centres.
 */
static void origin(const CytoCrop *crop, size_t ny, size_t nx, size_t size, double x, double y,
                   double *sx, double *sy) {
  double cx = x - ((double)size / 2 + crop->dx), cy = y - ((double)size / 2 + crop->dy);
  double c = cos(crop->theta) / crop->scale, s = sin(crop->theta) / crop->scale;
  *sx = c * cx + s * cy + (double)nx / 2;
  *sy = -s * cx + c * cy + (double)ny / 2;
  if (crop->flip)
    *sx = (double)nx - 1 - *sx;
}

static double sample(const float *plane, size_t ny, size_t nx, double y, double x) {
  double fy = floor(y), fx = floor(x), sum = 0;
  for (int dy = 0; dy < 2; dy++)
    for (int dx = 0; dx < 2; dx++) {
      double py = fy + dy, px = fx + dx;
      if (py < 0 || px < 0 || py >= (double)ny || px >= (double)nx)
        continue;
      double wy = dy ? y - fy : 1 - (y - fy), wx = dx ? x - fx : 1 - (x - fx);
      sum += wy * wx * plane[(size_t)py * nx + (size_t)px];
    }
  return sum;
}

enum { NY = 70, NX = 93, SIZE = 64 };

static void warp_follows_its_definition(void) {
  static float plane[NY * NX], out[SIZE * SIZE], inside[SIZE * SIZE];
  static uint8_t mask[NY * NX];
  waves(plane, NY, NX);
  for (size_t i = 0; i < NY * NX; i++)
    mask[i] = plane[i] > 2;
  CytoRandom random;
  cyto_random_seed(&random, 5);
  for (int turn = 0; turn < 20; turn++) {
    CytoCrop crop = cyto_crop_draw(&random, NY, NX, SIZE, 1, 0.5 + 0.05 * turn);
    cyto_crop_plane(&crop, plane, NY, NX, SIZE, (CytoTone){1, 0}, out);
    cyto_crop_inside(&crop, mask, NY, NX, SIZE, inside);
    size_t wrong = 0, border = 0;
    for (size_t i = 0; i < SIZE * SIZE; i++) {
      double x, y;
      origin(&crop, NY, NX, SIZE, (double)(i % SIZE), (double)(i / SIZE), &x, &y);
      /* Steps of 1/32 pixel on values that jump by 2 at the border of the image. */
      bool edge = x < 0.1 || y < 0.1 || x > NX - 1.1 || y > NY - 1.1;
      double tolerance = edge ? 0.15 : 0.01, wanted = sample(plane, NY, NX, y, x);
      CHECKF(fabs(out[i] - wanted) < tolerance, "crop %d, pixel %zu: %g, expected %g", turn, i,
             (double)out[i], wanted);
      bool out_of_it = x < -0.6 || y < -0.6 || x > NX - 0.4 || y > NY - 0.4;
      border += edge;
      if (out_of_it)
        CHECK(inside[i] == 0);
      else if (!edge)
        wrong += inside[i] != (wanted > 2) && fabs(wanted - 2) > 0.1;
    }
    CHECKF(wrong == 0, "crop %d: %zu pixels of the mask are wrong", turn, wrong);
  }
}

/* A flow along x stays a unit vector and turns with the picture. */
static void flows_turn(void) {
  static float flows[2 * NY * NX], out[2 * SIZE * SIZE];
  for (size_t i = 0; i < NY * NX; i++)
    flows[NY * NX + i] = 1;
  for (int flip = 0; flip < 2; flip++)
    for (int k = 0; k < 8; k++) {
      CytoCrop crop = {.flip = flip, .theta = k * 0.7, .scale = 1.2f};
      cyto_crop_flows(&crop, flows, NY, NX, SIZE, out);
      size_t middle = (SIZE / 2) * SIZE + SIZE / 2;
      CHECK_NEAR(out[middle], (flip ? -1 : 1) * sin(k * 0.7), 1e-6);
      CHECK_NEAR(out[SIZE * SIZE + middle], (flip ? -1 : 1) * cos(k * 0.7), 1e-6);
    }
}

/* No turn, no scale, image larger than the crop: its middle, pixel for pixel. */
static void plain_crop(void) {
  static float plane[NY * NX], out[32 * 32];
  waves(plane, NY, NX);
  CytoCrop crop = {.scale = 1};
  cyto_crop_plane(&crop, plane, NY, 94 - 1, 32, (CytoTone){1, 0}, out);
  /* 93 columns: their centre lies half a pixel beside a pixel. */
  for (size_t y = 0; y < 32; y++)
    for (size_t x = 0; x < 32; x++) {
      const float *at = &plane[(y + 19) * NX + x + 30];
      CHECK(out[y * 32 + x] == 0.5f * at[0] + 0.5f * at[1]);
    }
  cyto_crop_plane(&crop, plane, NY, NX, 32, (CytoTone){-1, 1}, out);
  CHECK_NEAR(out[0], 1 - (plane[19 * NX + 30] + plane[19 * NX + 31]) / 2, 1e-6);
}

static void draws_are_skipped(void) {
  CytoRandom a, b;
  cyto_random_seed(&a, 9);
  cyto_random_seed(&b, 9);
  for (int k = 0; k < 3; k++)
    cyto_crop_draw(&a, 100, 200, 64, 0.5, 1);
  cyto_crop_skip(&b, 3);
  CytoCrop next_a = cyto_crop_draw(&a, 100, 200, 64, 0.5, 1.5);
  CytoCrop next_b = cyto_crop_draw(&b, 100, 200, 64, 0.5, 1.5);
  CHECK(next_a.theta == next_b.theta && next_a.dx == next_b.dx && next_a.scale == next_b.scale);
}

static void blur_keeps_the_sum(void) {
  static float plane[SIZE * SIZE], scratch[SIZE * SIZE];
  plane[32 * SIZE + 32] = 1;
  cyto_crop_blur(plane, SIZE, 2, scratch);
  double sum = 0;
  for (size_t i = 0; i < SIZE * SIZE; i++)
    sum += plane[i];
  CHECK_NEAR(sum, 1, 1e-5);
  CHECK_NEAR(plane[32 * SIZE + 32], 1 / (2 * M_PI * 4), 2e-4);
  CHECK_NEAR(plane[32 * SIZE + 34], exp(-0.5) / (2 * M_PI * 4), 2e-4);
  float before = plane[0];
  cyto_crop_blur(plane, SIZE, 0, scratch);
  CHECK(plane[0] == before);
}

/* Sizes that are far apart neither crash nor leave pixels unset. */
static void extremes(void) {
  float one = 3, *out = malloc(64 * 64 * sizeof *out);
  uint8_t in = 1;
  CytoRandom random;
  cyto_random_seed(&random, 1);
  static const double shrinks[] = {1e-6, 1e-3, 1, 1e3, 1e6};
  for (size_t k = 0; k < 5; k++) {
    CytoCrop crop = cyto_crop_draw(&random, 1, 1, 64, 0.5, shrinks[k]);
    cyto_crop_plane(&crop, &one, 1, 1, 64, (CytoTone){1, 0}, out);
    for (size_t i = 0; i < 64 * 64; i++)
      CHECK(out[i] >= 0 && out[i] <= 3);
    cyto_crop_inside(&crop, &in, 1, 1, 64, out);
    for (size_t i = 0; i < 64 * 64; i++)
      CHECK(out[i] == 0 || out[i] == 1);
  }
  free(out);
}

int main(void) {
  return check_main((CheckTest[]){TEST(warp_follows_its_definition),
                                  TEST(flows_turn),
                                  TEST(plain_crop),
                                  TEST(draws_are_skipped),
                                  TEST(blur_keeps_the_sum),
                                  TEST(extremes),
                                  {0}});
}

#include "base/stats.h"
#include "normalize-help.h"
#include "pix/resize.h"
#include "random.h"

static void like_the_reference(void) {
  CytoNormalize o = cyto_normalize_defaults();
  o.tile_blocksize = 50;
  normalizes_like(&o, "tile.npy", 1e-6);
}

enum { MOST = 400 };

typedef struct Grid {
  size_t n, tile, start[MOST];
} Grid;

static Grid grid(size_t size, size_t block) {
  Grid g = {.n = 1, .tile = size};
  if (size > block) {
    g.n = (size_t)ceil(1.2 * (double)size / (double)block);
    g.tile = block;
  }
  for (size_t k = 0; k < g.n; k++)
    g.start[k] = g.n == 1 ? 0 : (size_t)((double)k * (double)(size - g.tile) / (double)(g.n - 1));
  return g;
}

/* Percentiles of every tile, the bad ones from the nearest good one by looking at all of them. */
static bool slow_tiles(const float *x, size_t nx, const Grid *gy, const Grid *gx, double *map[2]) {
  size_t tiles = gy->n * gx->n;
  bool good[MOST * MOST], any = false;
  float *tile = malloc(gy->tile * gx->tile * sizeof *tile);
  for (size_t k = 0; k < tiles; k++) {
    size_t top = gy->start[k / gx->n], left = gx->start[k % gx->n];
    for (size_t i = 0; i < gy->tile * gx->tile; i++)
      tile[i] = x[(top + i / gx->tile) * nx + left + i % gx->tile];
    double percent[2] = {1, 99}, value[2];
    CytoError err;
    cyto_percentiles(tile, gy->tile * gx->tile, percent, 2, value, &err);
    map[0][k] = value[0];
    map[1][k] = value[1];
    good[k] = value[1] - value[0] >= 1e-3;
    any = any || good[k];
  }
  free(tile);
  for (size_t k = 0; any && k < tiles; k++) {
    if (good[k])
      continue;
    long best = -1, nearest = 0;
    for (size_t g = 0; g < tiles; g++) {
      long dy = (long)(g / gx->n) - (long)(k / gx->n), dx = (long)(g % gx->n) - (long)(k % gx->n);
      if (good[g] && (best < 0 || dy * dy + dx * dx < nearest)) {
        best = (long)g;
        nearest = dy * dy + dx * dx;
      }
    }
    map[0][k] = map[0][best];
    map[1][k] = map[1][best];
  }
  return any;
}

static void slow_smooth(const double *in, size_t rows, size_t columns, float *out) {
  for (size_t i = 0; i < columns; i++)
    for (size_t j = 0; j < rows; j++) {
      double sum = 0, weights = 0;
      for (int d = -4; d <= 4; d++) {
        long from = (long)j + d;
        while (from < 0 || from >= (long)rows)
          from = from < 0 ? -1 - from : 2 * (long)rows - 1 - from;
        sum += exp(-0.5 * d * d) * in[(size_t)from * columns + i];
        weights += exp(-0.5 * d * d);
      }
      out[j * columns + i] = (float)(sum / weights);
    }
}

static void slow_normalize(float *x, size_t ny, size_t nx, size_t block) {
  Grid gy = grid(ny, block), gx = grid(nx, block);
  size_t tiles = gy.n * gx.n;
  double *map[2] = {malloc(tiles * sizeof(double)), malloc(tiles * sizeof(double))};
  float *wide[2] = {malloc(ny * nx * sizeof(float)), malloc(ny * nx * sizeof(float))};
  float *small = malloc(tiles * sizeof *small);
  if (slow_tiles(x, nx, &gy, &gx, map)) {
    CytoError err;
    for (size_t k = 0; k < 2; k++) {
      slow_smooth(map[k], gy.n, gx.n, small);
      cyto_resize_linear(small, 1, gy.n, gx.n, wide[k], ny, nx, NULL, &err);
    }
    for (size_t i = 0; i < ny * nx; i++)
      x[i] = (x[i] - wide[0][i]) / (wide[1][i] - wide[0][i]);
  }
  for (size_t k = 0; k < 2; k++) {
    free(map[k]);
    free(wide[k]);
  }
  free(small);
}

/* Blobs on an empty ground: most tiles have no contrast of their own. */
static void like_the_definition(void) {
  static const size_t sizes[][2] = {{90, 130}, {8, 300}, {300, 9}, {64, 64}, {1, 1}, {33, 7}};
  static const size_t blocks[] = {8, 13, 30, 64, 1000};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
      size_t ny = sizes[s][0], nx = sizes[s][1];
      float *x = calloc(ny * nx, sizeof *x), *y = malloc(ny * nx * sizeof *y);
      uint32_t state = (uint32_t)(s + 1);
      for (int k = 0; k < 5; k++)
        x[random_next(&state) % (ny * nx)] = (float)(random_next(&state) % 1000);
      for (size_t i = 0; i < ny * nx / 4; i++)
        x[i] += (float)random_unit(&state);
      memcpy(y, x, ny * nx * sizeof *y);
      slow_normalize(y, ny, nx, blocks[b]);
      CytoNormalize o = cyto_normalize_defaults();
      o.tile_blocksize = (double)blocks[b];
      CytoError err;
      REQUIRE(cyto_normalize(x, 1, ny, nx, &o, NULL, &err));
      double worst = 0;
      for (size_t i = 0; i < ny * nx; i++)
        worst = fmax(worst, fabs((double)(x[i] - y[i])) / (1 + fabs((double)y[i])));
      CHECKF(worst < 2e-6, "%zu x %zu, block %zu: %g", ny, nx, blocks[b], worst);
      free(x);
      free(y);
    }
}

static void inverted(void) {
  enum { SIDE = 60, N = SIDE * SIDE };
  static float plain[2 * N], turned[2 * N];
  uint32_t state = 6;
  for (size_t i = 0; i < N; i++)
    plain[i] = (float)random_unit(&state) * 50;
  plain[100] = NAN;
  memcpy(turned, plain, sizeof plain);
  CytoNormalize o = cyto_normalize_defaults();
  o.tile_blocksize = 20;
  CytoError err;
  REQUIRE(cyto_normalize(plain, 2, SIDE, SIDE, &o, NULL, &err));
  o.invert = true;
  REQUIRE(cyto_normalize(turned, 2, SIDE, SIDE, &o, NULL, &err));
  for (size_t i = 0; i < N; i++) {
    CHECK(turned[i] == (i == 100 ? 0 : 1 - plain[i]));
    CHECK(plain[N + i] == 0 && turned[N + i] == 0); /* a missing channel stays empty */
  }
}

static void blocks_too_small(void) {
  float x[4] = {1, 2, 3, 4};
  static const double sizes[] = {1e-300, 0.5, 7.9};
  for (size_t k = 0; k < 3; k++) {
    CytoNormalize o = cyto_normalize_defaults();
    o.tile_blocksize = sizes[k];
    CytoError err = {0};
    CHECK(!cyto_normalize(x, 1, 2, 2, &o, NULL, &err) && err.code == CYTO_ERROR_ARGUMENT);
  }
}

int main(void) {
  return check_main((CheckTest[]){TEST(like_the_reference),
                                  TEST(like_the_definition),
                                  TEST(inverted),
                                  TEST(blocks_too_small),
                                  {0}});
}

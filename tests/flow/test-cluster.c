#include "flow/cluster.h"
#include "flow/seeds.h"
#include "flow-help.h"

/* algorithm.md §5.7 word for word: margin 20, painting seed by seed on the whole grid. */
static uint32_t naive_cluster(const CytoTracks *t, size_t ny, size_t nx, double fraction,
                              uint32_t *labels) {
  size_t gy = ny + 40, gx = nx + 40, seeds = 0;
  uint32_t *h = calloc(gy * gx, 4), *m = calloc(gy * gx, 4);
  CytoSeed *seed = calloc(gy * gx, sizeof *seed);
  for (size_t i = 0; i < t->count; i++)
    h[(size_t)(t->y[i] + 20) * gx + (size_t)(t->x[i] + 20)]++;
  for (size_t y = 2; y + 2 < gy; y++)
    for (size_t x = 2; x + 2 < gx; x++) {
      bool peak = h[y * gx + x] > 10;
      for (size_t v = y - 2; v <= y + 2; v++)
        for (size_t u = x - 2; u <= x + 2; u++)
          peak = peak && h[v * gx + u] <= h[y * gx + x];
      if (peak)
        seed[seeds++] = (CytoSeed){h[y * gx + x], y * gx + x};
    }
  cyto_seeds_sort(seed, seeds);
  for (size_t k = 0; k < seeds; k++) {
    bool in[11][11] = {{0}}, next[11][11];
    size_t corner = seed[k].at - 5 * gx - 5;
    in[5][5] = true;
    for (int pass = 0; pass < 5; pass++) {
      for (int y = 0; y < 11; y++)
        for (int x = 0; x < 11; x++) {
          next[y][x] = false;
          for (int v = -1; v <= 1; v++)
            for (int u = -1; u <= 1; u++)
              if (y + v >= 0 && y + v < 11 && x + u >= 0 && x + u < 11)
                next[y][x] |= in[y + v][x + u];
          next[y][x] &= h[corner + (size_t)y * gx + (size_t)x] > 2;
        }
      memcpy(in, next, sizeof in);
    }
    for (int y = 0; y < 11; y++)
      for (int x = 0; x < 11; x++)
        if (in[y][x])
          m[corner + (size_t)y * gx + (size_t)x] = (uint32_t)k + 1;
  }
  size_t *size = calloc(seeds + 1, sizeof *size), n = 0;
  uint32_t *number = calloc(seeds + 1, 4);
  memset(labels, 0, ny * nx * 4);
  for (size_t i = 0; i < t->count; i++) {
    labels[t->pixel[i]] = m[(size_t)(t->y[i] + 20) * gx + (size_t)(t->x[i] + 20)];
    size[labels[t->pixel[i]]]++;
  }
  for (size_t i = 0; i < ny * nx; i++) {
    uint32_t l = labels[i];
    if (l != 0 && (double)size[l] > fraction * (double)(ny * nx))
      l = 0;
    if (l != 0 && number[l] == 0)
      number[l] = (uint32_t)++n;
    labels[i] = l ? number[l] : 0;
  }
  free(h);
  free(m);
  free(seed);
  free(size);
  free(number);
  return (uint32_t)n;
}

/* Every pixel ends at a random place near one of `sinks` places; spread 0 piles them up. */
static CytoTracks random_tracks(size_t ny, size_t nx, unsigned sinks, unsigned spread,
                                uint64_t seed) {
  CytoTracks t = {.pixel = malloc(ny * nx * 4), .y = malloc(ny * nx * 4), .x = malloc(ny * nx * 4)};
  for (size_t i = 0; i < ny * nx; i++) {
    if (next_random(&seed) % 4 == 0)
      continue;
    uint64_t sink = next_random(&seed) % sinks * 7919 + 13;
    int64_t y = (int64_t)(next_random(&sink) % ny), x = (int64_t)(next_random(&sink) % nx);
    y += (int64_t)(next_random(&seed) % (spread + 1)) - spread / 2;
    x += (int64_t)(next_random(&seed) % (spread + 1)) - spread / 2;
    t.pixel[t.count] = (uint32_t)i;
    t.y[t.count] = (int32_t)(y < 0 ? 0 : y >= (int64_t)ny ? (int64_t)ny - 1 : y);
    t.x[t.count++] = (int32_t)(x < 0 ? 0 : x >= (int64_t)nx ? (int64_t)nx - 1 : x);
  }
  return t;
}

static void tracks_equal_the_naive_form(void) {
  static const struct {
    size_t ny, nx;
    unsigned sinks, spread;
    double fraction;
  } c[] = {{120, 97, 200, 3, 0.4},  {120, 97, 60, 3, 0.4}, {64, 64, 5, 0, 0.4},
           {64, 64, 5, 0, 0.1},     {1, 300, 9, 4, 0.4},    {300, 1, 9, 4, 1},
           {1, 1, 1, 0, 1},         {200, 200, 1500, 1, 1}, {80, 80, 2, 9, 0.3},
           {150, 150, 150, 4, 1}, {60, 60, 1, 0, 0.4}};
  for (size_t k = 0; k < sizeof c / sizeof *c; k++) {
    CytoTracks t = random_tracks(c[k].ny, c[k].nx, c[k].sinks, c[k].spread, k);
    uint32_t *ours = malloc(c[k].ny * c[k].nx * 4), *naive = malloc(c[k].ny * c[k].nx * 4), n = 0;
    CytoError err = {0};
    CHECKF(cyto_cluster(&t, c[k].ny, c[k].nx, c[k].fraction, ours, &n, NULL, &err), "%s", err.text);
    uint32_t expected = naive_cluster(&t, c[k].ny, c[k].nx, c[k].fraction, naive);
    CHECKF(n == expected, "case %zu: %u labels, expected %u", k, n, expected);
    CHECKF(memcmp(ours, naive, c[k].ny * c[k].nx * 4) == 0, "case %zu: labels differ", k);
    printf("# case %zu: %u labels\n", k, n);
    free(ours);
    free(naive);
    cyto_tracks_clear(&t);
  }
}

/* Regular piles of equal height: all seeds tie and neighbours overlap. */
static void plateaus(void) {
  enum { SIDE = 96 };
  for (int pitch = 1; pitch <= 6; pitch++) {
    CytoTracks t = {.pixel = malloc(SIDE * SIDE * 4),
                    .y = malloc(SIDE * SIDE * 4),
                    .x = malloc(SIDE * SIDE * 4)};
    int32_t piles = SIDE / 2 / pitch;
    for (uint32_t i = 0; i < SIDE * SIDE; i++) {
      int32_t pile = (int32_t)i % (piles * 8);
      t.pixel[t.count] = i;
      t.y[t.count] = 10 + pile / piles * pitch;
      t.x[t.count++] = pile % piles * pitch;
    }
    uint32_t ours[SIDE * SIDE], naive[SIDE * SIDE], n = 0;
    CytoError err = {0};
    CHECK(cyto_cluster(&t, SIDE, SIDE, 1, ours, &n, NULL, &err));
    CHECK(naive_cluster(&t, SIDE, SIDE, 1, naive) == n);
    CHECK(memcmp(ours, naive, sizeof ours) == 0);
    printf("# pitch %d: %u labels\n", pitch, n);
    cyto_tracks_clear(&t);
  }
}

static void size_fraction_is_exclusive(void) {
  uint32_t pixel[40], labels[100], n = 9;
  int32_t y[40], x[40];
  for (uint32_t i = 0; i < 40; i++) {
    pixel[i] = i + 20;
    y[i] = x[i] = 5;
  }
  CytoTracks t = {40, pixel, y, x};
  CytoError err = {0};
  CHECK(cyto_cluster(&t, 10, 10, 0.4, labels, &n, NULL, &err));
  CHECK(n == 1 && labels[19] == 0 && labels[20] == 1 && labels[59] == 1 && labels[60] == 0);
  CHECK(cyto_cluster(&t, 10, 10, 0.3999, labels, &n, NULL, &err));
  CHECK(n == 0 && labels[20] == 0);
  t.count = 10; /* ten points are too few for a seed */
  CHECK(cyto_cluster(&t, 10, 10, 0.4, labels, &n, NULL, &err));
  CHECK(n == 0);
  t.count = 0;
  CHECK(cyto_cluster(&t, 10, 10, 0.4, labels, &n, NULL, &err));
  CHECK(n == 0);
}

/* End points outside the plane are taken to its border. */
static void foreign_end_points(void) {
  uint32_t pixel[12], labels[12], n;
  int32_t y[12], x[12];
  for (uint32_t i = 0; i < 12; i++) {
    pixel[i] = i;
    y[i] = i % 2 ? INT32_MIN : -7;
    x[i] = i % 3 ? INT32_MAX : 4;
  }
  CytoTracks t = {12, pixel, y, x};
  CytoError err = {0};
  CHECK(cyto_cluster(&t, 3, 4, 1, labels, &n, NULL, &err));
  CHECK(n == 1 && labels[0] == 1 && labels[11] == 1);
}

int main(void) {
  return check_main((CheckTest[]){TEST(tracks_equal_the_naive_form),
                                  TEST(plateaus),
                                  TEST(size_fraction_is_exclusive),
                                  TEST(foreign_end_points),
                                  {0}});
}

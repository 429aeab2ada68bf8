#include "pix/tile.h"
#include "base/parallel.h"
#include "check.h"
#include "npy.h"

static const CytoError no_error;

/* A tiling of a picture that is already padded, as the reference cuts it. */
static CytoTiling bare(size_t ny, size_t nx, const Npy *ysub, const Npy *xsub, size_t count_y,
                       bool augment) {
  size_t count_x = ysub->shape[0] / count_y;
  CytoTiling t = {ny, nx, ny, nx, 0, 0, 224, 224, count_y, count_x, NULL, NULL, augment};
  t.start_y = malloc(count_y * sizeof *t.start_y);
  t.start_x = malloc(count_x * sizeof *t.start_x);
  for (size_t j = 0; j < count_y; j++)
    t.start_y[j] = (size_t)npy_at(ysub, 2 * j * count_x);
  for (size_t i = 0; i < count_x; i++)
    t.start_x[i] = (size_t)npy_at(xsub, 2 * i);
  return t;
}

/* Offsets by the words of algorithm.md §4.5 and §4.6. */
static size_t expected_starts(size_t length, size_t block, double overlap, bool augment,
                              size_t start[64]) {
  size_t tile = length < block ? length : block, n = 1;
  if (augment)
    n = fmax(2, ceil(2.0 * (double)length / (double)block));
  else if (length > block)
    n = (size_t)ceil((1 + 2 * overlap) * (double)length / (double)block);
  for (size_t k = 0; k < n && k < 64; k++)
    start[k] = n == 1 ? 0 : (size_t)((double)k * ((double)(length - tile) / (double)(n - 1)));
  start[n - 1] = length - tile;
  return n;
}

static void starts_like_the_reference(void) {
  for (int augment = 0; augment < 2; augment++) {
    const char *folder = augment ? "tiles_augment" : "tiles_plain";
    if (!reference_path(folder, "ysub.npy"))
      SKIP("no reference vectors");
    Npy ysub = npy_load(reference_path(folder, "ysub.npy"));
    Npy xsub = npy_load(reference_path(folder, "xsub.npy"));
    size_t y[64], x[64];
    size_t ny = expected_starts(300, 224, 0.1, augment, y);
    size_t nx = expected_starts(413, 224, 0.1, augment, x);
    REQUIRE(ysub.shape[0] == ny * nx);
    for (size_t k = 0; k < ny * nx; k++) {
      CHECK(npy_at(&ysub, 2 * k) == (double)y[k / nx]);
      CHECK(npy_at(&xsub, 2 * k) == (double)x[k % nx]);
    }
    npy_free(&ysub);
    npy_free(&xsub);
  }
}

static void check_axis(size_t size, size_t padded, size_t before, size_t tile, size_t count,
                       const size_t *start, size_t block, bool augment, double overlap) {
  size_t expected[64], fill = (size + 15) / 16 * 16 - size;
  size_t length = size + fill + 16;
  length = augment && length < block ? block : length;
  CHECKF(padded == length && before == 8 + fill / 2, "%zu: padded %zu, before %zu", size, padded,
         before);
  CHECK(tile == (length < block ? length : block));
  size_t n = expected_starts(length, block, overlap, augment, expected);
  REQUIREF(count == n, "%zu: %zu tiles, expected %zu", size, count, n);
  for (size_t k = 0; k < n; k++)
    CHECKF(start[k] == expected[k], "%zu: start %zu is %zu", size, k, start[k]);
}

static void starts_like_the_definition(void) {
  static const size_t sizes[] = {1,   15,  16,  17,  100,  207,  208,
                                 209, 224, 512, 640, 1000, 2048, 3000};
  static const double overlaps[] = {0.1, 0.05, 0.3};
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
    for (int flags = 0; flags < 12; flags++) {
      size_t ny = sizes[k], nx = sizes[(k * 5 + 3) % 14], block = flags & 2 ? 224 : 112;
      double overlap = overlaps[flags / 4];
      CytoTiling t;
      CytoError err = no_error;
      REQUIRE(cyto_tiling_init(&t, ny, nx, block, overlap, flags & 1, &err));
      check_axis(ny, t.py, t.pad_top, t.ty, t.count_y, t.start_y, block, flags & 1, overlap);
      check_axis(nx, t.px, t.pad_left, t.tx, t.count_x, t.start_x, block, flags & 1, overlap);
      CHECK(cyto_tiling_count(&t) == t.count_y * t.count_x);
      cyto_tiling_clear(&t);
    }
}

static void the_example_of_the_text(void) {
  static const size_t y[] = {0, 160, 320}, x[] = {0, 144, 288, 432};
  CytoTiling t;
  CytoError err;
  REQUIRE(cyto_tiling_init(&t, 528, 640, 224, 0.1, false, &err));
  CHECK(t.py == 544 && t.px == 656 && t.count_y == 3 && t.count_x == 4);
  CHECK(memcmp(t.start_y, y, sizeof y) == 0 && memcmp(t.start_x, x, sizeof x) == 0);
  cyto_tiling_clear(&t);
}

static void taper_like_the_reference(void) {
  const char *path = reference_path("tiles_average", "taper.npy");
  if (!path)
    SKIP("no reference vectors");
  Npy npy = npy_load(path);
  double *taper = malloc(npy.count * sizeof *taper), worst = 0;
  cyto_tile_taper(224, 224, taper);
  for (size_t i = 0; i < npy.count; i++)
    worst = fmax(worst, fabs(taper[i] - npy_at(&npy, i)));
  printf("# largest difference %.2g\n", worst);
  CHECK(worst <= 2.3e-16);
  free(taper);
  npy_free(&npy);
}

static void taper_of_small_tiles(void) {
  enum { TY = 48, TX = 240 };
  double *whole = malloc(TX * TX * sizeof *whole), *part = malloc(TY * TX * sizeof *part);
  cyto_tile_taper(TX, TX, whole);
  cyto_tile_taper(TY, TX, part);
  for (size_t y = 0; y < TY; y++)
    for (size_t x = 0; x < TX; x++)
      CHECK(part[y * TX + x] == whole[(y + TX / 2 - TY / 2) * TX + x]);
  double small[9];
  cyto_tile_taper(3, 3, small);
  CHECK(small[4] > 0.99 && small[0] > 0.99 && small[0] <= small[4]);
  free(whole);
  free(part);
}

static void average_like_the_reference(void) {
  if (!reference_path("tiles_average", "y.npy"))
    SKIP("no reference vectors");
  Npy ysub = npy_load(reference_path("tiles_plain", "ysub.npy"));
  Npy xsub = npy_load(reference_path("tiles_plain", "xsub.npy"));
  Npy expected = npy_load(reference_path("tiles_average", "y.npy"));
  CytoTiling t = bare(300, 413, &ysub, &xsub, 2, false);
  CytoTileSum sum;
  CytoError err;
  REQUIRE(cyto_tile_sum_init(&sum, &t, 3, &err));
  float *tile = malloc(3 * 224 * 224 * sizeof *tile), *out = malloc(expected.count * sizeof *out);
  for (size_t k = 0; k < cyto_tiling_count(&t); k++) {
    for (size_t i = 0; i < 3 * 224 * 224; i++) {
      double y = (double)(i / 224 % 224), x = (double)(i % 224), c = (double)(i / 224 / 224);
      tile[i] = (float)sin((double)k + 3 * y / 223 + 5 * x / 223 + c);
    }
    CHECK(cyto_tile_sum_add(&sum, &t, k, 1, tile, NULL, &err));
  }
  CHECK(cyto_tile_sum_finish(&sum, &t, out, NULL, &err));
  double worst = 0;
  size_t unequal = 0;
  for (size_t i = 0; i < expected.count; i++) {
    double difference = fabs((double)out[i] - npy_at(&expected, i));
    worst = fmax(worst, difference);
    unequal += difference != 0;
  }
  printf("# largest difference %.2g, %zu of %zu values not identical\n", worst, unequal,
         expected.count);
  CHECK(worst < 1e-6);
  free(tile);
  free(out);
  cyto_tile_sum_clear(&sum);
  cyto_tiling_clear(&t);
  npy_free(&ysub);
  npy_free(&xsub);
  npy_free(&expected);
}

/* Value of the padded picture. */
static float padded_at(const CytoTiling *t, const float *x, size_t c, size_t y, size_t col) {
  if (y < t->pad_top || col < t->pad_left || y - t->pad_top >= t->ny || col - t->pad_left >= t->nx)
    return 0;
  return x[(c * t->ny + y - t->pad_top) * t->nx + col - t->pad_left];
}

static size_t wrong_samples(const CytoTiling *t, size_t k, const float *x, const float *tile) {
  size_t j = k / t->count_x, i = k % t->count_x, wrong = 0;
  bool v = false, h = false;
  if (t->augment && j % 2 == 0 && i % 2 == 1)
    v = true;
  else if (t->augment && j % 2 == 1 && i % 2 == 0)
    h = true;
  else if (t->augment && j % 2 == 1 && i % 2 == 1)
    v = h = true;
  for (size_t c = 0; c < 2; c++)
    for (size_t r = 0; r < t->ty; r++)
      for (size_t s = 0; s < t->tx; s++) {
        size_t y = t->start_y[j] + (v ? t->ty - 1 - r : r);
        size_t col = t->start_x[i] + (h ? t->tx - 1 - s : s);
        wrong += tile[(c * t->ty + r) * t->tx + s] != padded_at(t, x, c, y, col);
      }
  return wrong;
}

static void cut_and_put_back(void) {
  static const size_t sizes[][2] = {{1, 1}, {1, 700}, {300, 5}, {223, 224}, {301, 419}};
  for (size_t s = 0; s < 5; s++)
    for (int augment = 0; augment < 2; augment++) {
      size_t ny = sizes[s][0], nx = sizes[s][1], n = ny * nx;
      float *x = malloc(2 * n * sizeof *x), *out = malloc(2 * n * sizeof *out);
      for (size_t i = 0; i < 2 * n; i++)
        x[i] = (float)(i % 1013) - 500;
      CytoTiling t;
      CytoTileSum sum;
      CytoError err;
      REQUIRE(cyto_tiling_init(&t, ny, nx, 224, 0.1, augment, &err));
      REQUIRE(cyto_tile_sum_init(&sum, &t, 2, &err));
      float *tile = malloc(2 * t.ty * t.tx * sizeof *tile);
      for (size_t k = 0; k < cyto_tiling_count(&t); k++) {
        cyto_tile_cut(&t, k, x, 2, tile);
        CHECK(wrong_samples(&t, k, x, tile) == 0);
        /* a network that finds flows would answer with mirrored ones */
        size_t j = k / t.count_x, i = k % t.count_x, half = t.ty * t.tx;
        for (size_t p = 0; p < 2 * half; p++)
          if (augment && (p < half ? i : j) % 2 == 1)
            tile[p] = -tile[p];
        CHECK(cyto_tile_sum_add(&sum, &t, k, 1, tile, NULL, &err));
      }
      CHECK(cyto_tile_sum_finish(&sum, &t, out, NULL, &err));
      double worst = 0;
      for (size_t i = 0; i < 2 * n; i++)
        worst = fmax(worst, fabs((double)(out[i] - x[i])));
      CHECKF(worst < 1e-4, "%zu x %zu: %g", ny, nx, worst);
      free(x);
      free(out);
      free(tile);
      cyto_tile_sum_clear(&sum);
      cyto_tiling_clear(&t);
    }
}

/* All tiles at once by several threads give the bits of one by one. */
static void threads_change_no_bit(void) {
  enum { NY = 411, NX = 530, PIXELS = NY * NX };
  float *x = malloc(3 * PIXELS * sizeof *x), *one = malloc(3 * PIXELS * sizeof *one),
        *many = malloc(3 * PIXELS * sizeof *many);
  for (size_t i = 0; i < 3 * PIXELS; i++)
    x[i] = (float)((i * 2654435761u >> 9) % 1009) / 100;
  for (int augment = 0; augment < 2; augment++) {
    CytoTiling t;
    CytoTileSum alone, shared;
    CytoError err = no_error;
    CytoJob job = {.pool = cyto_pool_new(3, &err)};
    REQUIRE(cyto_tiling_init(&t, NY, NX, 224, 0.3, augment, &err));
    REQUIRE(cyto_tile_sum_init(&alone, &t, 3, &err) && cyto_tile_sum_init(&shared, &t, 3, &err));
    size_t count = cyto_tiling_count(&t), size = 3 * t.ty * t.tx;
    float *tiles = malloc(count * size * sizeof *tiles), *tile = malloc(size * sizeof *tile);
    REQUIRE(cyto_tiles_cut(&t, 0, count, x, 3, tiles, &job, &err));
    for (size_t k = 0; k < count; k++) {
      cyto_tile_cut(&t, k, x, 3, tile);
      CHECK(memcmp(tile, tiles + k * size, size * sizeof *tile) == 0);
      CHECK(cyto_tile_sum_add(&alone, &t, k, 1, tile, NULL, &err));
    }
    CHECK(cyto_tile_sum_add(&shared, &t, 0, 5, tiles, &job, &err));
    CHECK(cyto_tile_sum_add(&shared, &t, 5, count - 5, tiles + 5 * size, &job, &err));
    CHECK(cyto_tile_sum_finish(&alone, &t, one, NULL, &err));
    CHECK(cyto_tile_sum_finish(&shared, &t, many, &job, &err));
    CHECK(memcmp(one, many, 3 * PIXELS * sizeof *one) == 0);
    atomic_store(&job.cancel, 1);
    CHECK(!cyto_tile_sum_finish(&shared, &t, many, &job, &err));
    CHECK(err.code == CYTO_ERROR_CANCELLED);
    cyto_tile_sum_clear(&alone);
    cyto_tile_sum_clear(&shared);
    cyto_tiling_clear(&t);
    cyto_pool_free(job.pool);
    free(tiles);
    free(tile);
  }
  free(x);
  free(one);
  free(many);
}

static void refusals(void) {
  CytoTiling t = {.ny = 77};
  CytoError err = no_error;
  CHECK(!cyto_tiling_init(&t, 100, 100, 100, 0.1, false, &err));
  CHECK(err.code == CYTO_ERROR_ARGUMENT);
  CHECK(!cyto_tiling_init(&t, 100, 100, 0, 0.1, false, &err));
  CHECK(!cyto_tiling_init(&t, SIZE_MAX, 100, 224, 0.1, false, &err));
  CHECK(err.code == CYTO_ERROR_LIMIT);
  CHECK(!cyto_tiling_init(&t, SIZE_MAX / 100, SIZE_MAX / 100, 224, 0.1, false, &err));
  CHECK(!cyto_tiling_init(&t, 0, 100, 224, 0.1, false, &err));
  CHECK(t.ny == 77 && !t.start_y);
}

/* Any overlap at all is usable: it is clamped. */
static void strange_overlap(void) {
  static const double overlaps[] = {NAN, -INFINITY, -1, 0, 0.7, INFINITY};
  for (size_t k = 0; k < 6; k++) {
    CytoTiling t;
    CytoError err;
    REQUIRE(cyto_tiling_init(&t, 1000, 1000, 224, overlaps[k], false, &err));
    CHECK(t.count_y == (k < 4 ? 6u : 10u));
    cyto_tiling_clear(&t);
  }
}

int main(void) {
  return check_main((CheckTest[]){TEST(starts_like_the_reference),
                                  TEST(starts_like_the_definition),
                                  TEST(the_example_of_the_text),
                                  TEST(taper_like_the_reference),
                                  TEST(taper_of_small_tiles),
                                  TEST(average_like_the_reference),
                                  TEST(cut_and_put_back),
                                  TEST(threads_change_no_bit),
                                  TEST(refusals),
                                  TEST(strange_overlap),
                                  {0}});
}

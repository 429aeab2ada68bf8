#include "view/pyramid.h"
#include "../pix/random.h"
#include "check.h"

static CytoJob job;

static CytoImage *noise(CytoDtype dtype, size_t ny, size_t nx, uint32_t seed) {
  CytoError err;
  CytoImage *image = cyto_image_new(dtype, 1, 2, 3, ny, nx, &err);
  uint8_t *bytes = image->data;
  size_t n = 6 * ny * nx;
  for (size_t i = 0; i < n * cyto_dtype_size(dtype); i++)
    bytes[i] = (uint8_t)random_next(&seed);
  if (dtype == CYTO_F32 || dtype == CYTO_F64) /* some are not numbers */
    for (size_t i = 0; i < n; i++) {
      double v = random_unit(&seed) * 100 - 50;
      v = v < -48 ? NAN : v > 48 ? INFINITY : v;
      if (dtype == CYTO_F32)
        ((float *)image->data)[i] = (float)v;
      else
        ((double *)image->data)[i] = v;
    }
  return image;
}

static double pixel(const CytoPlane *p, size_t y, size_t x) {
  float v;
  cyto_plane_row_f32(p, y, x, 1, &v);
  return (double)v;
}

/* The mean of a block of `f` × `f` finite pixels. */
static double block_mean(const CytoPlane *p, size_t f, size_t y, size_t x) {
  double sum = 0, n = 0;
  for (size_t j = y * f; j < (y + 1) * f && j < p->ny; j++)
    for (size_t i = x * f; i < (x + 1) * f && i < p->nx; i++)
      if (isfinite(pixel(p, j, i))) {
        sum += pixel(p, j, i);
        n++;
      }
  return n > 0 ? sum / n : NAN;
}

/* Each level is the mean of the one it was made from: rounded halves upwards for whole numbers. */
static void check_levels(const CytoPyramid *pyramid, unsigned first) {
  for (unsigned k = first; k < CYTO_PYRAMID_LEVELS; k++) {
    CytoPlane fine = cyto_pyramid_plane(pyramid, k == first ? 0 : k - 1);
    CytoPlane p = cyto_pyramid_plane(pyramid, k);
    size_t f = (size_t)1 << (k == first ? k : 1), wrong = 0;
    if (!p.data)
      continue;
    CHECK(p.ny == (fine.ny + f - 1) / f && p.nx == (fine.nx + f - 1) / f);
    for (size_t y = 0; y < p.ny; y++)
      for (size_t x = 0; x < p.nx; x++) {
        double is = pixel(&p, y, x), should = block_mean(&fine, f, y, x);
        if (p.dtype != CYTO_F32)
          should = floor(should + 0.5);
        wrong += isnan(should) ? !isnan(is) : !(fabs(is - should) <= 1e-5 * (1 + fabs(should)));
      }
    CHECKF(wrong == 0, "level %u: %zu of %zu x %zu pixels differ", k, wrong, p.ny, p.nx);
  }
}

static void levels_are_means(void) {
  static const CytoDtype dtypes[] = {CYTO_U8,  CYTO_U16, CYTO_U32, CYTO_I8,
                                     CYTO_I16, CYTO_I32, CYTO_F32, CYTO_F64};
  static const size_t sizes[][2] = {{1, 1}, {1, 300}, {257, 1}, {64, 64}, {65, 63}, {101, 230}};
  for (size_t d = 0; d < 8; d++)
    for (size_t s = 0; s < 6; s++) {
      CytoError err;
      CytoImage *image = noise(dtypes[d], sizes[s][0], sizes[s][1], 5);
      CytoPlane plane = cyto_plane(image, 0, 1, 2);
      CytoPyramid *a = cyto_pyramid_new(plane, image, 0, &err);
      CytoPyramid *b = cyto_pyramid_new(plane, NULL, 0, &err);
      CHECK(image->refs == 2 && cyto_pyramid_bytes(a) == 0);
      CHECK(cyto_pyramid_build(a, 8, &job, &err) && cyto_pyramid_build(b, 8, NULL, &err));
      check_levels(a, 1);
      CHECK(cyto_pyramid_bytes(a) == cyto_pyramid_bytes(b));
      for (unsigned k = 1; k < CYTO_PYRAMID_LEVELS; k++) { /* any number of threads, same bytes */
        CytoPlane p = cyto_pyramid_plane(a, k), q = cyto_pyramid_plane(b, k);
        CHECK(!p.data == !q.data);
        CHECK(!p.data || memcmp(p.data, q.data, p.ny * p.nx * cyto_dtype_size(p.dtype)) == 0);
      }
      cyto_pyramid_free(a);
      cyto_pyramid_free(b);
      CHECK(image->refs == 1);
      cyto_image_unref(image);
    }
}

static void interleaved_colours(void) {
  uint8_t rgb[7 * 9 * 3];
  for (size_t i = 0; i < sizeof rgb; i++)
    rgb[i] = (uint8_t)(i * 37);
  for (size_t c = 0; c < 3; c++) {
    CytoError err;
    CytoPyramid *pyramid = cyto_pyramid_new(cyto_plane_rgb(rgb, 7, 9, c), NULL, 0, &err);
    CytoPlane p = cyto_pyramid_plane(pyramid, 0);
    CHECK(pixel(&p, 3, 4) == rgb[(3 * 9 + 4) * 3 + c]);
    CHECK(cyto_pyramid_build(pyramid, 8, &job, &err));
    check_levels(pyramid, 1);
    cyto_pyramid_free(pyramid);
  }
}

static void level_for_a_scale(void) {
  CytoError err;
  CytoImage *image = noise(CYTO_U8, 40, 3000, 5);
  CytoPyramid *pyramid = cyto_pyramid_new(cyto_plane(image, 0, 0, 0), image, 0, &err);
  CHECK(cyto_pyramid_level(pyramid, 64) == 0 && cyto_pyramid_level(pyramid, 1) == 0);
  CHECK(cyto_pyramid_level(pyramid, 0.51) == 0 && cyto_pyramid_level(pyramid, 0.5) == 1);
  CHECK(cyto_pyramid_level(pyramid, 0.25) == 2 && cyto_pyramid_level(pyramid, 0.26) == 1);
  CHECK(cyto_pyramid_level(pyramid, 1 / 256.0) == 8);
  CHECK(cyto_pyramid_build(pyramid, 2, &job, &err)); /* only as far as asked */
  CHECK(cyto_pyramid_bytes(pyramid) == 20 * 1500 + 10 * 750);
  cyto_pyramid_free(pyramid);
  cyto_image_unref(image);
}

static void within_the_budget(void) {
  CytoImage *image = noise(CYTO_U16, 203, 517, 3), *real = noise(CYTO_F32, 203, 517, 3);
  for (size_t bytes = 1; bytes < 300000; bytes *= 3)
    for (int kind = 0; kind < 2; kind++) {
      CytoError err;
      CytoPlane plane = cyto_plane(kind ? real : image, 0, 0, 1);
      CytoPyramid *pyramid = cyto_pyramid_new(plane, NULL, bytes, &err);
      CHECK(cyto_pyramid_build(pyramid, 8, &job, &err));
      CHECK(cyto_pyramid_bytes(pyramid) <= bytes);
      unsigned first = 1;
      while (first < CYTO_PYRAMID_LEVELS && !cyto_pyramid_plane(pyramid, first).data)
        first++;
      for (double scale = 1; scale >= 1 / 256.0; scale /= 2) {
        unsigned level = cyto_pyramid_level(pyramid, scale);
        CHECK(level == 0 || level >= first);
        CHECK(cyto_pyramid_plane(pyramid, level).data != NULL);
      }
      check_levels(pyramid, first);
      cyto_pyramid_free(pyramid);
    }
  cyto_image_unref(image);
  cyto_image_unref(real);
}

static void refused_and_cancelled(void) {
  CytoError err = {0};
  CHECK(!cyto_pyramid_new((CytoPlane){CYTO_U8, "", 0, 5, 1, 5}, NULL, 0, &err));
  CHECK(err.code == CYTO_ERROR_ARGUMENT);
  CHECK(!cyto_pyramid_new((CytoPlane){CYTO_U8, NULL, 5, 5, 1, 5}, NULL, 0, &err));
  CytoImage *image = noise(CYTO_U8, 90, 90, 5);
  CytoPyramid *pyramid = cyto_pyramid_new(cyto_plane(image, 0, 0, 0), image, 0, &err);
  CytoJob stopped = {0};
  atomic_store(&stopped.cancel, 1);
  CHECK(!cyto_pyramid_build(pyramid, 3, &stopped, &err) && err.code == CYTO_ERROR_CANCELLED);
  CHECK(cyto_pyramid_bytes(pyramid) == 0 && !cyto_pyramid_plane(pyramid, 1).data);
  CHECK(cyto_pyramid_build(pyramid, 3, &job, &err));
  check_levels(pyramid, 1);
  cyto_pyramid_free(pyramid);
  cyto_image_unref(image);
  cyto_pyramid_free(NULL);
}

int main(void) {
  CytoError err;
  job.pool = cyto_pool_new(3, &err);
  int status = check_main((CheckTest[]){TEST(levels_are_means),
                                        TEST(interleaved_colours),
                                        TEST(level_for_a_scale),
                                        TEST(within_the_budget),
                                        TEST(refused_and_cancelled),
                                        {0}});
  cyto_pool_free(job.pool);
  return status;
}

#include "pix/resize.h"
#include "base/parallel.h"
#include "check.h"
#include "npy.h"
#include "random.h"

static void like_the_reference(void) {
  static const char *folders[] = {"resize_150x200", "resize_58x79", "resize_97x262"};
  for (size_t k = 0; k < 3; k++) {
    const char *path = reference_path(folders[k], "x.npy");
    if (!path)
      SKIP("no reference vectors");
    Npy x = npy_load(path), y = npy_load(reference_path(folders[k], "y.npy"));
    float *src = npy_f32(&x), *expected = npy_f32(&y), *dst = malloc(y.count * sizeof *dst);
    CytoError err;
    CHECK(cyto_resize_linear(src, 1, x.shape[0], x.shape[1], dst, y.shape[0], y.shape[1], NULL,
                             &err));
    double worst = 0;
    for (size_t i = 0; i < y.count; i++)
      worst = fmax(worst, fabs((double)dst[i] - (double)expected[i]) / fabs((double)expected[i]));
    printf("# %s: largest relative difference %.2g\n", folders[k], worst);
    CHECK(worst < 1e-6);
    free(src);
    free(expected);
    free(dst);
    npy_free(&x);
    npy_free(&y);
  }
}

/* One output sample at a time, by the words of algorithm.md §4.3. */
static float slow_sample(const float *src, size_t sy, size_t sx, size_t dy, size_t dx, size_t y,
                         size_t x) {
  size_t size[2] = {sy, sx}, result[2] = {dy, dx}, at[2] = {y, x}, first[2], second[2];
  float w[2];
  for (size_t k = 0; k < 2; k++) {
    double scale = 1 / ((double)result[k] / (double)size[k]);
    float f = (float)(((double)at[k] + 0.5) * scale - 0.5);
    long s = (long)floorf(f);
    w[k] = f - (float)s;
    if (s < 0) {
      s = 0;
      w[k] = 0;
    }
    if (s >= (long)size[k] - 1) {
      s = (long)size[k] - 1;
      w[k] = 0;
    }
    first[k] = (size_t)s;
    second[k] = first[k] + 1 < size[k] ? first[k] + 1 : first[k];
  }
  float wx0 = 1 - w[1], wy0 = 1 - w[0];
  float a = src[first[0] * sx + first[1]] * wx0 + src[first[0] * sx + second[1]] * w[1];
  float b = src[second[0] * sx + first[1]] * wx0 + src[second[0] * sx + second[1]] * w[1];
  return a * wy0 + b * w[0];
}

static void like_the_definition(void) {
  static const size_t sizes[][4] = {{1, 1, 1, 1},     {1, 1, 5, 7},     {7, 5, 1, 1},
                                    {1, 40, 3, 9},    {40, 1, 9, 3},    {20, 30, 61, 91},
                                    {90, 70, 33, 20}, {8, 8, 8, 8},     {9, 300, 9, 7},
                                    {2, 2, 200, 3},   {130, 3, 129, 3}, {3, 5, 70, 5}};
  CytoError err;
  CytoJob job = {.pool = cyto_pool_new(3, &err)};
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    size_t sy = sizes[k][0], sx = sizes[k][1], dy = sizes[k][2], dx = sizes[k][3], wrong = 0;
    float *src = malloc(2 * sy * sx * sizeof *src), *dst = malloc(2 * dy * dx * sizeof *dst);
    float *again = malloc(2 * dy * dx * sizeof *again);
    uint32_t state = 9;
    for (size_t i = 0; i < 2 * sy * sx; i++)
      src[i] = (float)(random_unit(&state) * 100 - 50);
    CHECK(cyto_resize_linear(src, 2, sy, sx, dst, dy, dx, NULL, &err));
    CHECK(cyto_resize_linear(src, 2, sy, sx, again, dy, dx, &job, &err));
    for (size_t c = 0; c < 2; c++)
      for (size_t y = 0; y < dy; y++)
        for (size_t x = 0; x < dx; x++)
          wrong +=
              dst[(c * dy + y) * dx + x] != slow_sample(src + c * sy * sx, sy, sx, dy, dx, y, x);
    CHECKF(wrong == 0, "%zu x %zu to %zu x %zu: %zu samples differ", sy, sx, dy, dx, wrong);
    CHECK(memcmp(dst, again, 2 * dy * dx * sizeof *dst) == 0);
    free(src);
    free(dst);
    free(again);
  }
  cyto_pool_free(job.pool);
}

static void nearest_like_the_definition(void) {
  static const size_t sizes[][4] = {{1, 1, 4, 4},   {4, 4, 1, 1},     {5, 7, 13, 29},
                                    {50, 33, 7, 8}, {10, 10, 30, 30}, {97, 131, 58, 79}};
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    size_t sy = sizes[k][0], sx = sizes[k][1], dy = sizes[k][2], dx = sizes[k][3];
    uint32_t *src = malloc(sy * sx * sizeof *src), *dst = malloc(dy * dx * sizeof *dst);
    uint8_t *src8 = malloc(sy * sx * 3), *dst8 = malloc(dy * dx * 3);
    for (size_t i = 0; i < sy * sx; i++) {
      src[i] = 0xfffffff0u - (uint32_t)i; /* beyond what f32 holds */
      for (size_t c = 0; c < 3; c++)
        src8[3 * i + c] = (uint8_t)(i + 80 * c);
    }
    CytoError err;
    CHECK(cyto_resize_nearest_u32(src, sy, sx, dst, dy, dx, &err));
    CHECK(cyto_resize_nearest_u8(src8, 3, sy, sx, dst8, dy, dx, &err));
    size_t wrong = 0;
    for (size_t y = 0; y < dy; y++)
      for (size_t x = 0; x < dx; x++) {
        size_t fy = (size_t)floor((double)y * (1 / ((double)dy / (double)sy)));
        size_t fx = (size_t)floor((double)x * (1 / ((double)dx / (double)sx)));
        size_t from = (fy < sy ? fy : sy - 1) * sx + (fx < sx ? fx : sx - 1);
        wrong += dst[y * dx + x] != src[from];
        for (size_t c = 0; c < 3; c++)
          wrong += dst8[(y * dx + x) * 3 + c] != src8[3 * from + c];
      }
    CHECKF(wrong == 0, "%zu x %zu to %zu x %zu: %zu differ", sy, sx, dy, dx, wrong);
    free(src);
    free(dst);
    free(src8);
    free(dst8);
  }
}

static void cancelled(void) {
  float src[4] = {0}, dst[9];
  CytoJob job = {0};
  atomic_store(&job.cancel, 1);
  CytoError err = {0};
  CHECK(!cyto_resize_linear(src, 1, 2, 2, dst, 3, 3, &job, &err));
  CHECK(err.code == CYTO_ERROR_CANCELLED);
}

int main(void) {
  return check_main((CheckTest[]){TEST(like_the_reference),
                                  TEST(like_the_definition),
                                  TEST(nearest_like_the_definition),
                                  TEST(cancelled),
                                  {0}});
}

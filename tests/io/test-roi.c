#include "check.h"
#include "label-pictures.h"
#include "npy.h"
#include "base/file.h"
#include "io/roi-private.h"
#include "io/roi.h"
#include <time.h>
#include <unistd.h>

static char *temporary(void) {
  static char path[64];
  snprintf(path, sizeof path, "/tmp/cyto-roi-XXXXXX");
  close(mkstemp(path));
  return path;
}

/* masks → ROIs → masks, twice. */
static bool round_trip(const uint32_t *labels, size_t ny, size_t nx, size_t expected) {
  uint32_t *once = malloc(ny * nx * sizeof *once), *twice = malloc(ny * nx * sizeof *twice);
  size_t written = 0, read = 0, skipped = 0;
  CytoError err = {0};
  const char *path = temporary();
  const bool good = cyto_roi_write(labels, ny, nx, path, &written, &err) &&
                    cyto_roi_read(path, ny, nx, once, &read, &skipped, &err) &&
                    cyto_roi_write(once, ny, nx, path, NULL, &err) &&
                    cyto_roi_read(path, ny, nx, twice, NULL, NULL, &err) &&
                    memcmp(once, labels, ny * nx * sizeof *once) == 0 &&
                    memcmp(twice, labels, ny * nx * sizeof *once) == 0;
  CHECKF(written == expected && read == expected && skipped == 0, "%zu written, %zu read", written,
         read);
  if (!good && err.code)
    printf("# %s\n", err.text);
  unlink(path);
  free(once);
  free(twice);
  return good;
}

static void random_labels_come_back(void) {
  enum { NY = 43, NX = 39 };
  static uint32_t labels[NY * NX];
  for (unsigned seed = 0; seed < 40; seed++)
    for (unsigned kind = 0; kind < PICTURE_KINDS; kind++) {
      picture_draw(labels, NY, NX, kind, seed);
      const size_t n = picture_renumber(labels, NY * NX);
      REQUIREF(round_trip(labels, NY, NX, n), "kind %u seed %u", kind, seed);
    }
}

static void extreme_shapes_come_back(void) {
  /* One label as a checkerboard: more corners than a 16-bit count holds. */
  enum { N = 320 };
  uint32_t *labels = calloc(N * N, sizeof *labels);
  for (size_t i = 0; i < N * N; i++)
    labels[i] = (i / N + i % N) % 2;
  CHECK(round_trip(labels, N, N, 1));
  free(labels);
  /* Beyond 32767 pixels the coordinates are floats. */
  enum { WIDE = 70001 };
  labels = calloc(5 * (size_t)WIDE, sizeof *labels);
  for (size_t x = 32000; x < 33500; x++)
    labels[WIDE + x] = 1;
  for (size_t x = 40000; x < 69999; x++)
    labels[(2 + x % 2) * WIDE + x] = 2;
  labels[5 * (size_t)WIDE - 1] = 3;
  CHECK(round_trip(labels, 5, WIDE, 3));
  CHECK(round_trip(labels, WIDE, 5, 3));
  free(labels);
  CHECK(round_trip((uint32_t[]){0, 0, 0, 0}, 2, 2, 0));
  CHECK(round_trip((uint32_t[]){1}, 1, 1, 1));
}

static void numbers_become_names(void) {
  const uint32_t labels[6] = {0, 12, 12, 123456, 0, 0};
  const char *path = temporary();
  size_t written = 0, size = 0;
  uint8_t *data = NULL;
  CytoError err = {0};
  REQUIREF(cyto_roi_write(labels, 2, 3, path, &written, &err), "%s", err.text);
  REQUIRE(cyto_file_read(path, 0, &data, &size, &err));
  CHECK(written == 2);
  CHECK(memmem(data, size, "000012.roi", 10) && memmem(data, size, "123456.roi", 10));
  /* same labels, same bytes */
  uint8_t *again = NULL;
  size_t again_size = 0;
  setenv("TZ", "Asia/Tokyo", 1);
  tzset();
  REQUIRE(cyto_roi_write(labels, 2, 3, path, NULL, &err));
  REQUIRE(cyto_file_read(path, 0, &again, &again_size, &err));
  CHECK(again_size == size && memcmp(data, again, size) == 0);
  free(data);
  free(again);
  unlink(path);
}

static void put16(uint8_t *at, int value) {
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
}

static size_t fill_one(const uint8_t *roi, size_t size, uint32_t *labels, bool *good) {
  size_t read = 0, skipped = 0, on = 0;
  CytoError err = {0};
  *good = roi_read_bytes(roi, size, 20, 20, labels, &read, &skipped, &err);
  for (size_t i = 0; *good && i < 400; i++)
    on += labels[i] == 1;
  return on;
}

static void simple_kinds_are_filled(void) {
  uint8_t roi[64] = "Iout";
  uint32_t labels[400];
  bool good;
  put16(roi + 4, 227);
  put16(roi + ROI_TOP, 2);
  put16(roi + ROI_LEFT, -3);
  put16(roi + ROI_BOTTOM, 6);
  put16(roi + ROI_RIGHT, 5);
  roi[ROI_TYPE] = TYPE_RECTANGLE;
  CHECK(fill_one(roi, 64, labels, &good) == 4 * 5 && good);
  CHECK(labels[2 * 20] == 1 && labels[5 * 20 + 4] == 1 && labels[5 * 20 + 5] == 0);
  put16(roi + ROI_LEFT, 1);
  roi[ROI_TYPE] = TYPE_OVAL; /* 4 × 4: the corners are out */
  CHECK(fill_one(roi, 64, labels, &good) == 12 && good);
  roi[ROI_TYPE] = 3; /* a line has no area */
  CHECK(fill_one(roi, 64, labels, &good) == 0 && good);
  /* triangle with corners (0,0) (4,0) (0,4): centres strictly inside or on the right edge */
  uint8_t triangle[64 + 12] = {0};
  memcpy(triangle, roi, 64);
  triangle[ROI_TYPE] = TYPE_POLYGON;
  put16(triangle + ROI_COUNT, 3);
  put16(triangle + 64 + 2, 4);
  put16(triangle + 64 + 6 + 4, 4);
  CHECK(fill_one(triangle, 76, labels, &good) == 10 && good);
  put16(triangle + ROI_COUNT, 4);
  CHECK(fill_one(triangle, 76, labels, &good) == 0 && !good);
}

static void damaged_files_are_refused(void) {
  enum { NY = 20, NX = 20 };
  uint32_t labels[NY * NX], out[NY * NX];
  picture_draw(labels, NY, NX, 2, 3);
  const char *path = temporary();
  uint8_t *data = NULL;
  size_t size = 0, refused = 0;
  CytoError err = {0};
  REQUIRE(cyto_roi_write(labels, NY, NX, path, NULL, &err));
  REQUIRE(cyto_file_read(path, 0, &data, &size, &err));
  unlink(path);
  for (size_t n = 0; n < size; n++) {
    uint8_t *part = malloc(n ? n : 1);
    memcpy(part, data, n);
    refused += !roi_read_bytes(part, n, NY, NX, out, NULL, NULL, &err);
    free(part);
  }
  CHECKF(refused == size, "%zu of %zu truncated archives refused", refused, size);
  for (size_t i = 0; i < size; i++) {
    data[i] ^= 0xff;
    roi_read_bytes(data, size, NY, NX, out, NULL, NULL, &err);
    data[i] ^= 0xff;
  }
  free(data);
  out[0] = 77;
  CHECK(!cyto_roi_read("/nowhere.zip", NY, NX, out, NULL, NULL, &err) && out[0] == 77);
  CHECK(!cyto_roi_read("/tmp", NY, NX, out, NULL, NULL, &err));
  CHECK(!roi_read_bytes((const uint8_t *)"hello", 5, NY, NX, out, NULL, NULL, &err));
  CHECK_STR(err.text, "neither an ImageJ ROI nor a ZIP archive of them");
}

static void archives_drawn_by_hand_open(void) {
  static const struct {
    int set;
    size_t rois;
  } SETS[] = {{24, 69}, {27, 47}, {32, 61}, {34, 53}, {41, 85}, {44, 72}};
  uint32_t *labels = malloc(sizeof *labels * 1100 * 1100);
  for (size_t k = 0; k < sizeof SETS / sizeof *SETS; k++) {
    char name[96];
    snprintf(name, sizeof name, "data/roi/usiigaci_T98G_phase_train_set%d_RoiSet.zip", SETS[k].set);
    const char *path = shared_path(name);
    if (!path) {
      free(labels);
      SKIP("shared data not found: %s", name);
    }
    size_t read = 0, skipped = 0, on = 0;
    CytoError err = {0};
    CHECKF(cyto_roi_read(path, 1100, 1100, labels, &read, &skipped, &err), "%s", err.text);
    for (size_t i = 0; i < 1100 * 1100; i++)
      on += labels[i] > 0;
    printf("# %s: %zu ROIs, %zu skipped, %zu pixels\n", name, read, skipped, on);
    CHECK(read == SETS[k].rois && skipped == 0 && on > 100 * read);
  }
  free(labels);
}

int main(void) {
  return check_main((CheckTest[]){TEST(random_labels_come_back),
                                  TEST(extreme_shapes_come_back),
                                  TEST(numbers_become_names),
                                  TEST(simple_kinds_are_filled),
                                  TEST(damaged_files_are_refused),
                                  TEST(archives_drawn_by_hand_open),
                                  {0}});
}

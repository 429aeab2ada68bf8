#include "check.h"
#include "label-pictures.h"
#include "npy.h"
#include "io/figure.h"
#include "io/labels.h"
#include "io/outline.h"
#include "io/reader.h"
#include "io/roi.h"
#include "io/seg_npy.h"
#include "base/file.h"
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

typedef bool Write(const CytoLabels *labels, const char *path, CytoError *err);

static void check_round_trip(Write *write, const char *name, const CytoLabels *labels) {
  const char *path = check_path(folder, name);
  CytoLabels back = {0};
  CytoError err = {0};
  REQUIREF(write(labels, path, &err), "%s", err.text);
  REQUIREF(cyto_labels_read(path, &back, NULL, &err), "%s", err.text);
  CHECK(back.nz == labels->nz && back.ny == labels->ny && back.nx == labels->nx);
  const size_t bytes = labels->nz * labels->ny * labels->nx * 4;
  CHECKF(back.nz * back.ny * back.nx * 4 == bytes && memcmp(back.data, labels->data, bytes) == 0,
         "%s: other labels", name);
  cyto_labels_clear(&back);
}

static bool write_seg(const CytoLabels *labels, const char *path, CytoError *err) {
  const CytoSeg seg = {.masks = *labels,
                       .diameter = 30,
                       .flow_threshold = (double)NAN,
                       .cellprob_threshold = (double)NAN};
  return cyto_seg_write(&seg, path, err);
}

static void labels_come_back(void) {
  enum { NZ = 3, NY = 61, NX = 47 };
  static uint32_t pixels[NZ * NY * NX];
  for (size_t z = 0; z < NZ; z++)
    picture_draw(pixels + z * NY * NX, NY, NX, 1, z);
  const CytoLabels one = {1, NY, NX, pixels}, stack = {NZ, NY, NX, pixels};
  check_round_trip(cyto_png_write_labels, "a.png", &one);
  for (int wide = 0; wide < 2; wide++) {
    pixels[5] = wide ? 3000000000u : 65535;
    if (!wide)
      check_round_trip(cyto_png_write_labels, "a.png", &one);
    check_round_trip(cyto_tiff_write_labels, "a.tif", &one);
    check_round_trip(cyto_tiff_write_labels, "b.tif", &stack);
    pixels[5] = wide ? 70000 : 65535;
    check_round_trip(write_seg, "a_seg.npy", &one);
    check_round_trip(write_seg, "b_seg.npy", &stack);
  }
  const CytoLabels dot = {1, 1, 1, (uint32_t[]){9}};
  check_round_trip(cyto_png_write_labels, "dot.png", &dot);
  check_round_trip(cyto_tiff_write_labels, "dot.tif", &dot);
}

static void what_png_cannot_hold_is_refused(void) {
  uint32_t pixels[4] = {1, 65536, 0, 0};
  CytoError err = {0};
  CHECK(!cyto_png_write_labels(&(CytoLabels){1, 2, 2, pixels}, check_path(folder, "no.png"), &err));
  CHECK(strstr(err.text, "65535") && strstr(err.text, "65536") && strstr(err.text, "TIFF"));
  CHECK(!cyto_png_write_labels(&(CytoLabels){2, 1, 2, pixels}, check_path(folder, "no.png"), &err));
  CHECK(access(check_path(folder, "no.png"), F_OK) != 0);
}

static void floats_and_colours(void) {
  static float x[2 * 20 * 30];
  static uint8_t rgb[20 * 30 * 3];
  static uint16_t deep[20 * 30 * 3];
  uint64_t state = 1;
  for (size_t i = 0; i < sizeof x / sizeof *x; i++)
    x[i] = (float)pictures_next(&state) / 7 - 1e8f;
  for (size_t i = 0; i < sizeof rgb; i++) {
    rgb[i] = (uint8_t)pictures_next(&state);
    deep[i] = (uint16_t)pictures_next(&state);
  }
  CytoError err = {0};
  const CytoReadOptions options = cyto_read_defaults();
  CytoImage *image = NULL;
  REQUIREF(cyto_tiff_write_f32(x, 2, 20, 30, check_path(folder, "x.tif"), &err), "%s", err.text);
  REQUIREF(cyto_image_read(check_path(folder, "x.tif"), &options, &image, NULL, &err), "%s",
           err.text);
  CHECK(image->dtype == CYTO_F32 && image->ny == 20 && image->nx == 30);
  CHECK(image->nt * image->nz * image->nc == 2 && memcmp(image->data, x, sizeof x) == 0);
  cyto_image_unref(image);
  REQUIREF(cyto_png_write_rgb(rgb, 20, 30, check_path(folder, "rgb.png"), &err), "%s", err.text);
  REQUIREF(cyto_image_read(check_path(folder, "rgb.png"), &options, &image, NULL, &err), "%s",
           err.text);
  const uint8_t *planes = image->data;
  REQUIRE(image->dtype == CYTO_U8 && image->nc == 3);
  for (size_t i = 0; i < 1800; i++)
    CHECK(planes[i % 3 * 600 + i / 3] == rgb[i]);
  cyto_image_unref(image);
  REQUIREF(cyto_tiff_write_rgb16(deep, 20, 30, check_path(folder, "deep.tif"), &err), "%s",
           err.text);
  REQUIREF(cyto_image_read(check_path(folder, "deep.tif"), &options, &image, NULL, &err), "%s",
           err.text);
  const uint16_t *wide = image->data;
  REQUIRE(image->dtype == CYTO_U16 && image->nc == 3);
  for (size_t i = 0; i < 1800; i++)
    CHECK(wide[i % 3 * 600 + i / 3] == deep[i]);
  cyto_image_unref(image);
  CytoLabels labels = {0};
  CHECK(!cyto_labels_read(check_path(folder, "rgb.png"), &labels, NULL, &err));
  CHECK(strstr(err.text, "colour"));
  CHECK(!cyto_labels_read(check_path(folder, "x.tif"), &labels, NULL, &err));
}

static void float_labels_are_taken_when_whole(void) {
  float x[4] = {0, 70001, -1, 2};
  CytoError err = {0};
  CytoLabels labels = {0};
  npy_save_f32(check_path(folder, "f.npy"), x, 2, (size_t[]){2, 2});
  REQUIREF(cyto_labels_read(check_path(folder, "f.npy"), &labels, NULL, &err), "%s", err.text);
  CHECK(labels.data[0] == 1 && labels.data[1] == 70002 && labels.data[2] == 0);
  cyto_labels_clear(&labels);
  x[3] = 1.5f;
  npy_save_f32(check_path(folder, "f.npy"), x, 2, (size_t[]){2, 2});
  CHECK(!cyto_labels_read(check_path(folder, "f.npy"), &labels, NULL, &err));
  CHECK(strstr(err.text, "row 1, column 1"));
  x[3] = -2;
  npy_save_f32(check_path(folder, "f.npy"), x, 2, (size_t[]){2, 2});
  CHECK(!cyto_labels_read(check_path(folder, "f.npy"), &labels, NULL, &err));
}

static bool write_rois(const CytoLabels *labels, const char *path, CytoError *err) {
  return cyto_roi_write(labels->data, labels->ny, labels->nx, path, NULL, err);
}

static bool write_text(const CytoLabels *labels, const char *path, CytoError *err) {
  CytoOutlines outlines = {0};
  const bool good = cyto_outlines_trace(labels->data, labels->ny, labels->nx, &outlines, err) &&
                    cyto_outlines_write_text(&outlines, path, err);
  cyto_outlines_clear(&outlines);
  return good;
}

static bool write_f32(const CytoLabels *labels, const char *path, CytoError *err) {
  return cyto_tiff_write_f32((const float *)(const void *)labels->data, 1, labels->ny, labels->nx,
                             path, err);
}

static bool write_rgb(const CytoLabels *labels, const char *path, CytoError *err) {
  return cyto_png_write_rgb((const uint8_t *)labels->data, labels->ny, labels->nx, path, err);
}

static size_t files_in_folder(void) {
  size_t n = 0;
  DIR *dir = opendir(folder);
  while (readdir(dir))
    n++;
  closedir(dir);
  return n;
}

/* A limit on the size of files stands for a full disk: write() fails half way in the same manner.
 */
static void full_disk_leaves_the_old_file(void) {
  enum { N = 700 };
  static Write *const WRITERS[] = {cyto_png_write_labels,
                                   cyto_tiff_write_labels,
                                   write_seg,
                                   write_rois,
                                   write_text,
                                   write_f32,
                                   write_rgb};
  uint32_t *pixels = malloc(N * N * 4);
  uint64_t state = 3;
  for (size_t i = 0; i < N * N; i++)
    pixels[i] = pictures_next(&state) % 65536;
  const CytoLabels labels = {1, N, N, pixels};
  struct rlimit old, small;
  getrlimit(RLIMIT_FSIZE, &old);
  small = old;
  signal(SIGXFSZ, SIG_IGN);
  for (size_t k = 0; k < sizeof WRITERS / sizeof *WRITERS; k++)
    for (rlim_t limit = 0; limit <= 30000; limit += 9999) {
      const char *path = check_path(folder, "precious");
      CytoError err = {0};
      REQUIRE(cyto_file_write(path, "old", 3, &err));
      const size_t before = files_in_folder();
      small.rlim_cur = limit;
      setrlimit(RLIMIT_FSIZE, &small);
      const bool good = WRITERS[k](&labels, path, &err);
      setrlimit(RLIMIT_FSIZE, &old);
      CHECKF(!good && err.code == CYTO_ERROR_IO && strstr(err.text, strerror(EFBIG)),
             "writer %zu, limit %d: \"%s\"", k, (int)limit, err.text);
      CHECKF(files_in_folder() == before, "writer %zu leaves a temporary file", k);
      uint8_t *data = NULL;
      size_t size = 0;
      REQUIRE(cyto_file_read(path, 0, &data, &size, &err));
      CHECK(size == 3 && memcmp(data, "old", 3) == 0);
      free(data);
    }
  free(pixels);
}

static void no_folder_no_file(void) {
  static Write *const WRITERS[] = {cyto_png_write_labels,
                                   cyto_tiff_write_labels,
                                   write_seg,
                                   write_rois,
                                   write_text,
                                   write_f32,
                                   write_rgb};
  const CytoLabels labels = {1, 1, 1, (uint32_t[]){1}};
  for (size_t k = 0; k < sizeof WRITERS / sizeof *WRITERS; k++) {
    CytoError err = {0};
    CHECK(!WRITERS[k](&labels, "/no/such/folder/x", &err));
    CHECKF(strstr(err.text, "/no/such/folder/x") && strstr(err.text, strerror(ENOENT)), "%s",
           err.text);
  }
}

static void near_cells_differ_in_colour(void) {
  enum { NY = 90, NX = 80 };
  static uint32_t labels[NY * NX];
  static uint8_t image[NY * NX * 3], rgb[NY * NX * 3];
  memset(image, 90, sizeof image);
  for (size_t i = 0; i < NY * NX; i++) /* 8 × 9 blocks that touch, and a gap of a pixel in x */
    labels[i] = i % NX % 10 == 9 ? 0 : 1 + (uint32_t)(i / NX / 10 * 8 + i % NX / 10);
  const CytoFigure figure = {NY, NX, image, labels, image};
  CytoError err = {0};
  REQUIREF(cyto_figure_overlay(&figure, rgb, &err), "%s", err.text);
  for (size_t y = 0; y < NY; y++)
    for (size_t x = 0; x < NX; x++) {
      const uint8_t *p = rgb + 3 * (y * NX + x);
      if (!labels[y * NX + x])
        CHECK(p[0] == 135 && p[1] == 135 && p[2] == 135);
      else if (y % 10 == 9 && y + 1 < NY)
        CHECK(memcmp(p, p + 3 * NX, 3) != 0);
      else if (x % 10 == 8 && x + 2 < NX)
        CHECK(memcmp(p, p + 6, 3) != 0);
    }
  REQUIREF(cyto_figure_write(&figure, check_path(folder, "figure.png"), &err), "%s", err.text);
  CytoImage *picture = NULL;
  const CytoReadOptions options = cyto_read_defaults();
  REQUIREF(cyto_image_read(check_path(folder, "figure.png"), &options, &picture, NULL, &err), "%s",
           err.text);
  CHECK(picture->ny == NY && picture->nx == 4 * NX + 3 * 4);
  const uint8_t *red = picture->data;
  CHECK(red[0] == 90 && red[NX] == 255 && red[NX + 4] == 255 && red[2 * NX + 4] == 255);
  cyto_image_unref(picture);
}

int main(void) {
  snprintf(folder, sizeof folder, "/tmp/cyto-labels-XXXXXX");
  if (!mkdtemp(folder))
    return 1;
  const int result = check_main((CheckTest[]){TEST(labels_come_back),
                                              TEST(what_png_cannot_hold_is_refused),
                                              TEST(floats_and_colours),
                                              TEST(float_labels_are_taken_when_whole),
                                              TEST(full_disk_leaves_the_old_file),
                                              TEST(no_folder_no_file),
                                              TEST(near_cells_differ_in_colour),
                                              {0}});
  DIR *dir = opendir(folder);
  for (struct dirent *entry; (entry = readdir(dir));)
    unlink(check_path(folder, entry->d_name));
  closedir(dir);
  rmdir(folder);
  return result;
}

#include "check.h"
#include "label-pictures.h"
#include "npy.h"
#include "base/file.h"
#include "io/outline.h"
#include "io/seg-private.h"
#include "io/seg_npy.h"
#include <unistd.h>

static char *temporary(void) {
  static char path[64];
  snprintf(path, sizeof path, "/tmp/cyto-seg-XXXXXX");
  close(mkstemp(path));
  return path;
}

typedef struct Sample {
  CytoSeg seg;
  uint32_t labels[2 * 30 * 26];
  float flow[2 * 3 * 15 * 13];
  uint8_t rgb[2 * 30 * 26 * 3], prob[2 * 30 * 26];
  bool manual[64];
} Sample;

static void fill(Sample *s, size_t nz) {
  uint64_t state = 5;
  *s = (Sample){.seg = {.masks = {nz, 30, 26, s->labels},
                        .filename = (char *)(uintptr_t) "/data/Zellkern_ä.tif",
                        .chan_choose = {2, 3},
                        .diameter = 17.25,
                        .fy = 15,
                        .fx = 13,
                        .flow = s->flow,
                        .flow_rgb = s->rgb,
                        .cellprob_u8 = s->prob,
                        .ismanual = s->manual,
                        .model_path = (char *)(uintptr_t) "nuclei",
                        .flow_threshold = 0.4,
                        .cellprob_threshold = (double)NAN}};
  for (size_t z = 0; z < nz; z++)
    picture_draw(s->labels + z * 30 * 26, 30, 26, 1, 3 + z);
  s->seg.n_ismanual = cyto_labels_max(&s->seg.masks);
  for (size_t i = 0; i < sizeof s->flow / sizeof *s->flow; i++)
    s->flow[i] = (float)pictures_next(&state) / 1e8f - 10;
  for (size_t i = 0; i < sizeof s->rgb; i++)
    s->rgb[i] = (uint8_t)pictures_next(&state);
  for (size_t i = 0; i < sizeof s->prob; i++)
    s->prob[i] = (uint8_t)pictures_next(&state);
  for (size_t i = 0; i < 64; i++)
    s->manual[i] = pictures_next(&state) % 2;
}

static void what_is_written_is_read(void) {
  static Sample sample;
  for (size_t nz = 1; nz <= 2; nz++) {
    fill(&sample, nz);
    const CytoSeg *seg = &sample.seg;
    const char *path = temporary();
    CytoError err = {0};
    CytoSeg back = {0};
    REQUIREF(cyto_seg_write(seg, path, &err), "%s", err.text);
    REQUIREF(cyto_seg_read(path, 0, &back, NULL, &err), "%s", err.text);
    unlink(path);
    REQUIRE(back.masks.nz == nz && back.masks.ny == 30 && back.masks.nx == 26);
    CHECK(memcmp(back.masks.data, sample.labels, nz * 30 * 26 * 4) == 0);
    CHECK(back.fy == 15 && back.fx == 13 && back.flow && back.flow_rgb && back.cellprob_u8);
    CHECK(memcmp(back.flow, sample.flow, nz * 3 * 15 * 13 * 4) == 0);
    CHECK(memcmp(back.flow_rgb, sample.rgb, nz * 30 * 26 * 3) == 0);
    CHECK(memcmp(back.cellprob_u8, sample.prob, nz * 30 * 26) == 0);
    CHECK(back.n_ismanual == seg->n_ismanual && back.n_ismanual > 1 &&
          memcmp(back.ismanual, sample.manual, back.n_ismanual) == 0);
    CHECK_STR(back.filename, seg->filename);
    CHECK_STR(back.model_path, "nuclei");
    CHECK(back.chan_choose[0] == 2 && back.chan_choose[1] == 3 && back.diameter == 17.25);
    CHECK(back.flow_threshold == 0.4 && isnan(back.cellprob_threshold));
    cyto_seg_clear(&back);
  }
}

static void absent_parts_stay_absent(void) {
  uint32_t labels[12] = {0, 70000, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0};
  const CytoSeg seg = {.masks = {1, 3, 4, labels},
                       .filename = (char *)(uintptr_t) "bad\xff.tif",
                       .diameter = (double)NAN,
                       .flow_threshold = (double)NAN,
                       .cellprob_threshold = (double)NAN};
  const char *path = temporary();
  CytoError err = {0};
  CytoSeg back = {0};
  REQUIREF(cyto_seg_write(&seg, path, &err), "%s", err.text);
  REQUIREF(cyto_seg_read(path, 0, &back, NULL, &err), "%s", err.text);
  CHECK(memcmp(back.masks.data, labels, sizeof labels) == 0);
  CHECK(!back.flow && !back.flow_rgb && !back.cellprob_u8 && !back.model_path);
  CHECK(isnan(back.diameter) && isnan(back.flow_threshold) && back.n_ismanual == 70000);
  cyto_seg_clear(&back);
  CHECK(!cyto_seg_read(path, 8, &back, NULL, &err) && err.code == CYTO_ERROR_LIMIT);
  unlink(path);
}

/* The file of Cellpose 3.1.1.2, read and written again, is the same file byte for byte. */
static void file_of_cellpose_3_is_reproduced(void) {
  const char *path = reference_path("seg", "image_v3.1.1.2_seg.npy");
  if (!path)
    SKIP("reference vectors not found: seg/");
  CytoError err = {0};
  CytoSeg seg = {0};
  REQUIREF(cyto_seg_read(path, 0, &seg, NULL, &err), "%s", err.text);
  CHECK(seg.masks.ny == 256 && seg.masks.nx == 256 && cyto_labels_max(&seg.masks) == 13);
  CHECK(seg.diameter == 17 && seg.flow && seg.flow_rgb && seg.cellprob_u8 && seg.fy == 256);
  CHECK_STR(seg.filename, "/tmp/ref/segs/image_v3.1.1.2.png");
  const char *copy = temporary();
  REQUIREF(cyto_seg_write(&seg, copy, &err), "%s", err.text);
  uint8_t *a = NULL, *b = NULL;
  size_t na = 0, nb = 0, same = 0;
  REQUIRE(cyto_file_read(path, 0, &a, &na, &err) && cyto_file_read(copy, 0, &b, &nb, &err));
  while (same < na && same < nb && a[same] == b[same])
    same++;
  CHECKF(na == nb && same == na, "%zu and %zu bytes, the same up to byte %zu", na, nb, same);
  printf("# %zu bytes, all the same\n", same);
  free(a);
  free(b);
  unlink(copy);
  cyto_seg_clear(&seg);
}

static void file_of_cellpose_2_is_read(void) {
  const char *path = reference_path("seg", "image_v2.2.3_seg.npy");
  const char *newer = reference_path("seg", "image_v3.1.1.2_seg.npy");
  if (!path || !newer)
    SKIP("reference vectors not found: seg/");
  CytoError err = {0};
  CytoSeg seg = {0}, other = {0};
  REQUIREF(cyto_seg_read(path, 0, &seg, NULL, &err), "%s", err.text);
  REQUIREF(cyto_seg_read(newer, 0, &other, NULL, &err), "%s", err.text);
  CHECK(seg.diameter == 17 && seg.n_ismanual == 13 && seg.fx == 256);
  CHECK(memcmp(seg.masks.data, other.masks.data, 256 * 256 * 4) == 0);
  CHECK(memcmp(seg.flow, other.flow, 3 * 256 * 256 * 4) == 0);
  cyto_seg_clear(&seg);
  cyto_seg_clear(&other);
}

static void damaged_files_are_refused(void) {
  static Sample sample;
  fill(&sample, 1);
  const char *path = temporary();
  CytoError err = {0};
  uint8_t *data = NULL;
  size_t size = 0;
  REQUIRE(cyto_seg_write(&sample.seg, path, &err));
  REQUIRE(cyto_file_read(path, 0, &data, &size, &err));
  unlink(path);
  for (size_t n = 0; n < size; n += 1 + n / 97) {
    uint8_t *part = malloc(n ? n : 1);
    memcpy(part, data, n);
    CytoSeg back = {0};
    CHECKF(!seg_read_bytes(part, n, 0, &back, NULL, &err), "cut to %zu bytes and read", n);
    CHECK(!back.masks.data && err.text[0]);
    free(part);
  }
  for (size_t i = 0; i < size; i += 1 + i / 701) {
    CytoSeg back = {0};
    data[i] ^= 0xff;
    if (seg_read_bytes(data, size, 1 << 20, &back, NULL, &err))
      cyto_seg_clear(&back);
    data[i] ^= 0xff;
  }
  free(data);
}

int main(void) {
  return check_main((CheckTest[]){TEST(what_is_written_is_read),
                                  TEST(absent_parts_stay_absent),
                                  TEST(file_of_cellpose_3_is_reproduced),
                                  TEST(file_of_cellpose_2_is_read),
                                  TEST(damaged_files_are_refused),
                                  {0}});
}

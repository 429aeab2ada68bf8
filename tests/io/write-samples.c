/* For the checks in tests/peers: writes one file of every kind beside the truth as plain .npy, or
 * turns what the core reads into plain .npy.
 *   write-samples all FOLDER
 *   write-samples rois IN.npy OUT.zip        labels to ROIs
 *   write-samples fill IN.zip NY NX OUT.npy  ROIs to labels
 *   write-samples labels FILE OUT.npy        any label file
 *   write-samples seg FILE FOLDER            parts of a _seg.npy; the rest as text on stdout */
#include "label-pictures.h"
#include "npy.h"
#include "base/mem.h"
#include "io/figure.h"
#include "io/labels.h"
#include "io/outline.h"
#include "io/reader.h"
#include "io/roi.h"
#include "io/seg_npy.h"
#include <math.h>
#include <stdio.h>

enum { NZ = 5, NY = 93, NX = 71 };

static CytoError err;

static const char *join(const char *folder, const char *name) {
  static char path[4][4096];
  static int turn;
  char *out = path[turn++ & 3];
  snprintf(out, sizeof path[0], "%s/%s", folder, name);
  return out;
}

/* Labels up to 2^24 are exact in f32. */
static void save_labels(const char *path, const CytoLabels *labels) {
  const size_t n = labels->nz * labels->ny * labels->nx,
               shape[3] = {labels->nz, labels->ny, labels->nx};
  float *x = malloc((n + 1) * sizeof *x);
  for (size_t i = 0; i < n; i++)
    x[i] = (float)labels->data[i];
  npy_save_f32(path, x, labels->nz == 1 ? 2 : 3, shape + (labels->nz == 1));
  free(x);
}

static void save_bytes(const char *path, const uint8_t *bytes, unsigned ndim, const size_t *shape) {
  size_t n = 1;
  for (unsigned i = 0; i < ndim; i++)
    n *= shape[i];
  float *x = malloc((n + 1) * sizeof *x);
  for (size_t i = 0; i < n; i++)
    x[i] = bytes[i];
  npy_save_f32(path, x, ndim, shape);
  free(x);
}

static bool write_seg(const char *folder, size_t nz, uint32_t *labels, uint8_t *rgb, uint8_t *prob,
                      float *flow) {
  bool manual[64] = {true, false, true};
  const CytoSeg seg = {.masks = {nz, NY, NX, labels},
                       .filename = (char *)(uintptr_t) "/data/Zellkern_ä\xff.tif",
                       .chan_choose = {2, 3},
                       .diameter = 17.25,
                       .fy = NY / 2,
                       .fx = NX / 2,
                       .flow = flow,
                       .flow_rgb = rgb,
                       .cellprob_u8 = prob,
                       .ismanual = manual,
                       .n_ismanual = 3,
                       .flow_threshold = (double)NAN,
                       .cellprob_threshold = (double)NAN};
  return cyto_seg_write(&seg, join(folder, nz == 1 ? "plane_seg.npy" : "stack_seg.npy"), &err);
}

static bool write_all(const char *folder) {
  static uint32_t labels[NZ * NY * NX];
  static uint8_t rgb[NZ * NY * NX * 3], prob[NZ * NY * NX];
  static uint16_t deep[NY * NX * 3];
  static float flow[NZ * 3 * (NY / 2) * (NX / 2)], deep_truth[NY * NX * 3];
  uint64_t state = 11;
  for (size_t z = 0; z < NZ; z++)
    picture_draw(labels + z * NY * NX, NY, NX, z % 2 ? 4 : 1, 20 + z);
  for (size_t i = 0; i < sizeof rgb; i++)
    rgb[i] = (uint8_t)pictures_next(&state);
  for (size_t i = 0; i < sizeof prob; i++)
    prob[i] = (uint8_t)pictures_next(&state);
  for (size_t i = 0; i < NY * NX * 3; i++)
    deep_truth[i] = deep[i] = (uint16_t)pictures_next(&state);
  for (size_t i = 0; i < sizeof flow / sizeof *flow; i++)
    flow[i] = (float)pictures_next(&state) / 1e8f - 10;
  const CytoLabels one = {1, NY, NX, labels}, stack = {NZ, NY, NX, labels};
  save_labels(join(folder, "plane.npy"), &one);
  save_labels(join(folder, "stack.npy"), &stack);
  npy_save_f32(join(folder, "flow.npy"), flow, 4, (size_t[]){NZ, 3, NY / 2, NX / 2});
  npy_save_f32(join(folder, "deep.npy"), deep_truth, 3, (size_t[]){NY, NX, 3});
  save_bytes(join(folder, "rgb.npy"), rgb, 4, (size_t[]){NZ, NY, NX, 3});
  save_bytes(join(folder, "prob.npy"), prob, 3, (size_t[]){NZ, NY, NX});
  const CytoFigure figure = {NY, NX, rgb, labels, rgb};
  CytoOutlines outlines = {0};
  bool good = cyto_png_write_labels(&one, join(folder, "plane.png"), &err) &&
              cyto_tiff_write_labels(&one, join(folder, "plane.tif"), &err) &&
              cyto_tiff_write_labels(&stack, join(folder, "stack.tif"), &err) &&
              cyto_tiff_write_f32(flow, NZ * 3, NY / 2, NX / 2, join(folder, "flow.tif"), &err) &&
              cyto_tiff_write_rgb16(deep, NY, NX, join(folder, "deep.tif"), &err) &&
              cyto_png_write_rgb(rgb, NY, NX, join(folder, "rgb.png"), &err) &&
              cyto_figure_write(&figure, join(folder, "figure.png"), &err) &&
              cyto_outlines_trace(labels, NY, NX, &outlines, &err) &&
              cyto_outlines_write_text(&outlines, join(folder, "outlines.txt"), &err) &&
              write_seg(folder, 1, labels, rgb, prob, flow) &&
              write_seg(folder, NZ, labels, rgb, prob, flow);
  cyto_outlines_clear(&outlines);
  labels[3] = 70000;
  save_labels(join(folder, "wide.npy"), &one);
  save_labels(join(folder, "wide_stack.npy"), &stack);
  return good && cyto_tiff_write_labels(&one, join(folder, "wide.tif"), &err) &&
         cyto_tiff_write_labels(&stack, join(folder, "wide_stack.tif"), &err);
}

static bool rois_of(const char *in, const char *out) {
  Npy npy = npy_load(in);
  uint32_t *labels = npy_u32(&npy);
  size_t written = 0;
  const bool good =
      npy.ndim == 2 && cyto_roi_write(labels, npy.shape[0], npy.shape[1], out, &written, &err);
  printf("%zu\n", written);
  free(labels);
  npy_free(&npy);
  return good;
}

static bool fill_rois(const char *in, size_t ny, size_t nx, const char *out) {
  CytoLabels labels = {0};
  size_t read = 0, skipped = 0;
  const bool good = cyto_labels_init(&labels, 1, ny, nx, &err) &&
                    cyto_roi_read(in, ny, nx, labels.data, &read, &skipped, &err);
  if (good)
    save_labels(out, &labels);
  printf("%zu %zu\n", read, skipped);
  cyto_labels_clear(&labels);
  return good;
}

static bool labels_of(const char *in, const char *out) {
  CytoLabels labels = {0};
  if (!cyto_labels_read(in, &labels, NULL, &err))
    return false;
  save_labels(out, &labels);
  cyto_labels_clear(&labels);
  return true;
}

static bool parts_of(const char *in, const char *folder) {
  CytoSeg seg = {0};
  if (!cyto_seg_read(in, 0, &seg, NULL, &err))
    return false;
  const CytoLabels *m = &seg.masks;
  save_labels(join(folder, "masks.npy"), m);
  if (seg.flow)
    npy_save_f32(join(folder, "flow.npy"), seg.flow, 4, (size_t[]){m->nz, 3, seg.fy, seg.fx});
  if (seg.flow_rgb)
    save_bytes(join(folder, "rgb.npy"), seg.flow_rgb, 4, (size_t[]){m->nz, m->ny, m->nx, 3});
  if (seg.cellprob_u8)
    save_bytes(join(folder, "prob.npy"), seg.cellprob_u8, 3, (size_t[]){m->nz, m->ny, m->nx});
  printf("filename=%s\nmodel_path=%s\n", seg.filename ? seg.filename : "",
         seg.model_path ? seg.model_path : "");
  printf("diameter=%.17g\nflow_threshold=%.17g\ncellprob_threshold=%.17g\n", seg.diameter,
         seg.flow_threshold, seg.cellprob_threshold);
  printf("chan_choose=%d,%d\nismanual=", seg.chan_choose[0], seg.chan_choose[1]);
  for (size_t i = 0; i < seg.n_ismanual; i++)
    printf("%d", seg.ismanual[i]);
  printf("\n");
  cyto_seg_clear(&seg);
  return true;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  bool good = false;
  snprintf(err.text, sizeof err.text, "usage: write-samples all|rois|fill|labels|seg …");
  if (strcmp(what, "all") == 0 && argc == 3)
    good = write_all(argv[2]);
  else if (strcmp(what, "rois") == 0 && argc == 4)
    good = rois_of(argv[2], argv[3]);
  else if (strcmp(what, "fill") == 0 && argc == 6)
    good = fill_rois(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10), argv[5]);
  else if (strcmp(what, "labels") == 0 && argc == 4)
    good = labels_of(argv[2], argv[3]);
  else if (strcmp(what, "seg") == 0 && argc == 4)
    good = parts_of(argv[2], argv[3]);
  if (!good)
    fprintf(stderr, "%s\n", err.text);
  return !good;
}

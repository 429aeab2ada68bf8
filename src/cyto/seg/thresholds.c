#include "thresholds.h"
#include "../base/file.h"
#include "../base/mem.h"
#include "../base/npy-header.h"
#include "../base/text.h"
#include "../io/npy.h"
#include <math.h>
#include <string.h>

static const char ENDING[] = "_cell_boundary_threshold.npy";

static char *beside(const char *model, CytoError *err) {
  CytoStr path = {0};
  cyto_str_printf(&path, "%s%s", model, ENDING);
  if (!path.failed)
    return path.text;
  cyto_str_clear(&path);
  cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a file name");
  return NULL;
}

/* One or two numbers; the second is that of the boundary. */
static bool parse(const CytoNpy *npy, double out[2], CytoError *err) {
  double number[2] = {0, 0.5};
  float single[2];
  bool good = !npy->object && npy->kind == CYTO_SAMPLE_FLOAT && npy->ndim <= 1 &&
              (npy->count == 1 || npy->count == 2) && (npy->bits == 32 || npy->bits == 64);
  if (good)
    cyto_samples_unpack(npy->data, npy->count, npy->kind, npy->bits, npy->swap,
                        npy->bits == 64 ? (void *)number : single);
  for (size_t i = 0; good && npy->bits == 32 && i < npy->count; i++)
    number[i] = (double)single[i];
  if (!good || !(fabs(number[0]) < 1e6) || !(fabs(number[1]) < 1e6))
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "it does not hold the two thresholds of a U-Net; remove it, or train again");
  memcpy(out, number, sizeof number);
  return true;
}

bool cyto_thresholds_read_beside(const char *model, CytoWeights *weights, CytoError *err) {
  CytoLayout layout;
  double number[2];
  if (weights->has_thresholds || !cyto_weights_layout(weights, &layout, NULL) || !layout.basic)
    return true;
  CYTO_AUTOFREE char *path = beside(model, err);
  CYTO_AUTOFREE uint8_t *data = NULL;
  size_t size;
  CytoNpy npy;
  if (!path)
    return false;
  if (!cyto_path_exists(path))
    return true;
  if (!cyto_file_read(path, 1 << 16, &data, &size, err))
    return false;
  if (!cyto_npy_parse(data, size, &npy, err) || !parse(&npy, number, err))
    return cyto_fail_prefix(err, path);
  weights->has_thresholds = true;
  weights->cell_threshold = number[0];
  weights->boundary_threshold = number[1];
  return true;
}

/* Version 1.0 of the format, little-endian f64. */
bool cyto_thresholds_write_beside(const char *model, const CytoWeights *weights, CytoError *err) {
  const double number[2] = {weights->cell_threshold, weights->boundary_threshold};
  uint8_t file[CYTO_NPY_HEADER + sizeof number];
  if (!weights->has_thresholds)
    return true;
  CYTO_AUTOFREE char *path = beside(model, err);
  cyto_npy_header((char *)file, "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }");
  for (size_t i = 0; i < sizeof number; i++) {
    uint64_t bits;
    memcpy(&bits, &number[i / 8], sizeof bits);
    file[CYTO_NPY_HEADER + i] = (uint8_t)(bits >> (8 * (i % 8)));
  }
  return path && cyto_file_write(path, file, sizeof file, err);
}

#include "../base/file.h"
#include "../base/mem.h"
#include "npy.h"
#include "reader.h"
#include "seg_npy.h"
#include <math.h>
#include <string.h>

/* Pixel i as a whole number; false when it is none. */
typedef bool Convert(const void *data, size_t i, int64_t *out);

#define CONVERT_INTEGER(name, type)                                                                \
  static bool name(const void *data, size_t i, int64_t *out) {                                     \
    *out = (int64_t)((const type *)data)[i];                                                       \
    return true;                                                                                   \
  }
CONVERT_INTEGER(from_u8, uint8_t)
CONVERT_INTEGER(from_u16, uint16_t)
CONVERT_INTEGER(from_u32, uint32_t)
CONVERT_INTEGER(from_i8, int8_t)
CONVERT_INTEGER(from_i16, int16_t)
CONVERT_INTEGER(from_i32, int32_t)
CONVERT_INTEGER(from_i64, int64_t)

static bool from_u64(const void *data, size_t i, int64_t *out) {
  const uint64_t value = ((const uint64_t *)data)[i];
  *out = (int64_t)value;
  return value <= INT64_MAX;
}

static bool from_double(double value, int64_t *out) {
  if (!(fabs(value) < 9e15) || value != floor(value))
    return false;
  *out = (int64_t)value;
  return true;
}

static bool from_f32(const void *data, size_t i, int64_t *out) {
  return from_double((double)((const float *)data)[i], out);
}

static bool from_f64(const void *data, size_t i, int64_t *out) {
  return from_double(((const double *)data)[i], out);
}

static Convert *const CONVERT[] = {
    [CYTO_U8] = from_u8,   [CYTO_U16] = from_u16, [CYTO_U32] = from_u32, [CYTO_U64] = from_u64,
    [CYTO_I8] = from_i8,   [CYTO_I16] = from_i16, [CYTO_I32] = from_i32, [CYTO_I64] = from_i64,
    [CYTO_F32] = from_f32, [CYTO_F64] = from_f64,
};

/* Colour pictures count as labels only when red, green and blue are the same. */
static bool grey(const CytoImage *image) {
  const size_t plane = image->ny * image->nx * cyto_dtype_size(image->dtype);
  const uint8_t *data = image->data;
  for (size_t p = 0; p < image->nt * image->nz; p++, data += image->nc * plane)
    for (size_t c = 1; c < image->nc; c++)
      if (memcmp(data, data + c * plane, plane) != 0)
        return false;
  return true;
}

static bool convert_plane(const CytoImage *image, size_t plane, size_t stride, int64_t least,
                          uint32_t *out, CytoError *err) {
  const size_t n = image->ny * image->nx;
  for (size_t i = 0; i < n; i++) {
    int64_t value = 0;
    if (!CONVERT[image->dtype](image->data, plane * stride * n + i, &value))
      return cyto_fail(err, CYTO_ERROR_FORMAT,
                       "the pixel in row %zu, column %zu is no whole number, so these are no "
                       "labels",
                       i / image->nx, i % image->nx);
    if (value < -1 || value - least > UINT32_MAX)
      return cyto_fail(err, CYTO_ERROR_FORMAT,
                       "the pixel in row %zu, column %zu is %lld; labels go from 0 to 4294967295",
                       i / image->nx, i % image->nx, (long long)value);
    out[i] = (uint32_t)(value - least);
  }
  return true;
}

/* -1 when it occurs (background of old files), else 0. */
static int64_t least_value(const CytoImage *image) {
  const size_t n = image->nt * image->nz * image->nc * image->ny * image->nx;
  int64_t least = 0, value = 0;
  for (size_t i = 0; i < n; i++)
    if (CONVERT[image->dtype](image->data, i, &value) && value == -1)
      least = -1;
  return least;
}

/* Pages of any kind are planes: T, Z and C alike. */
static bool labels_of_image(const CytoImage *image, CytoLabels *out, CytoError *err) {
  const bool color = image->rgb && image->nc > 1;
  if (color && !grey(image))
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "a colour picture, not a label image (one number a pixel, 0 = background)");
  const size_t stride = color ? image->nc : 1;
  const size_t planes = image->nt * image->nz * (color ? 1 : image->nc);
  const int64_t least = least_value(image);
  CYTO_CLEANUP(cyto_labels_clear) CytoLabels labels = {0};
  if (!cyto_labels_init(&labels, planes, image->ny, image->nx, err))
    return false;
  for (size_t p = 0; p < planes; p++)
    if (!convert_plane(image, p, stride, least, labels.data + p * image->ny * image->nx, err))
      return false;
  *out = labels;
  labels = (CytoLabels){0};
  return true;
}

static bool holds_objects(const char *path, bool *objects, CytoError *err) {
  CYTO_CLEANUP(cyto_file_unmap) CytoMap map = {0};
  if (!cyto_file_map(path, &map, err))
    return false;
  CytoNpy npy;
  CytoError ignored;
  *objects = map.size >= 6 && memcmp(map.data, "\x93NUMPY", 6) == 0 &&
             cyto_npy_parse(map.data, map.size, &npy, &ignored) && npy.object;
  return true;
}

bool cyto_labels_read(const char *path, CytoLabels *out, CytoJob *job, CytoError *err) {
  CytoReadOptions options = cyto_read_defaults();
  options.indexed = true;
  if (job && job->max_memory)
    options.max_memory = job->max_memory;
  bool objects = false;
  if (!holds_objects(path, &objects, err))
    return false;
  if (objects) {
    CYTO_CLEANUP(cyto_seg_clear) CytoSeg seg = {0};
    if (!cyto_seg_read(path, options.max_memory, &seg, job, err))
      return false;
    *out = seg.masks;
    seg.masks = (CytoLabels){0};
    return true;
  }
  CYTO_CLEANUP(cyto_image_drop) CytoImage *image = NULL;
  if (!cyto_image_read(path, &options, &image, job, err))
    return false;
  return labels_of_image(image, out, err) || cyto_fail_prefix(err, path);
}

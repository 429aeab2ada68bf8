#include "image.h"
#include "mem.h"
#include <string.h>

static const struct {
  size_t size;
  const char *name;
} dtypes[] = {
    [CYTO_U8] = {1, "uint8"},    [CYTO_U16] = {2, "uint16"}, [CYTO_U32] = {4, "uint32"},
    [CYTO_U64] = {8, "uint64"},  [CYTO_I8] = {1, "int8"},    [CYTO_I16] = {2, "int16"},
    [CYTO_I32] = {4, "int32"},   [CYTO_I64] = {8, "int64"},  [CYTO_F32] = {4, "float32"},
    [CYTO_F64] = {8, "float64"},
};

size_t cyto_dtype_size(CytoDtype dtype) {
  return dtypes[dtype].size;
}

const char *cyto_dtype_name(CytoDtype dtype) {
  return dtypes[dtype].name;
}

bool cyto_image_bytes(CytoDtype dtype, const size_t shape[5], size_t limit, size_t *bytes,
                      CytoError *err) {
  size_t total = cyto_dtype_size(dtype);
  bool fits = true;
  for (int i = 0; i < 5; i++) {
    if (shape[i] == 0)
      return cyto_fail(err, CYTO_ERROR_FORMAT, "the image is empty (%zu × %zu pixels)", shape[4],
                       shape[3]);
    fits = fits && cyto_mul(total, shape[i], &total);
  }
  if (!fits || total > SIZE_MAX / 2)
    return cyto_fail(err, CYTO_ERROR_LIMIT,
                     "the image claims %zu planes of %zu × %zu pixels, more than any memory holds",
                     shape[0] * shape[1] * shape[2], shape[4], shape[3]);
  if (limit && total > limit)
    return cyto_fail(err, CYTO_ERROR_LIMIT,
                     "the image needs %.1f MB (%zu × %zu pixels, %zu planes of %s), above the "
                     "limit of %.1f MB; raise it with --max-memory",
                     (double)total / 1e6, shape[4], shape[3], shape[0] * shape[1] * shape[2],
                     cyto_dtype_name(dtype), (double)limit / 1e6);
  *bytes = total;
  return true;
}

CytoImage *cyto_image_new(CytoDtype dtype, size_t nt, size_t nz, size_t nc, size_t ny, size_t nx,
                          CytoError *err) {
  size_t bytes;
  if (!cyto_image_bytes(dtype, (size_t[5]){nt, nz, nc, ny, nx}, 0, &bytes, err))
    return NULL;
  CytoImage *image = cyto_calloc(1, sizeof *image, err);
  CYTO_AUTOFREE void *data = cyto_alloc(bytes, 1, err);
  if (!image || !data) {
    free(image);
    return NULL;
  }
  image->refs = 1;
  image->dtype = dtype;
  image->nt = nt;
  image->nz = nz;
  image->nc = nc;
  image->ny = ny;
  image->nx = nx;
  image->data = cyto_steal(&data);
  return image;
}

CytoImage *cyto_image_ref(CytoImage *image) {
  __atomic_add_fetch(&image->refs, 1, __ATOMIC_RELAXED);
  return image;
}

void cyto_image_unref(CytoImage *image) {
  if (!image || __atomic_sub_fetch(&image->refs, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  for (size_t c = 0; image->channel_names && c < image->nc; c++)
    free(image->channel_names[c]);
  free(image->channel_names);
  free(image->data);
  free(image);
}

#define COPY_AS(type)                                                                              \
  for (size_t i = 0; i < n; i++)                                                                   \
    out[i] = (float)((const type *)image->data)[first + i];                                        \
  break

void cyto_image_plane_f32(const CytoImage *image, size_t t, size_t z, size_t c, float *out) {
  size_t n = image->ny * image->nx;
  size_t first = ((t * image->nz + z) * image->nc + c) * n;
  switch (image->dtype) {
  case CYTO_U8:
    COPY_AS(uint8_t);
  case CYTO_U16:
    COPY_AS(uint16_t);
  case CYTO_U32:
    COPY_AS(uint32_t);
  case CYTO_U64:
    COPY_AS(uint64_t);
  case CYTO_I8:
    COPY_AS(int8_t);
  case CYTO_I16:
    COPY_AS(int16_t);
  case CYTO_I32:
    COPY_AS(int32_t);
  case CYTO_I64:
    COPY_AS(int64_t);
  case CYTO_F32:
    COPY_AS(float);
  case CYTO_F64:
    COPY_AS(double);
  }
}

bool cyto_labels_init(CytoLabels *labels, size_t nz, size_t ny, size_t nx, CytoError *err) {
  size_t n;
  if (!cyto_mul(ny, nx, &n) || !cyto_mul(n, nz, &n))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "a label image of %zu × %zu × %zu is too large", nz, ny,
                     nx);
  uint32_t *data = cyto_calloc(n, sizeof *data, err);
  if (!data)
    return false;
  *labels = (CytoLabels){nz, ny, nx, data};
  return true;
}

void cyto_labels_clear(CytoLabels *labels) {
  free(labels->data);
  *labels = (CytoLabels){0};
}

uint32_t cyto_labels_max(const CytoLabels *labels) {
  size_t n = labels->nz * labels->ny * labels->nx;
  uint32_t max = 0;
  for (size_t i = 0; i < n; i++)
    max = labels->data[i] > max ? labels->data[i] : max;
  return max;
}

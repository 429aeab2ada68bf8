#include "pyramid.h"

CytoPlane cyto_plane(const CytoImage *image, size_t t, size_t z, size_t c) {
  size_t first = ((t * image->nz + z) * image->nc + c) * image->ny * image->nx;
  return (CytoPlane){image->dtype,
                     (const char *)image->data + first * cyto_dtype_size(image->dtype),
                     image->ny,
                     image->nx,
                     1,
                     image->nx};
}

CytoPlane cyto_plane_rgb(const uint8_t *rgb, size_t ny, size_t nx, size_t c) {
  return (CytoPlane){CYTO_U8, rgb + c, ny, nx, 3, 3 * nx};
}

#define ROW_FROM(type)                                                                             \
  do {                                                                                             \
    const type *from = (const type *)plane->data + y * plane->pitch + x * step;                    \
    for (size_t i = 0; i < n; i++)                                                                 \
      out[i] = (float)from[i * step];                                                              \
  } while (0)

void cyto_plane_row_f32(const CytoPlane *plane, size_t y, size_t x, size_t n, float *out) {
  size_t step = plane->step;
  switch (plane->dtype) {
  case CYTO_U8:
    ROW_FROM(uint8_t);
    break;
  case CYTO_U16:
    ROW_FROM(uint16_t);
    break;
  case CYTO_U32:
    ROW_FROM(uint32_t);
    break;
  case CYTO_U64:
    ROW_FROM(uint64_t);
    break;
  case CYTO_I8:
    ROW_FROM(int8_t);
    break;
  case CYTO_I16:
    ROW_FROM(int16_t);
    break;
  case CYTO_I32:
    ROW_FROM(int32_t);
    break;
  case CYTO_I64:
    ROW_FROM(int64_t);
    break;
  case CYTO_F32:
    ROW_FROM(float);
    break;
  case CYTO_F64:
    ROW_FROM(double);
    break;
  }
}

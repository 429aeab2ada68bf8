/* A pixel buffer and what is known about it. */
#pragma once
#include "error.h"
#include <stdint.h>

typedef enum {
  CYTO_U8,
  CYTO_U16,
  CYTO_U32,
  CYTO_U64,
  CYTO_I8,
  CYTO_I16,
  CYTO_I32,
  CYTO_I64,
  CYTO_F32,
  CYTO_F64,
} CytoDtype;

size_t cyto_dtype_size(CytoDtype dtype);
const char *cyto_dtype_name(CytoDtype dtype); /* numpy's names: "uint8", "float32", … */

/* Reference-counted; immutable once shared. Float16 and bool files are widened to f32 and u8. */
typedef struct CytoImage {
  unsigned refs; /* atomic; use cyto_image_ref / cyto_image_unref */
  CytoDtype dtype;
  size_t nt, nz, nc, ny, nx; /* every size >= 1 */
  void *data;                /* (T,Z,C,Y,X), C order, aligned to 64, native byte order */
  char axes[16];             /* axes of the file as understood, e.g. "ZCYX", "YXS", "YX" */
  char axes_source[48];      /* what decided them: "ImageJ metadata", "OME-XML", "shape", … */
  bool rgb;                  /* the channels are red, green, blue of one colour picture */
  char **channel_names;      /* nc strings or NULL */
  double pixel_x, pixel_y, pixel_z; /* micrometres; 0 = unknown */
} CytoImage;

/* A new image with data allocated and not cleared; metadata empty, one reference. */
CytoImage *cyto_image_new(CytoDtype dtype, size_t nt, size_t nz, size_t nc, size_t ny, size_t nx,
                          CytoError *err);
CytoImage *cyto_image_ref(CytoImage *image);
void cyto_image_unref(CytoImage *image); /* NULL is fine */
/* The same for CYTO_CLEANUP. */
static inline void cyto_image_drop(CytoImage **image) {
  cyto_image_unref(*image);
}

/* Bytes of one pixel buffer of these sizes; false with CYTO_ERROR_LIMIT when it overflows or is
 * above `limit` (0 = no limit). The sentence names the size, the need and the limit. */
bool cyto_image_bytes(CytoDtype dtype, const size_t shape[5], size_t limit, size_t *bytes,
                      CytoError *err);

/* Pixels of plane (t,z,c) as f32; out is (Y,X). Exact for 8/16-bit, rounded to f32 otherwise. */
void cyto_image_plane_f32(const CytoImage *image, size_t t, size_t z, size_t c, float *out);

/* Label image: 0 = background, 1..n = cells. Freed with cyto_labels_clear. */
typedef struct CytoLabels {
  size_t nz, ny, nx; /* nz counts planes of any kind (t*z); 1 for a 2-D image */
  uint32_t *data;    /* (nz,ny,nx) */
} CytoLabels;

bool cyto_labels_init(CytoLabels *labels, size_t nz, size_t ny, size_t nx, CytoError *err); /* 0s */
void cyto_labels_clear(CytoLabels *labels);
uint32_t cyto_labels_max(const CytoLabels *labels);

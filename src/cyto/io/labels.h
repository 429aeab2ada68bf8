/* Writing label images and pictures. Every write is atomic. */
#pragma once
#include "../base/image.h"

/* 16-bit grey PNG; error when a label is above 65535 (the caller writes TIFF instead). */
bool cyto_png_write_labels(const CytoLabels *labels, const char *path, CytoError *err);
/* zlib TIFF, uint16 when all labels fit, else uint32; one page a plane, ImageJ-readable. */
bool cyto_tiff_write_labels(const CytoLabels *labels, const char *path, CytoError *err);
/* 8-bit RGB PNG from (ny,nx,3). */
bool cyto_png_write_rgb(const uint8_t *rgb, size_t ny, size_t nx, const char *path, CytoError *err);
/* f32 TIFF (planes,ny,nx), zlib, one page a plane, tifffile's "shape" description. */
bool cyto_tiff_write_f32(const float *x, size_t planes, size_t ny, size_t nx, const char *path,
                         CytoError *err);
/* 8- or 16-bit RGB(ny,nx,3) TIFF. */
bool cyto_tiff_write_rgb16(const uint16_t *rgb, size_t ny, size_t nx, const char *path,
                           CytoError *err);

/* One plane of an image at every power of two: level 0 is the plane itself, level k has means of
 * 2^k × 2^k pixels. u8 and u16 stay what they are, every other kind is f32 from level 1 on, where
 * the mean is that of the finite pixels (NaN when there is none).
 *
 * Levels cost a third of the plane together. They are built when the renderer first needs them; a
 * large image is better given to cyto_pyramid_build in the worker, before the window gets it. One
 * thread at a time may use a pyramid. */
#pragma once
#include "../base/image.h"
#include "../base/parallel.h"

enum { CYTO_PYRAMID_LEVELS = 9 }; /* levels 0..8: down to 1/256 */

/* Pixels somewhere in memory: pixel (y,x) is element y*pitch + x*step. */
typedef struct CytoPlane {
  CytoDtype dtype;
  const void *data;
  size_t ny, nx;
  size_t step, pitch; /* 1 and nx for a plane of a CytoImage; 3 and 3*nx for one colour of RGB */
} CytoPlane;

CytoPlane cyto_plane(const CytoImage *image, size_t t, size_t z, size_t c);
CytoPlane cyto_plane_rgb(const uint8_t *rgb, size_t ny, size_t nx, size_t c); /* (ny,nx,3) */

/* Pixels x .. x+n-1 of row y as f32. */
void cyto_plane_row_f32(const CytoPlane *plane, size_t y, size_t x, size_t n, float *out);

typedef struct CytoPyramid CytoPyramid;

/* Borrows the pixels, which must outlive the pyramid and not change; when `owner` is not NULL a
 * reference to it is held. `max_bytes` bounds the memory of all levels (0 = no bound): the finest
 * levels that would exceed it are never made, and the renderer averages more pixels in their place.
 */
CytoPyramid *cyto_pyramid_new(CytoPlane plane, CytoImage *owner, size_t max_bytes, CytoError *err);
void cyto_pyramid_free(CytoPyramid *pyramid); /* NULL is fine */

/* The level to draw from at a scale: the coarsest whose pixels are not larger than a device pixel.
 */
unsigned cyto_pyramid_level(const CytoPyramid *pyramid, double scale);

/* Builds that level, and what it is made from, if it is not there; CYTO_PYRAMID_LEVELS - 1 builds
 * all. */
bool cyto_pyramid_build(CytoPyramid *pyramid, unsigned level, CytoJob *job, CytoError *err);

/* Pixels of a built level. */
CytoPlane cyto_pyramid_plane(const CytoPyramid *pyramid, unsigned level);

size_t cyto_pyramid_bytes(const CytoPyramid *pyramid); /* memory of the levels built so far */

/* Crops for training: flip, rotation, scale and shift drawn at random, warped as OpenCV's
 * warpAffine does it (algorithm.md §9.7). */
#pragma once
#include "../base/random.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What happens to one image. */
typedef struct CytoCrop {
  bool flip; /* mirrored left-right first */
  double theta;
  float scale;
  double dx, dy; /* of the centre */
} CytoCrop;

/* Five numbers of the generator, in Cellpose's order. shrink = diameter of the image's cells over
 * the network's, or 1; scale_range 0..2. */
CytoCrop cyto_crop_draw(CytoRandom *random, size_t ny, size_t nx, size_t size, double scale_range,
                        double shrink);
/* Draws and forgets the numbers of n crops. */
void cyto_crop_skip(CytoRandom *random, size_t n);

/* Brightness after the warp: offset + gain·value inside the image, 0 outside. */
typedef struct CytoTone {
  float gain, offset;
} CytoTone;

/* One plane (ny,nx) → (size,size), bilinear in steps of 1/32 pixel. */
void cyto_crop_plane(const CytoCrop *crop, const float *plane, size_t ny, size_t nx, size_t size,
                     CytoTone tone, float *out);
/* The plane that says which pixels are cell (0 or 1): nearest. */
void cyto_crop_inside(const CytoCrop *crop, const uint8_t *inside, size_t ny, size_t nx,
                      size_t size, float *out);
/* Flows (2,ny,nx), Y then X: warped and turned. */
void cyto_crop_flows(const CytoCrop *crop, const float *flows, size_t ny, size_t nx, size_t size,
                     float *out);

/* Gaussian blur of a plane (size,size) in place, radius 3·sigma, edges repeated; scratch holds as
 * much as the plane. */
void cyto_crop_blur(float *plane, size_t size, double sigma, float *scratch);

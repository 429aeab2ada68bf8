/* Gaussian smoothing and sharpening (algorithm.md §3.6). */
#pragma once
#include "../base/job.h"

/* In place on x (C,Y,X); the image is taken as periodic. Radii are sigmas in pixels, 0 = off:
 * smooth alone blurs, sharpen alone subtracts the blurred image, both give a difference of two
 * blurs. NaN and infinite pixels count as the smallest finite value of their channel; a constant
 * channel stays as it is. */
bool cyto_filter(float *x, size_t nc, size_t ny, size_t nx, double sharpen, double smooth,
                 CytoJob *job, CytoError *err);

/* The colour picture of a flow field (algorithm.md §11.1): hue = direction, brightness = strength.
 */
#pragma once
#include "../base/error.h"
#include <stdint.h>

/* flow (2,ny,nx) f32, Y then X; rgb (ny,nx,3) u8. */
bool cyto_flow_picture(const float *flow, size_t ny, size_t nx, uint8_t *rgb, CytoError *err);

/* One step of many points along the flow (algorithm.md §5.3, 5.5). */
#pragma once
#include "../base/error.h"
#include <stdint.h>

/* The field F: (ny+1, nx+1) pairs (dy,dx). The last row and column repeat the ones before, so that
 * the four neighbours of any point inside the image are two adjacent pairs in two adjacent rows. */
typedef struct CytoField {
  float *pair;
  size_t stride; /* nx + 1 pairs */
  float y_max, x_max;
} CytoField;

typedef void (*CytoStep)(const CytoField *field, float *y, float *x, size_t n);
void cyto_step_bilinear(const CytoField *field, float *y, float *x, size_t n);
void cyto_step_nearest(const CytoField *field, float *y, float *x, size_t n);

/* The fastest stepper for this processor; the same bits as cyto_step_bilinear. */
CytoStep cyto_step_best(const CytoField *field, size_t ny);

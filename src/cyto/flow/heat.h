/* Heat diffusion inside one cell and the unit flows down to its source (algorithm.md §6.1); shared
 * by the flows made from labels and by the check of a mask against its flow. */
#pragma once
#include "../base/job.h"
#include "regions.h"

/* Scratch of one worker; zero-initialise, cyto_heat_clear when done. After cyto_heat_cell it holds
 * the temperatures of the piece of the cell that its centre belongs to: heat never leaves an
 * 8-connected piece, so pixels of other pieces have no flow. */
typedef struct CytoHeat {
  double *warm, *next; /* (h+2)*(w+2) of the piece; all zero between two cells */
  size_t capacity;
  CytoRun *run; /* runs of the piece, y and x relative to its box plus the border of 1 */
  uint32_t *root;
  size_t runs, runs_capacity;
  size_t stride;
  uint32_t y0, x0; /* what local (1,1) is in the image */
  double *dy, *dx; /* unit flows of one run */
  size_t row_capacity;
} CytoHeat;
void cyto_heat_clear(CytoHeat *heat);

/* Diffuses; false with err on lack of memory or when the job is cancelled. */
bool cyto_heat_cell(const CytoRegion *cell, const CytoRun *run, CytoHeat *heat, const CytoJob *job,
                    CytoError *err);

/* Unit flows of piece run i into heat->dy, heat->dx; the place of the run in the image. */
CytoRun cyto_heat_flows(CytoHeat *heat, size_t i);

/* Leaves the buffers zero for the next cell. */
void cyto_heat_reset(CytoHeat *heat);

/* Diffuses every cell, in parallel and the largest ones first, and shows each to `visit`. */
typedef void (*CytoHeatVisit)(void *context, const CytoRegion *cell, CytoHeat *heat);
bool cyto_heat_each(const CytoRegions *regions, CytoHeatVisit visit, void *context,
                    const char *stage, CytoJob *job, CytoError *err);

/* One diffusion step of n pixels: out = 1/9 of the 3×3 sum, added in the order of §6.1. The fast
 * version gives the same bits; cyto_smooth_best is what this processor runs. */
typedef void (*CytoSmooth)(const double *middle, size_t stride, double *out, size_t n);
void cyto_smooth_plain(const double *middle, size_t stride, double *out, size_t n);
CytoSmooth cyto_smooth_best(void);

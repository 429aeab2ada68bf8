/* The road of this area from a flow field to clean labels, as the reference masks were made. */
#pragma once
#include "flow/clean.h"
#include "flow/cluster.h"
#include "flow/follow.h"
#include "flow-help.h"
#include "npy.h"

/* flow at network scale; cellprob +6 inside truth and -6 outside. Heap labels. */
static inline uint32_t *road_labels(const float *flow, const uint32_t *truth, size_t ny, size_t nx,
                                    CytoJob *job, uint32_t *n) {
  CytoError err = {0};
  float *cellprob = malloc(ny * nx * sizeof *cellprob);
  uint32_t *labels = malloc(ny * nx * sizeof *labels);
  for (size_t i = 0; i < ny * nx; i++)
    cellprob[i] = truth[i] ? 6 : -6;
  CytoFollow options = {.iterations = 200, .interpolate = true};
  CytoTracks tracks = {0};
  CHECKF(cyto_follow(flow, cellprob, ny, nx, &options, &tracks, job, &err), "%s", err.text);
  CHECKF(cyto_cluster(&tracks, ny, nx, 0.4, labels, n, job, &err), "%s", err.text);
  CHECKF(cyto_remove_bad_flow(labels, ny, nx, flow, 0.4, job, &err), "%s", err.text);
  CHECKF(cyto_fill_and_remove_small(labels, ny, nx, 15, n, job, &err), "%s", err.text);
  cyto_tracks_clear(&tracks);
  free(cellprob);
  return labels;
}

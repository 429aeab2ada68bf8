#include "target.h"
#include "../base/mem.h"
#include "heat.h"
#include <string.h>

typedef struct Target {
  float *flows;
  size_t ny, nx;
} Target;

static void write_cell(void *context, const CytoRegion *cell, CytoHeat *heat) {
  (void)cell;
  const Target *target = context;
  for (size_t i = 0; i < heat->runs; i++) {
    CytoRun run = cyto_heat_flows(heat, i);
    float *dy = target->flows + run.y * target->nx + run.x0, *dx = dy + target->ny * target->nx;
    for (size_t k = 0; k < run.x1 - run.x0; k++) {
      dy[k] = (float)heat->dy[k];
      dx[k] = (float)heat->dx[k];
    }
  }
}

bool cyto_flows_from_labels(const uint32_t *labels, size_t ny, size_t nx, float *flows,
                            CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(cyto_regions_clear) CytoRegions regions = {0};
  if (!cyto_regions_find(labels, ny, nx, &regions, err))
    return false;
  memset(flows, 0, 2 * ny * nx * sizeof *flows);
  Target target = {flows, ny, nx};
  return cyto_heat_each(&regions, write_cell, &target, "flows from labels", job, err);
}

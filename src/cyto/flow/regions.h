/* The cells of a label image as runs of pixels: what every per-cell stage walks over, so that work
 * is in proportion to the pixels of a cell whatever its shape and whatever its number. */
#pragma once
#include "../base/error.h"
#include <stdint.h>

typedef struct CytoRun {
  uint32_t label, y, x0, x1; /* pixels x0..x1-1 of row y */
} CytoRun;

typedef struct CytoRegion {
  uint32_t label;
  uint32_t y0, x0, y1, x1; /* bounding box, ends excluded */
  size_t first, count;     /* its runs, in raster order */
  uint64_t area;           /* pixels */
} CytoRegion;

/* Regions in ascending order of label; zero-initialise, cyto_regions_clear when done. */
typedef struct CytoRegions {
  size_t count, runs;
  CytoRegion *region;
  CytoRun *run;
} CytoRegions;

/* Label images of any numbering, ny*nx below 2^32; background is no region. */
bool cyto_regions_find(const uint32_t *labels, size_t ny, size_t nx, CytoRegions *out,
                       CytoError *err);
void cyto_regions_clear(CytoRegions *regions);

/* Sets every pixel of a region. */
void cyto_region_paint(const CytoRegions *regions, const CytoRegion *region, uint32_t value,
                       uint32_t *labels, size_t nx);

/* Sizes every stage of this area asks for: ny, nx >= 1, sides below 2^31 and ny*nx below 2^32. */
bool cyto_flow_size_ok(size_t ny, size_t nx, CytoError *err);

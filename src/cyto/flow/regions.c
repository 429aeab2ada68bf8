#include "regions.h"
#include "../base/mem.h"
#include <string.h>

bool cyto_flow_size_ok(size_t ny, size_t nx, CytoError *err) {
  const size_t longest = INT32_MAX - 64; /* room for the margin of the end-point histogram */
  size_t pixels;
  if (ny >= 1 && nx >= 1 && ny <= longest && nx <= longest && cyto_mul(ny, nx, &pixels) &&
      pixels < UINT32_MAX)
    return true;
  return cyto_fail(err, CYTO_ERROR_LIMIT,
                   "a plane of %zu×%zu pixels (height×width) cannot be handled: a plane needs at "
                   "least one pixel and fewer than 4294967295; cut it into smaller pieces",
                   ny, nx);
}

static size_t run_end(const uint32_t *row, size_t x, size_t nx) {
  uint32_t label = row[x];
  while (x < nx && row[x] == label)
    x++;
  return x;
}

static size_t count_runs(const uint32_t *labels, size_t ny, size_t nx) {
  size_t runs = 0;
  for (size_t y = 0; y < ny; y++) {
    const uint32_t *row = labels + y * nx;
    uint32_t before = 0;
    for (size_t x = 0; x < nx; x++) {
      runs += row[x] != before && row[x] != 0;
      before = row[x];
    }
  }
  return runs;
}

static void collect_runs(const uint32_t *labels, size_t ny, size_t nx, CytoRun *run) {
  for (size_t y = 0; y < ny; y++) {
    const uint32_t *row = labels + y * nx;
    for (size_t x = 0; x < nx;) {
      if (row[x] == 0) {
        x++;
        continue;
      }
      size_t end = run_end(row, x, nx);
      *run++ = (CytoRun){row[x], (uint32_t)y, (uint32_t)x, (uint32_t)end};
      x = end;
    }
  }
}

/* Stable radix sort by label, a byte a pass: linear for any numbering, and raster order stays
 * within a label. Bytes that are the same everywhere take no pass. Returns the array that holds the
 * result. */
static CytoRun *sort_runs(CytoRun *run, CytoRun *spare, size_t n) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    size_t start[257] = {0};
    for (size_t i = 0; i < n; i++)
      start[(run[i].label >> shift & 255) + 1]++;
    if (n == 0 || start[(run[0].label >> shift & 255) + 1] == n)
      continue;
    for (size_t k = 1; k < 257; k++)
      start[k] += start[k - 1];
    for (size_t i = 0; i < n; i++)
      spare[start[run[i].label >> shift & 255]++] = run[i];
    CytoRun *other = run;
    run = spare;
    spare = other;
  }
  return run;
}

static size_t count_regions(const CytoRun *run, size_t runs) {
  size_t count = 0;
  for (size_t i = 0; i < runs; i++)
    count += i == 0 || run[i].label != run[i - 1].label;
  return count;
}

static void describe_region(const CytoRun *run, size_t runs, CytoRegion *region) {
  *region = (CytoRegion){.label = run->label, .y0 = run->y, .x0 = run->x0, .x1 = run->x1};
  for (size_t i = 0; i < runs && run[i].label == region->label; i++) {
    region->y1 = run[i].y + 1;
    region->x0 = run[i].x0 < region->x0 ? run[i].x0 : region->x0;
    region->x1 = run[i].x1 > region->x1 ? run[i].x1 : region->x1;
    region->area += run[i].x1 - run[i].x0;
    region->count++;
  }
}

bool cyto_regions_find(const uint32_t *labels, size_t ny, size_t nx, CytoRegions *out,
                       CytoError *err) {
  if (!cyto_flow_size_ok(ny, nx, err))
    return false;
  size_t runs = count_runs(labels, ny, nx);
  CYTO_AUTOFREE CytoRun *run = cyto_alloc(runs, sizeof *run, err);
  CYTO_AUTOFREE CytoRun *spare = run ? cyto_alloc(runs, sizeof *spare, err) : NULL;
  if (!spare)
    return false;
  collect_runs(labels, ny, nx, run);
  bool in_run = sort_runs(run, spare, runs) == run;
  const CytoRun *sorted = in_run ? run : spare;

  size_t count = count_regions(sorted, runs);
  CytoRegion *region = cyto_alloc(count, sizeof *region, err);
  if (!region)
    return false;
  for (size_t k = 0, first = 0; k < count; k++) {
    describe_region(sorted + first, runs - first, &region[k]);
    region[k].first = first;
    first += region[k].count;
  }
  *out = (CytoRegions){count, runs, region, in_run ? cyto_steal(&run) : cyto_steal(&spare)};
  return true;
}

void cyto_regions_clear(CytoRegions *regions) {
  free(regions->region);
  free(regions->run);
  memset(regions, 0, sizeof *regions);
}

void cyto_region_paint(const CytoRegions *regions, const CytoRegion *region, uint32_t value,
                       uint32_t *labels, size_t nx) {
  const CytoRun *run = regions->run + region->first;
  for (size_t i = 0; i < region->count; i++)
    for (uint32_t x = run[i].x0; x < run[i].x1; x++)
      labels[run[i].y * nx + x] = value;
}

#include "heat.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include <string.h>

/* A cell and about how long it takes. */
typedef struct Turn {
  uint64_t cost;
  size_t cell;
} Turn;

typedef struct Each {
  const CytoRegions *regions;
  CytoHeatVisit visit;
  void *context;
  const CytoJob *job;
  Turn *turn;
  unsigned workers;
  CytoHeat *heat;   /* one a worker */
  CytoError *error; /* one a worker */
  atomic_bool failed;
} Each;

static void each_clear(Each *each) {
  for (unsigned i = 0; each->heat && i < each->workers; i++)
    cyto_heat_clear(&each->heat[i]);
  free(each->heat);
  free(each->error);
  free(each->turn);
}

static int compare_turns(const void *left, const void *right) {
  const Turn *a = left, *b = right;
  if (a->cost != b->cost)
    return a->cost < b->cost ? 1 : -1;
  return (a->cell > b->cell) - (a->cell < b->cell);
}

static void do_cell(void *context, size_t item, unsigned worker) {
  Each *each = context;
  CytoHeat *heat = &each->heat[worker];
  const CytoRegion *cell = &each->regions->region[each->turn[item].cell];
  if (atomic_load(&each->failed))
    return;
  if (!cyto_heat_cell(cell, each->regions->run + cell->first, heat, each->job,
                      &each->error[worker])) {
    atomic_store(&each->failed, true);
    return;
  }
  each->visit(each->context, cell, heat);
  cyto_heat_reset(heat);
}

bool cyto_heat_each(const CytoRegions *regions, CytoHeatVisit visit, void *context,
                    const char *stage, CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(each_clear)
  Each each = {.regions = regions,
               .visit = visit,
               .context = context,
               .job = job,
               .workers = cyto_pool_threads(job ? job->pool : NULL)};
  each.heat = cyto_calloc(each.workers, sizeof *each.heat, err);
  each.error = each.heat ? cyto_calloc(each.workers, sizeof *each.error, err) : NULL;
  each.turn = each.error ? cyto_alloc(regions->count, sizeof *each.turn, err) : NULL;
  if (!each.turn)
    return false;
  for (size_t i = 0; i < regions->count; i++) {
    const CytoRegion *cell = &regions->region[i];
    uint64_t sides = (uint64_t)(cell->y1 - cell->y0) + (cell->x1 - cell->x0);
    each.turn[i] = (Turn){cell->area * sides, i};
  }
  qsort(each.turn, regions->count, sizeof *each.turn, compare_turns);
  if (!cyto_parallel(job, regions->count, do_cell, &each, stage, err))
    return false;
  for (unsigned i = 0; i < each.workers; i++)
    if (each.error[i].code != CYTO_OK)
      return cyto_fail(err, each.error[i].code, "%s", each.error[i].text);
  return true;
}

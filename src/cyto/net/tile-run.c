/* One tile's steps at work. */
#include "../base/parallel.h"
#include "steps.h"
#include <sched.h>

void cyto_tile_alone(const CytoTile *tile, const CytoJob *job, float *scratch) {
  for (size_t s = 0; s < tile->steps && !cyto_job_cancelled(job); s++)
    for (size_t i = 0; i < tile->step[s].items; i++)
      tile->step[s].item(tile, &tile->step[s], i, scratch);
}

/* All threads go through the steps in one call of cyto_parallel: sleeping and waking once a step
 * would cost more than the short ones. Whoever comes to a step takes items of it until none is
 * left, then waits for those that others took; a thread that comes late, or never, is not missed.
 */
typedef struct Team {
  const CytoTile *tile;
  const CytoJob *job;
  float *scratch;
  size_t scratch_size;
  atomic_size_t next[CYTO_MAX_STEPS], done[CYTO_MAX_STEPS];
} Team;

static void rest(unsigned turn) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
  if (turn % 256 == 255)
    sched_yield();
}

static void member(void *context, size_t item, unsigned worker) {
  (void)item;
  Team *team = context;
  const CytoTile *tile = team->tile;
  float *scratch = team->scratch + worker * team->scratch_size;
  for (size_t s = 0; s < tile->steps; s++) {
    const CytoStep *step = &tile->step[s];
    size_t i;
    while (!cyto_job_cancelled(team->job) &&
           (i = atomic_fetch_add(&team->next[s], 1)) < step->items) {
      step->item(tile, step, i, scratch);
      atomic_fetch_add(&team->done[s], 1);
    }
    for (unsigned turn = 0; atomic_load(&team->done[s]) < step->items; turn++) {
      if (cyto_job_cancelled(team->job))
        return;
      rest(turn);
    }
  }
}

bool cyto_tile_together(const CytoTile *tile, CytoJob *job, float *scratch, CytoError *err) {
  Team team = {.tile = tile,
               .job = job,
               .scratch = scratch,
               .scratch_size = cyto_tile_scratch(tile->net, tile->h, tile->w)};
  return cyto_parallel(job, cyto_pool_threads(job ? job->pool : NULL), member, &team, NULL, err);
}

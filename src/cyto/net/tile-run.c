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
 * would cost more than the short ones. The items of a step are cut into as many runs as there are
 * threads, and each thread begins with its own run, the same part of the picture in every step, so
 * that it finds in its cache what it wrote. Whoever is done with it takes items of the others',
 * then waits for those that others took; a thread that comes late, or never, is not missed. */
enum { RUNS = 16 };

typedef struct Team {
  const CytoTile *tile;
  const CytoJob *job;
  float *scratch;
  size_t scratch_size;
  unsigned runs;
  atomic_size_t next[CYTO_MAX_STEPS][RUNS], done[CYTO_MAX_STEPS];
} Team;

static void rest(unsigned turn) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
  if (turn % 256 == 255)
    sched_yield();
}

/* All that is left of one run of a step's items. */
static void take(Team *team, size_t s, unsigned run, float *scratch) {
  const CytoStep *step = &team->tile->step[s];
  size_t first = step->items * run / team->runs, count = step->items * (run + 1) / team->runs;
  count -= first;
  size_t i;
  while (!cyto_job_cancelled(team->job) && (i = atomic_fetch_add(&team->next[s][run], 1)) < count) {
    step->item(team->tile, step, first + i, scratch);
    atomic_fetch_add(&team->done[s], 1);
  }
}

static void member(void *context, size_t item, unsigned worker) {
  (void)item;
  Team *team = context;
  const CytoTile *tile = team->tile;
  float *scratch = team->scratch + worker * team->scratch_size;
  for (size_t s = 0; s < tile->steps; s++) {
    for (unsigned run = 0; run < team->runs; run++)
      take(team, s, (worker + run) % team->runs, scratch);
    for (unsigned turn = 0; atomic_load(&team->done[s]) < tile->step[s].items; turn++) {
      if (cyto_job_cancelled(team->job))
        return;
      rest(turn);
    }
  }
}

bool cyto_tile_together(const CytoTile *tile, CytoJob *job, float *scratch, CytoError *err) {
  unsigned threads = cyto_pool_threads(job ? job->pool : NULL);
  Team team = {.tile = tile,
               .job = job,
               .scratch = scratch,
               .scratch_size = cyto_tile_scratch(tile->net, tile->h, tile->w),
               .runs = threads < RUNS ? threads : RUNS};
  return cyto_parallel(job, threads, member, &team, NULL, err);
}

#include "colour-private.h"
#include "colour.h"
#include "../base/mem.h"
#include "facing.h"
#include <string.h>

enum { BAND = 512, NONE = CYTO_CELL_COLOURS };

/* A set of pairs as an open hash table; 0 is no pair. */
typedef struct Pairs {
  uint64_t *slot;
  size_t room, count;
  bool failed;
  size_t limit; /* labels above are passed over */
} Pairs;

static void put(uint64_t *slot, size_t room, uint64_t pair, size_t *count) {
  size_t i = (size_t)((pair * 0x9e3779b97f4a7c15u) >> 20) & (room - 1);
  while (slot[i] && slot[i] != pair)
    i = (i + 1) & (room - 1);
  *count += slot[i] == 0;
  slot[i] = pair;
}

static bool grow(Pairs *pairs) {
  size_t room = pairs->room ? 2 * pairs->room : 1024, count = 0;
  uint64_t *slot = cyto_calloc(room, sizeof *slot, NULL);
  if (!slot)
    return false;
  for (size_t i = 0; i < pairs->room; i++)
    if (pairs->slot[i])
      put(slot, room, pairs->slot[i], &count);
  free(pairs->slot);
  pairs->slot = slot;
  pairs->room = room;
  return true;
}

static void add_pair(void *context, uint32_t a, uint32_t b) {
  Pairs *pairs = context;
  if (a > pairs->limit || b > pairs->limit || pairs->failed)
    return;
  if (2 * pairs->count >= pairs->room && !grow(pairs)) {
    pairs->failed = true;
    return;
  }
  put(pairs->slot, pairs->room, (uint64_t)(a < b ? a : b) << 32 | (a < b ? b : a), &pairs->count);
}

typedef struct Search {
  const uint32_t *labels;
  size_t ny, nx;
  FacingColumn *columns; /* nx for each worker */
  Pairs *pairs;          /* one for each worker */
} Search;

static void search_band(void *context, size_t item, unsigned worker) {
  const Search *s = context;
  FacingColumn *columns = s->columns + worker * s->nx;
  memset(columns, 0, s->nx * sizeof *columns);
  size_t start = item * BAND, end = cyto_item_end(s->ny, BAND, item);
  /* The rows above the band are read again for what faces it from there. */
  for (size_t y = start > FACING_GAP + 1 ? start - FACING_GAP - 1 : 0; y < end; y++)
    facing_row(s->labels + y * s->nx, s->nx, y, columns, add_pair, &s->pairs[worker]);
}

/* All pairs of the map in one set, pairs[0]; the others are emptied. */
static bool find_pairs(Search *s, unsigned workers, CytoJob *job, CytoError *err) {
  if (!cyto_parallel(job, cyto_items(s->ny, BAND), search_band, s, NULL, err))
    return false;
  for (unsigned w = 1; w < workers; w++) {
    s->pairs[0].failed |= s->pairs[w].failed;
    for (size_t i = 0; i < s->pairs[w].room; i++)
      if (s->pairs[w].slot[i])
        add_pair(&s->pairs[0], (uint32_t)(s->pairs[w].slot[i] >> 32),
                 (uint32_t)s->pairs[w].slot[i]);
  }
  if (s->pairs[0].failed)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for the colours of the cells");
  return true;
}

/* Neighbours of each label, ascending: those of l are other[start[l]] … other[start[l+1] - 1]. */
typedef struct Graph {
  size_t count;
  size_t *start;
  uint32_t *other;
} Graph;

static void graph_clear(Graph *g) {
  free(g->start);
  free(g->other);
}

static bool graph_of(const Pairs *pairs, size_t count, Graph *g, CytoError *err) {
  g->count = count;
  g->start = cyto_calloc(count + 3, sizeof *g->start, err);
  g->other = cyto_alloc(2 * pairs->count, sizeof *g->other, err);
  if (!g->start || !g->other)
    return false;
  for (size_t i = 0; i < pairs->room; i++)
    if (pairs->slot[i]) {
      g->start[(pairs->slot[i] >> 32) + 2]++;
      g->start[(uint32_t)pairs->slot[i] + 2]++;
    }
  for (size_t l = 1; l < count + 3; l++)
    g->start[l] += g->start[l - 1];
  for (size_t i = 0; i < pairs->room; i++)
    if (pairs->slot[i]) {
      uint32_t a = (uint32_t)(pairs->slot[i] >> 32), b = (uint32_t)pairs->slot[i];
      g->other[g->start[a + 1]++] = b;
      g->other[g->start[b + 1]++] = a;
    }
  return true;
}

static int by_value(const void *a, const void *b) {
  uint32_t u = *(const uint32_t *)a, v = *(const uint32_t *)b;
  return u < v ? -1 : u > v;
}

/* Takes away, one after another, labels with fewer than 12 neighbours left; coloured in the
 * opposite order each then finds a colour free. Where no such label is left the bound rises. */
static bool peel(const Graph *g, uint32_t *order, CytoError *err) {
  CYTO_AUTOFREE size_t *left = cyto_alloc(g->count + 1, sizeof *left, err);
  CYTO_AUTOFREE uint8_t *queued = cyto_calloc(g->count + 1, 1, err);
  if (!left || !queued)
    return false;
  for (size_t l = 1; l <= g->count; l++)
    left[l] = g->start[l + 1] - g->start[l];
  size_t taken = 0, n = 0;
  for (size_t bound = CYTO_CELL_COLOURS; taken < g->count; bound *= 2) {
    for (size_t l = 1; l <= g->count; l++)
      if (!queued[l] && left[l] < bound) {
        queued[l] = 1;
        order[n++] = (uint32_t)l;
      }
    for (; taken < n; taken++)
      for (size_t k = g->start[order[taken]]; k < g->start[order[taken] + 1]; k++) {
        uint32_t l = g->other[k];
        if (--left[l] < bound && !queued[l]) {
          queued[l] = 1;
          order[n++] = l;
        }
      }
  }
  return true;
}

static void paint(const Graph *g, const uint32_t *order, uint32_t seed, uint8_t *colour) {
  memset(colour, NONE, g->count + 1);
  colour[0] = 0;
  for (size_t i = g->count; i-- > 0;) {
    uint64_t used[CYTO_CELL_COLOURS + 1] = {0};
    for (size_t k = g->start[order[i]]; k < g->start[order[i] + 1]; k++)
      used[colour[g->other[k]]]++;
    colour[order[i]] = (uint8_t)colour_least_used(used, order[i], seed);
  }
}

typedef struct PairSets {
  Pairs *set;
  unsigned count;
} PairSets;

static void pair_sets_clear(PairSets *sets) {
  for (unsigned w = 0; sets->set && w < sets->count; w++)
    free(sets->set[w].slot);
  free(sets->set);
}

bool cyto_colours_assign(const uint32_t *labels, size_t ny, size_t nx, uint8_t *colour,
                         size_t count, uint32_t seed, CytoJob *job, CytoError *err) {
  unsigned workers = cyto_pool_threads(job ? job->pool : NULL);
  if (count >= UINT32_MAX)
    return cyto_fail(err, CYTO_ERROR_LIMIT, "%zu cells are too many to be coloured", count);
  CYTO_AUTOFREE FacingColumn *columns = cyto_alloc(workers * nx, sizeof *columns, err);
  CYTO_CLEANUP(pair_sets_clear)
  PairSets sets = {cyto_calloc(workers, sizeof *sets.set, err), workers};
  CYTO_AUTOFREE uint32_t *order = cyto_alloc(count, sizeof *order, err);
  if (!columns || !sets.set || !order)
    return false;
  for (unsigned w = 0; w < workers; w++)
    sets.set[w].limit = count;
  Search search = {labels, ny, nx, columns, sets.set};
  CYTO_CLEANUP(graph_clear) Graph graph = {0};
  if (!find_pairs(&search, workers, job, err) || !graph_of(&sets.set[0], count, &graph, err))
    return false;
  for (size_t l = 1; l <= count; l++)
    qsort(graph.other + graph.start[l], graph.start[l + 1] - graph.start[l], sizeof(uint32_t),
          by_value);
  if (!peel(&graph, order, err))
    return false;
  paint(&graph, order, seed, colour);
  return true;
}

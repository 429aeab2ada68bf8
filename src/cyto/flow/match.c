#include "match.h"
#include "../base/mem.h"
#include <math.h>

static const size_t NONE = SIZE_MAX;

typedef struct Front {
  double distance;
  size_t b;
} Front;

/* Potentials u, v >= 0 with u[a] + v[b] >= weight everywhere, equal on matched edges; an unmatched
 * b has v = 0 and an a that was left alone has u = 0: by duality the matching is then optimal. */
typedef struct Match {
  const CytoEdge *edge;
  size_t *first; /* edges of a: first[a]..first[a+1]-1 */
  double *u, *v;
  size_t *mate_a, *mate_b; /* edge or NONE */
  double *distance;        /* of b in the present search, INFINITY when not reached */
  size_t *way;             /* the edge by which b was reached */
  bool *done;              /* b was taken from the heap */
  size_t *reached, reached_count;
  size_t *tree; /* the a's of the search */
  double *tree_distance;
  size_t tree_count;
  Front *heap;
  size_t heap_count, heap_capacity;
} Match;

static void match_clear(Match *m) {
  void *const block[] = {m->first, m->u,    m->v,       m->mate_a, m->mate_b,        m->distance,
                         m->way,   m->done, m->reached, m->tree,   m->tree_distance, m->heap};
  for (size_t i = 0; i < sizeof block / sizeof *block; i++)
    free(block[i]);
}

static bool push(Match *m, Front front, CytoError *err) {
  if (m->heap_count == m->heap_capacity) {
    size_t capacity = 2 * m->heap_capacity + 256;
    Front *grown = cyto_realloc(m->heap, capacity, sizeof *grown, err);
    if (!grown)
      return false;
    m->heap = grown;
    m->heap_capacity = capacity;
  }
  size_t i = m->heap_count++;
  for (; i > 0 && front.distance < m->heap[(i - 1) / 2].distance; i = (i - 1) / 2)
    m->heap[i] = m->heap[(i - 1) / 2];
  m->heap[i] = front;
  return true;
}

static Front pop(Match *m) {
  Front top = m->heap[0], last = m->heap[--m->heap_count];
  size_t i = 0;
  for (size_t child; (child = 2 * i + 1) < m->heap_count; i = child) {
    if (child + 1 < m->heap_count && m->heap[child + 1].distance < m->heap[child].distance)
      child++;
    if (!(m->heap[child].distance < last.distance))
      break;
    m->heap[i] = m->heap[child];
  }
  m->heap[i] = last;
  return top;
}

static bool scan(Match *m, size_t a, double distance, CytoError *err) {
  m->tree[m->tree_count] = a;
  m->tree_distance[m->tree_count++] = distance;
  for (size_t e = m->first[a]; e < m->first[a + 1]; e++) {
    size_t b = m->edge[e].b;
    double slack = m->u[a] + m->v[b] - m->edge[e].weight;
    double d = distance + (slack > 0 ? slack : 0);
    if (m->done[b] || !(d < m->distance[b]))
      continue;
    if (m->distance[b] == INFINITY)
      m->reached[m->reached_count++] = b;
    m->distance[b] = d;
    m->way[b] = e;
    if (!push(m, (Front){d, b}, err))
      return false;
  }
  return true;
}

/* Turns the path that ends at b around: every a on it takes the edge by which its b was reached. */
static void augment(Match *m, size_t b) {
  while (b != NONE) {
    size_t e = m->way[b], a = m->edge[e].a;
    size_t next = m->mate_a[a] == NONE ? NONE : m->edge[m->mate_a[a]].b;
    m->mate_a[a] = e;
    m->mate_b[b] = e;
    b = next;
  }
}

/* Moves the potentials of the tree so that the path of length `best` is tight, and forgets the
 * search but for its ways. */
static void settle(Match *m, double best) {
  for (size_t i = 0; i < m->tree_count; i++)
    if (m->tree_distance[i] < best)
      m->u[m->tree[i]] -= best - m->tree_distance[i];
  for (size_t i = 0; i < m->reached_count; i++) {
    size_t b = m->reached[i];
    if (m->done[b] && m->distance[b] < best)
      m->v[b] += best - m->distance[b];
    m->distance[b] = INFINITY;
    m->done[b] = false;
  }
}

/* Adds a: the search ends at a free b, or at an a of the tree that is cheapest to leave alone. */
static bool add(Match *m, size_t start, CytoError *err) {
  m->tree_count = m->reached_count = m->heap_count = 0;
  size_t alone = start, free_b = NONE;
  double best = m->u[start];
  if (!scan(m, start, 0, err))
    return false;
  while (m->heap_count > 0) {
    Front front = pop(m);
    if (front.distance >= best)
      break;
    if (m->done[front.b])
      continue;
    m->done[front.b] = true;
    if (m->mate_b[front.b] == NONE) {
      best = front.distance;
      free_b = front.b;
      break;
    }
    size_t a = m->edge[m->mate_b[front.b]].a;
    if (front.distance + m->u[a] < best) {
      best = front.distance + m->u[a];
      alone = a;
    }
    if (!scan(m, a, front.distance, err))
      return false;
  }
  settle(m, best);
  if (free_b != NONE) {
    augment(m, free_b);
  } else if (alone != start) {
    size_t b = m->edge[m->mate_a[alone]].b;
    m->mate_a[alone] = NONE;
    augment(m, b);
  }
  return true;
}

static bool prepare(Match *m, size_t edges, size_t na, size_t nb, CytoError *err) {
  if (!(m->first = cyto_calloc(na + 1, sizeof *m->first, err)) ||
      !(m->u = cyto_calloc(na, sizeof *m->u, err)) ||
      !(m->v = cyto_calloc(nb, sizeof *m->v, err)) ||
      !(m->mate_a = cyto_alloc(na, sizeof *m->mate_a, err)) ||
      !(m->mate_b = cyto_alloc(nb, sizeof *m->mate_b, err)) ||
      !(m->distance = cyto_alloc(nb, sizeof *m->distance, err)) ||
      !(m->way = cyto_alloc(nb, sizeof *m->way, err)) ||
      !(m->done = cyto_calloc(nb, sizeof *m->done, err)) ||
      !(m->reached = cyto_alloc(nb, sizeof *m->reached, err)) ||
      !(m->tree = cyto_alloc(na, sizeof *m->tree, err)) ||
      !(m->tree_distance = cyto_alloc(na, sizeof *m->tree_distance, err)))
    return false;
  for (size_t e = 0; e < edges; e++) {
    const CytoEdge *edge = &m->edge[e];
    m->first[edge->a + 1]++;
    m->u[edge->a] = fmax(m->u[edge->a], edge->weight);
  }
  for (size_t a = 0; a < na; a++) {
    m->first[a + 1] += m->first[a];
    m->mate_a[a] = NONE;
  }
  for (size_t b = 0; b < nb; b++) {
    m->mate_b[b] = NONE;
    m->distance[b] = INFINITY;
  }
  return true;
}

bool cyto_match(const CytoEdge *edge, size_t edges, size_t na, size_t nb, size_t *mate,
                CytoError *err) {
  CYTO_CLEANUP(match_clear) Match m = {.edge = edge};
  if (!prepare(&m, edges, na, nb, err))
    return false;
  for (size_t a = 0; a < na; a++)
    if (m.first[a] < m.first[a + 1] && !add(&m, a, err))
      return false;
  for (size_t a = 0; a < na; a++)
    mate[a] = m.mate_a[a] == NONE ? edges : m.mate_a[a];
  return true;
}

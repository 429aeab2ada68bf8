#include "task-segment.h"
#include "../cyto/base/mem.h"
#include "../cyto/flow/clean.h"
#include "../cyto/pix/resize.h"
#include "../cyto/seg/road.h"
#include <string.h>

/* Cells before any threshold but the one for the cell probability, and how wrong their flows are.
 */
struct ScribeCandidates {
  gatomicrefcount refs;
  ScribeFlow *flow; /* what they were made from */
  double cellprob, niter;
  guint32 *labels;      /* (planes,fy,fx) */
  double **errors;      /* of each plane */
  guint32 *count;       /* of each plane */
  CytoLabels reference; /* the cells of the run's own thresholds */
};

ScribeCandidates *scribe_candidates_new(void) {
  ScribeCandidates *c = g_new0(ScribeCandidates, 1);
  g_atomic_ref_count_init(&c->refs);
  return c;
}

ScribeCandidates *scribe_candidates_ref(ScribeCandidates *c) {
  g_atomic_ref_count_inc(&c->refs);
  return c;
}

static void forget_candidates(ScribeCandidates *c) {
  for (gsize z = 0; c->flow && c->errors && z < c->flow->planes; z++)
    free(c->errors[z]);
  g_clear_pointer(&c->errors, g_free);
  g_clear_pointer(&c->count, g_free);
  free(cyto_steal(&c->labels));
}

static void forget_flow(ScribeCandidates *c) {
  forget_candidates(c);
  cyto_labels_clear(&c->reference);
  c->reference = (CytoLabels){0};
  scribe_flow_unref(c->flow);
  c->flow = NULL;
}

void scribe_candidates_unref(ScribeCandidates *c) {
  if (!g_atomic_ref_count_dec(&c->refs))
    return;
  forget_flow(c);
  g_free(c);
}

/* Worker's thread, as everything below. Fills the cache for that flow and cell probability. */
static bool find_candidates(ScribeCandidates *c, ScribeFlow *flow, const CytoSegment *options,
                            CytoJob *core, CytoError *err) {
  if (c->flow != flow) {
    forget_flow(c);
    c->flow = scribe_flow_ref(flow);
  }
  if (c->labels && c->cellprob == options->cellprob_threshold && c->niter == options->niter)
    return true;
  forget_candidates(c);
  gsize pixels = flow->fy * flow->fx;
  CytoSegment all = *options;
  all.flow_threshold = 0;
  CYTO_AUTOFREE guint32 *labels = cyto_alloc(flow->planes, pixels * sizeof *labels, err);
  if (!labels)
    return false;
  c->errors = g_new0(double *, flow->planes);
  c->count = g_new0(guint32, flow->planes);
  for (gsize z = 0; z < flow->planes; z++) {
    const float *y = flow->data + 3 * pixels * z;
    guint32 *plane = labels + pixels * z, n = 0;
    if (!cyto_road_labels(y, flow->fy, flow->fx, flow->diam_mean / flow->diameter[z], &all, plane,
                          core, err))
      return false;
    for (gsize i = 0; i < pixels; i++)
      n = MAX(n, plane[i]);
    c->count[z] = n;
    c->errors[z] = cyto_calloc(MAX(n, 1), sizeof(double), err);
    if (!c->errors[z] ||
        (n && !cyto_flow_errors(plane, flow->fy, flow->fx, n, y, c->errors[z], core, err)))
      return false;
  }
  c->labels = cyto_steal(&labels);
  c->cellprob = options->cellprob_threshold;
  c->niter = options->niter;
  return true;
}

/* Candidates of which no pixel is left get that reason. candidate: (n pixels). */
static void note_lost(const guint32 *candidate, const guint32 *labels, gsize pixels, guint8 *alive,
                      guint8 *reason, guint count, guint8 why) {
  memset(alive, 0, count + 1);
  for (gsize i = 0; i < pixels; i++)
    if (labels[i])
      alive[candidate[i]] = 1;
  for (guint l = 1; l <= count; l++)
    if (!reason[l] && !alive[l])
      reason[l] = why;
}

/* The same steps in the same order as after a run (seg/segment.c), with the reasons written down.
 * big: candidates at the size of the image; out: the cells. */
static bool filter_plane(const ScribeCandidates *c, gsize z, const CytoSegment *options, gsize ny,
                         gsize nx, guint32 *big, guint32 *out, guint8 *reason, CytoJob *core,
                         CytoError *err) {
  gsize fy = c->flow->fy, fx = c->flow->fx, pixels = ny * nx;
  const guint32 *small = c->labels + fy * fx * z;
  guint count = c->count[z];
  uint32_t n = 0;
  g_autofree guint8 *alive = g_malloc0(count + 1);
  memset(reason, 0, count + 1);
  if (!cyto_resize_nearest_u32(small, fy, fx, big, ny, nx, err))
    return false;
  for (guint l = 1; l <= count && options->flow_threshold > 0; l++)
    reason[l] = c->errors[z][l - 1] > options->flow_threshold ? SCRIBE_REJECTED_FLOW : 0;
  for (gsize i = 0; i < pixels; i++)
    out[i] = reason[big[i]] ? 0 : big[i];
  if (!cyto_fill_and_remove_small(out, ny, nx, options->min_size, &n, core, err))
    return false;
  note_lost(big, out, pixels, alive, reason, count, SCRIBE_REJECTED_SMALL);
  if (options->max_size) {
    if (!cyto_remove_large(out, ny, nx, options->max_size, err) ||
        !cyto_renumber(out, pixels, &n, err))
      return false;
    note_lost(big, out, pixels, alive, reason, count, SCRIBE_REJECTED_LARGE);
  }
  if (options->exclude_on_edges) {
    if (!cyto_remove_edge(out, ny, nx, &n, err))
      return false;
    note_lost(big, out, pixels, alive, reason, count, SCRIBE_REJECTED_EDGE);
  }
  return true;
}

/* How many labels of `a` have no label of `b` under at least half of their pixels. */
static guint count_new(const guint32 *a, const guint32 *b, gsize pixels) {
  g_autoptr(GHashTable) pairs = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  guint32 top = 0, fresh = 0;
  for (gsize i = 0; i < pixels; i++)
    top = MAX(top, a[i]);
  g_autofree guint32 *area = g_new0(guint32, (gsize)top + 1);
  g_autofree guint8 *matched = g_malloc0((gsize)top + 1);
  for (gsize i = 0; i < pixels;) {
    gsize run = 1;
    while (i + run < pixels && a[i + run] == a[i] && b[i + run] == b[i])
      run++;
    area[a[i]] += (guint32)run;
    if (a[i] && b[i]) {
      gint64 key = (gint64)(((guint64)a[i] << 32) | b[i]);
      gsize n = GPOINTER_TO_SIZE(g_hash_table_lookup(pairs, &key)) + run;
      g_hash_table_insert(pairs, g_memdup2(&key, sizeof key), GSIZE_TO_POINTER(n));
    }
    i += run;
  }
  GHashTableIter iter;
  gpointer key, value;
  g_hash_table_iter_init(&iter, pairs);
  while (g_hash_table_iter_next(&iter, &key, &value)) {
    guint32 l = (guint32)(*(guint64 *)key >> 32);
    matched[l] |= 2 * GPOINTER_TO_SIZE(value) >= area[l];
  }
  for (guint32 l = 1; l <= top; l++)
    fresh += area[l] && !matched[l];
  return fresh;
}

typedef struct Filter {
  ScribeFiltered out;
  ScribeFlow *flow;
  CytoSegment options;
  gsize ny, nx;
  ScribeCandidates *candidates;
} Filter;

static void filter_free(gpointer data) {
  Filter *filter = data;
  cyto_labels_clear(&filter->out.labels);
  scribe_ghosts_free(filter->out.ghosts);
  scribe_flow_unref(filter->flow);
  scribe_candidates_unref(filter->candidates);
  g_free(filter);
}

static ScribeGhosts *ghosts_new(gsize planes, gsize ny, gsize nx) {
  guint32 *labels = g_try_malloc_n(planes * ny * nx, sizeof *labels);
  if (!labels)
    return NULL;
  ScribeGhosts *ghosts = g_new0(ScribeGhosts, 1);
  *ghosts = (ScribeGhosts){labels, g_new0(guint8 *, planes), g_new0(guint, planes), planes, ny, nx};
  return ghosts;
}

/* All planes by these thresholds; candidates must be in the cache. */
static bool filter_planes(const Filter *filter, const CytoSegment *options, CytoLabels *labels,
                          ScribeGhosts *ghosts, CytoJob *core, CytoError *err) {
  ScribeCandidates *c = filter->candidates;
  gsize pixels = filter->ny * filter->nx;
  if (!cyto_labels_init(labels, filter->flow->planes, filter->ny, filter->nx, err))
    return false;
  for (gsize z = 0; z < filter->flow->planes; z++) {
    g_free(ghosts->reason[z]);
    ghosts->reason[z] = g_malloc0(c->count[z] + 1);
    ghosts->count[z] = c->count[z];
    if (!filter_plane(c, z, options, filter->ny, filter->nx, ghosts->labels + pixels * z,
                      labels->data + pixels * z, ghosts->reason[z], core, err))
      return false;
  }
  return true;
}

/* The cells of the run's own thresholds, made once for a run. */
static bool make_reference(Filter *filter, CytoJob *core, CytoError *err) {
  ScribeCandidates *c = filter->candidates;
  const CytoSegment *own = &filter->flow->options;
  CytoLabels made = {0};
  if (c->flow == filter->flow && c->reference.data)
    return true;
  if (!find_candidates(c, filter->flow, own, core, err))
    return false;
  if (!filter_planes(filter, own, &made, filter->out.ghosts, core, err)) {
    cyto_labels_clear(&made);
    return false;
  }
  c->reference = made;
  return true;
}

static bool run_filter(gpointer data, CytoJob *core, CytoError *err) {
  Filter *filter = data;
  ScribeFiltered *out = &filter->out;
  gsize planes = filter->flow->planes, pixels = filter->ny * filter->nx;
  out->ghosts = ghosts_new(planes, filter->ny, filter->nx);
  if (!out->ghosts)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to show the rejected cells");
  if (!make_reference(filter, core, err) ||
      !find_candidates(filter->candidates, filter->flow, &filter->options, core, err) ||
      !filter_planes(filter, &filter->options, &out->labels, out->ghosts, core, err))
    return false;
  for (gsize z = 0; z < planes; z++) {
    const guint32 *now = out->labels.data + pixels * z;
    const guint32 *before = filter->candidates->reference.data + pixels * z;
    out->added += count_new(now, before, pixels);
    out->removed += count_new(before, now, pixels);
    guint32 top = 0;
    for (gsize i = 0; i < pixels; i++)
      top = MAX(top, now[i]);
    out->kept += top;
    for (guint l = 1; l <= out->ghosts->count[z]; l++)
      out->rejected[out->ghosts->reason[z][l]]++;
  }
  return true;
}

ScribeJob *scribe_task_filter(ScribeFlow *flow, const CytoSegment *options, gsize ny, gsize nx,
                              ScribeCandidates *candidates, gpointer owner,
                              ScribeJobFinish finish) {
  Filter *filter = g_new0(Filter, 1);
  filter->flow = scribe_flow_ref(flow);
  filter->options = *options;
  filter->ny = ny;
  filter->nx = nx;
  filter->candidates = scribe_candidates_ref(candidates);
  return scribe_job_new("filter", owner, run_filter, finish, filter, filter_free);
}

ScribeFiltered *scribe_task_filtered(ScribeJob *job) {
  return scribe_job_get_data(job);
}

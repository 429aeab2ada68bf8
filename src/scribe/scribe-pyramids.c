#include "scribe-pyramids.h"

enum { LARGE = 1 << 23 }; /* pixels of all channels that take too long between two frames */

struct ScribePyramids {
  gatomicrefcount refs; /* the owner's, that of the pending call */
  guint n;
  CytoPyramid **pyramid;
  ScribePyramidsFill fill; /* NULL: they are made */
  gpointer source;
  GDestroyNotify free_source;
  CytoJob job;
  GThread *thread; /* NULL: there was nothing to do */
  gboolean done;   /* main thread: may be used */
  gboolean owned;  /* main thread: the owner has not let go */
  void (*ready)(gpointer data);
  gpointer data;
};

static void unref(gpointer data) {
  ScribePyramids *self = data;
  if (!g_atomic_ref_count_dec(&self->refs))
    return;
  for (guint c = 0; c < self->n; c++)
    cyto_pyramid_free(self->pyramid[c]);
  if (self->free_source)
    self->free_source(self->source);
  g_free(self->pyramid);
  g_free(self);
}

static gboolean on_built(gpointer data) {
  ScribePyramids *self = data;
  self->done = TRUE;
  if (self->owned && self->ready)
    self->ready(self->data);
  return G_SOURCE_REMOVE;
}

/* Its own thread. Nobody else touches the pyramids until on_built; levels that could not be made
 * are made, or done without, when they are drawn. */
static gpointer build(gpointer data) {
  ScribePyramids *self = data;
  if (self->fill)
    self->fill(self->pyramid, &self->job, self->source);
  CytoPool *pool = cyto_pool_new(0, NULL);
  self->job.pool = pool;
  for (guint c = 0; c < self->n; c++)
    if (self->pyramid[c] && !cyto_job_cancelled(&self->job))
      cyto_pyramid_build(self->pyramid[c], CYTO_PYRAMID_LEVELS - 1, &self->job, NULL);
  self->job.pool = NULL;
  cyto_pool_free(pool);
  g_idle_add_full(G_PRIORITY_DEFAULT, on_built, self, unref);
  return NULL;
}

static ScribePyramids *create(guint n, void (*ready)(gpointer data), gpointer data) {
  ScribePyramids *self = g_new0(ScribePyramids, 1);
  g_atomic_ref_count_init(&self->refs);
  self->n = n;
  self->pyramid = g_new0(CytoPyramid *, n);
  self->owned = TRUE;
  self->ready = ready;
  self->data = data;
  return self;
}

static ScribePyramids *start(ScribePyramids *self) {
  g_atomic_ref_count_inc(&self->refs);
  self->thread = g_thread_new("pyramids", build, self);
  return self;
}

ScribePyramids *scribe_pyramids_make(guint n, ScribePyramidsFill fill, gpointer source,
                                     GDestroyNotify free_source, void (*ready)(gpointer data),
                                     gpointer data) {
  ScribePyramids *self = create(n, ready, data);
  self->fill = fill;
  self->source = source;
  self->free_source = free_source;
  return start(self);
}

ScribePyramids *scribe_pyramids_new(CytoImage *image, guint plane, void (*ready)(gpointer data),
                                    gpointer data) {
  ScribePyramids *self = create((guint)image->nc, ready, data);
  for (guint c = 0; c < self->n; c++)
    self->pyramid[c] = cyto_pyramid_new(cyto_plane(image, plane / image->nz, plane % image->nz, c),
                                        image, 0, NULL);
  self->done = image->ny * image->nx <= LARGE / image->nc;
  return self->done ? self : start(self);
}

static void let_go(ScribePyramids *self, gboolean wait) {
  if (!self)
    return;
  atomic_store(&self->job.cancel, 1);
  self->owned = FALSE;
  if (self->thread && wait)
    g_thread_join(self->thread);
  else if (self->thread)
    g_thread_unref(self->thread);
  unref(self);
}

void scribe_pyramids_free(ScribePyramids *self) {
  let_go(self, FALSE);
}

void scribe_pyramids_stop(ScribePyramids *self) {
  let_go(self, TRUE);
}

gboolean scribe_pyramids_are_ready(ScribePyramids *self) {
  return self->done;
}

CytoPyramid *scribe_pyramids_get(ScribePyramids *self, guint c) {
  return self->done && c < self->n ? self->pyramid[c] : NULL;
}

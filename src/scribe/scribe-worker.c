#include "scribe-worker.h"
#include "scribe-job-private.h"
#include "../cyto/base/parallel.h"

/* Only what the thread needs: it may outlive the GObject by the length of one tile. */
typedef struct Line {
  gatomicrefcount refs;
  GAsyncQueue *queue;
  guint threads;
  char *name;
} Line;

struct _ScribeWorker {
  GObject parent;
  Line *line;
  gboolean started;
  GPtrArray *jobs; /* not seen to end yet */
};

G_DEFINE_FINAL_TYPE(ScribeWorker, scribe_worker, G_TYPE_OBJECT)

static void line_unref(Line *line) {
  if (!g_atomic_ref_count_dec(&line->refs))
    return;
  g_async_queue_unref(line->queue);
  g_free(line->name);
  g_free(line);
}

/* The worker's thread, from here to its end. An entry of the queue that is the line itself says
 * that no more comes. */
static gpointer work(gpointer data) {
  Line *line = data;
  CytoPool *pool = cyto_pool_new(line->threads, NULL); /* NULL: one thread does it all */
  for (;;) {
    gpointer next = g_async_queue_pop(line->queue);
    if (next == line)
      break;
    scribe_job_execute(next, pool);
  }
  cyto_pool_free(pool);
  line_unref(line);
  return NULL;
}

static void forget(gpointer data, GObject *where_job_was) {
  ScribeWorker *self = data;
  g_ptr_array_remove_fast(self->jobs, where_job_was);
}

static void scribe_worker_dispose(GObject *object) {
  ScribeWorker *self = SCRIBE_WORKER(object);
  scribe_worker_cancel_all(self);
  for (guint i = 0; i < self->jobs->len; i++)
    g_object_weak_unref(self->jobs->pdata[i], forget, self);
  g_ptr_array_set_size(self->jobs, 0);
  if (self->started)
    g_async_queue_push(self->line->queue, self->line);
  self->started = FALSE;
  G_OBJECT_CLASS(scribe_worker_parent_class)->dispose(object);
}

static void scribe_worker_finalize(GObject *object) {
  ScribeWorker *self = SCRIBE_WORKER(object);
  line_unref(self->line);
  g_ptr_array_unref(self->jobs);
  G_OBJECT_CLASS(scribe_worker_parent_class)->finalize(object);
}

static void scribe_worker_class_init(ScribeWorkerClass *klass) {
  G_OBJECT_CLASS(klass)->dispose = scribe_worker_dispose;
  G_OBJECT_CLASS(klass)->finalize = scribe_worker_finalize;
}

static void scribe_worker_init(ScribeWorker *self) {
  self->jobs = g_ptr_array_new();
  self->line = g_new0(Line, 1);
  g_atomic_ref_count_init(&self->line->refs);
  self->line->queue = g_async_queue_new();
}

ScribeWorker *scribe_worker_new(const char *name, guint threads) {
  ScribeWorker *self = g_object_new(SCRIBE_TYPE_WORKER, NULL);
  self->line->name = g_strdup(name);
  self->line->threads = threads;
  return self;
}

void scribe_worker_push(ScribeWorker *self, ScribeJob *job) {
  if (!self->started) {
    g_atomic_ref_count_inc(&self->line->refs);
    g_thread_unref(g_thread_new(self->line->name, work, self->line));
    self->started = TRUE;
  }
  g_object_weak_ref(G_OBJECT(job), forget, self);
  g_ptr_array_add(self->jobs, job);
  g_async_queue_push(self->line->queue, job);
}

void scribe_worker_cancel_all(ScribeWorker *self) {
  for (guint i = 0; i < self->jobs->len; i++)
    scribe_job_cancel(self->jobs->pdata[i]);
}

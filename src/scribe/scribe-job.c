#include "scribe-job-private.h"
#include <glib/gi18n.h>
#include <string.h>

struct _ScribeJob {
  GObject parent;
  const char *kind;
  GWeakRef owner;
  ScribeJobRun run;
  ScribeJobFinish finish;
  gpointer data;
  GDestroyNotify free_data;
  CytoJob core;
  CytoError err;
  bool good;

  /* How far: written by the worker's thread, read by the main thread. */
  GMutex lock;
  const char *stage;   /* translated, static */
  const char *counted; /* stage whose items are nearly all of the work */
  guint done, total, passes, passed;
  double fraction;
  gint64 network_begun;
  gboolean pending; /* an idle is on its way */
};

G_DEFINE_FINAL_TYPE(ScribeJob, scribe_job, G_TYPE_OBJECT)

enum { PROGRESS, WARNING, N_SIGNALS };
static guint signals[N_SIGNALS];

static void scribe_job_finalize(GObject *object) {
  ScribeJob *self = SCRIBE_JOB(object);
  if (self->free_data)
    self->free_data(self->data);
  g_weak_ref_clear(&self->owner);
  g_mutex_clear(&self->lock);
  G_OBJECT_CLASS(scribe_job_parent_class)->finalize(object);
}

static void scribe_job_class_init(ScribeJobClass *klass) {
  G_OBJECT_CLASS(klass)->finalize = scribe_job_finalize;
  signals[PROGRESS] = g_signal_new("progress", SCRIBE_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[WARNING] = g_signal_new("warning", SCRIBE_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void scribe_job_init(ScribeJob *self) {
  g_mutex_init(&self->lock);
  self->passes = 1;
  self->fraction = -1;
}

/* The core names its stages in English; these are all of them. */
static const char *stage_text(const char *stage) {
  static const struct {
    const char *name, *text;
  } table[] = {
      {"reading", N_("Reading")},
      {"network", N_("Network")},
      {"clustering", N_("Finding cells")},
      {"filling holes", N_("Filling holes")},
      {"cleaning", N_("Cleaning up")},
      {"flow errors", N_("Checking cells")},
      {"writing", N_("Writing")},
      {"preparing", N_("Preparing")},
      {"batch", N_("Images")},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
    if (strcmp(table[i].name, stage) == 0)
      return _(table[i].text);
  return _("Working");
}

/* Main thread. */
static gboolean tell_progress(gpointer data) {
  ScribeJob *self = data;
  g_mutex_lock(&self->lock);
  self->pending = FALSE;
  g_mutex_unlock(&self->lock);
  g_signal_emit(self, signals[PROGRESS], 0);
  return G_SOURCE_REMOVE;
}

/* Worker's thread. The counted stage moves the bar; a batch shows nothing but its images. */
static void on_progress(void *data, const char *stage, size_t i, size_t n) {
  ScribeJob *self = data;
  g_mutex_lock(&self->lock);
  gboolean batch = strcmp(stage, "batch") == 0;
  gboolean counts = strcmp(stage, self->counted) == 0;
  if (batch || strcmp(self->counted, "batch") != 0) {
    self->stage = stage_text(stage);
    self->done = (guint)i;
    self->total = n > 1 ? (guint)n : 0;
  }
  if (counts && n > 0 && self->passed < self->passes) {
    gint64 now = g_get_monotonic_time();
    if (self->network_begun == 0)
      self->network_begun = now;
    self->fraction = (self->passed + (double)i / (double)n) / self->passes * (batch ? 1 : 0.95);
    self->passed += i == n;
  }
  gboolean tell = !self->pending;
  self->pending = TRUE;
  g_mutex_unlock(&self->lock);
  if (tell)
    g_idle_add_full(G_PRIORITY_LOW, tell_progress, g_object_ref(self), g_object_unref);
}

typedef struct Warning {
  ScribeJob *job;
  char *text;
} Warning;

/* Main thread. */
static gboolean tell_warning(gpointer data) {
  Warning *warning = data;
  g_signal_emit(warning->job, signals[WARNING], 0, warning->text);
  g_object_unref(warning->job);
  g_free(warning->text);
  g_free(warning);
  return G_SOURCE_REMOVE;
}

/* Worker's thread. */
static void on_warning(void *data, const char *text) {
  Warning *warning = g_new(Warning, 1);
  *warning = (Warning){g_object_ref(data), g_strdup(text)};
  g_idle_add_full(G_PRIORITY_DEFAULT, tell_warning, warning, NULL);
}

ScribeJob *scribe_job_new(const char *kind, gpointer owner, ScribeJobRun run,
                          ScribeJobFinish finish, gpointer data, GDestroyNotify free_data) {
  ScribeJob *self = g_object_new(SCRIBE_TYPE_JOB, NULL);
  self->kind = kind;
  self->counted = strcmp(kind, "batch") == 0 ? "batch" : "network";
  g_weak_ref_init(&self->owner, owner);
  self->run = run;
  self->finish = finish;
  self->data = data;
  self->free_data = free_data;
  self->core.progress = on_progress;
  self->core.warning = on_warning;
  self->core.data = self;
  return self;
}

const char *scribe_job_get_kind(ScribeJob *self) {
  return self->kind;
}

gpointer scribe_job_get_data(ScribeJob *self) {
  return self->data;
}

void scribe_job_cancel(ScribeJob *self) {
  atomic_store(&self->core.cancel, 1);
}

gboolean scribe_job_is_cancelled(ScribeJob *self) {
  return cyto_job_cancelled(&self->core);
}

void scribe_job_set_passes(ScribeJob *self, guint passes) {
  self->passes = MAX(passes, 1);
}

double scribe_job_get_progress(ScribeJob *self, const char **stage, guint *done, guint *total,
                               double *seconds_left) {
  g_mutex_lock(&self->lock);
  double fraction = self->fraction, left = -1;
  double spent = (double)(g_get_monotonic_time() - self->network_begun) / G_USEC_PER_SEC;
  if (self->network_begun && spent > 0.7 && fraction > 0.04)
    left = spent / fraction * (1 - fraction);
  if (stage)
    *stage = self->stage ? self->stage : _("Preparing");
  if (done)
    *done = self->done;
  if (total)
    *total = self->total;
  g_mutex_unlock(&self->lock);
  if (seconds_left)
    *seconds_left = left;
  return fraction;
}

/* Main thread. A job that was cancelled in its last moment counts as cancelled all the same. */
static gboolean tell_end(gpointer data) {
  ScribeJob *self = data;
  if (scribe_job_is_cancelled(self) && (self->good || self->err.code != CYTO_ERROR_CANCELLED)) {
    self->good = false;
    cyto_fail(&self->err, CYTO_ERROR_CANCELLED, "%s", "stopped");
  }
  gpointer owner = g_weak_ref_get(&self->owner);
  if (self->finish && owner)
    self->finish(self, owner, self->data, self->good ? NULL : &self->err);
  g_clear_object(&owner);
  return G_SOURCE_REMOVE;
}

void scribe_job_execute(ScribeJob *self, CytoPool *pool) {
  self->core.pool = pool;
  if (scribe_job_is_cancelled(self))
    cyto_fail(&self->err, CYTO_ERROR_CANCELLED, "%s", "stopped");
  else
    self->good = self->run(self->data, &self->core, &self->err);
  g_idle_add_full(G_PRIORITY_DEFAULT, tell_end, self, g_object_unref);
}

#include "task-ready.h"

enum {
  SLICE = 4000,       /* microseconds of the main thread at a time */
  ROWS = 32,          /* between two looks at the clock */
  PATIENCE = 5000000, /* cells that change all the time are not waited for longer than that */
};

static void ready_free(gpointer data) {
  ScribeReadied *readied = data;
  cyto_ready_free(readied->ready);
  g_object_unref(readied->doc);
  g_object_unref(readied->from);
  g_free(readied);
}

static void give_up(ScribeReadied *readied) {
  g_clear_pointer(&readied->ready, cyto_ready_free);
}

/* Worker's thread. What goes wrong here is left to the document. */
static bool run_ready(gpointer data, CytoJob *core, CytoError *err) {
  ScribeReadied *readied = data;
  (void)core;
  (void)err;
  if (readied->ready && !cyto_ready_apply(readied->ready, &readied->edit, NULL))
    give_up(readied);
  return true;
}

gboolean scribe_task_ready_copy(ScribeJob *job) {
  ScribeReadied *readied = scribe_job_get_data(job);
  gint64 now = g_get_monotonic_time(), end = now + SLICE;
  bool done = false;
  if (now > readied->give_up)
    give_up(readied);
  while (readied->ready && !done && !scribe_document_is_stroking(readied->doc) &&
         g_get_monotonic_time() < end)
    if (!cyto_ready_copy(readied->ready, ROWS, &done, NULL))
      give_up(readied);
  return readied->ready && !done;
}

ScribeJob *scribe_task_ready(ScribeDocument *doc, ScribeJob *from, const CytoEdit *edit,
                             gpointer owner, ScribeJobFinish finish) {
  ScribeReadied *readied = g_new0(ScribeReadied, 1);
  *readied = (ScribeReadied){.from = g_object_ref(from),
                             .doc = g_object_ref(doc),
                             .edit = *edit,
                             .ready = cyto_ready_new(scribe_document_get_core(doc), NULL),
                             .give_up = g_get_monotonic_time() + PATIENCE};
  return scribe_job_new("ready", owner, run_ready, finish, readied, ready_free);
}

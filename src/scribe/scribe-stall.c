#include "scribe-stall.h"
#include <time.h>

enum { TICK = 5 };

struct ScribeStall {
  guint source;
  gint64 last, longest; /* microseconds */
  gint64 last_work, most_work;
};

/* Of the calling thread alone. */
static gint64 work_now(void) {
  struct timespec time = {0};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (gint64)time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static void look(ScribeStall *stall) {
  gint64 now = g_get_monotonic_time(), work = work_now();
  stall->longest = MAX(stall->longest, now - stall->last);
  stall->most_work = MAX(stall->most_work, work - stall->last_work);
  stall->last = now;
  stall->last_work = work;
}

static gboolean tick(gpointer data) {
  look(data);
  return G_SOURCE_CONTINUE;
}

ScribeStall *scribe_stall_new(void) {
  return g_new0(ScribeStall, 1);
}

void scribe_stall_free(ScribeStall *stall) {
  if (!stall)
    return;
  g_clear_handle_id(&stall->source, g_source_remove);
  g_free(stall);
}

void scribe_stall_reset(ScribeStall *stall) {
  if (!stall->source)
    stall->source = g_timeout_add_full(G_PRIORITY_HIGH, TICK, tick, stall, NULL);
  look(stall);
  stall->longest = stall->most_work = 0;
}

double scribe_stall_longest(ScribeStall *stall) {
  if (!stall->source)
    return 0;
  look(stall);
  return (double)stall->longest / 1000;
}

double scribe_stall_work(ScribeStall *stall) {
  if (!stall->source)
    return 0;
  look(stall);
  return (double)stall->most_work / 1000;
}

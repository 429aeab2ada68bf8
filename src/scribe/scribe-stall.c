#include "scribe-stall.h"

enum { TICK = 5 };

struct ScribeStall {
  guint source;
  gint64 last, longest;
};

static gboolean tick(gpointer data) {
  ScribeStall *stall = data;
  gint64 now = g_get_monotonic_time();
  stall->longest = MAX(stall->longest, now - stall->last);
  stall->last = now;
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
  stall->last = g_get_monotonic_time();
  stall->longest = 0;
}

/* A gap that has not ended yet counts. */
double scribe_stall_longest(ScribeStall *stall) {
  if (!stall->source)
    return 0;
  return (double)MAX(stall->longest, g_get_monotonic_time() - stall->last) / 1000;
}

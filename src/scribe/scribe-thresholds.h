/* The thresholds of a run, which act at once on what the network said, and what they do: how many
 * cells there are, how many came and went, why candidates were rejected.
 *
 * Signal: "changed" (), one of them moved. */
#pragma once
#include "task-segment.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_THRESHOLDS (scribe_thresholds_get_type())
G_DECLARE_FINAL_TYPE(ScribeThresholds, scribe_thresholds, SCRIBE, THRESHOLDS, GtkBox)

/* Into the options of a run, and from there. */
void scribe_thresholds_read(ScribeThresholds *thresholds, CytoSegment *options);
void scribe_thresholds_write(ScribeThresholds *thresholds, const CytoSegment *options);
/* By name: "cellprob", "flow", "min-size", "max-size", "edges" (0 or 1). FALSE: no such one. */
gboolean scribe_thresholds_set(ScribeThresholds *thresholds, const char *name, double value);
/* What came of them; NULL = how they work. */
void scribe_thresholds_show(ScribeThresholds *thresholds, const ScribeFiltered *made);
char *scribe_thresholds_read_counts(ScribeThresholds *thresholds); /* as plain text; g_free it */
void scribe_thresholds_bind(ScribeThresholds *thresholds, GSettings *settings);

/* What a run over the folder made: a sheet of small pictures with the cells drawn in, counts,
 * diameters and what was to be noted. Clicking one opens it: action win.open-path. */
#pragma once
#include "task-batch.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_RESULTS (scribe_results_get_type())
G_DECLARE_FINAL_TYPE(ScribeResults, scribe_results, SCRIBE, RESULTS, GtkWindow)

/* Takes the thumbnails out of the batch. Opens with `heading` above. */
ScribeResults *scribe_results_new(GtkWindow *parent, const char *heading, ScribeBatch *batch);
guint scribe_results_get_n(ScribeResults *results);

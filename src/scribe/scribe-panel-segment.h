/* Side panel "Segment": which model, which channels, how large, and the thresholds. It knows values
 * alone; the window does what its buttons name. */
#pragma once
#include "scribe-document.h"
#include "scribe-job.h"
#include "scribe-run.h"
#include "scribe-worker.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_PANEL_SEGMENT (scribe_panel_segment_get_type())
G_DECLARE_FINAL_TYPE(ScribePanelSegment, scribe_panel_segment, SCRIBE, PANEL_SEGMENT, GtkBox)

/* Channels of the document's image to choose from; NULL: none is open. */
void scribe_panel_segment_set_document(ScribePanelSegment *panel, ScribeDocument *doc);
/* What a run would do now; free with scribe_run_free. */
ScribeRun *scribe_panel_segment_get_run(ScribePanelSegment *panel);
/* Settings of an earlier run or of a file. */
void scribe_panel_segment_set_run(ScribePanelSegment *panel, const ScribeRun *run);
gboolean scribe_panel_segment_set_model(ScribePanelSegment *panel, const char *name);
/* Looks for models again. */
void scribe_panel_segment_reload_models(ScribePanelSegment *panel);

double scribe_panel_segment_get_diameter(ScribePanelSegment *panel);
void scribe_panel_segment_set_diameter(ScribePanelSegment *panel, double pixels);
void scribe_panel_segment_set_channels(ScribePanelSegment *panel, guint segment, guint nucleus);
/* A sentence about the estimate, below the diameter; NULL hides it. */
void scribe_panel_segment_set_estimate(ScribePanelSegment *panel, const char *text);
/* Progress in place of the Run button; NULL brings the button back. */
void scribe_panel_segment_show_job(ScribePanelSegment *panel, ScribeJob *job);
/* Pango markup under the thresholds; NULL = how they work. */
void scribe_panel_segment_set_counts(ScribePanelSegment *panel, const char *markup);
/* Thresholds by name, for actions and tests: "cellprob", "flow", "min-size", "max-size". */
gboolean scribe_panel_segment_set_threshold(ScribePanelSegment *panel, const char *name,
                                            double value);
/* Remembers its values there; NULL is fine. */
void scribe_panel_segment_bind(ScribePanelSegment *panel, GSettings *settings);

/* Signals: "thresholds-changed" (a live threshold moved), "diameter-changed", "channels-changed".
 */

/* Model cards are read there. */
void scribe_panel_segment_set_worker(ScribePanelSegment *panel, ScribeWorker *worker);

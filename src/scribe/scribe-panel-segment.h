/* Side panel "Segment": which model, which channels, how large, and the thresholds. It knows values
 * alone; the window does what its buttons name. Its parts are widgets of their own:
 * scribe-model-choice.h, -channel-choice.h, -diameter.h, -thresholds.h, -advanced.h.
 *
 * Signals: "thresholds-changed" (a live threshold moved), "diameter-changed", "channels-changed".
 */
#pragma once
#include "scribe-diameter.h"
#include "scribe-display.h"
#include "scribe-document.h"
#include "scribe-run.h"
#include "scribe-worker.h"
#include "task-segment.h"

#define SCRIBE_TYPE_PANEL_SEGMENT (scribe_panel_segment_get_type())
G_DECLARE_FINAL_TYPE(ScribePanelSegment, scribe_panel_segment, SCRIBE, PANEL_SEGMENT, GtkBox)

/* Channels in the display's colours. Once. */
void scribe_panel_segment_set_display(ScribePanelSegment *panel, ScribeDisplay *display);
/* Model cards are read there. */
void scribe_panel_segment_set_worker(ScribePanelSegment *panel, ScribeWorker *worker);
/* Remembers its values there; NULL is fine. */
void scribe_panel_segment_bind(ScribePanelSegment *panel, GSettings *settings);
/* Channels of the document's image to choose from; NULL: none is open. */
void scribe_panel_segment_set_document(ScribePanelSegment *panel, ScribeDocument *doc);

/* What a run would do now; free with scribe_run_free. */
ScribeRun *scribe_panel_segment_get_run(ScribePanelSegment *panel);
/* Thresholds of an earlier run or of a file. */
void scribe_panel_segment_set_run(ScribePanelSegment *panel, const ScribeRun *run);
gboolean scribe_panel_segment_set_model(ScribePanelSegment *panel, const char *name);
/* Looks for models again. */
void scribe_panel_segment_reload_models(ScribePanelSegment *panel);
/* The model's card as plain text, for tests; g_free it. */
char *scribe_panel_segment_read_card(ScribePanelSegment *panel);

double scribe_panel_segment_get_diameter(ScribePanelSegment *panel);
void scribe_panel_segment_set_diameter(ScribePanelSegment *panel, double pixels);
ScribeDiameter *scribe_panel_segment_get_diameter_field(ScribePanelSegment *panel);
void scribe_panel_segment_set_channels(ScribePanelSegment *panel, guint segment, guint nucleus);
/* A sentence about the estimate, below the diameter; NULL hides it. */
void scribe_panel_segment_set_estimate(ScribePanelSegment *panel, const char *text);
/* Progress in place of the Run button; NULL brings the button back. */
void scribe_panel_segment_show_job(ScribePanelSegment *panel, ScribeJob *job);
/* What the thresholds did; NULL = how they work. */
void scribe_panel_segment_set_counts(ScribePanelSegment *panel, const ScribeFiltered *made);
/* The same as plain text, for tests; g_free it. */
char *scribe_panel_segment_read_counts(ScribePanelSegment *panel);
/* A number or a switch by the name of its setting, for actions and tests: "cellprob", "min-size",
 * "sharpen", "invert", "policy" … FALSE: no such one. */
gboolean scribe_panel_segment_set_threshold(ScribePanelSegment *panel, const char *name,
                                            double value);

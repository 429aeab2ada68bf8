/* Settings of a run that most people never touch: brightness of the image, steps, tiles. */
#pragma once
#include "../cyto/seg/segment.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_ADVANCED (scribe_advanced_get_type())
G_DECLARE_FINAL_TYPE(ScribeAdvanced, scribe_advanced, SCRIBE, ADVANCED, GtkBox)

void scribe_advanced_read(ScribeAdvanced *advanced, CytoSegment *options);
/* By the name of its setting, for actions and tests: "percentile-low", "sharpen", "block",
 * "invert" (0 or 1) … FALSE: no such one. */
gboolean scribe_advanced_set(ScribeAdvanced *advanced, const char *name, double value);
void scribe_advanced_bind(ScribeAdvanced *advanced, GSettings *settings);

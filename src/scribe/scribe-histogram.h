/* The histogram of one channel with the curve of its contrast: the two handles are drawn, and the
 * number boxes beside it do the same for the keyboard. */
#pragma once
#include "scribe-display.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_HISTOGRAM (scribe_histogram_get_type())
G_DECLARE_FINAL_TYPE(ScribeHistogram, scribe_histogram, SCRIBE, HISTOGRAM, GtkWidget)

/* display is borrowed: detach with NULL before it goes. */
void scribe_histogram_set_channel(ScribeHistogram *histogram, ScribeDisplay *display, guint c);

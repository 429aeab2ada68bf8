/* What the window shows before an image is open: where to drop one, recent ones, samples. */
#pragma once
#include <gtk/gtk.h>

#define SCRIBE_TYPE_START (scribe_start_get_type())
G_DECLARE_FINAL_TYPE(ScribeStart, scribe_start, SCRIBE, START, GtkBox)

/* Recent images of this program, the newest first; NULL-ended paths, g_strfreev. */
char **scribe_recent_paths(guint most);
void scribe_start_refresh(ScribeStart *start);

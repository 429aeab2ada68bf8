/* The window: one image at a time with its panels, and everything that goes on around it. */
#pragma once
#include "scribe-application.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_WINDOW (scribe_window_get_type())
G_DECLARE_FINAL_TYPE(ScribeWindow, scribe_window, SCRIBE, WINDOW, GtkApplicationWindow)

ScribeWindow *scribe_window_new(ScribeApplication *app);
/* Images, folders, label files and _seg.npy, as they were dropped or given. */
void scribe_window_open_paths(ScribeWindow *window, const char *const *paths);
/* Looks for work that a crash left behind and offers it. */
void scribe_window_offer_recovery(ScribeWindow *window);

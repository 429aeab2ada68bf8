/* The log pane: what happened, line by line, with the time. */
#pragma once
#include <gtk/gtk.h>

#define SCRIBE_TYPE_LOG (scribe_log_get_type())
G_DECLARE_FINAL_TYPE(ScribeLog, scribe_log, SCRIBE, LOG, GtkBox)

void scribe_log_add(ScribeLog *log, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The status bar: what is under the pointer, how large it is shown, what is saved. */
#pragma once
#include "scribe-document.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_STATUS (scribe_status_get_type())
G_DECLARE_FINAL_TYPE(ScribeStatus, scribe_status, SCRIBE, STATUS, GtkBox)

/* Image coordinates of the pointer; NaN: it is elsewhere. doc may be NULL. */
void scribe_status_show_pointer(ScribeStatus *status, ScribeDocument *doc, double x, double y);
void scribe_status_show_zoom(ScribeStatus *status, double zoom);       /* 1 = 100 %; 0 = none */
void scribe_status_show_saved(ScribeStatus *status, const char *text); /* "" = nothing to say */
void scribe_status_show_work(ScribeStatus *status, const char *text);  /* background work */

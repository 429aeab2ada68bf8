/* One channel in the panel "Image": shown or not, colour, histogram, numbers of its contrast. */
#pragma once
#include "scribe-display.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_CHANNEL_ROW (scribe_channel_row_get_type())
G_DECLARE_FINAL_TYPE(ScribeChannelRow, scribe_channel_row, SCRIBE, CHANNEL_ROW, GtkBox)

GtkWidget *scribe_channel_row_new(ScribeDisplay *display, guint c);

/* Drop-down lists of an image's channels: the file's names, with swatches in the display's colours.
 */
#pragma once
#include "../cyto/base/image.h"
#include "scribe-display.h"
#include <gtk/gtk.h>

/* The display whose colours are shown. Once, before anything else. */
void scribe_channel_choice_set_display(GtkDropDown *choice, ScribeDisplay *display);
/* `first`, then the channels of an image that has several; keeps the number chosen where it can. */
void scribe_channel_choice_fill(GtkDropDown *choice, const char *first, const CytoImage *image);

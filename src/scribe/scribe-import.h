/* The import strip above the canvas: what was understood of the file (axes, channels, kind of
 * numbers, size of a pixel), a choice for each axis, and a slider each for depth and time. Hidden
 * for a plain grey or colour picture unless asked for.
 *
 * Property "shown" (gboolean): whether it can be seen; setting it is asking for it.
 * Properties "asked", "closed" (gboolean), to be kept: it was asked for although the picture was
 * plain; it was closed although it was not.
 * Signal "axes-chosen" (const char *letters): the user says what the axes are; "" = what the file
 * says by itself. */
#pragma once
#include "scribe-display.h"
#include "scribe-document.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_IMPORT (scribe_import_get_type())
G_DECLARE_FINAL_TYPE(ScribeImport, scribe_import, SCRIBE, IMPORT, GtkBox)

/* The display must show the document's image already; its channels give names and colours. */
void scribe_import_set_display(ScribeImport *import, ScribeDisplay *display);
void scribe_import_set_document(ScribeImport *import, ScribeDocument *doc); /* NULL: none */
/* Shows again what the document says: a choice was not followed. */
void scribe_import_reset(ScribeImport *import);
void scribe_import_open_details(ScribeImport *import, gboolean open);

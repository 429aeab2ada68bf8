/* The folder strip: images of the folder with their state; one is the open one.
 * Signal "chosen" (const char *path): another image was clicked or stepped to. */
#pragma once
#include "task-open.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_STRIP (scribe_strip_get_type())
G_DECLARE_FINAL_TYPE(ScribeStrip, scribe_strip, SCRIBE, STRIP, GtkBox)

const char *scribe_strip_get_folder(ScribeStrip *strip); /* NULL: none */
/* NULL-ended paths of the folder with the state of each. */
void scribe_strip_set_images(ScribeStrip *strip, const char *folder, const char *const *paths,
                             const guint8 *states);
guint scribe_strip_get_n(ScribeStrip *strip);
const char *scribe_strip_get_path(ScribeStrip *strip, guint i);
/* NULL-ended heap list of borrowed paths; g_free it. */
const char **scribe_strip_get_paths(ScribeStrip *strip);

void scribe_strip_set_current(ScribeStrip *strip, const char *path);
/* The path `step` images on from the current one, cyclic; NULL when there is no other. */
const char *scribe_strip_neighbour(ScribeStrip *strip, int step);
/* Percent of the work on it that is done; -1: none is under way. */
void scribe_strip_set_progress(ScribeStrip *strip, const char *path, int percent);
void scribe_strip_set_state(ScribeStrip *strip, const char *path, ScribeImageState state);

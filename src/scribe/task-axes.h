/* Which axis of a file is what, where the user knows better than the file. A choice is kept for the
 * folder: "arrays read as ZYX are CYX here". Any thread. */
#pragma once
#include "../cyto/base/image.h"
#include "../cyto/base/job.h"
#include <glib.h>

/* The letters chosen for images of this one's folder that read as `file_axes`; g_free it. NULL:
 * nothing was chosen. */
char *scribe_axes_recall(const char *image_path, const char *file_axes);
/* `axes` NULL forgets. */
void scribe_axes_remember(const char *image_path, const char *file_axes, const char *axes);

/* Reads an image with the axes `axes` (letters of TZCYXS, one for each axis that was understood),
 * or, NULL, with those remembered for its folder, or else as the file says. *file_axes (g_free it;
 * untouched when the file was not asked) is what the file says by itself. */
bool scribe_read_image(const char *path, const char *axes, CytoImage **out, char **file_axes,
                       CytoJob *job, CytoError *err);

/* Size of axis number i of an image; 0 = not known (several axes were merged). */
gsize scribe_axis_size(const CytoImage *image, guint i);

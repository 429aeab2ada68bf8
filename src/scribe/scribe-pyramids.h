/* The channels of one plane at every power of two. Those of a large image are averaged in a thread
 * of their own, so that opening it does not hold the window up. */
#pragma once
#include "../cyto/view/pyramid.h"
#include <glib.h>

typedef struct ScribePyramids ScribePyramids;

/* ready(data) is called from the main loop once a large image can be drawn; not after the free. */
ScribePyramids *scribe_pyramids_new(CytoImage *image, guint plane, void (*ready)(gpointer data),
                                    gpointer data);
void scribe_pyramids_free(ScribePyramids *pyramids); /* NULL is fine; never waits */

gboolean scribe_pyramids_are_ready(ScribePyramids *pyramids);
CytoPyramid *scribe_pyramids_get(ScribePyramids *pyramids,
                                 guint c); /* only when ready; may be NULL */

/* Planes at every power of two, made in a thread of their own, so that nothing holds the window up:
 * the channels of an image, or what another file makes of something else. */
#pragma once
#include "../cyto/view/pyramid.h"
#include <glib.h>

typedef struct ScribePyramids ScribePyramids;

/* The thread's own: makes the pyramids (NULL where memory is short) of what `source` holds; their
 * levels follow. */
typedef void (*ScribePyramidsFill)(CytoPyramid **pyramid, const CytoJob *job, gpointer source);

/* ready(data) is called from the main loop once they can be drawn; not after the free. `source` is
 * freed after the pyramids, in the main thread. */
ScribePyramids *scribe_pyramids_make(guint n, ScribePyramidsFill fill, gpointer source,
                                     GDestroyNotify free_source, void (*ready)(gpointer data),
                                     gpointer data);
/* The channels of a plane. Those of a small image are there at once. */
ScribePyramids *scribe_pyramids_new(CytoImage *image, guint plane, void (*ready)(gpointer data),
                                    gpointer data);
void scribe_pyramids_free(ScribePyramids *pyramids); /* NULL is fine; never waits */
void scribe_pyramids_stop(ScribePyramids *pyramids); /* the same, after its thread has ended */

gboolean scribe_pyramids_are_ready(ScribePyramids *pyramids);
CytoPyramid *scribe_pyramids_get(ScribePyramids *pyramids,
                                 guint c); /* only when ready; may be NULL */

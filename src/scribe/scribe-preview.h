/* What a run has found so far, as a small picture: the worker adds tiles, the main thread looks.
 * Reference-counted; both threads may use it. */
#pragma once
#include "../cyto/seg/segment.h"
#include <gdk/gdk.h>

typedef struct ScribePreview ScribePreview;

/* `pictures`: how many the network makes of each plane; the last of them is shown. */
ScribePreview *scribe_preview_new(guint pictures);
ScribePreview *scribe_preview_ref(ScribePreview *preview);
void scribe_preview_unref(ScribePreview *preview);

/* Worker's thread: for CytoSegment.so_far; data is the preview. */
void scribe_preview_add(void *data, const CytoSoFar *so_far);
/* Main thread: the plane that is being looked at and its picture. NULL when nothing is new since
 * the last call, or when that was less than a tenth of a second ago. */
GdkTexture *scribe_preview_take(ScribePreview *preview, guint *plane);

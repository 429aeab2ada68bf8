/* Small pictures of large ones, from an even sample of pixels. */
#pragma once
#include "../cyto/base/image.h"
#include "../cyto/view/lut.h"
#include <gdk/gdk.h>

/* One channel of plane t*nz+z in its colour (0xRRGGBB), at most `side` pixels wide and high. */
GdkTexture *scribe_thumbnail_channel(const CytoImage *image, guint plane, guint c,
                                     CytoLevels levels, guint32 colour, guint side);

/* Any thread. The image as it is shown at first, with the borders of cells drawn over it: RGB
 * triples of *width by *height. labels may be NULL. */
guint8 *scribe_thumbnail_cells(const CytoImage *image, guint plane, const guint32 *labels,
                               guint side, guint *width, guint *height);
GdkTexture *scribe_thumbnail_texture(guint8 *rgb, guint width, guint height); /* takes rgb */

/* The picture on the canvas: where the image lies (the view), and the device pixels composed for
 * it. Two or three buffers take turns, each inside an immutable GBytes; pans and edits compose only
 * what is new. No widget here. All coordinates named x, y are device pixels of the viewport. */
#pragma once
#include "scribe-cells-look.h"
#include "scribe-display.h"

typedef struct ScribeFrame ScribeFrame;

/* redraw(data): something that was being prepared can be drawn now. */
ScribeFrame *scribe_frame_new(void (*redraw)(gpointer data), gpointer data);
void scribe_frame_free(ScribeFrame *frame);

void scribe_frame_set_display(ScribeFrame *frame, ScribeDisplay *display);
/* Fits the view when the size of the image is another one. */
void scribe_frame_set_image(ScribeFrame *frame, CytoImage *image, guint plane);
void scribe_frame_set_flow(ScribeFrame *frame, const float *flow, gsize fy, gsize fx);
void scribe_frame_set_ghosts(ScribeFrame *frame, const guint32 *ghosts, const guint8 *reason,
                             guint count);
void scribe_frame_set_background(ScribeFrame *frame, guint32 rgb);
ScribeCellsLook *scribe_frame_get_cells(ScribeFrame *frame); /* to fill; then say what is dirty */
gboolean scribe_frame_get_image_size(ScribeFrame *frame, gsize *ny, gsize *nx); /* FALSE: none */
double scribe_frame_get_value(ScribeFrame *frame, guint c, gsize y, gsize x);

/* Size of the viewport and device pixels per window unit. */
void scribe_frame_set_size(ScribeFrame *frame, int width, int height, int factor);

/* What must be drawn again: everything, or some image pixels. */
void scribe_frame_damage(ScribeFrame *frame);
void scribe_frame_damage_area(ScribeFrame *frame, double x0, double y0, double x1, double y1);

/* Composes and returns the pixels (BGRA, premultiplied, rows of width*4 bytes), or NULL when there
 * is nothing to show or memory is short. g_bytes_unref it. The same bytes when nothing changed. */
GBytes *scribe_frame_compose(ScribeFrame *frame, int *width, int *height);

/* The view. Scales are device pixels per image pixel. */
double scribe_frame_get_scale(ScribeFrame *frame);
void scribe_frame_fit(ScribeFrame *frame);
gboolean scribe_frame_is_fitted(ScribeFrame *frame);
/* It was fitted, and the disk below the picture needs another room than it did then. */
gboolean scribe_frame_outgrown(ScribeFrame *frame); /* and nobody moved it since */
void scribe_frame_zoom_at(ScribeFrame *frame, double scale, double x, double y);
void scribe_frame_zoom_step(ScribeFrame *frame, int steps, double x, double y);
void scribe_frame_pan(ScribeFrame *frame, double dx, double dy);
void scribe_frame_reveal(ScribeFrame *frame, double x0, double y0, double x1,
                         double y1); /* image */
void scribe_frame_to_image(ScribeFrame *frame, double x, double y, double *ix, double *iy);
void scribe_frame_to_device(ScribeFrame *frame, double ix, double iy, double *x, double *y);

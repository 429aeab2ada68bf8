/* The picture and the hand on it: shows a document as a display says, at device pixels, and turns
 * pointer and keys into edits (scribe-toolbox.h).
 *
 * Properties: "zoom" (double, device pixels per image pixel), "tool" (string: outline, brush,
 * eraser, split, lasso, disk, ruler, pan), "brush-size" (double, image pixels).
 * Signals: "pointer-moved" (double x, double y), image coordinates, NaN when it left;
 * "message" (string), a translated sentence that the canvas itself shows for some seconds.
 * Actions, all named canvas.…: zoom-in, zoom-out, zoom-fit, zoom-one, tool (s), cancel, back,
 * close-outline, brush-bigger, brush-smaller, toggle (s: a boolean property of ScribeDisplay),
 * colour (s: red, green, blue, next, previous), view (s: next, previous), shuffle-colours,
 * select-all, delete-selected, merge-selected, edit (s: fill-holes, keep-largest, smooth, grow,
 * shrink). */
#pragma once
#include "scribe-display.h"
#include "scribe-document.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_CANVAS (scribe_canvas_get_type())
G_DECLARE_FINAL_TYPE(ScribeCanvas, scribe_canvas, SCRIBE, CANVAS, GtkWidget)

GtkWidget *scribe_canvas_new(void);

void scribe_canvas_set_document(ScribeCanvas *canvas, ScribeDocument *document); /* may be NULL */
ScribeDocument *scribe_canvas_get_document(ScribeCanvas *canvas);
void scribe_canvas_set_display(ScribeCanvas *canvas, ScribeDisplay *display);
ScribeDisplay *scribe_canvas_get_display(ScribeCanvas *canvas); /* has one from the start */

/* A picture that filled the canvas, disk and all, does so again. */
void scribe_canvas_fit_again(ScribeCanvas *canvas);
/* Brings these image pixels into view, moving the picture no further than needed. */
void scribe_canvas_reveal(ScribeCanvas *canvas, double x0, double y0, double x1, double y1);
/* Brings a cell of the present plane into view. */
void scribe_canvas_reveal_cell(ScribeCanvas *canvas, guint32 id);
/* Brings it to the middle, at the zoom there is. */
void scribe_canvas_centre_cell(ScribeCanvas *canvas, guint32 id);
/* What a lasso drawn along these points does: selects the cells inside, or deletes them. */
void scribe_canvas_use_region(ScribeCanvas *canvas, const CytoPoint *point, gsize n,
                              gboolean remove);
/* A sentence over the picture for some seconds; it also goes out as "message". */
void scribe_canvas_say(ScribeCanvas *canvas, const char *text);

double scribe_canvas_get_zoom(ScribeCanvas *canvas);
void scribe_canvas_set_zoom(ScribeCanvas *canvas, double zoom); /* about the middle */
/* Where the upper left corner of the image is, device pixels from that of the canvas. */
void scribe_canvas_get_corner(ScribeCanvas *canvas, double *x, double *y);
/* Where the pointer was seen last, image pixels. */
void scribe_canvas_get_pointer(ScribeCanvas *canvas, double *x, double *y);
/* A picture laid over the whole image, translucent, until it is NULL again. */
void scribe_canvas_set_preview(ScribeCanvas *canvas, GdkTexture *texture);
gboolean scribe_canvas_is_drawing(ScribeCanvas *canvas); /* something is half drawn */
/* The value of channel c under an image pixel, and the cell; 0 outside. */
double scribe_canvas_get_value(ScribeCanvas *canvas, guint c, double x, double y);
guint32 scribe_canvas_get_cell_at(ScribeCanvas *canvas, double x, double y);

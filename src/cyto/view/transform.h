/* Image and device coordinates. An image pixel (i,j) covers [i,i+1) × [j,j+1), so its centre is at
 * .5; a device pixel likewise. device = image * scale - origin. Pure functions, doubles throughout.
 *
 * The renderer rounds the origin to whole device pixels: each device pixel is then a function of
 * its place in the enlarged picture alone, which makes panning and partial redraws exact. Pass the
 * view through cyto_view_snap before asking where the pointer is, and hand the unrounded one to the
 * next zoom or pan, so that nothing drifts. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define CYTO_VIEW_MIN_SCALE (1.0 / 256)
#define CYTO_VIEW_MAX_SCALE 64.0

typedef struct CytoView {
  double scale; /* device pixels per image pixel (a widget pixel is `scale factor` device pixels) */
  double x, y; /* the place of the enlarged picture that lies at the viewport's upper left corner */
} CytoView;

typedef struct CytoViewRect {
  int x, y, width, height; /* device pixels of the viewport; empty when a size is <= 0 */
} CytoViewRect;

/* An area of the image in image coordinates: the picture, or the picture with room for the disk. */
typedef struct CytoArea {
  double x0, y0, x1, y1;
} CytoArea;

/* Scale within its limits (NaN gives 1) and finite origin. */
CytoView cyto_view_valid(CytoView view);
CytoView cyto_view_snap(CytoView view);

void cyto_view_to_device(CytoView view, double image_x, double image_y, double *x, double *y);
void cyto_view_to_image(CytoView view, double x, double y, double *image_x, double *image_y);

/* The image pixel that is drawn at a device pixel, by the renderer's own arithmetic; may lie
 * outside the image (negative, or beyond its size). */
void cyto_view_pixel(CytoView view, int x, int y, int64_t *image_x, int64_t *image_y);

/* The same image point stays under the device point (x,y). */
CytoView cyto_view_zoom_at(CytoView view, double scale, double x, double y);

/* `steps` up (> 0) or down the ladder 1, 1.25, 1.5, 1.75 times a power of two, within the limits;
 * from a scale between two rungs the first step goes to the next rung. */
double cyto_view_step(double scale, int steps);

CytoView cyto_view_pan(CytoView view, double x, double y); /* the picture moves by (x,y) */
CytoView cyto_view_centre(CytoView view, double image_x, double image_y, int width, int height);

/* The whole area, centred, as large as the viewport and the limits allow, `margin` device pixels
 * kept free on each side. */
CytoView cyto_view_fit(CytoArea area, int width, int height, int margin);

/* Moves the view as little as needed so that the area cannot be lost: along each axis at least a
 * quarter of the viewport, or of the area if that is smaller, stays filled. */
CytoView cyto_view_clamp(CytoView view, CytoArea area, int width, int height);

/* The same with the whole area inside the viewport if it fits, else its centre: for "go to cell".
 */
CytoView cyto_view_reveal(CytoView view, CytoArea area, int width, int height);

/* Device pixels that may change when the image pixels of the area change: the covering rectangle,
 * one pixel wider on each side for outlines, clipped to the viewport; empty when off-screen. */
CytoViewRect cyto_view_dirty(CytoView view, CytoArea area, int width, int height);

CytoViewRect cyto_view_rect_intersect(CytoViewRect a, CytoViewRect b);
CytoViewRect
cyto_view_rect_union(CytoViewRect a,
                     CytoViewRect b); /* smallest rectangle around both; empty ignored */

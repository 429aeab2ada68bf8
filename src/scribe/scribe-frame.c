#include "scribe-frame.h"
#include "scribe-scene.h"
#include "../cyto/view/render.h"
#include <string.h>

enum { BUFFERS = 3, MARGIN = 8 };

/* Pixels whose GBytes may still be in the hands of GTK; counted, so that they outlive the frame. */
typedef struct Buffer {
  gatomicrefcount refs; /* the frame's, and that of a GBytes */
  gint lent;            /* atomic: a GBytes has it */
  gsize size;
  guint32 *data;
} Buffer;

struct ScribeFrame {
  void (*redraw)(gpointer data);
  gpointer redraw_data;
  ScribeDisplay *display;
  ScribeScene *scene;
  ScribeCellsLook cells;
  const guint32 *ghosts;
  const guint8 *ghost_reason;
  guint ghost_count;
  guint32 background;
  gsize ny, nx; /* of the image, 0 = none */
  CytoView view;
  int width, height, factor;
  gboolean fitted; /* the user has not moved the picture since it was fitted */
  CytoArea fitted_area;
  CytoRenderer *renderer;
  CytoPool *pool;
  CytoJob job;
  Buffer *buffer[BUFFERS];
  GBytes *shown; /* what was composed last */
  const guint32 *shown_pixels;
  CytoView shown_view;
  int shown_width, shown_height;
  gboolean all; /* everything is out of date */
  gboolean some;
  CytoArea area; /* or this part of the image */
};

static void buffer_unref(Buffer *buffer) {
  if (!buffer || !g_atomic_ref_count_dec(&buffer->refs))
    return;
  g_free(buffer->data);
  g_free(buffer);
}

/* Any thread: GTK lets go of a texture where it likes. */
static void buffer_back(gpointer data) {
  Buffer *buffer = data;
  g_atomic_int_set(&buffer->lent, 0);
  buffer_unref(buffer);
}

static Buffer *buffer_take(ScribeFrame *frame, gsize size) {
  Buffer **place = NULL;
  for (int i = 0; i < BUFFERS && !place; i++)
    if (!frame->buffer[i] || !g_atomic_int_get(&frame->buffer[i]->lent))
      place = &frame->buffer[i];
  if (!place) { /* GTK holds all of them: let one go its own way */
    place = &frame->buffer[0];
    g_clear_pointer(place, buffer_unref);
  }
  if (*place && (*place)->size != size)
    g_clear_pointer(place, buffer_unref);
  if (!*place) {
    guint32 *data = g_try_malloc(size);
    if (!data)
      return NULL;
    *place = g_new0(Buffer, 1);
    g_atomic_ref_count_init(&(*place)->refs);
    (*place)->size = size;
    (*place)->data = data;
  }
  return *place;
}

static void on_ready(gpointer data) {
  ScribeFrame *frame = data;
  frame->all = TRUE;
  frame->redraw(frame->redraw_data);
}

ScribeFrame *scribe_frame_new(void (*redraw)(gpointer data), gpointer data) {
  ScribeFrame *frame = g_new0(ScribeFrame, 1);
  frame->redraw = redraw;
  frame->redraw_data = data;
  frame->scene = scribe_scene_new(on_ready, frame);
  frame->renderer = cyto_renderer_new(NULL);
  frame->pool = cyto_pool_new(0, NULL);
  frame->job.pool = frame->pool;
  frame->view.scale = 1;
  frame->factor = 1;
  frame->fitted = frame->all = TRUE;
  return frame;
}

void scribe_frame_free(ScribeFrame *frame) {
  g_clear_pointer(&frame->shown, g_bytes_unref);
  for (int i = 0; i < BUFFERS; i++)
    buffer_unref(frame->buffer[i]);
  g_clear_object(&frame->display);
  scribe_scene_free(frame->scene);
  scribe_cells_look_clear(&frame->cells);
  cyto_renderer_free(frame->renderer);
  cyto_pool_free(frame->pool);
  g_free(frame);
}

void scribe_frame_set_display(ScribeFrame *frame, ScribeDisplay *display) {
  g_set_object(&frame->display, display);
  frame->all = TRUE;
}

void scribe_frame_set_image(ScribeFrame *frame, CytoImage *image, guint plane) {
  scribe_scene_set_image(frame->scene, image, plane);
  gsize ny = image ? image->ny : 0, nx = image ? image->nx : 0;
  gboolean same = ny == frame->ny && nx == frame->nx;
  frame->ny = ny;
  frame->nx = nx;
  frame->all = TRUE;
  if (!same)
    scribe_frame_fit(frame);
}

void scribe_frame_set_flow(ScribeFrame *frame, const float *flow, gsize fy, gsize fx) {
  scribe_scene_set_flow(frame->scene, flow, fy, fx);
  frame->all = TRUE;
}

void scribe_frame_set_ghosts(ScribeFrame *frame, const guint32 *ghosts, const guint8 *reason,
                             guint count) {
  frame->ghosts = ghosts;
  frame->ghost_reason = reason;
  frame->ghost_count = count;
  frame->all = TRUE;
}

void scribe_frame_set_background(ScribeFrame *frame, guint32 rgb) {
  frame->all |= frame->background != rgb;
  frame->background = rgb;
}

ScribeCellsLook *scribe_frame_get_cells(ScribeFrame *frame) {
  return &frame->cells;
}

gboolean scribe_frame_get_image_size(ScribeFrame *frame, gsize *ny, gsize *nx) {
  *ny = frame->ny;
  *nx = frame->nx;
  return frame->nx > 0;
}

double scribe_frame_get_value(ScribeFrame *frame, guint c, gsize y, gsize x) {
  return y < frame->ny && x < frame->nx ? scribe_scene_value(frame->scene, c, y, x) : 0;
}

void scribe_frame_set_size(ScribeFrame *frame, int width, int height, int factor) {
  if (width == frame->width && height == frame->height && factor == frame->factor)
    return;
  /* What was in the middle stays there. */
  frame->view =
      cyto_view_pan(frame->view, (width - frame->width) / 2.0, (height - frame->height) / 2.0);
  if (factor != frame->factor)
    frame->view = cyto_view_zoom_at(frame->view, frame->view.scale * factor / frame->factor,
                                    width / 2.0, height / 2.0);
  frame->width = width;
  frame->height = height;
  frame->factor = factor;
  frame->all = TRUE;
  if (frame->fitted)
    scribe_frame_fit(frame);
}

void scribe_frame_damage(ScribeFrame *frame) {
  frame->all = TRUE;
}

void scribe_frame_damage_area(ScribeFrame *frame, double x0, double y0, double x1, double y1) {
  CytoArea *a = &frame->area;
  *a = frame->some ? (CytoArea){MIN(a->x0, x0), MIN(a->y0, y0), MAX(a->x1, x1), MAX(a->y1, y1)}
                   : (CytoArea){x0, y0, x1, y1};
  frame->some = TRUE;
}

static gboolean render(ScribeFrame *frame, const CytoScene *scene, CytoPixels pixels) {
  gboolean resized = frame->width != frame->shown_width || frame->height != frame->shown_height;
  if (frame->all || resized || !frame->shown || frame->view.scale != frame->shown_view.scale)
    return cyto_render(frame->renderer, scene, frame->view, pixels, &frame->job, NULL);
  CytoPixels previous = pixels;
  previous.data = (uint32_t *)frame->shown_pixels;
  if (memcmp(&frame->view, &frame->shown_view, sizeof frame->view) == 0)
    memcpy(pixels.data, previous.data, pixels.stride * (gsize)pixels.height);
  else if (!cyto_render_pan(frame->renderer, scene, frame->shown_view, previous, frame->view,
                            pixels, &frame->job, NULL))
    return FALSE;
  if (!frame->some)
    return TRUE;
  CytoViewRect rect = cyto_view_dirty(frame->view, frame->area, frame->width, frame->height);
  return cyto_render_rect(frame->renderer, scene, frame->view, pixels, rect, &frame->job, NULL);
}

static gboolean up_to_date(ScribeFrame *frame) {
  return frame->shown && !frame->all && !frame->some && frame->width == frame->shown_width &&
         frame->height == frame->shown_height &&
         memcmp(&frame->view, &frame->shown_view, sizeof frame->view) == 0;
}

GBytes *scribe_frame_compose(ScribeFrame *frame, int *width, int *height) {
  *width = frame->width;
  *height = frame->height;
  if (!frame->display || !frame->renderer || frame->width <= 0 || frame->height <= 0)
    return NULL;
  if (up_to_date(frame))
    return g_bytes_ref(frame->shown);
  gsize size = (gsize)frame->width * (gsize)frame->height * 4;
  Buffer *buffer = buffer_take(frame, size);
  if (!buffer)
    return NULL;
  ScribeSceneInput input = {frame->display,      &frame->cells,      frame->ghosts,
                            frame->ghost_reason, frame->ghost_count, frame->background,
                            (guint)frame->factor};
  const CytoScene *scene = scribe_scene_fill(frame->scene, &input);
  CytoPixels pixels = {buffer->data, frame->width, frame->height, (gsize)frame->width * 4};
  if (!render(frame, scene, pixels))
    return NULL;
  g_atomic_int_set(&buffer->lent, 1);
  g_atomic_ref_count_inc(&buffer->refs);
  g_clear_pointer(&frame->shown, g_bytes_unref);
  frame->shown = g_bytes_new_with_free_func(buffer->data, size, buffer_back, buffer);
  frame->shown_pixels = buffer->data;
  frame->shown_view = frame->view;
  frame->shown_width = frame->width;
  frame->shown_height = frame->height;
  frame->all = frame->some = FALSE;
  return g_bytes_ref(frame->shown);
}

double scribe_frame_get_scale(ScribeFrame *frame) {
  return frame->view.scale;
}

static CytoArea area_of(ScribeFrame *frame) {
  if (!frame->display)
    return (CytoArea){0, 0, (double)frame->nx, (double)frame->ny};
  return scribe_scene_area(frame->scene, frame->display);
}

static void moved(ScribeFrame *frame, CytoView view) {
  frame->view = cyto_view_clamp(view, area_of(frame), frame->width, frame->height);
  frame->fitted = FALSE;
}

void scribe_frame_fit(ScribeFrame *frame) {
  frame->fitted = TRUE;
  frame->fitted_area = area_of(frame);
  if (frame->nx > 0 && frame->width > 0 && frame->height > 0)
    frame->view =
        cyto_view_fit(frame->fitted_area, frame->width, frame->height, MARGIN * frame->factor);
}

gboolean scribe_frame_outgrown(ScribeFrame *frame) {
  CytoArea area = area_of(frame);
  return frame->fitted && memcmp(&area, &frame->fitted_area, sizeof area) != 0;
}

gboolean scribe_frame_is_fitted(ScribeFrame *frame) {
  return frame->fitted;
}

void scribe_frame_zoom_at(ScribeFrame *frame, double scale, double x, double y) {
  moved(frame, cyto_view_zoom_at(frame->view, scale, x, y));
}

void scribe_frame_zoom_step(ScribeFrame *frame, int steps, double x, double y) {
  scribe_frame_zoom_at(frame, cyto_view_step(frame->view.scale, steps), x, y);
}

void scribe_frame_pan(ScribeFrame *frame, double dx, double dy) {
  moved(frame, cyto_view_pan(frame->view, dx, dy));
}

void scribe_frame_reveal(ScribeFrame *frame, double x0, double y0, double x1, double y1) {
  CytoView view =
      cyto_view_reveal(frame->view, (CytoArea){x0, y0, x1, y1}, frame->width, frame->height);
  if (memcmp(&view, &frame->view, sizeof view) != 0)
    moved(frame, view);
}

void scribe_frame_to_image(ScribeFrame *frame, double x, double y, double *ix, double *iy) {
  cyto_view_to_image(cyto_view_snap(frame->view), x, y, ix, iy);
}

void scribe_frame_to_device(ScribeFrame *frame, double ix, double iy, double *x, double *y) {
  cyto_view_to_device(cyto_view_snap(frame->view), ix, iy, x, y);
}

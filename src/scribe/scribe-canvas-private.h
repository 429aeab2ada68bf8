/* Shared by scribe-canvas*.c alone. */
#pragma once
#include "scribe-canvas.h"
#include "scribe-frame.h"
#include "scribe-toolbox.h"

struct _ScribeCanvas {
  GtkWidget parent;
  ScribeDocument *document;
  GSignalGroup *document_signals, *display_signals;
  ScribeDisplay *display;
  ScribeFrame *frame;
  ScribeHost host;
  ScribeToolbox *box;
  double brush;
  double px, py;   /* the pointer, window units */
  gboolean inside; /* it is over the canvas */
  gboolean space;  /* the space bar is down */
  guint32 hover;   /* cell under the pointer */
  guint clicks;    /* of the press counted last */
  guint32 click_time;
  guint click_button;
  double click_x, click_y;
  ScribeButton finger; /* what the finger on the canvas does, 0 = none */
  double pinch;        /* zoom when two fingers came down */
  double pinch_x, pinch_y;
  gboolean stroke_failed; /* the reason of this stroke was said already */
  char *message;
  guint message_source;
  GdkTexture *preview; /* over the picture while a model runs, or NULL */
  GArray *refused;     /* CytoPoint: the outline that was refused, shown with the message */
};

/* scribe-canvas.c */
int scribe_canvas_factor(ScribeCanvas *canvas);
CytoPoint scribe_canvas_point(ScribeCanvas *canvas, double wx, double wy); /* window units */
void scribe_canvas_tell_pointer(ScribeCanvas *canvas); /* "pointer-moved", and the cell it is on */
void scribe_canvas_forget_message(ScribeCanvas *canvas);
void scribe_canvas_set_brush(ScribeCanvas *canvas, double diameter);
void scribe_canvas_view_moved(ScribeCanvas *canvas); /* zoom or place is another one */
gboolean scribe_canvas_choose(ScribeCanvas *canvas, const char *tool);
/* scribe-canvas-cells.c: keeps the frame's table of cells true to the document. */
void scribe_canvas_update_cells(ScribeCanvas *canvas);
void scribe_canvas_set_hover(ScribeCanvas *canvas, guint32 id);
void scribe_canvas_follow_document(ScribeCanvas *canvas); /* connects the signals */
/* scribe-canvas-host.c: what tools ask for. */
ScribeHost scribe_canvas_make_host(ScribeCanvas *canvas);
void scribe_canvas_edit_selected(ScribeCanvas *canvas, const char *what);
/* An edit of the present plane; says why when it was refused. made may be NULL. */
gboolean scribe_canvas_apply(ScribeCanvas *canvas, const CytoEdit *edit, guint32 *made);
/* scribe-canvas-region.c */
void scribe_canvas_region(ScribeCanvas *canvas, const CytoPoint *point, size_t n, ScribeRegion how);
/* scribe-canvas-input.c */
void scribe_canvas_add_controllers(ScribeCanvas *canvas);
void scribe_canvas_update_cursor(ScribeCanvas *canvas);
ScribePointer scribe_canvas_pointer_at(ScribeCanvas *canvas, double wx, double wy,
                                       unsigned modifiers, unsigned held);
int scribe_canvas_count_click(ScribeCanvas *canvas, guint button, guint32 time); /* at px, py */
void scribe_canvas_release(ScribeCanvas *canvas, ScribeButton button, const ScribePointer *pointer);
/* scribe-canvas-touch.c: fingers, in window units. */
void scribe_canvas_add_touch(ScribeCanvas *canvas);
void scribe_canvas_touch_down(ScribeCanvas *canvas, double x, double y, guint32 time);
void scribe_canvas_touch_move(ScribeCanvas *canvas, double x, double y);
void scribe_canvas_touch_up(ScribeCanvas *canvas, double x, double y);
void scribe_canvas_touch_hold(ScribeCanvas *canvas, double x, double y);
void scribe_canvas_touch_lost(ScribeCanvas *canvas);
void scribe_canvas_pinch_begin(ScribeCanvas *canvas, double x, double y);
void scribe_canvas_pinch(ScribeCanvas *canvas, double scale, double x, double y);
/* scribe-canvas-actions.c */
void scribe_canvas_install_actions(GtkWidgetClass *klass);
/* scribe-canvas-draw.c: the vector drawings above the picture. */
void scribe_canvas_draw_sketch(ScribeCanvas *canvas, GtkSnapshot *snapshot);
/* scribe-canvas-measure.c: the disk and the ruler. */
void scribe_canvas_add_measures(ScribeHost *host);
void scribe_canvas_draw_measures(ScribeCanvas *canvas, const ScribeSketch *sketch,
                                 GtkSnapshot *snapshot);
/* scribe-canvas-preview.c: what a run has found so far. */
void scribe_canvas_draw_preview(ScribeCanvas *canvas, GtkSnapshot *snapshot);

/* Fingers on a real canvas. There is no touch screen to press on here, so what the gestures call is
 * called. */
#include "check.h"
#include "cyto/doc/document.h"
#include "scribe/scribe-canvas-private.h"

enum { NY = 300, NX = 400, WIDTH = 700, HEIGHT = 500 };

typedef struct Table {
  ScribeDocument *doc;
  ScribeCanvas *canvas;
  GtkWidget *window;
  guint32 time;
} Table;

/* One cell of 40 x 40 pixels at (100, 100). */
static Table open_table(const char *tool) {
  CytoImage *image = cyto_image_new(CYTO_U8, 1, 1, 1, NY, NX, NULL);
  CytoLabels labels = {0};
  if (!image || !cyto_labels_init(&labels, 1, NY, NX, NULL))
    g_error("out of memory");
  memset(image->data, 60, NY * NX);
  for (int y = 100; y < 140; y++)
    for (int x = 100; x < 140; x++)
      labels.data[y * NX + x] = 1;
  CytoDocumentOptions options = {.nz = 1, .ny = NY, .nx = NX, .labels = &labels};
  CytoDocument *core = cyto_document_new(&options, NULL);
  if (!core)
    g_error("out of memory");
  Table t = {scribe_document_new(NULL, image, core), SCRIBE_CANVAS(scribe_canvas_new()),
             gtk_window_new(), 1000};
  scribe_canvas_set_document(t.canvas, t.doc);
  gtk_window_set_default_size(GTK_WINDOW(t.window), WIDTH, HEIGHT);
  gtk_window_set_child(GTK_WINDOW(t.window), GTK_WIDGET(t.canvas));
  gtk_window_present(GTK_WINDOW(t.window));
  while (gtk_widget_get_width(GTK_WIDGET(t.canvas)) == 0)
    g_main_context_iteration(NULL, TRUE);
  CHECK(scribe_canvas_choose(t.canvas, tool));
  return t;
}

static void close_table(Table *t) {
  gtk_window_destroy(GTK_WINDOW(t->window));
  while (g_main_context_iteration(NULL, FALSE))
    ;
  g_object_unref(t->doc);
}

static void window_of(Table *t, double ix, double iy, double *x, double *y) {
  int s = scribe_canvas_factor(t->canvas);
  scribe_frame_to_device(t->canvas->frame, ix, iy, x, y);
  *x /= s;
  *y /= s;
}

static void down(Table *t, double ix, double iy) {
  double x, y;
  window_of(t, ix, iy, &x, &y);
  scribe_canvas_touch_down(t->canvas, x, y, t->time += 1000);
}
static void move(Table *t, double ix, double iy) {
  double x, y;
  window_of(t, ix, iy, &x, &y);
  scribe_canvas_touch_move(t->canvas, x, y);
}
static void up(Table *t, double ix, double iy) {
  double x, y;
  window_of(t, ix, iy, &x, &y);
  scribe_canvas_touch_up(t->canvas, x, y);
}
static void hold(Table *t, double ix, double iy) {
  double x, y;
  window_of(t, ix, iy, &x, &y);
  scribe_canvas_touch_hold(t->canvas, x, y);
}
static void tap(Table *t, double ix, double iy) {
  down(t, ix, iy);
  up(t, ix, iy);
}

static const CytoUndo *history(Table *t) {
  return cyto_document_history(scribe_document_get_core(t->doc));
}
static guint32 cell_at(Table *t, gsize x, gsize y) {
  return scribe_document_get_cells(t->doc)->map[y * NX + x];
}

static void two_fingers_keep_the_point_between_them(void) {
  Table t = open_table("brush");
  scribe_canvas_set_zoom(t.canvas, 2);
  double zoom = scribe_canvas_get_zoom(t.canvas);
  scribe_canvas_pinch_begin(t.canvas, 300, 200);
  CytoPoint held = scribe_canvas_point(t.canvas, 300, 200);
  static const double at[][3] = {{1, 330, 190}, {1.5, 340, 210}, {3, 280, 220}, {0.9, 310, 205}};
  for (gsize i = 0; i < G_N_ELEMENTS(at); i++) {
    scribe_canvas_pinch(t.canvas, at[i][0], at[i][1], at[i][2]);
    CytoPoint now = scribe_canvas_point(t.canvas, at[i][1], at[i][2]);
    CHECKF(fabs(now.x - held.x) < 0.6 && fabs(now.y - held.y) < 0.6, "%g %g, was %g %g", now.x,
           now.y, held.x, held.y);
    CHECK(fabs(scribe_canvas_get_zoom(t.canvas) / (zoom * at[i][0]) - 1) < 0.02);
  }
  close_table(&t);
}

static void the_second_finger_takes_back_what_the_first_began(void) {
  Table t = open_table("brush");
  down(&t, 200, 200);
  move(&t, 210, 205);
  CHECK(cell_at(&t, 205, 202) != 0);
  scribe_canvas_pinch_begin(t.canvas, 300, 200);
  CHECK(cell_at(&t, 205, 202) == 0 && !scribe_document_is_stroking(t.doc));
  scribe_canvas_pinch(t.canvas, 1.2, 310, 210);
  CytoPoint before = scribe_canvas_point(t.canvas, 0, 0);
  move(&t, 230, 230); /* the fingers go up one after the other */
  up(&t, 230, 230);
  CytoPoint after = scribe_canvas_point(t.canvas, 0, 0);
  CHECK(history(&t)->n_done == 0 && before.x == after.x && before.y == after.y);
  close_table(&t);
}

static void one_finger_moves_the_picture_and_taps_choose(void) {
  Table t = open_table("outline");
  scribe_canvas_set_zoom(t.canvas, 4);
  CytoPoint held = scribe_canvas_point(t.canvas, 300, 200);
  scribe_canvas_touch_down(t.canvas, 300, 200, 1);
  scribe_canvas_touch_move(t.canvas, 350, 220);
  scribe_canvas_touch_up(t.canvas, 350, 220);
  CytoPoint now = scribe_canvas_point(t.canvas, 350, 220);
  CHECK(fabs(now.x - held.x) < 0.3 && fabs(now.y - held.y) < 0.3);
  scribe_canvas_set_zoom(t.canvas, 1);
  tap(&t, 120, 120);
  CHECK(scribe_document_is_selected(t.doc, 1));
  tap(&t, 200, 200);
  CHECK(!scribe_document_is_selected(t.doc, 1));
  scribe_canvas_set_zoom(t.canvas, 3);
  double x, y;
  window_of(&t, 200, 150, &x, &y);
  for (guint32 i = 0; i < 2; i++) {
    scribe_canvas_touch_down(t.canvas, x, y, 900000 + 150 * i);
    scribe_canvas_touch_up(t.canvas, x, y);
  }
  CHECK(scribe_frame_is_fitted(t.canvas->frame));
  close_table(&t);
}

static void a_long_press_starts_an_outline_with_any_tool(void) {
  static const char *const tools[] = {"outline", "brush", "eraser", "split", "lasso", "pan"};
  for (gsize i = 0; i < G_N_ELEMENTS(tools); i++) {
    Table t = open_table(tools[i]);
    down(&t, 200, 200);
    hold(&t, 200, 200);
    CHECKF(history(&t)->n_done == 0 && cell_at(&t, 200, 200) == 0 &&
               !scribe_document_is_stroking(t.doc),
           "%s: what the press had begun stayed", tools[i]);
    up(&t, 200, 200);
    CHECKF(scribe_canvas_is_drawing(t.canvas), "%s: no outline", tools[i]);
    tap(&t, 260, 200);
    scribe_canvas_pinch_begin(t.canvas, 300, 200); /* a closer look between two corners */
    scribe_canvas_pinch(t.canvas, 1.3, 300, 200);
    tap(&t, 260, 260);
    tap(&t, 200, 260);
    tap(&t, 200, 200);
    CHECKF(!scribe_canvas_is_drawing(t.canvas) && history(&t)->n_done == 1, "%s: not closed",
           tools[i]);
    CHECKF(cell_at(&t, 230, 230) == 2 && cell_at(&t, 196, 196) == 0, "%s: another cell", tools[i]);
    close_table(&t);
  }
}

static void a_long_press_that_moves_draws_free_hand(void) {
  Table t = open_table("pan");
  down(&t, 200, 200);
  hold(&t, 200, 200);
  for (int i = 0; i <= 40; i++)
    move(&t, 230 - 30 * cos(i * G_PI / 20), 200 + 30 * sin(i * G_PI / 20));
  up(&t, 200, 200);
  CHECK(history(&t)->n_done == 1 && cell_at(&t, 230, 200) == 2);
  /* A second long press closes an outline of taps. */
  down(&t, 300, 60);
  hold(&t, 300, 60);
  up(&t, 300, 60);
  tap(&t, 340, 60);
  tap(&t, 340, 100);
  down(&t, 300, 100);
  hold(&t, 300, 100);
  up(&t, 300, 100);
  CHECK(history(&t)->n_done == 2 && cell_at(&t, 320, 80) == 3);
  close_table(&t);
}

/* A mouse that is held still draws nothing: holding is for fingers. */
static void gestures_of_one_finger_hear_of_fingers_alone(void) {
  Table t = open_table("pan");
  GListModel *list = gtk_widget_observe_controllers(GTK_WIDGET(t.canvas));
  int drags = 0, holds = 0, zooms = 0;
  for (guint i = 0; i < g_list_model_get_n_items(list); i++) {
    GObject *controller = g_list_model_get_item(list, i);
    drags += GTK_IS_GESTURE_DRAG(controller);
    holds += GTK_IS_GESTURE_LONG_PRESS(controller);
    zooms += GTK_IS_GESTURE_ZOOM(controller);
    if (GTK_IS_GESTURE_SINGLE(controller))
      CHECK(gtk_gesture_single_get_touch_only(GTK_GESTURE_SINGLE(controller)));
    g_object_unref(controller);
  }
  CHECK(drags == 1 && holds == 1 && zooms == 1);
  g_object_unref(list);
  close_table(&t);
}

int main(void) {
  if (!gtk_init_check()) {
    printf("1..0 # SKIP no display\n");
    return 0;
  }
  return check_main((CheckTest[]){TEST(two_fingers_keep_the_point_between_them),
                                  TEST(the_second_finger_takes_back_what_the_first_began),
                                  TEST(one_finger_moves_the_picture_and_taps_choose),
                                  TEST(a_long_press_starts_an_outline_with_any_tool),
                                  TEST(a_long_press_that_moves_draws_free_hand),
                                  TEST(gestures_of_one_finger_hear_of_fingers_alone),
                                  {0}});
}

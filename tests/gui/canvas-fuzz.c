/* Random pointer events, fingers, keys and commands on a real canvas with a real document: nothing
 * crashes, nothing stays half drawn after Esc, the picture composed in parts is the whole one, and
 * undoing everything gives the first map back byte for byte, redoing everything the last.
 * canvas-fuzz [SEEDS [EVENTS]] */
#include "check.h"
#include "cyto/doc/document.h"
#include "scribe/scribe-canvas-private.h"

enum { NY = 120, NX = 160 };
static int n_seeds = 20, n_events = 10000;

static guint32 next(guint32 *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return *seed >> 8;
}

static ScribeDocument *synthetic(guint32 seed) {
  CytoImage *image = cyto_image_new(CYTO_U16, 1, 1, 2, NY, NX, NULL);
  CytoLabels labels;
  if (!image || !cyto_labels_init(&labels, 1, NY, NX, NULL))
    g_error("out of memory");
  guint16 *pixel = image->data;
  for (int i = 0; i < 2 * NY * NX; i++)
    pixel[i] = (guint16)(next(&seed) % 1200);
  for (int y = 0; y < NY; y++)
    for (int x = 0; x < NX; x++) {
      int cy = y % 30 - 15, cx = x % 32 - 16;
      if (cy * cy + cx * cx < 140)
        labels.data[y * NX + x] = (guint32)(y / 30 * 5 + x / 32 + 1);
    }
  CytoDocumentOptions options = {
      .nz = 1, .ny = NY, .nx = NX, .labels = &labels, .undo_budget = (size_t)1 << 30};
  CytoDocument *core = cyto_document_new(&options, NULL);
  if (!core)
    g_error("out of memory");
  return scribe_document_new(NULL, image, core);
}

static ScribePointer random_pointer(ScribeCanvas *canvas, guint32 *seed) {
  double wx = (double)(next(seed) % 700) - 50, wy = (double)(next(seed) % 560) - 40;
  ScribePointer p = {.at = scribe_canvas_point(canvas, wx, wy), .wx = wx, .wy = wy, .pressure = 1};
  p.modifiers = next(seed) % 4 ? 0 : next(seed) % 16;
  p.held = next(seed) % 3 ? 14 : next(seed) % 16;
  p.pen = next(seed) % 8 == 0;
  p.eraser = p.pen && next(seed) % 3 == 0;
  canvas->px = wx;
  canvas->py = wy;
  canvas->inside = next(seed) % 10 != 0;
  return p;
}

static void random_action(ScribeCanvas *canvas, guint32 *seed) {
  static const char *const actions[][2] = {
      {"canvas.zoom-in"},
      {"canvas.zoom-out"},
      {"canvas.zoom-fit"},
      {"canvas.zoom-one"},
      {"canvas.tool", "outline"},
      {"canvas.tool", "brush"},
      {"canvas.tool", "eraser"},
      {"canvas.tool", "split"},
      {"canvas.tool", "pan"},
      {"canvas.tool", "disk"},
      {"canvas.tool", "ruler"},
      {"canvas.tool", "lasso"},
      {"canvas.tool", "nonsense"},
      {"canvas.back"},
      {"canvas.close-outline"},
      {"canvas.brush-bigger"},
      {"canvas.brush-smaller"},
      {"canvas.toggle", "peek"},
      {"canvas.toggle", "show-masks"},
      {"canvas.toggle", "seed"},
      {"canvas.toggle", "show-ids"},
      {"canvas.colour", "next"},
      {"canvas.colour", "red"},
      {"canvas.view", "next"},
      {"canvas.view", "previous"},
      {"canvas.shuffle-colours"},
      {"canvas.select-all"},
      {"canvas.delete-selected"},
      {"canvas.merge-selected"},
      {"canvas.edit", "smooth"},
      {"canvas.edit", "grow"},
      {"canvas.edit", "shrink"},
      {"canvas.edit", "fill-holes"},
      {"canvas.edit", "keep-largest"},
      {"canvas.pan", "left"},
      {"canvas.cancel"},
  };
  guint i = next(seed) % G_N_ELEMENTS(actions);
  /* Bulk edits now and then only, or no cells would be left to try things on. */
  if (g_str_has_suffix(actions[i][0], "-selected") && next(seed) % 8)
    return;
  gtk_widget_activate_action_variant(GTK_WIDGET(canvas), actions[i][0],
                                     actions[i][1] ? g_variant_new_string(actions[i][1]) : NULL);
}

/* What a hand would do: press, a few moves near each other, release. */
static void whole_gesture(ScribeCanvas *canvas, guint32 *seed) {
  ScribePointer p = random_pointer(canvas, seed);
  ScribeButton button = next(seed) % 2 ? SCRIBE_LEFT : SCRIBE_RIGHT;
  p.held = 1u << button;
  scribe_toolbox_press(canvas->box, button, 1, &p);
  for (int i = next(seed) % 12; i > 0; i--) {
    p.wx += (double)(next(seed) % 81) - 40;
    p.wy += (double)(next(seed) % 81) - 40;
    p.at = scribe_canvas_point(canvas, p.wx, p.wy);
    scribe_toolbox_move(canvas->box, &p);
  }
  scribe_toolbox_release(canvas->box, button, &p);
}

static void random_finger(ScribeCanvas *canvas, guint32 *seed) {
  double x = (double)(next(seed) % 700) - 50, y = (double)(next(seed) % 560) - 40;
  switch (next(seed) % 8) {
  case 0:
    scribe_canvas_touch_hold(canvas, x, y);
    break;
  case 1:
    scribe_canvas_touch_up(canvas, x, y);
    break;
  case 2:
    scribe_canvas_pinch_begin(canvas, x, y);
    break;
  case 3:
    scribe_canvas_pinch(canvas, 0.5 + (next(seed) % 100) / 66.0, x, y);
    break;
  case 4:
    scribe_canvas_touch_down(canvas, x, y, next(seed));
    break;
  default:
    scribe_canvas_touch_move(canvas, x, y);
  }
}

static void random_event(ScribeCanvas *canvas, ScribeDocument *doc, guint32 *seed) {
  ScribePointer p = random_pointer(canvas, seed);
  ScribeButton button = 1 + next(seed) % 3;
  switch (next(seed) % 20) {
  case 0:
  case 1:
  case 2:
  case 3:
    scribe_toolbox_press(canvas->box, button, 1 + (int)(next(seed) % 3), &p);
    break;
  case 4:
  case 5:
  case 6:
    scribe_toolbox_release(canvas->box, button, &p);
    break;
  case 7:
    random_action(canvas, seed);
    break;
  case 8:
    if (next(seed) % 6 == 0)
      scribe_document_undo(doc, NULL);
    else if (next(seed) % 4 == 0)
      scribe_document_redo(doc, NULL);
    break;
  case 9:
    scribe_canvas_tell_pointer(canvas);
    break;
  case 10:
    if (next(seed) % 8 == 0)
      scribe_toolbox_lost(canvas->box);
    break;
  case 11:
    whole_gesture(canvas, seed);
    break;
  case 12:
  case 13:
    random_finger(canvas, seed);
    break;
  default:
    scribe_toolbox_move(canvas->box, &p);
  }
}

static guint32 *copy_map(ScribeDocument *doc) {
  return g_memdup2(scribe_document_get_cells(doc)->map, NY * NX * sizeof(guint32));
}

static bool is_map(ScribeDocument *doc, const guint32 *map) {
  return memcmp(scribe_document_get_cells(doc)->map, map, NY * NX * sizeof *map) == 0;
}

static void undo_all_redo_all(ScribeDocument *doc, const guint32 *start) {
  guint32 *end = copy_map(doc);
  int back = 0, again = 0;
  while (scribe_document_undo(doc, NULL))
    back++;
  CHECK(is_map(doc, start));
  while (scribe_document_redo(doc, NULL))
    again++;
  CHECK(again >= back && (again > back || is_map(doc, end)));
  g_free(end);
}

/* A picture composed bit by bit is the picture composed afresh. */
static bool picture_is_true(ScribeCanvas *canvas) {
  int w, h;
  GBytes *pieces = scribe_frame_compose(canvas->frame, &w, &h);
  scribe_frame_damage(canvas->frame);
  GBytes *fresh = scribe_frame_compose(canvas->frame, &w, &h);
  bool same = (!pieces && !fresh) || (pieces && fresh && g_bytes_equal(pieces, fresh));
  g_clear_pointer(&pieces, g_bytes_unref);
  g_clear_pointer(&fresh, g_bytes_unref);
  return same;
}

static void one_seed(guint32 seed, guint *edits) {
  ScribeDocument *doc = synthetic(seed);
  GtkWidget *window = gtk_window_new();
  ScribeCanvas *canvas = SCRIBE_CANVAS(scribe_canvas_new());
  guint32 *start = copy_map(doc);
  scribe_canvas_set_document(canvas, doc);
  gtk_window_set_default_size(GTK_WINDOW(window), 600, 480);
  gtk_window_set_child(GTK_WINDOW(window), GTK_WIDGET(canvas));
  gtk_window_present(GTK_WINDOW(window));
  for (int i = 0; i < n_events && check_failures == 0; i++) {
    random_event(canvas, doc, &seed);
    if (i % 40 == 0)
      while (g_main_context_iteration(NULL, FALSE))
        ;
    if (i % 29 == 0)
      CHECKF(picture_is_true(canvas), "another picture after event %d", i);
    if (i % 61)
      continue;
    gtk_widget_activate_action(GTK_WIDGET(canvas), "canvas.cancel", NULL);
    CHECKF(!scribe_canvas_is_drawing(canvas) && !scribe_document_is_stroking(doc),
           "stuck after event %d", i);
  }
  gtk_widget_activate_action(GTK_WIDGET(canvas), "canvas.cancel", NULL);
  *edits += (guint)cyto_document_history(scribe_document_get_core(doc))->n_done;
  undo_all_redo_all(doc, start);
  gtk_window_destroy(GTK_WINDOW(window));
  while (g_main_context_iteration(NULL, FALSE))
    ;
  CHECK(G_OBJECT(doc)->ref_count == 1);
  g_object_unref(doc);
  g_free(start);
}

static void random_sessions(void) {
  guint edits = 0;
  for (int seed = 1; seed <= n_seeds && check_failures == 0; seed++) {
    one_seed((guint32)seed, &edits);
    if (check_failures)
      printf("# seed %d\n", seed);
  }
  printf("# %d seeds of %d events: %u edits\n", n_seeds, n_events, edits);
  CHECK(edits > 0);
}

int main(int argc, char **argv) {
  if (argc > 1)
    n_seeds = atoi(argv[1]);
  if (argc > 2)
    n_events = atoi(argv[2]);
  if (!gtk_init_check()) {
    printf("1..0 # SKIP no display\n");
    return 0;
  }
  return check_main((CheckTest[]){TEST(random_sessions), {0}});
}

/* The canvas alone in a window, for tests of its gestures: canvas-demo IMAGE [LABELS [panels]],
 * with the panels beside it on demand. Says on
 * standard output what happens: "cells N selected M", "message …", "drawing 0|1". Commands come
 * in on standard input, one a line: an action with its argument ("canvas.tool brush"), "undo",
 * "redo", "dark 0|1", "where X Y" (answers with the root coordinates of an image point), "cells",
 * "map FILE" (writes the labels as bytes), "get PROPERTY" of canvas or display, "quit". */
#include "cyto/doc/document.h"
#include "cyto/io/reader.h"
#include "scribe/scribe-canvas.h"
#include "scribe/scribe-canvas-private.h"
#include "scribe/scribe-panel-cells.h"
#include "scribe/scribe-panel-image.h"
#include <locale.h>
#include <string.h>

typedef struct Demo {
  GMainLoop *loop;
  GtkWidget *window;
  ScribeCanvas *canvas;
  ScribeDocument *document;
} Demo;

static void tell(Demo *demo) {
  guint n;
  scribe_document_get_selection(demo->document, &n);
  g_print("cells %u selected %u drawing %d\n", scribe_document_count_cells(demo->document), n,
          scribe_canvas_is_drawing(demo->canvas));
}

static void on_message(Demo *demo, const char *text) {
  (void)demo;
  g_print("message %s\n", text);
}

static void where(Demo *demo, const char *argument) {
  double x = 0, y = 0, wx, wy;
  char *rest;
  int s = scribe_canvas_factor(demo->canvas);
  graphene_point_t out;
  x = g_ascii_strtod(argument, &rest);
  y = g_ascii_strtod(rest, NULL);
  scribe_frame_to_device(demo->canvas->frame, x, y, &wx, &wy);
  if (!gtk_widget_compute_point(GTK_WIDGET(demo->canvas), demo->window,
                                &GRAPHENE_POINT_INIT((float)(wx / s), (float)(wy / s)), &out))
    out = GRAPHENE_POINT_INIT(0, 0);
  g_print("where %d %d\n", (int)out.x * s, (int)out.y * s);
}

static void write_map(Demo *demo, const char *path) {
  const CytoCells *cells = scribe_document_get_cells(demo->document);
  g_file_set_contents(path, (const char *)cells->map,
                      (gssize)(cells->ny * cells->nx * sizeof *cells->map), NULL);
  g_print("map\n");
}

static void get(Demo *demo, const char *name) {
  GObject *from = G_OBJECT(demo->canvas);
  if (!g_object_class_find_property(G_OBJECT_GET_CLASS(from), name))
    from = G_OBJECT(scribe_canvas_get_display(demo->canvas));
  GValue value = G_VALUE_INIT;
  g_object_get_property(from, name, &value);
  g_autofree char *text = g_strdup_value_contents(&value);
  g_print("get %s\n", text);
  g_value_unset(&value);
}

static void step(Demo *demo, gboolean redo) {
  char *why = NULL;
  if (!(redo ? scribe_document_redo(demo->document, &why)
             : scribe_document_undo(demo->document, &why)))
    g_print("message %s\n", why ? why : "");
  g_free(why);
  tell(demo);
}

static void obey(Demo *demo, const char *command, const char *argument) {
  if (g_str_equal(command, "quit"))
    g_main_loop_quit(demo->loop);
  else if (g_str_equal(command, "state")) {
    g_print("state ");
    tell(demo);
  } else if (g_str_equal(command, "undo") || g_str_equal(command, "redo"))
    step(demo, g_str_equal(command, "redo"));
  else if (g_str_equal(command, "where"))
    where(demo, argument);
  else if (g_str_equal(command, "map"))
    write_map(demo, argument);
  else if (g_str_equal(command, "get"))
    get(demo, argument);
  else if (g_str_equal(command, "zoom"))
    scribe_canvas_set_zoom(demo->canvas, g_ascii_strtod(argument, NULL));
  else if (g_str_equal(command, "set"))
    g_object_set(scribe_canvas_get_display(demo->canvas), argument, TRUE, NULL);
  else if (g_str_equal(command, "dark"))
    g_object_set(gtk_settings_get_default(), "gtk-application-prefer-dark-theme", *argument == '1',
                 NULL);
  else if (!gtk_widget_activate_action_variant(GTK_WIDGET(demo->canvas), command,
                                               *argument ? g_variant_new_string(argument) : NULL))
    g_print("unknown %s\n", command);
}

static gboolean on_line(GIOChannel *channel, GIOCondition condition, gpointer data) {
  g_autofree char *line = NULL;
  (void)condition;
  if (g_io_channel_read_line(channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
    g_main_loop_quit(((Demo *)data)->loop);
    return G_SOURCE_REMOVE;
  }
  g_strchomp(line);
  char *space = strchr(line, ' ');
  if (space)
    *space = 0;
  obey(data, line, space ? space + 1 : "");
  return G_SOURCE_CONTINUE;
}

static ScribeDocument *open_document(const char *image_path, const char *labels_path) {
  CytoError err;
  CytoImage *image = NULL;
  CytoLabels labels = {0};
  CytoReadOptions options = cyto_read_defaults();
  if (!cyto_image_read(image_path, &options, &image, NULL, &err) ||
      (labels_path && !cyto_labels_read(labels_path, &labels, NULL, &err)))
    g_error("%s", err.text);
  CytoDocumentOptions make = {.image_path = image_path,
                              .nz = image->nt * image->nz,
                              .ny = image->ny,
                              .nx = image->nx,
                              .labels = labels_path ? &labels : NULL};
  CytoDocument *core = cyto_document_new(&make, &err);
  if (!core)
    g_error("%s", err.text);
  cyto_labels_clear(&labels);
  return scribe_document_new(image_path, image, core);
}

static GtkWidget *with_panels(Demo *demo) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *side = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *image = scribe_panel_image_new(), *cells = scribe_panel_cells_new();
  scribe_panel_image_set_display(SCRIBE_PANEL_IMAGE(image),
                                 scribe_canvas_get_display(demo->canvas));
  scribe_panel_cells_set_canvas(SCRIBE_PANEL_CELLS(cells), demo->canvas);
  scribe_panel_cells_set_document(SCRIBE_PANEL_CELLS(cells), demo->document);
  gtk_widget_set_size_request(side, 300, -1);
  gtk_box_append(GTK_BOX(side), image);
  gtk_box_append(GTK_BOX(side), cells);
  gtk_widget_set_hexpand(GTK_WIDGET(demo->canvas), TRUE);
  gtk_box_append(GTK_BOX(box), GTK_WIDGET(demo->canvas));
  gtk_box_append(GTK_BOX(box), side);
  return box;
}

int main(int argc, char **argv) {
  Demo demo = {0};
  if (argc < 2)
    return 2;
  setlocale(LC_ALL, "");
  setvbuf(stdout, NULL, _IOLBF, 0);
  gtk_init();
  demo.loop = g_main_loop_new(NULL, FALSE);
  demo.document = open_document(argv[1], argc > 2 ? argv[2] : NULL);
  GtkCssProvider *css = gtk_css_provider_new();
  gtk_css_provider_load_from_resource(css, "/org/cytoscribe/Scribe/style.css");
  gtk_style_context_add_provider_for_display(gdk_display_get_default(), GTK_STYLE_PROVIDER(css),
                                             GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_object_unref(css);
  demo.window = gtk_window_new();
  gtk_window_set_decorated(GTK_WINDOW(demo.window), FALSE);
  gtk_window_set_default_size(GTK_WINDOW(demo.window), 900, 700);
  demo.canvas = SCRIBE_CANVAS(scribe_canvas_new());
  scribe_canvas_set_document(demo.canvas, demo.document);
  gtk_window_set_child(GTK_WINDOW(demo.window),
                       argc > 3 ? with_panels(&demo) : GTK_WIDGET(demo.canvas));
  g_signal_connect_swapped(demo.canvas, "message", G_CALLBACK(on_message), &demo);
  g_signal_connect_swapped(demo.document, "state-changed", G_CALLBACK(tell), &demo);
  g_signal_connect_swapped(demo.document, "selection-changed", G_CALLBACK(tell), &demo);
  g_signal_connect_swapped(demo.window, "close-request", G_CALLBACK(g_main_loop_quit), demo.loop);
  g_io_add_watch(g_io_channel_unix_new(0), G_IO_IN | G_IO_HUP, on_line, &demo);
  gtk_window_present(GTK_WINDOW(demo.window));
  gtk_widget_grab_focus(GTK_WIDGET(demo.canvas));
  g_print("ready\n");
  g_main_loop_run(demo.loop);
  gtk_window_destroy(GTK_WINDOW(demo.window));
  g_signal_handlers_disconnect_by_data(demo.document, &demo);
  g_object_unref(demo.document);
  g_main_loop_unref(demo.loop);
  return 0;
}

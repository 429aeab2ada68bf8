/* How large the cells are: estimated, measured on those that are there, or by hand on the canvas.
 */
#include "scribe-window-private.h"
#include "scribe-words.h"
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

static double pixel_size(ScribeWindow *self) {
  return self->doc ? scribe_document_get_image(self->doc)->pixel_x : 0;
}

/* "17.2 px (15.9–18.8)": half of the cells lie between. */
static char *spread_text(ScribeWindow *self, const CytoSpread *spread) {
  double um = pixel_size(self);
  if (um > 0)
    return g_strdup_printf(_("%.1f px (%.1f–%.1f) · %.1f µm"), spread->median, spread->low,
                           spread->high, spread->median * um);
  return g_strdup_printf(_("%.1f px (%.1f–%.1f)"), spread->median, spread->low, spread->high);
}

/* Number, sentence, and a ring around the disk. */
static void take_spread(ScribeWindow *self, const CytoSpread *spread, const char *text) {
  scribe_panel_segment_set_diameter(self->segment, round(spread->median * 10) / 10);
  scribe_panel_segment_set_estimate(self->segment, text);
  scribe_display_set_spread(self->display, spread->low, spread->high);
  scribe_canvas_fit_again(self->canvas);
  scribe_log_add(self->log, "%s", text);
}

/* The way over the whole picture and that over its cells should not be far apart. */
static gboolean doubtful(const CytoEstimate *estimate) {
  double ratio = estimate->diameter / estimate->style_guess;
  return estimate->cells.n < 5 || ratio > 1.5 || ratio < 1 / 1.5;
}

static void show_estimate(ScribeWindow *self, const CytoEstimate *estimate) {
  guint n = (guint)estimate->cells.n;
  if (n == 0) {
    scribe_panel_segment_set_diameter(self->segment, round(estimate->diameter * 10) / 10);
    scribe_panel_segment_set_estimate(
        self->segment, _("No cell was found, so this is only the model's own size. Lay the disk "
                         "over a cell instead."));
    return;
  }
  g_autofree char *numbers = spread_text(self, &estimate->cells);
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(
      text, ngettext("%s, from %u cell.", "%s: half of %u cells lie in between.", n), numbers, n);
  if (doubtful(estimate)) {
    g_string_append_c(text, ' ');
    g_string_append_printf(text, _("The whole picture says %.1f: compare the disk with a cell."),
                           estimate->style_guess);
  }
  take_spread(self, &estimate->cells, text->str);
}

static void on_calibrated(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  ScribeWindow *self = owner;
  const ScribeCalibrated *made = data;
  if (!scribe_window_end_run(self, job))
    return;
  if (err)
    scribe_window_error(self, _("The diameter was not estimated"), err);
  else if (made->measured)
    show_estimate(self, &made->estimate);
  else
    scribe_panel_segment_set_diameter(self->segment, round(made->estimate.diameter * 10) / 10);
}

void scribe_window_calibrate(ScribeWindow *self) {
  if (!self->doc || self->run_job)
    return;
  g_autoptr(ScribeRun) run = scribe_panel_segment_get_run(self->segment);
  scribe_window_start_run(self, scribe_task_calibrate(scribe_document_get_image(self->doc),
                                                      scribe_document_get_plane(self->doc), run,
                                                      self->models, self, on_calibrated));
}

/* Cells that are there */

static gint compare_doubles(gconstpointer a, gconstpointer b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double quantile(const double *value, guint n, double q) {
  double at = q * (n - 1);
  guint below = (guint)at, above = MIN(below + 1, n - 1);
  return value[below] + (at - below) * (value[above] - value[below]);
}

/* Of what a circle of the same area has (algorithm.md §8). */
void scribe_window_diameter_from_cells(ScribeWindow *self) {
  if (!self->doc)
    return;
  const CytoCells *cells = scribe_document_get_cells(self->doc);
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(double));
  guint selected;
  scribe_document_get_selection(self->doc, &selected);
  for (guint32 id = 1; id <= cells->top; id++) {
    const CytoCell *cell = cyto_cells_get(cells, id);
    double diameter = cell ? 2 * sqrt((double)cell->area / G_PI) : 0;
    if (cell && (!selected || scribe_document_is_selected(self->doc, id)))
      g_array_append_val(all, diameter);
  }
  if (all->len == 0) {
    scribe_window_toast(self, _("Draw a cell first, or run a model."));
    return;
  }
  g_array_sort(all, compare_doubles);
  const double *d = (const double *)(gpointer)all->data;
  CytoSpread spread = {all->len, quantile(d, all->len, 0.25), quantile(d, all->len, 0.5),
                       quantile(d, all->len, 0.75)};
  g_autofree char *numbers = spread_text(self, &spread);
  g_autofree char *text = g_strdup_printf(
      ngettext("%s, from %u cell.", "%s: half of %u cells lie in between.", all->len), numbers,
      all->len);
  take_spread(self, &spread, text);
}

/* The panel, the display and the tools hold one number. */

static void on_panel(ScribeWindow *self) {
  g_object_set(self->display, "diameter", scribe_panel_segment_get_diameter(self->segment), NULL);
}

static void on_display(ScribeWindow *self) {
  scribe_panel_segment_set_diameter(self->segment,
                                    scribe_display_get_look(self->display)->diameter);
}

/* A disk that is laid over cells must be there to be seen. */
static void on_tool(ScribeWindow *self) {
  g_autofree char *tool = NULL;
  g_object_get(self->canvas, "tool", &tool, NULL);
  if (g_strcmp0(tool, "disk") != 0)
    return;
  g_object_set(self->display, "show-disk", TRUE, NULL);
  if (!(scribe_display_get_look(self->display)->diameter > 0))
    g_object_set(self->display, "diameter", 30.0, NULL);
}

void scribe_window_follow_diameter(ScribeWindow *self) {
  g_signal_connect_object(self->segment, "diameter-changed", G_CALLBACK(on_panel), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(self->display, "notify::diameter", G_CALLBACK(on_display), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(self->canvas, "notify::tool", G_CALLBACK(on_tool), self,
                          G_CONNECT_SWAPPED);
  on_panel(self);
}

void scribe_window_describe_segment(ScribeWindow *self, GVariantDict *dict) {
  const ScribeLook *look = scribe_display_get_look(self->display);
  const char *path = self->doc ? scribe_document_get_path(self->doc) : NULL;
  const char *const paths[] = {path, NULL};
  g_autoptr(ScribeRun) run = scribe_panel_segment_get_run(self->segment);
  scribe_window_fill_axes(self, run);
  g_autofree char *command = scribe_run_command(run, paths);
  g_autofree char *card = scribe_panel_segment_read_card(self->segment);
  g_autofree char *counts = scribe_panel_segment_read_counts(self->segment);
  g_variant_dict_insert(dict, "counts", "s", counts);
  g_variant_dict_insert(dict, "command", "s", command ? command : "");
  g_variant_dict_insert(dict, "card", "s", card);
  g_variant_dict_insert(
      dict, "note", "s",
      scribe_diameter_get_note(scribe_panel_segment_get_diameter_field(self->segment)));
  g_variant_dict_insert(
      dict, "diameter-warning", "s",
      scribe_diameter_get_warning(scribe_panel_segment_get_diameter_field(self->segment)));
  g_variant_dict_insert(dict, "diskx", "d", isnan(look->disk_x) ? -1 : look->disk_x);
  g_variant_dict_insert(dict, "disky", "d", isnan(look->disk_y) ? -1 : look->disk_y);
  g_variant_dict_insert(dict, "ring", "b", look->spread_high > 0);
  g_variant_dict_insert(dict, "previews", "u", self->previews);
}

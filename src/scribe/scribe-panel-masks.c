#include "scribe-panel-masks.h"
#include "scribe-number.h"
#include "../cyto/doc/labels.h"
#include <glib/gi18n.h>

struct _ScribePanelMasks {
  GtkBox parent;
  GtkCheckButton *masks, *outlines, *ids, *hatch, *disk, *bar;
  GtkScale *opacity;
  GtkAdjustment *opacity_range;
  GtkLabel *summary;
  GObject *display;
  ScribeDocument *doc;
  guint refresh; /* idle that renews the summary */
};

G_DEFINE_FINAL_TYPE(ScribePanelMasks, scribe_panel_masks, GTK_TYPE_BOX)

static void on_shuffle(ScribePanelMasks *self) {
  guint seed = 0;
  if (!self->display)
    return;
  g_object_get(self->display, "seed", &seed, NULL);
  g_object_set(self->display, "seed", seed + 1, NULL);
}

void scribe_panel_masks_set_display(ScribePanelMasks *self, GObject *display) {
  const struct {
    const char *property;
    gpointer widget;
    const char *its;
  } table[] = {
      {"show-masks", self->masks, "active"},
      {"show-outlines", self->outlines, "active"},
      {"show-ids", self->ids, "active"},
      {"hatch-manual", self->hatch, "active"},
      {"show-disk", self->disk, "active"},
      {"show-bar", self->bar, "active"},
      {"mask-opacity", self->opacity_range, "value"},
  };
  g_set_object(&self->display, display);
  for (guint i = 0; i < G_N_ELEMENTS(table); i++)
    g_object_bind_property(display, table[i].property, table[i].widget, table[i].its,
                           G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

static char *describe(ScribeDocument *doc) {
  const CytoCells *cells = scribe_document_get_cells(doc);
  guint manual = 0, selected;
  guint64 area = 0;
  const guint32 *ids = scribe_document_get_selection(doc, &selected);
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint32 id = 1; id <= cells->top; id++) {
    const CytoCell *cell = cyto_cells_get(cells, id);
    manual += cell && (cell->flags & CYTO_CELL_MANUAL);
  }
  g_string_append_printf(text, ngettext("%u cell", "%u cells", cells->count), cells->count);
  if (manual)
    g_string_append_printf(text, _(", %u by hand"), manual);
  for (guint i = 0; i < selected; i++)
    area += cyto_cells_get(cells, ids[i])->area;
  if (selected == 1)
    g_string_append_printf(text, _(" · cell %u, %.0f pixels"), ids[0], (double)area);
  else if (selected)
    g_string_append_printf(text, _(" · %u selected"), selected);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean refresh(gpointer data) {
  ScribePanelMasks *self = data;
  g_autofree char *text = self->doc ? describe(self->doc) : NULL;
  self->refresh = 0;
  gtk_label_set_text(self->summary, text ? text : "");
  gtk_widget_set_visible(GTK_WIDGET(self->summary), text != NULL);
  return G_SOURCE_REMOVE;
}

/* Strokes change the cells many times a second; the summary need not. */
static void plan_refresh(ScribePanelMasks *self) {
  if (!self->refresh)
    self->refresh = g_timeout_add(80, refresh, self);
}

void scribe_panel_masks_set_document(ScribePanelMasks *self, ScribeDocument *doc) {
  if (self->doc)
    g_signal_handlers_disconnect_by_data(self->doc, self);
  g_set_object(&self->doc, doc);
  if (doc) {
    g_signal_connect_swapped(doc, "state-changed", G_CALLBACK(plan_refresh), self);
    g_signal_connect_swapped(doc, "selection-changed", G_CALLBACK(plan_refresh), self);
  }
  plan_refresh(self);
}

void scribe_panel_masks_bind(ScribePanelMasks *self, GSettings *settings) {
  if (!settings)
    return;
  g_settings_bind(settings, "show-masks", self->masks, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind(settings, "show-outlines", self->outlines, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind(settings, "show-disk", self->disk, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind(settings, "mask-opacity", self->opacity_range, "value", G_SETTINGS_BIND_DEFAULT);
}

static void scribe_panel_masks_dispose(GObject *object) {
  ScribePanelMasks *self = SCRIBE_PANEL_MASKS(object);
  g_clear_handle_id(&self->refresh, g_source_remove);
  if (self->doc)
    g_signal_handlers_disconnect_by_data(self->doc, self);
  g_clear_object(&self->doc);
  g_clear_object(&self->display);
  gtk_widget_dispose_template(GTK_WIDGET(self), SCRIBE_TYPE_PANEL_MASKS);
  G_OBJECT_CLASS(scribe_panel_masks_parent_class)->dispose(object);
}

#define BIND(name) gtk_widget_class_bind_template_child(widget, ScribePanelMasks, name)

static void scribe_panel_masks_class_init(ScribePanelMasksClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = scribe_panel_masks_dispose;
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/panel-masks.ui");
  BIND(masks), BIND(outlines), BIND(ids), BIND(hatch), BIND(disk), BIND(bar), BIND(opacity);
  BIND(opacity_range), BIND(summary);
  gtk_widget_class_bind_template_callback(widget, on_shuffle);
}

static void scribe_panel_masks_init(ScribePanelMasks *self) {
  gtk_widget_init_template(GTK_WIDGET(self));
  scribe_number_ignore_wheel(GTK_WIDGET(self->opacity));
}

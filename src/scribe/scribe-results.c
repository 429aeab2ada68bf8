#include "scribe-results.h"
#include "scribe-thumbnail.h"
#include "scribe-words.h"
#include <glib/gi18n.h>

/* One image of the folder. */
#define SCRIBE_TYPE_RESULT (scribe_result_get_type())
G_DECLARE_FINAL_TYPE(ScribeResult, scribe_result, SCRIBE, RESULT, GObject)
struct _ScribeResult {
  GObject parent;
  char *path, *name, *text, *note;
  gboolean failed;
  GdkTexture *texture;
};
G_DEFINE_FINAL_TYPE(ScribeResult, scribe_result, G_TYPE_OBJECT)

static void scribe_result_finalize(GObject *object) {
  ScribeResult *self = SCRIBE_RESULT(object);
  g_free(self->path);
  g_free(self->name);
  g_free(self->text);
  g_free(self->note);
  g_clear_object(&self->texture);
  G_OBJECT_CLASS(scribe_result_parent_class)->finalize(object);
}

static void scribe_result_class_init(ScribeResultClass *klass) {
  G_OBJECT_CLASS(klass)->finalize = scribe_result_finalize;
}

static void scribe_result_init(ScribeResult *self) {
  (void)self;
}

struct _ScribeResults {
  GtkWindow parent;
  GtkLabel *summary;
  GtkGridView *grid;
  GListStore *store;
};
G_DEFINE_FINAL_TYPE(ScribeResults, scribe_results, GTK_TYPE_WINDOW)

enum { SIDE = 144 };

static char *result_text(const ScribeBatchItem *item) {
  switch (item->state) {
  case SCRIBE_BATCH_DONE:
    break;
  case SCRIBE_BATCH_SKIPPED:
    return g_strdup(item->leave ? _("not touched: it has unsaved changes")
                                : _("passed over: it has cells already"));
  case SCRIBE_BATCH_FAILED:
    return g_strdup(_("failed"));
  default:
    return g_strdup(_("not reached"));
  }
  g_autofree char *cells =
      g_strdup_printf(ngettext("%u cell", "%u cells", item->cells), item->cells);
  g_autofree char *size = item->diameter > 0 ? scribe_length_text(item->diameter, 0) : NULL;
  return size ? g_strdup_printf("%s · ⌀ %s", cells, size) : g_steal_pointer(&cells);
}

static ScribeResult *result_new(ScribeBatchItem *item) {
  ScribeResult *result = g_object_new(SCRIBE_TYPE_RESULT, NULL);
  result->path = g_strdup(item->path);
  result->name = g_filename_display_basename(item->path);
  result->text = result_text(item);
  result->failed = item->state == SCRIBE_BATCH_FAILED;
  result->note = g_strdup(item->error ? item->error : item->warnings);
  if (!result->note && item->state == SCRIBE_BATCH_DONE && item->cells == 0)
    result->note = g_strdup(_("No cells were found: look at the diameter and the channel."));
  if (item->thumbnail)
    result->texture =
        scribe_thumbnail_texture(g_steal_pointer(&item->thumbnail), item->width, item->height);
  return result;
}

/* Cards */

static GtkWidget *add_label(GtkWidget *box, const char *style) {
  GtkWidget *label = gtk_label_new(NULL);
  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars(GTK_LABEL(label), 20);
  gtk_label_set_width_chars(GTK_LABEL(label), 20);
  if (style)
    gtk_widget_add_css_class(label, style);
  gtk_box_append(GTK_BOX(box), label);
  return label;
}

static void setup_card(GtkListItemFactory *factory, GtkListItem *item) {
  (void)factory;
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 3), *picture = gtk_picture_new();
  gtk_widget_set_size_request(picture, SIDE, SIDE);
  gtk_widget_set_halign(picture, GTK_ALIGN_CENTER);
  gtk_widget_set_valign(picture, GTK_ALIGN_CENTER);
  gtk_box_append(GTK_BOX(box), picture);
  add_label(box, "heading");
  add_label(box, NULL);
  GtkWidget *note = add_label(box, "caption");
  gtk_label_set_ellipsize(GTK_LABEL(note), PANGO_ELLIPSIZE_END);
  gtk_label_set_wrap(GTK_LABEL(note), TRUE);
  gtk_label_set_wrap_mode(GTK_LABEL(note), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines(GTK_LABEL(note), 3);
  gtk_list_item_set_child(item, box);
}

static void bind_card(GtkListItemFactory *factory, GtkListItem *item) {
  (void)factory;
  ScribeResult *result = gtk_list_item_get_item(item);
  GtkWidget *box = gtk_list_item_get_child(item);
  GtkWidget *picture = gtk_widget_get_first_child(box),
            *name = gtk_widget_get_next_sibling(picture);
  GtkWidget *text = gtk_widget_get_next_sibling(name), *note = gtk_widget_get_next_sibling(text);
  g_autofree char *all =
      g_strdup_printf("%s: %s%s%s", result->name, result->text, result->note ? "\n" : "",
                      result->note ? result->note : "");
  g_autoptr(GtkIconPaintable) none =
      result->texture
          ? NULL
          : gtk_icon_theme_lookup_icon(gtk_icon_theme_get_for_display(gtk_widget_get_display(box)),
                                       "image-missing-symbolic", NULL, 32, 1, GTK_TEXT_DIR_NONE, 0);
  gtk_picture_set_paintable(GTK_PICTURE(picture),
                            result->texture ? GDK_PAINTABLE(result->texture) : GDK_PAINTABLE(none));
  gtk_picture_set_alternative_text(GTK_PICTURE(picture), result->name);
  gtk_label_set_text(GTK_LABEL(name), result->name);
  gtk_label_set_text(GTK_LABEL(text), result->text);
  gtk_label_set_text(GTK_LABEL(note), result->note ? result->note : "");
  if (result->failed)
    gtk_widget_add_css_class(text, "failed");
  else
    gtk_widget_remove_css_class(text, "failed");
  gtk_widget_set_tooltip_text(box, all);
}

static void on_activate(ScribeResults *self, guint at) {
  g_autoptr(ScribeResult) result = g_list_model_get_item(G_LIST_MODEL(self->store), at);
  GtkWindow *parent = gtk_window_get_transient_for(GTK_WINDOW(self));
  if (!result || !parent)
    return;
  gtk_widget_activate_action(GTK_WIDGET(parent), "win.open-path", "s", result->path);
  gtk_window_present(parent);
}

guint scribe_results_get_n(ScribeResults *self) {
  return g_list_model_get_n_items(G_LIST_MODEL(self->store));
}

ScribeResults *scribe_results_new(GtkWindow *parent, const char *heading, ScribeBatch *batch) {
  ScribeResults *self =
      g_object_new(SCRIBE_TYPE_RESULTS, "transient-for", parent, "destroy-with-parent", TRUE, NULL);
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_object_unref);
  for (guint i = 0; i < batch->n; i++)
    g_ptr_array_add(all, result_new(&batch->item[i]));
  gtk_label_set_text(self->summary, heading);
  g_list_store_splice(self->store, 0, 0, all->pdata, all->len);
  return self;
}

static void scribe_results_dispose(GObject *object) {
  gtk_widget_dispose_template(GTK_WIDGET(object), SCRIBE_TYPE_RESULTS);
  g_clear_object(&SCRIBE_RESULTS(object)->store);
  G_OBJECT_CLASS(scribe_results_parent_class)->dispose(object);
}

static void scribe_results_class_init(ScribeResultsClass *klass) {
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = scribe_results_dispose;
  gtk_widget_class_set_template_from_resource(widget, "/org/cytoscribe/Scribe/results.ui");
  gtk_widget_class_bind_template_child(widget, ScribeResults, summary);
  gtk_widget_class_bind_template_child(widget, ScribeResults, grid);
  gtk_widget_class_bind_template_callback(widget, on_activate);
  gtk_widget_class_add_binding_action(widget, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void scribe_results_init(ScribeResults *self) {
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new();
  self->store = g_list_store_new(SCRIBE_TYPE_RESULT);
  gtk_widget_init_template(GTK_WIDGET(self));
  g_signal_connect(factory, "setup", G_CALLBACK(setup_card), NULL);
  g_signal_connect(factory, "bind", G_CALLBACK(bind_card), NULL);
  g_autoptr(GtkSelectionModel) selection =
      GTK_SELECTION_MODEL(gtk_no_selection_new(g_object_ref(G_LIST_MODEL(self->store))));
  gtk_grid_view_set_factory(self->grid, factory);
  gtk_grid_view_set_model(self->grid, selection);
}

/* What the import strip asks for: other axes, other planes. */
#include "scribe-window-private.h"
#include "task-axes.h"
#include <glib/gi18n.h>
#include <string.h>

static void on_read_again(ScribeJob *job, gpointer owner, gpointer data, const CytoError *err) {
  ScribeWindow *self = owner;
  const ScribeOpened *opened = data;
  if (job != self->open_job)
    return;
  g_clear_object(&self->open_job);
  scribe_window_busy(self, NULL);
  if (err) {
    scribe_window_error(self, _("The axes stay as they were"), err);
    scribe_import_reset(self->import);
  } else {
    g_autofree char *path = g_strdup(opened->path), *own = g_strdup(opened->file_axes);
    g_autofree char *axes = g_strdup(opened->axes);
    scribe_window_add_opened(self, job);
    if (own && axes)
      scribe_axes_remember(path, own, axes);
    scribe_window_toast(self, _("Read again; images of this folder with the same axes will be "
                                "read like this."));
  }
  scribe_window_update(self);
}

/* FALSE: said why. */
static gboolean may_read_again(ScribeWindow *self) {
  if (!scribe_document_is_dirty(self->doc) && !self->run_job)
    return TRUE;
  scribe_window_message(self, "warning", _("The axes stay as they were"),
                        self->run_job
                            ? _("A run is under way. Wait for it or cancel it first.")
                            : _("There are changes that are not saved, and with other axes this "
                                "is another picture. Save or undo them first."),
                        NULL, NULL, NULL, NULL);
  return FALSE;
}

void scribe_window_set_axes(ScribeWindow *self, const char *axes) {
  const char *path = self->doc ? scribe_document_get_path(self->doc) : NULL;
  const char *own = path ? scribe_document_get_file_axes(self->doc) : NULL;
  if (!path || !own)
    return;
  const char *wanted = axes[0] ? axes : own;
  if (strcmp(wanted, scribe_document_get_image(self->doc)->axes) == 0)
    return;
  if (!may_read_again(self)) {
    scribe_import_reset(self->import);
    return;
  }
  g_autofree char *kept = g_strdup(path);
  gboolean plain = strcmp(wanted, own) == 0;
  if (plain)
    scribe_axes_remember(path, own, NULL);
  ScribeJob *job = scribe_task_open_axes(path, plain ? NULL : wanted, own, self->journal_folder,
                                         self, on_read_again);
  scribe_window_close_message(self);
  scribe_window_start_open(self, job, kept);
}

static void on_axes_chosen(ScribeImport *import, const char *axes, ScribeWindow *self) {
  (void)import;
  scribe_window_set_axes(self, axes);
}

ACTION(set_axes) {
  (void)action;
  scribe_window_set_axes(data, g_variant_get_string(parameter, NULL));
}

/* Without the strip, the Image group has one slider for all planes. */
static void on_shown(ScribeWindow *self) {
  gtk_widget_set_visible(self->plane_box, self->doc &&
                                              scribe_document_get_n_planes(self->doc) > 1 &&
                                              !gtk_widget_get_visible(GTK_WIDGET(self->import)));
}

/* Plane in depth and in time, counted from 0. */
ACTION(set_plane) {
  (void)action;
  ScribeWindow *self = data;
  guint z, t;
  g_variant_get(parameter, "(uu)", &z, &t);
  const CytoImage *image = self->doc ? scribe_document_get_image(self->doc) : NULL;
  if (image && z < image->nz && t < image->nt)
    scribe_document_set_plane(self->doc, t * (guint)image->nz + z);
}

ACTION(import_details) {
  (void)action;
  ScribeWindow *self = data;
  scribe_import_open_details(self->import, g_variant_get_boolean(parameter));
}

ACTION(reset_stall) {
  UNUSED;
  scribe_stall_reset(((ScribeWindow *)data)->stall);
}

void scribe_window_add_import(ScribeWindow *self) {
  static const GActionEntry entries[] = {
      {"set-axes", set_axes, "s", NULL, NULL, {0}},
      {"set-plane", set_plane, "(uu)", NULL, NULL, {0}},
      {"import-details", import_details, "b", NULL, NULL, {0}},
      {"reset-stall", reset_stall, NULL, NULL, NULL, {0}},
  };
  g_autoptr(GPropertyAction) shown = g_property_action_new("import-strip", self->import, "shown");
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
  g_action_map_add_action(G_ACTION_MAP(self), G_ACTION(shown));
  scribe_import_set_display(self->import, self->display);
  g_signal_connect_object(self->import, "notify::shown", G_CALLBACK(on_shown), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(self->import, "axes-chosen", G_CALLBACK(on_axes_chosen), self, 0);
}

/* Runs of this image are made with its axes, and so is the command. */
void scribe_window_fill_axes(ScribeWindow *self, ScribeRun *run) {
  const CytoImage *image = self->doc ? scribe_document_get_image(self->doc) : NULL;
  const char *own = image ? scribe_document_get_file_axes(self->doc) : NULL;
  if (own && strcmp(own, image->axes) != 0)
    g_strlcpy(run->axes, image->axes, sizeof run->axes);
}

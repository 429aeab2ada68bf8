#include "scribe-window-private.h"
#include <glib/gi18n.h>
#include <string.h>

/* Files */

ACTION(open_dialog) {
  UNUSED;
  scribe_window_open_dialog(data, FALSE, FALSE);
}

ACTION(open_folder) {
  UNUSED;
  scribe_window_open_dialog(data, TRUE, FALSE);
}

ACTION(load_masks) {
  UNUSED;
  scribe_window_open_dialog(data, FALSE, TRUE);
}

ACTION(open_path) {
  (void)action;
  scribe_window_open_paths(data,
                           (const char *const[]){g_variant_get_string(parameter, NULL), NULL});
}

ACTION(load_masks_path) {
  (void)action;
  ScribeWindow *self = data;
  if (self->doc)
    scribe_window_open_path(self, scribe_document_get_path(self->doc),
                            g_variant_get_string(parameter, NULL));
}

static void save_kinds(ScribeWindow *self, ScribeSaveKinds kinds) {
  if (self->doc)
    scribe_window_save(self, self->doc, kinds, NULL);
}

ACTION(save) {
  UNUSED;
  save_kinds(data, SCRIBE_SAVE_SEG | SCRIBE_SAVE_MASKS);
}

ACTION(save_as) {
  UNUSED;
  scribe_window_save_dialog(data);
}

ACTION(save_as_path) {
  (void)action;
  ScribeWindow *self = data;
  if (self->doc)
    scribe_window_save(self, self->doc, SCRIBE_SAVE_SEG | SCRIBE_SAVE_MASKS,
                       g_variant_get_string(parameter, NULL));
}

ACTION(export_masks) {
  UNUSED;
  save_kinds(data, SCRIBE_SAVE_MASKS);
}

ACTION(export_rois) {
  UNUSED;
  save_kinds(data, SCRIBE_SAVE_ROIS);
}

ACTION(export_outlines) {
  UNUSED;
  save_kinds(data, SCRIBE_SAVE_OUTLINES);
}

ACTION(export_overlay) {
  UNUSED;
  save_kinds(data, SCRIBE_SAVE_OVERLAY);
}

ACTION(next_image) {
  UNUSED;
  scribe_window_step(data, 1);
}

ACTION(previous_image) {
  UNUSED;
  scribe_window_step(data, -1);
}

/* Models */

ACTION(run) {
  UNUSED;
  scribe_window_run(data);
}

ACTION(cancel_run) {
  UNUSED;
  scribe_window_cancel(data);
}

ACTION(calibrate) {
  UNUSED;
  scribe_window_calibrate(data);
}

ACTION(diameter_from_cells) {
  UNUSED;
  scribe_window_diameter_from_cells(data);
}

ACTION(set_diameter) {
  (void)action;
  ScribeWindow *self = data;
  scribe_panel_segment_set_diameter(self->segment, g_variant_get_double(parameter));
}

/* As if typed into the field, in the unit it shows. */
ACTION(type_diameter) {
  (void)action;
  ScribeWindow *self = data;
  scribe_diameter_type(scribe_panel_segment_get_diameter_field(self->segment),
                       g_variant_get_double(parameter));
}

ACTION(set_model) {
  (void)action;
  ScribeWindow *self = data;
  scribe_panel_segment_set_model(self->segment, g_variant_get_string(parameter, NULL));
}

ACTION(set_channels) {
  (void)action;
  ScribeWindow *self = data;
  guint segment, nucleus;
  g_variant_get(parameter, "(uu)", &segment, &nucleus);
  scribe_panel_segment_set_channels(self->segment, segment, nucleus);
}

ACTION(set_threshold) {
  (void)action;
  ScribeWindow *self = data;
  const char *name;
  double value;
  g_variant_get(parameter, "(&sd)", &name, &value);
  scribe_panel_segment_set_threshold(self->segment, name, value);
}

ACTION(run_folder) {
  UNUSED;
  scribe_window_run_folder(data);
}

ACTION(copy_command) {
  UNUSED;
  scribe_window_copy_command(data);
}

ACTION(add_model) {
  UNUSED;
  scribe_window_add_model(data);
}

ACTION(set_levels) {
  (void)action;
  ScribeWindow *self = data;
  guint c;
  CytoLevels levels;
  g_variant_get(parameter, "(udd)", &c, &levels.min, &levels.max);
  const ScribeChannel *channel = scribe_display_get_channel(self->display, c);
  if (!channel)
    return;
  levels.gamma = channel->levels.gamma;
  levels.invert = channel->levels.invert;
  scribe_display_set_levels(self->display, c, levels);
}

ACTION(invert_channel) {
  (void)action;
  ScribeWindow *self = data;
  guint c = g_variant_get_uint32(parameter);
  const ScribeChannel *channel = scribe_display_get_channel(self->display, c);
  if (!channel)
    return;
  CytoLevels levels = channel->levels;
  levels.invert = !levels.invert;
  scribe_display_set_levels(self->display, c, levels);
}

/* The buttons of the message: 0 the first, 1 the second. */
ACTION(answer) {
  (void)action;
  ScribeWindow *self = data;
  GtkButton *button = g_variant_get_uint32(parameter) ? self->message_second : self->message_first;
  if (gtk_widget_get_visible(self->message_bar))
    g_signal_emit_by_name(button, "clicked");
}

/* What tests ask: activating it puts the present state into the action's own state. */
ACTION(describe) {
  (void)parameter;
  g_autoptr(GVariant) state = scribe_window_describe(data);
  g_simple_action_set_state(action, state);
}

static const GActionEntry entries[] = {
    {"open", open_dialog, NULL, NULL, NULL, {0}},
    {"open-folder", open_folder, NULL, NULL, NULL, {0}},
    {"open-path", open_path, "s", NULL, NULL, {0}},
    {"load-masks", load_masks, NULL, NULL, NULL, {0}},
    {"load-masks-path", load_masks_path, "s", NULL, NULL, {0}},
    {"save", save, NULL, NULL, NULL, {0}},
    {"save-as", save_as, NULL, NULL, NULL, {0}},
    {"save-as-path", save_as_path, "s", NULL, NULL, {0}},
    {"export-masks", export_masks, NULL, NULL, NULL, {0}},
    {"export-rois", export_rois, NULL, NULL, NULL, {0}},
    {"export-outlines", export_outlines, NULL, NULL, NULL, {0}},
    {"export-overlay", export_overlay, NULL, NULL, NULL, {0}},
    {"next-image", next_image, NULL, NULL, NULL, {0}},
    {"previous-image", previous_image, NULL, NULL, NULL, {0}},
    {"run", run, NULL, NULL, NULL, {0}},
    {"cancel-run", cancel_run, NULL, NULL, NULL, {0}},
    {"calibrate", calibrate, NULL, NULL, NULL, {0}},
    {"diameter-from-cells", diameter_from_cells, NULL, NULL, NULL, {0}},
    {"set-diameter", set_diameter, "d", NULL, NULL, {0}},
    {"type-diameter", type_diameter, "d", NULL, NULL, {0}},
    {"set-model", set_model, "s", NULL, NULL, {0}},
    {"set-channels", set_channels, "(uu)", NULL, NULL, {0}},
    {"set-threshold", set_threshold, "(sd)", NULL, NULL, {0}},
    {"run-folder", run_folder, NULL, NULL, NULL, {0}},
    {"copy-command", copy_command, NULL, NULL, NULL, {0}},
    {"add-model", add_model, NULL, NULL, NULL, {0}},
    {"set-levels", set_levels, "(udd)", NULL, NULL, {0}},
    {"invert-channel", invert_channel, "u", NULL, NULL, {0}},
    {"answer", answer, "u", NULL, NULL, {0}},
    {"describe", describe, NULL, "@a{sv} {}", NULL, {0}},
};

/* Shortcuts with Ctrl, Alt or a function key work everywhere. */
static const struct {
  const char *action, *keys[3];
} accels[] = {
    {"win.open", {"<Control>o", "<Control>l"}},
    {"win.open-folder", {"<Control><Shift>o"}},
    {"win.load-masks", {"<Control>m", "<Control>p"}},
    {"win.save", {"<Control>s"}},
    {"win.save-as", {"<Control><Shift>s"}},
    {"win.export-masks", {"<Control>n"}},
    {"win.export-rois", {"<Control>r"}},
    {"win.undo", {"<Control>z"}},
    {"win.redo", {"<Control>y", "<Control><Shift>z"}},
    {"win.run", {"<Control>Return", "F5"}},
    {"win.calibrate", {"<Control>d"}},
    {"win.clear", {"<Control>0"}},
    {"win.copy-command", {"<Control><Shift>c"}},
    {"win.next-image", {"<Alt>Right"}},
    {"win.previous-image", {"<Alt>Left"}},
    {"win.show-panel", {"F9"}},
    {"win.show-log", {"F12"}},
    {"win.show-help-overlay", {"<Control>h", "<Control>question", "F1"}},
};

/* Letters must not be taken from entries: this controller hears only what nobody else wanted. */
static void add_letters(ScribeWindow *self) {
  static const struct {
    guint key;
    const char *action;
  } letters[] = {
      {GDK_KEY_a, "win.previous-image"},
      {GDK_KEY_d, "win.next-image"},
      {GDK_KEY_Delete, "win.delete-selected"},
  };
  GtkEventController *controller = gtk_shortcut_controller_new();
  gtk_shortcut_controller_set_scope(GTK_SHORTCUT_CONTROLLER(controller), GTK_SHORTCUT_SCOPE_GLOBAL);
  for (guint i = 0; i < G_N_ELEMENTS(letters); i++)
    gtk_shortcut_controller_add_shortcut(GTK_SHORTCUT_CONTROLLER(controller),
                                         gtk_shortcut_new(gtk_keyval_trigger_new(letters[i].key, 0),
                                                          gtk_named_action_new(letters[i].action)));
  gtk_widget_add_controller(GTK_WIDGET(self), controller);
}

void scribe_window_add_actions(ScribeWindow *self) {
  const struct {
    const char *name;
    gpointer object;
    const char *property;
  } shown[] = {
      {"show-panel", self->side, "visible"},
      {"show-strip", self->strip, "visible"},
      {"show-log", self->log, "visible"},
      {"group-image", self->group_image, "expanded"},
      {"group-segment", self->group_segment, "expanded"},
      {"group-masks", self->group_masks, "expanded"},
      {"group-cells", self->group_cells, "expanded"},
      {"show-masks", self->display, "show-masks"},
      {"show-outlines", self->display, "show-outlines"},
      {"show-ids", self->display, "show-ids"},
      {"hatch-manual", self->display, "hatch-manual"},
      {"show-bar", self->display, "show-bar"},
      {"lock-contrast", self->display, "lock-contrast"},
      {"show-raw", self->display, "peek"},
      {"colour-mode", self->display, "colour-mode"},
      {"view", self->display, "view"},
      {"tool", self->canvas, "tool"},
      {"brush-size", self->canvas, "brush-size"},
      {"micrometres", scribe_panel_segment_get_diameter_field(self->segment), "micrometres"},
  };
  GtkApplication *app = gtk_window_get_application(GTK_WINDOW(self));
  g_action_map_add_action_entries(G_ACTION_MAP(self), entries, G_N_ELEMENTS(entries), self);
  scribe_window_add_edits(self);
  for (guint i = 0; i < G_N_ELEMENTS(shown); i++) {
    g_autoptr(GPropertyAction) action =
        g_property_action_new(shown[i].name, shown[i].object, shown[i].property);
    g_action_map_add_action(G_ACTION_MAP(self), G_ACTION(action));
  }
  for (guint i = 0; i < G_N_ELEMENTS(accels); i++) {
    const char *keys[4] = {accels[i].keys[0], accels[i].keys[1], accels[i].keys[2], NULL};
    gtk_application_set_accels_for_action(app, accels[i].action, keys);
  }
  add_letters(self);
}

void scribe_window_enable(ScribeWindow *self, const char *name, gboolean on) {
  GAction *action = g_action_map_lookup_action(G_ACTION_MAP(self), name);
  g_simple_action_set_enabled(G_SIMPLE_ACTION(action), on);
}

void scribe_window_update_actions(ScribeWindow *self) {
  static const char *const with_image[] = {
      "save", "save-as", "save-as-path", "load-masks", "load-masks-path", "select", "draw-outline"};
  static const char *const with_cells[] = {"export-masks", "export-rois", "export-outlines",
                                           "export-overlay", "diameter-from-cells"};
  gboolean image = self->doc != NULL, idle = image && !self->run_job;
  gboolean cells = image && scribe_document_get_cells(self->doc)->count > 0;
  guint selected = 0;
  if (image)
    scribe_document_get_selection(self->doc, &selected);
  const CytoUndo *history =
      image ? cyto_document_history(scribe_document_get_core(self->doc)) : NULL;
  for (guint i = 0; i < G_N_ELEMENTS(with_image); i++)
    scribe_window_enable(self, with_image[i], image);
  for (guint i = 0; i < G_N_ELEMENTS(with_cells); i++)
    scribe_window_enable(self, with_cells[i], cells);
  scribe_window_enable(self, "run", idle);
  scribe_window_enable(self, "calibrate", idle);
  scribe_window_enable(self, "cancel-run", self->run_job != NULL);
  scribe_window_enable(self, "undo", history && cyto_undo_peek(history, false));
  scribe_window_enable(self, "redo", history && cyto_undo_peek(history, true));
  scribe_window_update_edits(self, cells ? scribe_document_get_cells(self->doc)->count : 0,
                             selected);
  scribe_window_enable(self, "next-image", scribe_strip_get_n(self->strip) > 1);
  scribe_window_enable(self, "previous-image", scribe_strip_get_n(self->strip) > 1);
  scribe_window_enable(self, "run-folder", scribe_strip_get_n(self->strip) > 0);
}

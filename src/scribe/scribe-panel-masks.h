/* Side panel "Masks": how cells are shown, how many there are, and what can be done with them. */
#pragma once
#include "scribe-document.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_PANEL_MASKS (scribe_panel_masks_get_type())
G_DECLARE_FINAL_TYPE(ScribePanelMasks, scribe_panel_masks, SCRIBE, PANEL_MASKS, GtkBox)

/* `display` is a ScribeDisplay; its properties and the switches follow each other. */
void scribe_panel_masks_set_display(ScribePanelMasks *panel, GObject *display);
void scribe_panel_masks_set_document(ScribePanelMasks *panel, ScribeDocument *doc); /* or NULL */
void scribe_panel_masks_bind(ScribePanelMasks *panel, GSettings *settings); /* NULL is fine */

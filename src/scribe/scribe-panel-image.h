/* Side panel "Image": colour mode, view, and the contrast of every channel. */
#pragma once
#include "scribe-display.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_PANEL_IMAGE (scribe_panel_image_get_type())
G_DECLARE_FINAL_TYPE(ScribePanelImage, scribe_panel_image, SCRIBE, PANEL_IMAGE, GtkBox)

GtkWidget *scribe_panel_image_new(void);
void scribe_panel_image_set_display(ScribePanelImage *panel, ScribeDisplay *display);

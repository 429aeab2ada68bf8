/* The program: one instance, one window; what is opened later comes to it. */
#pragma once
#include <gtk/gtk.h>

#define SCRIBE_TYPE_APPLICATION (scribe_application_get_type())
G_DECLARE_FINAL_TYPE(ScribeApplication, scribe_application, SCRIBE, APPLICATION, GtkApplication)

ScribeApplication *scribe_application_new(void);
/* Settings of the program, or NULL when they are not installed (they are then not remembered). */
GSettings *scribe_application_get_settings(ScribeApplication *app);

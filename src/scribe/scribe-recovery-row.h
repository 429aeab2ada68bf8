/* One image with unsaved changes in the list of scribe-recovery.c: a small picture of what would
 * come back, once it is made, and the choice. */
#pragma once
#include "../cyto/doc/document.h"
#include <gtk/gtk.h>

enum { SCRIBE_RECOVERY_SIDE = 72 }; /* of the picture, window units */

/* `discard` and `restore` hear "clicked" of the buttons in it. */
GtkWidget *scribe_recovery_row_new(const CytoLost *lost, GCallback discard, GCallback restore);
const char *scribe_recovery_row_journal(GtkWidget *row);
const char *scribe_recovery_row_image(GtkWidget *row);
void scribe_recovery_row_show(GtkWidget *row, guint8 *rgb, guint width,
                              guint height);                    /* takes rgb */
void scribe_recovery_row_fail(GtkWidget *row, const char *why); /* no picture can be made */

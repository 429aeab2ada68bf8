/* The insides of the import strip: for the files named scribe-import*.c alone. */
#pragma once
#include "scribe-document-private.h"
#include "scribe-import.h"

enum { MOST_AXES = 8 };

struct _ScribeImport {
  GtkBox parent;
  GtkLabel *summary;
  GtkWidget *details, *axes, *channels, *reset, *z_box, *t_box;
  GtkToggleButton *more;
  GtkAdjustment *z_range, *t_range;
  GtkLabel *z_of, *t_of, *source;
  GtkDropDown *choice[MOST_AXES];
  char chosen[MOST_AXES + 1];
  ScribeDocument *doc;
  ScribeDisplay *display;
  guint redraw;
  gboolean plain, asked, closed; /* asked for although plain; closed although not */
  gboolean quiet;
};

/* scribe-import.c */
gboolean scribe_import_is_shown(ScribeImport *import);
void scribe_import_empty(GtkWidget *box);
void scribe_import_choose(ScribeImport *import, const char *axes); /* says so to the window */

/* scribe-import-planes.c: what the sliders say, and what they ask for. */
void scribe_import_show_plane(ScribeImport *import);
void scribe_import_slid(ScribeImport *import);

/* scribe-import-axes.c: a choice for each axis of the file. */
void scribe_import_show_axes(ScribeImport *import);
/* scribe-import-channels.c: a picture, name and colour of each channel, soon. */
void scribe_import_plan_channels(ScribeImport *import);

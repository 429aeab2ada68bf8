/* How the picture is shown: contrast and colours of the channels, what lies above the image. Never
 * what is in it. Panels bind to its properties, the canvas redraws on "changed".
 *
 * Properties (all read and write, with notify): "colour-mode" (ScribeColourMode), "view"
 * (ScribeView), "show-masks", "show-outlines", "show-ids", "hatch-manual", "show-disk", "show-bar",
 * "lock-contrast", "peek" (gboolean), "mask-opacity" (0..255), "seed" (guint), "diameter" (double,
 * image pixels).
 * Signals: "changed" (), after every change of any of these or of a channel; "channels-changed" (),
 * when the channels themselves are others. */
#pragma once
#include "../cyto/base/image.h"
#include "../cyto/view/histogram.h"
#include <glib-object.h>

typedef enum {
  SCRIBE_COLOUR_RGB,
  SCRIBE_COLOUR_RED,
  SCRIBE_COLOUR_GREEN,
  SCRIBE_COLOUR_BLUE,
  SCRIBE_COLOUR_GRAY,
  SCRIBE_COLOUR_SPECTRAL,
  SCRIBE_COLOUR_MODES,
} ScribeColourMode; /* the order of W and S */

typedef enum {
  SCRIBE_VIEW_IMAGE,
  SCRIBE_VIEW_FLOWS,
  SCRIBE_VIEW_CELLPROB,
  SCRIBE_VIEWS,
} ScribeView;

typedef struct ScribeChannel {
  char *name; /* the file's, or NULL */
  CytoLevels levels;
  guint32 colour; /* 0xRRGGBB */
  gboolean visible;
  CytoHistogram histogram; /* of the present plane; of an even sample when that is large */
} ScribeChannel;

#define SCRIBE_TYPE_DISPLAY (scribe_display_get_type())
G_DECLARE_FINAL_TYPE(ScribeDisplay, scribe_display, SCRIBE, DISPLAY, GObject)

ScribeDisplay *scribe_display_new(void);

/* Another image, or another plane (t*nz+z) of it. A new image gets automatic contrast, unless
 * contrast is locked and it has as many channels as the last one; another plane keeps it. */
void scribe_display_set_image(ScribeDisplay *display, CytoImage *image, guint plane);

guint scribe_display_get_n_channels(ScribeDisplay *display);
const ScribeChannel *scribe_display_get_channel(ScribeDisplay *display, guint c);
void scribe_display_set_levels(ScribeDisplay *display, guint c, CytoLevels levels);
void scribe_display_set_channel_colour(ScribeDisplay *display, guint c, guint32 colour);
void scribe_display_set_channel_visible(ScribeDisplay *display, guint c, gboolean visible);
/* The 1st to the 99th percentile; c beyond the last: every channel. */
void scribe_display_auto_contrast(ScribeDisplay *display, guint c);

ScribeColourMode scribe_display_get_colour_mode(ScribeDisplay *display);
ScribeView scribe_display_get_view(ScribeDisplay *display);
/* One mode or view on (or back), around the corner; R, G, B: that colour, or RGB when it is it. */
void scribe_display_step_colour(ScribeDisplay *display, int step);
void scribe_display_step_view(ScribeDisplay *display, int step);
void scribe_display_toggle_colour(ScribeDisplay *display, ScribeColourMode mode);

/* Value of a boolean or number property, for the renderer. */
typedef struct ScribeLook {
  gboolean masks, outlines, ids, hatch, disk, bar, lock, peek;
  guint opacity, seed;
  double diameter;
  double disk_x, disk_y;          /* centre of the disk in the image; NaN = below the picture */
  double spread_low, spread_high; /* diameters of a ring around the disk; 0 = none */
} ScribeLook;
const ScribeLook *scribe_display_get_look(ScribeDisplay *display);

/* What the renderer should do with channel c in the present mode: FALSE = leave it out. A channel
 * that is all one value does not dim the mean of the others. */
gboolean scribe_display_shows(ScribeDisplay *display, guint c, guint32 *colour);

/* Puts the disk somewhere (NaN: below the picture, its home) and makes it that large. */
void scribe_display_set_disk(ScribeDisplay *display, double x, double y, double diameter);
/* How far the diameters of the cells spread; goes with the next other diameter. */
void scribe_display_set_spread(ScribeDisplay *display, double low, double high);
/* The centre of the disk in an image of ny rows. */
void scribe_look_disk_centre(const ScribeLook *look, gsize ny, double *x, double *y);

/* The diameter: a number in pixels, or in micrometres where the size of a pixel is known, with the
 * ways to find it. Pixels are the truth, to one decimal, as the command line gets them.
 *
 * Properties: "pixels" (double, 0 = estimate at every run), "micrometres" (boolean: typed in µm).
 * Signal: "changed" (), it is another one. */
#pragma once
#include <gtk/gtk.h>

#define SCRIBE_TYPE_DIAMETER (scribe_diameter_get_type())
G_DECLARE_FINAL_TYPE(ScribeDiameter, scribe_diameter, SCRIBE, DIAMETER, GtkBox)

double scribe_diameter_get_pixels(ScribeDiameter *diameter);
void scribe_diameter_set_pixels(ScribeDiameter *diameter, double pixels);
/* As if typed: in the unit that is shown. */
void scribe_diameter_type(ScribeDiameter *diameter, double value);
/* µm, 0 = unknown. A diameter in µm stays, whatever the size of a pixel becomes. */
void scribe_diameter_set_pixel_size(ScribeDiameter *diameter, double pixel_size);
/* A sentence about where the number comes from, until it changes; NULL hides it. */
void scribe_diameter_set_note(ScribeDiameter *diameter, const char *text);
/* Of the cells the model was trained with, pixels, 0 = unknown: a number far from it is warned of.
 */
void scribe_diameter_set_expected(ScribeDiameter *diameter, double pixels);
const char *scribe_diameter_get_warning(ScribeDiameter *diameter); /* "" when there is none */
const char *scribe_diameter_get_note(ScribeDiameter *diameter);
/* Takes what is still being typed. */
void scribe_diameter_settle(ScribeDiameter *diameter);

/* Colours of cells for display only: few, far apart for all kinds of colour vision, different for
 * neighbours, and never stored with the labels. */
#pragma once
#include "../base/parallel.h"

enum { CYTO_CELL_COLOURS = 12 };

/* 0xRRGGBB of colour k. */
uint32_t cyto_cell_colour(unsigned k);

/* The colour of a label nobody chose one for: spread by a hash of label and seed. */
unsigned cyto_colour_default(uint32_t label, uint32_t seed);

/* Chooses colour[1..count] for the labels 1..count of (ny,nx): cells that face each other along a
 * row or a column, touching or across at most 8 pixels of background, differ (unless every cell of
 * some group faces twelve others of it, which hardly happens in a plane). Another seed shuffles.
 * Labels above count are passed over; colour[0] is set to 0. The result depends on labels and seed
 * alone. For the worker: it reads the whole map. */
bool cyto_colours_assign(const uint32_t *labels, size_t ny, size_t nx, uint8_t *colour,
                         size_t count, uint32_t seed, CytoJob *job, CytoError *err);

/* One new or changed cell, after an edit: reads only its box [x0,x1) × [y0,y1) and 8 pixels around
 * and returns the colour least used there by others, the present one if it is free of conflict.
 * present >= CYTO_CELL_COLOURS means none yet. */
unsigned cyto_colour_pick(const uint32_t *labels, size_t ny, size_t nx, const size_t box[4],
                          uint32_t label, const uint8_t *colour, size_t count, unsigned present,
                          uint32_t seed);

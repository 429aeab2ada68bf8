/* Colours of cells, for display only: few, and far apart for all kinds of colour vision. The
 * document chooses which cell has which, so that neighbours differ. */
#pragma once
#include <stdint.h>

enum { CYTO_CELL_COLOURS = 12 };

/* 0xRRGGBB of colour k; higher numbers start again. */
uint32_t cyto_cell_colour(unsigned k);

/* The colour of a label nobody chose one for: spread by a hash of label and seed. */
unsigned cyto_colour_default(uint32_t label, uint32_t seed);

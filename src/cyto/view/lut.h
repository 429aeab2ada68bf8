/* From pixel values to light: contrast of one channel, colour maps. Display never changes data. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Contrast of one channel: min gives 0, max gives 255, v between gives 255 * t^(1/gamma) with
 * t = (v-min)/(max-min); invert gives 255 minus that. NaN counts as min. max <= min: a step at
 * max. */
typedef struct CytoLevels {
  double min, max;
  double gamma; /* 1 = straight, above 1 lifts the dark end; not above 0 counts as 1 */
  bool invert;
} CytoLevels;

/* Light of one value, the definition the tables are made from. */
uint8_t cyto_levels_value(const CytoLevels *levels, double value);

/* table[i] = light of the value i. */
void cyto_levels_table(const CytoLevels *levels, uint8_t *table, size_t count);

/* Colours are 0xRRGGBB. Maps of 256 entries, index 0..255. */
typedef enum {
  CYTO_MAP_GRAY,
  CYTO_MAP_SPECTRAL,       /* black violet blue cyan green yellow red white */
  CYTO_MAP_BLUE_WHITE_RED, /* for cell probability and signed flows: 128 is white */
} CytoMapKind;
void cyto_colour_map(CytoMapKind kind, uint32_t map[256]);

/* The colour of light v in a channel of that colour: each part c becomes round(c * v / 255). */
static inline uint32_t cyto_tint(uint32_t colour, uint8_t v) {
  uint32_t r = ((colour >> 16 & 255) * v + 127) / 255, g = ((colour >> 8 & 255) * v + 127) / 255;
  return r << 16 | g << 8 | ((colour & 255) * v + 127) / 255;
}

/* The usual colour of channel c of n when the file names none: gray alone; red, green, blue of a
 * colour picture and of any three; else red, green, blue, gray, cyan, magenta, yellow in turn. */
uint32_t cyto_channel_colour(size_t c, size_t n);

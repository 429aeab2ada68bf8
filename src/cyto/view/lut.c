#include "lut.h"
#include <math.h>

uint8_t cyto_levels_value(const CytoLevels *levels, double value) {
  double t;
  if (levels->max > levels->min)
    t = (value - levels->min) / (levels->max - levels->min);
  else
    t = value >= levels->max ? 1 : 0;
  t = t > 1 ? 1 : t > 0 ? t : 0; /* NaN too becomes 0 */
  if (levels->gamma > 0 && levels->gamma != 1)
    t = pow(t, 1 / levels->gamma);
  uint8_t light = (uint8_t)(255 * t + 0.5);
  return levels->invert ? 255 - light : light;
}

void cyto_levels_table(const CytoLevels *levels, uint8_t *table, size_t count) {
  for (size_t i = 0; i < count; i++)
    table[i] = cyto_levels_value(levels, (double)i);
}

/* Straight lines between colours spread evenly over the 256 entries. */
static void ramps(const uint32_t *stop, unsigned stops, uint32_t map[256]) {
  for (unsigned i = 0; i < 256; i++) {
    unsigned at = i * (stops - 1), k = at / 255, rest = at % 255;
    uint32_t a = stop[k], b = stop[k + 1 < stops ? k + 1 : k];
    map[i] = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
      uint32_t part = (a >> shift & 255) * (255 - rest) + (b >> shift & 255) * rest;
      map[i] |= (part + 127) / 255 << shift;
    }
  }
}

static void blue_white_red(uint32_t map[256]) {
  for (unsigned i = 0; i < 256; i++) {
    uint32_t up = i < 128 ? (i * 255 + 64) / 128 : 255;
    uint32_t down = i > 128 ? ((255 - i) * 255 + 63) / 127 : 255;
    map[i] = up << 16 | (up < down ? up : down) << 8 | down;
  }
}

void cyto_colour_map(CytoMapKind kind, uint32_t map[256]) {
  static const uint32_t gray[] = {0x000000, 0xffffff};
  static const uint32_t spectral[] = {0x000000, 0x7a00b4, 0x1428ff, 0x00dcf0,
                                      0x00c828, 0xffff00, 0xff1400, 0xffffff};
  switch (kind) {
  case CYTO_MAP_GRAY:
    ramps(gray, 2, map);
    break;
  case CYTO_MAP_SPECTRAL:
    ramps(spectral, 8, map);
    break;
  case CYTO_MAP_BLUE_WHITE_RED:
    blue_white_red(map);
    break;
  }
}

uint32_t cyto_channel_colour(size_t c, size_t n) {
  static const uint32_t colour[] = {0xff0000, 0x00ff00, 0x0000ff, 0xffffff,
                                    0x00ffff, 0xff00ff, 0xffff00};
  return n <= 1 ? 0xffffff : colour[c % 7];
}

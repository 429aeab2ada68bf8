#include "colour.h"

uint32_t cyto_cell_colour(unsigned k) {
  /* Seven of Okabe and Ito's colours and five that keep the smallest distance in Lab large for
   * normal and for the three kinds of two-colour vision. */
  static const uint32_t colour[CYTO_CELL_COLOURS] = {
      0xe69f00, 0x56b4e9, 0x009e73, 0xf0e442, 0x0072b2, 0xd55e00,
      0xcc79a7, 0x9600ff, 0x784b1e, 0xc3e1c3, 0x00f078, 0x9678ff,
  };
  return colour[k % CYTO_CELL_COLOURS];
}

unsigned cyto_colour_default(uint32_t label, uint32_t seed) {
  uint32_t h = label * 2654435761u ^ (seed * 0x9e3779b9u + 0x7f4a7c15u);
  h = (h ^ h >> 16) * 0x85ebca6bu;
  h = (h ^ h >> 13) * 0xc2b2ae35u;
  return (h ^ h >> 16) % CYTO_CELL_COLOURS;
}

#include "colour.h"
#include "../base/mem.h"
#include "colour-private.h"
#include "facing.h"

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

/* The wish list of a label: all colours, each once, from a place of its own. */
static unsigned wish(unsigned first, unsigned k) {
  return (first + 5 * k) % CYTO_CELL_COLOURS;
}

unsigned colour_least_used(const uint64_t *used, uint32_t label, uint32_t seed) {
  unsigned first = cyto_colour_default(label, seed), best = first;
  for (unsigned k = 1; k < CYTO_CELL_COLOURS; k++)
    if (used[wish(first, k)] < used[best])
      best = wish(first, k);
  return best;
}

typedef struct Contact {
  uint32_t label;
  const uint8_t *colour;
  size_t count;
  uint64_t used[CYTO_CELL_COLOURS];
} Contact;

static void note_contact(void *context, uint32_t a, uint32_t b) {
  Contact *c = context;
  uint32_t other = a == c->label ? b : a;
  if (a != c->label && b != c->label)
    return;
  if (other <= c->count && c->colour[other] < CYTO_CELL_COLOURS)
    c->used[c->colour[other]]++;
}

unsigned cyto_colour_pick(const uint32_t *labels, size_t ny, size_t nx, const size_t box[4],
                          uint32_t label, const uint8_t *colour, size_t count, unsigned present,
                          uint32_t seed) {
  size_t around = FACING_GAP + 1;
  size_t x0 = box[0] > around ? box[0] - around : 0, y0 = box[1] > around ? box[1] - around : 0;
  size_t x1 = box[2] + around < nx ? box[2] + around : nx;
  size_t y1 = box[3] + around < ny ? box[3] + around : ny;
  Contact contact = {label, colour, count, {0}};
  if (x0 >= x1 || y0 >= y1)
    return colour_least_used(contact.used, label, seed);
  CYTO_AUTOFREE FacingColumn *columns = cyto_calloc(x1 - x0, sizeof *columns, NULL);
  if (!columns)
    return cyto_colour_default(label, seed);
  for (size_t y = y0; y < y1; y++)
    facing_row(labels + y * nx + x0, x1 - x0, y, columns, note_contact, &contact);
  if (present < CYTO_CELL_COLOURS && contact.used[present] == 0)
    return present;
  return colour_least_used(contact.used, label, seed);
}

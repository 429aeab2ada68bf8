#include "facing.h"

void facing_row(const uint32_t *row, size_t n, size_t y, FacingColumn *columns, FacingFound found,
                void *context) {
  uint32_t left = 0, last = 0, last_above = 0;
  size_t left_at = 0;
  for (size_t x = 0; x < n; x++) {
    uint32_t label = row[x];
    if (label == 0)
      continue;
    if (left && left != label && x - left_at <= FACING_GAP + 1)
      found(context, left, label);
    left = label;
    left_at = x;
    FacingColumn *above = &columns[x];
    /* The same pair all along a border is reported once in a row. */
    if (above->label && above->label != label && y - above->row <= FACING_GAP + 1 &&
        (label != last || above->label != last_above)) {
      last = label;
      last_above = above->label;
      found(context, above->label, label);
    }
    *above = (FacingColumn){label, (uint32_t)y};
  }
}

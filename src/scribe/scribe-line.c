#include "scribe-line.h"
#include <math.h>
#include <stdlib.h>

enum { MOST_POINTS = 1 << 20 };

bool scribe_line_add(ScribeLine *line, CytoPoint at) {
  if (line->count == line->room) {
    size_t room = line->room ? line->room * 2 : 256;
    CytoPoint *point = room > MOST_POINTS ? NULL : realloc(line->point, room * sizeof *point);
    if (!point)
      return false;
    line->point = point;
    line->room = room;
  }
  line->point[line->count++] = at;
  return true;
}

void scribe_line_follow(ScribeLine *line, CytoPoint at) {
  const CytoPoint *last = line->count ? &line->point[line->count - 1] : NULL;
  if (isfinite(at.x) && isfinite(at.y) && !(last && last->x == at.x && last->y == at.y))
    scribe_line_add(line, at);
}

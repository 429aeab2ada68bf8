/* A line that grows under the pointer. */
#pragma once
#include "../cyto/doc/shape.h"

typedef struct ScribeLine {
  CytoPoint *point;
  size_t count, room;
} ScribeLine;

/* False when memory is short, or the line has more points than any hand draws: it stays as it is.
 */
bool scribe_line_add(ScribeLine *line, CytoPoint at);
/* Where the pointer is now, unless that is nowhere or where the line ends already. */
void scribe_line_follow(ScribeLine *line, CytoPoint at);

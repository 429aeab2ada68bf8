/* A line drawn across cells cuts them in two: press, draw, release. */
#include "scribe-tool.h"
#include <math.h>
#include <stdlib.h>

enum { MOST_POINTS = 1 << 16 };

typedef struct SplitState {
  bool drawing;
  CytoPoint *line;
  size_t count, room;
} SplitState;

static void *split_create(void) {
  return calloc(1, sizeof(SplitState));
}

static void split_destroy(void *state) {
  free(((SplitState *)state)->line);
  free(state);
}

static void add(SplitState *s, CytoPoint p) {
  if (!isfinite(p.x) || !isfinite(p.y))
    return;
  if (s->count && s->line[s->count - 1].x == p.x && s->line[s->count - 1].y == p.y)
    return;
  if (s->count == s->room) {
    size_t room = s->room ? s->room * 2 : 128;
    CytoPoint *line = room > MOST_POINTS ? NULL : realloc(s->line, room * sizeof *line);
    if (!line)
      return;
    s->line = line;
    s->room = room;
  }
  s->line[s->count++] = p;
}

static bool split_press(ScribeTool *tool, ScribeButton button, const ScribePointer *pointer) {
  (void)button;
  SplitState *s = tool->state;
  s->count = 0;
  s->drawing = true;
  add(s, pointer->at);
  tool->host->redraw(tool->host->data);
  return true;
}

static void split_move(ScribeTool *tool, const ScribePointer *pointer) {
  SplitState *s = tool->state;
  if (!s->drawing)
    return;
  add(s, pointer->at);
  tool->host->redraw(tool->host->data);
}

static void split_cancel(ScribeTool *tool) {
  SplitState *s = tool->state;
  if (!s->drawing)
    return;
  s->drawing = false;
  s->count = 0;
  tool->host->redraw(tool->host->data);
}

/* A click without a line is a click: it selects. The toolbox sees to that when this returns with
 * nothing drawn. */
static void split_release(ScribeTool *tool, const ScribePointer *pointer) {
  SplitState *s = tool->state;
  if (!s->drawing)
    return;
  add(s, pointer->at);
  double length = 0;
  for (size_t i = 1; i < s->count; i++)
    length += hypot(s->line[i].x - s->line[i - 1].x, s->line[i].y - s->line[i - 1].y);
  bool drawn = length * tool->scale > 4;
  s->drawing = false;
  const ScribeHost *host = tool->host;
  host->redraw(host->data);
  if (drawn)
    host->split(host->data, s->line, s->count);
  else
    host->select(host->data, host->cell_at(host->data, pointer->at), SCRIBE_SELECT_ONE);
  s->count = 0;
}

static bool split_key(ScribeTool *tool, ScribeToolKey key) {
  SplitState *s = tool->state;
  if (!s->drawing)
    return false;
  if (key == SCRIBE_KEY_ESCAPE)
    split_cancel(tool);
  return true;
}

static bool split_busy(const ScribeTool *tool) {
  return ((const SplitState *)tool->state)->drawing;
}

static void split_sketch(const ScribeTool *tool, ScribeSketch *sketch) {
  const SplitState *s = tool->state;
  if (!s->drawing)
    return;
  sketch->line = s->line;
  sketch->count = s->count;
}

const ScribeToolClass scribe_tool_split = {
    .id = "split",
    .create = split_create,
    .destroy = split_destroy,
    .press = split_press,
    .release = split_release,
    .move = split_move,
    .key = split_key,
    .cancel = split_cancel,
    .lost = split_cancel,
    .busy = split_busy,
    .sketch = split_sketch,
};

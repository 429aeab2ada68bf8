/* A line drawn across cells cuts them in two: press, draw, release. */
#include "scribe-line.h"
#include "scribe-tool.h"
#include <math.h>
#include <stdlib.h>

typedef struct SplitState {
  bool drawing;
  ScribeLine line;
} SplitState;

static void *split_create(void) {
  return calloc(1, sizeof(SplitState));
}

static void split_destroy(void *state) {
  free(((SplitState *)state)->line.point);
  free(state);
}

static bool split_press(ScribeTool *tool, ScribeButton button, const ScribePointer *pointer) {
  (void)button;
  SplitState *s = tool->state;
  s->line.count = 0;
  s->drawing = true;
  scribe_line_follow(&s->line, pointer->at);
  tool->host->redraw(tool->host->data);
  return true;
}

static void split_move(ScribeTool *tool, const ScribePointer *pointer) {
  SplitState *s = tool->state;
  if (!s->drawing)
    return;
  scribe_line_follow(&s->line, pointer->at);
  tool->host->redraw(tool->host->data);
}

static void split_cancel(ScribeTool *tool) {
  SplitState *s = tool->state;
  if (!s->drawing)
    return;
  s->drawing = false;
  s->line.count = 0;
  tool->host->redraw(tool->host->data);
}

/* A click without a line is a click: it selects. The toolbox sees to that when this returns with
 * nothing drawn. */
static void split_release(ScribeTool *tool, const ScribePointer *pointer) {
  SplitState *s = tool->state;
  if (!s->drawing)
    return;
  scribe_line_follow(&s->line, pointer->at);
  const CytoPoint *point = s->line.point;
  double length = 0;
  for (size_t i = 1; i < s->line.count; i++)
    length += hypot(point[i].x - point[i - 1].x, point[i].y - point[i - 1].y);
  bool drawn = length * tool->scale > 4;
  s->drawing = false;
  const ScribeHost *host = tool->host;
  host->redraw(host->data);
  if (drawn)
    host->split(host->data, point, s->line.count);
  else
    host->select(host->data, host->cell_at(host->data, pointer->at), SCRIBE_SELECT_ONE);
  s->line.count = 0;
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
  sketch->line = s->line.point;
  sketch->count = s->line.count;
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

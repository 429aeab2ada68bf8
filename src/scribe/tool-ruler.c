/* A ruler: the length of a line drawn over a cell becomes the diameter. */
#include "scribe-tool.h"
#include <math.h>
#include <stdlib.h>

typedef struct RulerState {
  bool drawing;
  CytoPoint end[2];
} RulerState;

enum { SLOP = 4 }; /* window units a hand trembles during a click */

static void *ruler_create(void) {
  return calloc(1, sizeof(RulerState));
}

static bool sound(CytoPoint p) {
  return fabs(p.x) < 1e9 && fabs(p.y) < 1e9;
}

static bool ruler_press(ScribeTool *tool, ScribeButton button, const ScribePointer *pointer) {
  if (button != SCRIBE_LEFT || !sound(pointer->at))
    return false;
  *(RulerState *)tool->state = (RulerState){true, {pointer->at, pointer->at}};
  return true;
}

static void ruler_move(ScribeTool *tool, const ScribePointer *pointer) {
  RulerState *s = tool->state;
  if (!s->drawing || !sound(pointer->at))
    return;
  s->end[1] = pointer->at;
  tool->host->redraw(tool->host->data);
}

static void ruler_cancel(ScribeTool *tool) {
  RulerState *s = tool->state;
  if (s->drawing)
    tool->host->redraw(tool->host->data);
  s->drawing = false;
}

static void ruler_release(ScribeTool *tool, const ScribePointer *pointer) {
  RulerState *s = tool->state;
  const ScribeHost *host = tool->host;
  if (!s->drawing)
    return;
  ruler_move(tool, pointer);
  double length = hypot(s->end[1].x - s->end[0].x, s->end[1].y - s->end[0].y);
  ruler_cancel(tool);
  if (length * tool->scale > SLOP)
    host->ruled(host->data, length);
  else
    host->select(host->data, host->cell_at(host->data, pointer->at), SCRIBE_SELECT_ONE);
}

static bool ruler_busy(const ScribeTool *tool) {
  return ((const RulerState *)tool->state)->drawing;
}

static void ruler_sketch(const ScribeTool *tool, ScribeSketch *sketch) {
  const RulerState *s = tool->state;
  if (!s->drawing)
    return;
  sketch->line = s->end;
  sketch->count = 2;
  sketch->ruler = true;
}

const ScribeToolClass scribe_tool_ruler = {
    .id = "ruler",
    .create = ruler_create,
    .destroy = free,
    .press = ruler_press,
    .release = ruler_release,
    .move = ruler_move,
    .cancel = ruler_cancel,
    .lost = ruler_cancel,
    .busy = ruler_busy,
    .sketch = ruler_sketch,
};

/* Brush and eraser. The brush grows the cell it starts in, or makes a new one; Alt turns it round;
 * Shift takes pixels from neighbours. One press, one step to undo. */
#include "scribe-tool.h"
#include <math.h>
#include <stdlib.h>

typedef struct BrushState {
  bool stroking;
  bool erasing; /* in the stroke under way, or what a press would do now */
  bool seen;    /* `last` is where the pointer is */
  CytoPoint last;
} BrushState;

static void *brush_create(void) {
  return calloc(1, sizeof(BrushState));
}

static double radius_of(const ScribeTool *tool, const ScribePointer *pointer) {
  double pressure = pointer->pen ? fmin(fmax(pointer->pressure, 0.1), 1) : 1;
  return fmax(tool->brush * pressure / 2, 0.5);
}

static bool erases(const ScribeTool *tool, const ScribePointer *pointer) {
  bool eraser = tool->class == &scribe_tool_eraser || pointer->eraser;
  return eraser != ((pointer->modifiers & SCRIBE_ALT) != 0);
}

static bool finite_point(CytoPoint p) {
  return isfinite(p.x) && isfinite(p.y);
}

static bool brush_press(ScribeTool *tool, ScribeButton button, const ScribePointer *pointer) {
  (void)button;
  BrushState *s = tool->state;
  const ScribeHost *host = tool->host;
  if (s->stroking || !finite_point(pointer->at))
    return true;
  s->erasing = erases(tool, pointer);
  s->last = pointer->at;
  s->seen = true;
  s->stroking =
      host->stroke_begin(host->data, pointer->at, s->erasing, pointer->modifiers & SCRIBE_SHIFT);
  if (s->stroking)
    host->stroke_to(host->data, pointer->at, pointer->at, radius_of(tool, pointer));
  host->redraw(host->data);
  return true;
}

static void brush_move(ScribeTool *tool, const ScribePointer *pointer) {
  BrushState *s = tool->state;
  const ScribeHost *host = tool->host;
  if (!finite_point(pointer->at))
    return;
  if (s->stroking)
    host->stroke_to(host->data, s->last, pointer->at, radius_of(tool, pointer));
  else
    s->erasing = erases(tool, pointer);
  s->last = pointer->at;
  s->seen = true;
  host->redraw(host->data);
}

static void brush_release(ScribeTool *tool, const ScribePointer *pointer) {
  BrushState *s = tool->state;
  if (!s->stroking)
    return;
  brush_move(tool, pointer);
  s->stroking = false;
  tool->host->stroke_end(tool->host->data);
}

static void brush_cancel(ScribeTool *tool) {
  BrushState *s = tool->state;
  if (!s->stroking)
    return;
  s->stroking = false;
  tool->host->stroke_cancel(tool->host->data);
}

static bool brush_key(ScribeTool *tool, ScribeToolKey key) {
  BrushState *s = tool->state;
  if (!s->stroking)
    return false;
  if (key == SCRIBE_KEY_ESCAPE)
    brush_cancel(tool);
  return true;
}

/* What was painted was seen, so it stays. */
static void brush_lost(ScribeTool *tool) {
  BrushState *s = tool->state;
  if (!s->stroking)
    return;
  s->stroking = false;
  tool->host->stroke_end(tool->host->data);
}

static bool brush_busy(const ScribeTool *tool) {
  return ((const BrushState *)tool->state)->stroking;
}

static void brush_sketch(const ScribeTool *tool, ScribeSketch *sketch) {
  const BrushState *s = tool->state;
  if (!s->seen)
    return;
  sketch->brush = fmax(tool->brush, 1);
  sketch->erase = s->erasing;
  sketch->pointer = s->last;
}

#define BRUSH_CLASS(name)                                                                          \
  {                                                                                                \
    .id = name, .create = brush_create, .destroy = free, .press = brush_press,                     \
    .release = brush_release, .move = brush_move, .key = brush_key, .cancel = brush_cancel,        \
    .lost = brush_lost, .busy = brush_busy, .sketch = brush_sketch                                 \
  }
const ScribeToolClass scribe_tool_brush = BRUSH_CLASS("brush");
const ScribeToolClass scribe_tool_eraser = BRUSH_CLASS("eraser");

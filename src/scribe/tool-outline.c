/* The right button of every tool, and the tip of a pen in this one: a new cell by its outline.
 * outline-machine.h has the gesture. */
#include "scribe-tool.h"
#include "outline-machine.h"
#include <stdlib.h>

typedef struct OutlineState {
  ScribeOutline machine;
  unsigned modifiers;
} OutlineState;

static void *outline_create(void) {
  return calloc(1, sizeof(OutlineState));
}

static void outline_destroy(void *state) {
  scribe_outline_clear(&((OutlineState *)state)->machine);
  free(state);
}

static ScribeOutline *machine_of(ScribeTool *tool) {
  OutlineState *s = tool->state;
  scribe_outline_scale(&s->machine, tool->brush, tool->scale);
  return &s->machine;
}

static bool handle(ScribeTool *tool, ScribeOutlineResult result) {
  const OutlineState *s = tool->state;
  const ScribeHost *host = tool->host;
  if (result == SCRIBE_OUTLINE_NOTHING)
    return false;
  host->redraw(host->data);
  if (result == SCRIBE_OUTLINE_CLOSED)
    host->outline(host->data, s->machine.done.point, s->machine.done.count,
                  s->modifiers & SCRIBE_SHIFT);
  return true;
}

static bool outline_press(ScribeTool *tool, ScribeButton button, const ScribePointer *pointer) {
  (void)button;
  ((OutlineState *)tool->state)->modifiers = pointer->modifiers;
  handle(tool, scribe_outline_press(machine_of(tool), pointer->at));
  return true;
}

static void outline_release(ScribeTool *tool, const ScribePointer *pointer) {
  ((OutlineState *)tool->state)->modifiers = pointer->modifiers;
  handle(tool, scribe_outline_release(machine_of(tool), pointer->at));
}

static void outline_move(ScribeTool *tool, const ScribePointer *pointer) {
  ((OutlineState *)tool->state)->modifiers = pointer->modifiers;
  handle(tool, scribe_outline_move(machine_of(tool), pointer->at));
}

static bool outline_click(ScribeTool *tool, const ScribePointer *pointer) {
  ((OutlineState *)tool->state)->modifiers = pointer->modifiers;
  return handle(tool, scribe_outline_click(machine_of(tool), pointer->at));
}

static void outline_cancel(ScribeTool *tool) {
  ScribeOutline *machine = machine_of(tool);
  if (!scribe_outline_busy(machine))
    return;
  scribe_outline_cancel(machine);
  tool->host->redraw(tool->host->data);
}

static bool outline_key(ScribeTool *tool, ScribeToolKey key) {
  ScribeOutline *machine = machine_of(tool);
  if (!scribe_outline_busy(machine))
    return false;
  if (key == SCRIBE_KEY_ESCAPE)
    outline_cancel(tool);
  else
    handle(tool,
           key == SCRIBE_KEY_BACK ? scribe_outline_back(machine) : scribe_outline_enter(machine));
  return true;
}

static void outline_lost(ScribeTool *tool) {
  scribe_outline_lost(machine_of(tool));
}

static bool outline_busy(const ScribeTool *tool) {
  return scribe_outline_busy(&((const OutlineState *)tool->state)->machine);
}

static void outline_sketch(const ScribeTool *tool, ScribeSketch *sketch) {
  const ScribeOutline *machine = &((const OutlineState *)tool->state)->machine;
  if (!scribe_outline_busy(machine))
    return;
  sketch->line = machine->line.point;
  sketch->count = machine->line.count;
  sketch->band = scribe_outline_band(machine);
  sketch->corners = machine->state == SCRIBE_OUTLINE_POLYGON;
  sketch->start_circle = 2 * machine->close;
  sketch->pointer = machine->pointer;
}

const ScribeToolClass scribe_tool_outline = {
    .id = "outline",
    .create = outline_create,
    .destroy = outline_destroy,
    .press = outline_press,
    .release = outline_release,
    .move = outline_move,
    .click = outline_click,
    .key = outline_key,
    .cancel = outline_cancel,
    .lost = outline_lost,
    .busy = outline_busy,
    .sketch = outline_sketch,
};

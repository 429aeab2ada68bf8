/* The left button of every tool that does not draw with it: drag pans, a click selects, Ctrl-click
 * deletes, Alt-click merges into the selected cell (algorithm.md §14.11). */
#include "scribe-tool.h"
#include <math.h>
#include <stdlib.h>

typedef struct SelectState {
  bool down, panning;
  double wx, wy; /* of the press, then of the last move */
  unsigned modifiers;
  CytoPoint at;
} SelectState;

enum { SLOP = 4 }; /* window units a hand trembles during a click */

static void *select_create(void) {
  return calloc(1, sizeof(SelectState));
}

static bool select_press(ScribeTool *tool, ScribeButton button, const ScribePointer *pointer) {
  SelectState *s = tool->state;
  *s = (SelectState){.down = true,
                     .wx = pointer->wx,
                     .wy = pointer->wy,
                     .modifiers = pointer->modifiers,
                     .at = pointer->at};
  s->panning = button == SCRIBE_MIDDLE || pointer->modifiers & SCRIBE_SPACE;
  return true;
}

static void select_move(ScribeTool *tool, const ScribePointer *pointer) {
  SelectState *s = tool->state;
  if (!s->down)
    return;
  double dx = pointer->wx - s->wx, dy = pointer->wy - s->wy;
  if (!s->panning && hypot(dx, dy) <= SLOP)
    return;
  s->panning = true;
  s->wx = pointer->wx;
  s->wy = pointer->wy;
  if (dx != 0 || dy != 0)
    tool->host->pan(tool->host->data, dx, dy);
}

static void select_cancel(ScribeTool *tool) {
  *(SelectState *)tool->state = (SelectState){0};
}

static void click(ScribeTool *tool, CytoPoint at, unsigned modifiers) {
  const ScribeHost *host = tool->host;
  uint32_t id = host->cell_at(host->data, at);
  if (modifiers & SCRIBE_CTRL) {
    if (id)
      host->erase_cell(host->data, id);
  } else if (modifiers & SCRIBE_ALT) {
    if (id)
      host->merge(host->data, id);
  } else {
    bool toggle = modifiers & SCRIBE_SHIFT;
    if (id || !toggle)
      host->select(host->data, id, toggle ? SCRIBE_SELECT_TOGGLE : SCRIBE_SELECT_ONE);
  }
}

static void select_release(ScribeTool *tool, const ScribePointer *pointer) {
  (void)pointer;
  SelectState s = *(SelectState *)tool->state;
  select_cancel(tool);
  if (s.down && !s.panning)
    click(tool, s.at, s.modifiers);
}

/* A click that is already known to be one: the tip of a pen. */
static bool select_click(ScribeTool *tool, const ScribePointer *pointer) {
  click(tool, pointer->at, pointer->modifiers);
  return true;
}

static bool select_busy(const ScribeTool *tool) {
  return ((const SelectState *)tool->state)->panning;
}

const ScribeToolClass scribe_tool_select = {
    .id = "pan",
    .create = select_create,
    .destroy = free,
    .press = select_press,
    .release = select_release,
    .move = select_move,
    .click = select_click,
    .cancel = select_cancel,
    .lost = select_cancel,
    .busy = select_busy,
};

/* An area around cells, by the left button: a drag draws it free hand, clicks on the background set
 * the corners of a polygon, which a click on the first corner, a double click, a right click or
 * Enter closes. The cells inside become the selection; Shift adds them to it, Alt takes them out,
 * Ctrl deletes them. A click on a cell does what it does in every other tool. */
#include "scribe-line.h"
#include "scribe-tool.h"
#include <math.h>
#include <stdlib.h>

enum { SLOP = 4, CLOSE = 10 /* window units */ };

typedef struct LassoState {
  bool down, dragged; /* the button, and whether it drew */
  bool polygon;
  unsigned modifiers; /* of the first press */
  double wx, wy;      /* of the last press */
  ScribeLine line;
  CytoPoint pointer;
  size_t kept; /* points before the last press: what Backspace leads back to */
} LassoState;

static void *lasso_create(void) {
  return calloc(1, sizeof(LassoState));
}

static void lasso_destroy(void *state) {
  free(((LassoState *)state)->line.point);
  free(state);
}

static void forget(LassoState *s) {
  s->line.count = s->kept = 0;
  s->down = s->dragged = s->polygon = false;
}

static bool near(const ScribeTool *tool, CytoPoint a, CytoPoint b, double units) {
  return hypot(a.x - b.x, a.y - b.y) * tool->scale <= units;
}

static void close_area(ScribeTool *tool) {
  LassoState *s = tool->state;
  const ScribeHost *host = tool->host;
  size_t n = s->line.count;
  ScribeRegion how = s->modifiers & SCRIBE_CTRL    ? SCRIBE_REGION_DELETE
                     : s->modifiers & SCRIBE_SHIFT ? SCRIBE_REGION_ADD
                     : s->modifiers & SCRIBE_ALT   ? SCRIBE_REGION_TAKE
                                                   : SCRIBE_REGION_SELECT;
  forget(s);
  host->redraw(host->data);
  if (n >= 3)
    host->region(host->data, s->line.point, n, how);
}

static bool lasso_press(ScribeTool *tool, ScribeButton button, const ScribePointer *pointer) {
  LassoState *s = tool->state;
  if (button == SCRIBE_RIGHT) {
    close_area(tool);
    return false;
  }
  if (!isfinite(pointer->at.x) || !isfinite(pointer->at.y))
    return true;
  if (!s->polygon) {
    forget(s);
    s->modifiers = pointer->modifiers;
  }
  s->down = true;
  s->dragged = false;
  s->wx = pointer->wx;
  s->wy = pointer->wy;
  s->pointer = pointer->at;
  s->kept = s->line.count;
  if (!s->polygon)
    scribe_line_follow(&s->line, pointer->at);
  tool->host->redraw(tool->host->data);
  return true;
}

static void lasso_move(ScribeTool *tool, const ScribePointer *pointer) {
  LassoState *s = tool->state;
  if (!s->down && !s->polygon)
    return;
  s->pointer = pointer->at;
  if (s->down && hypot(pointer->wx - s->wx, pointer->wy - s->wy) > SLOP)
    s->dragged = true;
  if (s->down && s->dragged)
    scribe_line_follow(&s->line, pointer->at);
  tool->host->redraw(tool->host->data);
}

/* A press and release in place: a corner, the end, or a click on a cell. */
static void clicked(ScribeTool *tool, const ScribePointer *pointer) {
  LassoState *s = tool->state;
  const ScribeHost *host = tool->host;
  if (!s->polygon && host->cell_at(host->data, pointer->at)) {
    forget(s);
    scribe_tool_select.click(tool, pointer);
  } else if (s->polygon && (near(tool, pointer->at, s->line.point[0], CLOSE) ||
                            near(tool, pointer->at, s->line.point[s->line.count - 1], SLOP))) {
    close_area(tool);
  } else {
    s->polygon = true;
    scribe_line_follow(&s->line, pointer->at);
  }
}

static void lasso_release(ScribeTool *tool, const ScribePointer *pointer) {
  LassoState *s = tool->state;
  if (!s->down)
    return;
  s->down = false;
  if (!s->dragged)
    clicked(tool, pointer);
  else if (!s->polygon || near(tool, pointer->at, s->line.point[0], CLOSE))
    close_area(tool);
  tool->host->redraw(tool->host->data);
}

static void lasso_cancel(ScribeTool *tool) {
  LassoState *s = tool->state;
  if (s->line.count == 0 && !s->down)
    return;
  forget(s);
  tool->host->redraw(tool->host->data);
}

/* Corners that were set stay. */
static void lasso_lost(ScribeTool *tool) {
  LassoState *s = tool->state;
  s->down = false;
  if (!s->polygon)
    lasso_cancel(tool);
}

static bool lasso_key(ScribeTool *tool, ScribeToolKey key) {
  LassoState *s = tool->state;
  if (!s->polygon)
    return s->down;
  if (key == SCRIBE_KEY_ENTER)
    close_area(tool);
  else if (key == SCRIBE_KEY_ESCAPE || s->line.count <= 1)
    lasso_cancel(tool);
  else
    s->line.count = s->kept && s->kept < s->line.count ? s->kept : s->line.count - 1;
  tool->host->redraw(tool->host->data);
  return true;
}

static bool lasso_busy(const ScribeTool *tool) {
  const LassoState *s = tool->state;
  return s->down || s->polygon;
}

static void lasso_sketch(const ScribeTool *tool, ScribeSketch *sketch) {
  const LassoState *s = tool->state;
  if (!lasso_busy(tool) || s->line.count == 0)
    return;
  sketch->line = s->line.point;
  sketch->count = s->line.count;
  sketch->band = s->polygon && !s->dragged;
  sketch->corners = s->polygon;
  sketch->start_circle = s->polygon ? 2 * CLOSE / tool->scale : 0;
  sketch->pointer = s->pointer;
}

const ScribeToolClass scribe_tool_lasso = {
    .id = "lasso",
    .create = lasso_create,
    .destroy = lasso_destroy,
    .press = lasso_press,
    .release = lasso_release,
    .move = lasso_move,
    .key = lasso_key,
    .cancel = lasso_cancel,
    .lost = lasso_lost,
    .busy = lasso_busy,
    .sketch = lasso_sketch,
};

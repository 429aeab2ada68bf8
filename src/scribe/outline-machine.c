#include "outline-machine.h"
#include <math.h>
#include <stdlib.h>

static bool finite_point(CytoPoint p) {
  return isfinite(p.x) && isfinite(p.y) && fabs(p.x) < 1e9 && fabs(p.y) < 1e9;
}

static double distance(CytoPoint a, CytoPoint b) {
  return hypot(a.x - b.x, a.y - b.y);
}

static void line_swap(ScribeLine *a, ScribeLine *b) {
  ScribeLine c = *a;
  *a = *b;
  *b = c;
}

static CytoPoint line_end(const ScribeLine *line) {
  return line->point[line->count - 1];
}

void scribe_outline_scale(ScribeOutline *outline, double brush, double scale) {
  if (!(scale > 0) || !isfinite(scale))
    scale = 1;
  if (!(brush > 0) || !isfinite(brush))
    brush = 1;
  double close = fmax(3, 1.8 * brush); /* algorithm.md §14.12 */
  outline->close = fmin(fmax(close, 6 / scale), 20 / scale);
  outline->leave = outline->close * (fmax(6, 3 * brush) / close);
  outline->slop = 4 / scale;
  outline->stretch = 40 / scale;
}

void scribe_outline_clear(ScribeOutline *outline) {
  free(outline->line.point);
  free(outline->trail.point);
  free(outline->done.point);
  *outline = (ScribeOutline){0};
}

void scribe_outline_cancel(ScribeOutline *outline) {
  outline->state = SCRIBE_OUTLINE_IDLE;
  outline->line.count = outline->trail.count = 0;
  outline->corners = 0;
  outline->outside = outline->rejoin = false;
}

/* A hand that only trembled drew nothing. A small cell is not dropped here: if it is too small, the
 * document says so. */
static bool went_somewhere(const ScribeOutline *outline) {
  for (size_t i = 1; i < outline->line.count; i++)
    if (distance(outline->line.point[i], outline->line.point[0]) > outline->slop)
      return true;
  return false;
}

/* What was drawn becomes `done`, unless it never left its start. */
static ScribeOutlineResult close_outline(ScribeOutline *outline) {
  bool drawn = outline->line.count >= 3 && went_somewhere(outline);
  if (drawn)
    line_swap(&outline->line, &outline->done);
  scribe_outline_cancel(outline);
  return drawn ? SCRIBE_OUTLINE_CLOSED : SCRIBE_OUTLINE_DROPPED;
}

static ScribeOutlineResult begin(ScribeOutline *outline, CytoPoint at) {
  scribe_outline_cancel(outline);
  if (!scribe_line_add(&outline->line, at))
    return SCRIBE_OUTLINE_NOTHING;
  outline->pointer = at;
  outline->state = SCRIBE_OUTLINE_PRESSED;
  return SCRIBE_OUTLINE_CHANGED;
}

/* A move that draws; true when it came back to the start. */
static bool extend(ScribeOutline *outline, CytoPoint at) {
  if (outline->rejoin) {
    if (distance(at, line_end(&outline->line)) > outline->close)
      return false;
    outline->rejoin = false;
  }
  CytoPoint start = outline->line.point[0];
  double away = distance(at, start);
  if (distance(at, line_end(&outline->line)) > 0)
    scribe_line_add(&outline->line, at);
  if (!outline->outside) {
    outline->outside = away > outline->leave;
    return false;
  }
  return away < outline->close;
}

ScribeOutlineResult scribe_outline_press(ScribeOutline *outline, CytoPoint at) {
  if (!finite_point(at))
    return SCRIBE_OUTLINE_NOTHING;
  switch (outline->state) {
  case SCRIBE_OUTLINE_IDLE:
    return begin(outline, at);
  case SCRIBE_OUTLINE_HOVER:
    if (!outline->rejoin)
      extend(outline, at);
    return close_outline(outline);
  case SCRIBE_OUTLINE_POLYGON:
    if (distance(at, outline->line.point[0]) > outline->close &&
        distance(at, line_end(&outline->line)) > outline->slop)
      scribe_line_add(&outline->line, at);
    return close_outline(outline);
  case SCRIBE_OUTLINE_PRESSED: /* two presses without a release between them */
  case SCRIBE_OUTLINE_DRAG:
    return scribe_outline_release(outline, at);
  }
  return SCRIBE_OUTLINE_NOTHING;
}

ScribeOutlineResult scribe_outline_release(ScribeOutline *outline, CytoPoint at) {
  if (outline->state == SCRIBE_OUTLINE_PRESSED) {
    outline->state = SCRIBE_OUTLINE_HOVER;
    return SCRIBE_OUTLINE_CHANGED;
  }
  if (outline->state != SCRIBE_OUTLINE_DRAG)
    return SCRIBE_OUTLINE_NOTHING;
  if (finite_point(at) && !outline->rejoin)
    extend(outline, at);
  return close_outline(outline);
}

ScribeOutlineResult scribe_outline_move(ScribeOutline *outline, CytoPoint at) {
  if (!finite_point(at) || !scribe_outline_busy(outline))
    return SCRIBE_OUTLINE_NOTHING;
  outline->pointer = at;
  switch (outline->state) {
  case SCRIBE_OUTLINE_PRESSED:
    if (distance(at, outline->line.point[0]) > outline->slop) {
      outline->state = SCRIBE_OUTLINE_DRAG;
      extend(outline, at);
    }
    break;
  case SCRIBE_OUTLINE_DRAG: /* passing the start does not close it: the release does */
    extend(outline, at);
    break;
  case SCRIBE_OUTLINE_HOVER:
    if (extend(outline, at))
      return close_outline(outline);
    break;
  default:
    break;
  }
  return SCRIBE_OUTLINE_CHANGED;
}

/* The hand-drawn line gives way to a straight one to the corner. After Backspace the part that is
 * left stays, since that is what the user chose to keep. */
static void first_corner(ScribeOutline *outline, CytoPoint at) {
  if (!outline->rejoin) {
    CytoPoint start = outline->line.point[0];
    line_swap(&outline->line, &outline->trail);
    outline->line.count = 0;
    if (!scribe_line_add(&outline->line, start)) {
      line_swap(&outline->line, &outline->trail);
      return;
    }
  }
  if (scribe_line_add(&outline->line, at))
    outline->corners = 1;
  outline->rejoin = false;
  outline->state = SCRIBE_OUTLINE_POLYGON;
}

ScribeOutlineResult scribe_outline_click(ScribeOutline *outline, CytoPoint at) {
  if (!finite_point(at))
    return SCRIBE_OUTLINE_NOTHING;
  outline->pointer = at;
  if (outline->state == SCRIBE_OUTLINE_HOVER) {
    if (distance(at, outline->line.point[0]) > outline->close)
      first_corner(outline, at);
    return SCRIBE_OUTLINE_CHANGED;
  }
  if (outline->state == SCRIBE_OUTLINE_POLYGON) {
    if (distance(at, outline->line.point[0]) <= outline->close && outline->line.count >= 3)
      return close_outline(outline);
    /* The second click of a double click says nothing new. */
    if (distance(at, line_end(&outline->line)) > outline->slop / 2 &&
        scribe_line_add(&outline->line, at))
      outline->corners++;
    return SCRIBE_OUTLINE_CHANGED;
  }
  return outline->state == SCRIBE_OUTLINE_IDLE ? SCRIBE_OUTLINE_NOTHING : SCRIBE_OUTLINE_CHANGED;
}

static void back_corner(ScribeOutline *outline) {
  if (outline->corners > 0) {
    outline->corners--;
    outline->line.count--;
  }
  if (outline->corners > 0)
    return;
  outline->state = SCRIBE_OUTLINE_HOVER;
  if (outline->trail.count) {
    line_swap(&outline->line, &outline->trail);
    outline->trail.count = 0;
  }
  outline->rejoin = outline->line.count > 1;
}

static void back_stretch(ScribeOutline *outline) {
  ScribeLine *line = &outline->line;
  for (double gone = 0; line->count > 1 && gone < outline->stretch; line->count--)
    gone += distance(line->point[line->count - 1], line->point[line->count - 2]);
  outline->outside = false;
  for (size_t i = 1; i < line->count && !outline->outside; i++)
    outline->outside = distance(line->point[i], line->point[0]) > outline->leave;
  outline->rejoin = line->count > 1;
}

/* What is left after the last stretch is the start alone; one more Backspace gives it up. */
ScribeOutlineResult scribe_outline_back(ScribeOutline *outline) {
  switch (outline->state) {
  case SCRIBE_OUTLINE_IDLE:
    return SCRIBE_OUTLINE_NOTHING;
  case SCRIBE_OUTLINE_POLYGON:
    back_corner(outline);
    return SCRIBE_OUTLINE_CHANGED;
  default:
    if (outline->line.count <= 1) {
      scribe_outline_cancel(outline);
      return SCRIBE_OUTLINE_DROPPED;
    }
    back_stretch(outline);
    return SCRIBE_OUTLINE_CHANGED;
  }
}

ScribeOutlineResult scribe_outline_enter(ScribeOutline *outline) {
  if (!scribe_outline_busy(outline))
    return SCRIBE_OUTLINE_NOTHING;
  return close_outline(outline);
}

void scribe_outline_lost(ScribeOutline *outline) {
  if (outline->state == SCRIBE_OUTLINE_PRESSED || outline->state == SCRIBE_OUTLINE_DRAG)
    outline->state = SCRIBE_OUTLINE_HOVER;
}

bool scribe_outline_band(const ScribeOutline *outline) {
  return outline->state == SCRIBE_OUTLINE_POLYGON ||
         (scribe_outline_busy(outline) && outline->rejoin);
}

/* The disk of the diameter under the hand: a click puts it on a cell, its inside moves it, its rim
 * makes it larger or smaller. Beside it a drag pans. */
#include "scribe-tool.h"
#include <math.h>
#include <stdlib.h>

typedef enum { FREE, ASIDE, PANNING, MOVING, SIZING } Hold;

typedef struct DiskState {
  Hold hold;
  ScribeDisk before; /* when the button went down */
  CytoPoint grip;    /* where it went down */
  double wx, wy;     /* the same in window units, then of the last move */
} DiskState;

enum { SLOP = 4, RIM = 8 }; /* window units: of a hand that trembles; within which the rim is hit */

static const double smallest = 1, largest = 10000;

static void *disk_create(void) {
  return calloc(1, sizeof(DiskState));
}

static bool sound(CytoPoint p) {
  return fabs(p.x) < 1e9 && fabs(p.y) < 1e9;
}

static double distance(CytoPoint a, CytoPoint b) {
  return hypot(a.x - b.x, a.y - b.y);
}

/* A small disk keeps a middle to be moved by. */
static Hold hold_at(const ScribeTool *tool, const ScribeDisk *disk, CytoPoint at) {
  double from = distance(at, disk->at) * tool->scale, radius = disk->diameter / 2 * tool->scale;
  if (from > radius + RIM)
    return ASIDE;
  return from < fmax(radius - RIM, radius / 2) ? MOVING : SIZING;
}

static bool disk_press(ScribeTool *tool, ScribeButton button, const ScribePointer *pointer) {
  DiskState *s = tool->state;
  ScribeDisk disk;
  if (button != SCRIBE_LEFT || !sound(pointer->at) ||
      !tool->host->get_disk(tool->host->data, &disk))
    return false;
  *s = (DiskState){hold_at(tool, &disk, pointer->at), disk, pointer->at, pointer->wx, pointer->wy};
  return true;
}

/* At home it is beside the picture and in nobody's way. */
static bool disk_wants(const ScribeTool *tool, const ScribePointer *pointer) {
  ScribeDisk disk;
  return sound(pointer->at) && tool->host->get_disk(tool->host->data, &disk) && disk.home &&
         hold_at(tool, &disk, pointer->at) != ASIDE;
}

static ScribeGrip disk_grip(const ScribeTool *tool, const ScribePointer *pointer) {
  const DiskState *s = tool->state;
  ScribeDisk disk;
  Hold hold = s->hold;
  if (hold == FREE && sound(pointer->at) && tool->host->get_disk(tool->host->data, &disk))
    hold = hold_at(tool, &disk, pointer->at);
  return hold == MOVING ? SCRIBE_GRIP_MOVE : hold == SIZING ? SCRIBE_GRIP_SIZE : SCRIBE_GRIP_NONE;
}

static void put(ScribeTool *tool, CytoPoint at, double diameter) {
  ScribeDisk disk = {at, fmin(fmax(diameter, smallest), largest), false};
  tool->host->set_disk(tool->host->data, &disk);
}

static void pan(ScribeTool *tool, DiskState *s, const ScribePointer *pointer) {
  double dx = pointer->wx - s->wx, dy = pointer->wy - s->wy;
  if (s->hold == ASIDE && hypot(dx, dy) <= SLOP)
    return;
  s->hold = PANNING;
  s->wx = pointer->wx;
  s->wy = pointer->wy;
  tool->host->pan(tool->host->data, dx, dy);
}

static void disk_move(ScribeTool *tool, const ScribePointer *pointer) {
  DiskState *s = tool->state;
  CytoPoint p = pointer->at, centre = s->before.at;
  if (!sound(p) || s->hold == FREE)
    return;
  if (s->hold == MOVING)
    put(tool, (CytoPoint){.y = centre.y + p.y - s->grip.y, .x = centre.x + p.x - s->grip.x},
        s->before.diameter);
  else if (s->hold == SIZING)
    put(tool, centre, s->before.diameter + 2 * (distance(p, centre) - distance(s->grip, centre)));
  else
    pan(tool, s, pointer);
}

static void disk_release(ScribeTool *tool, const ScribePointer *pointer) {
  DiskState *s = tool->state;
  Hold hold = s->hold;
  double diameter = s->before.diameter;
  s->hold = FREE;
  if (hold == ASIDE && sound(pointer->at))
    put(tool, pointer->at, diameter);
  tool->host->redraw(tool->host->data);
}

static bool disk_busy(const ScribeTool *tool) {
  Hold hold = ((const DiskState *)tool->state)->hold;
  return hold == MOVING || hold == SIZING;
}

/* As it was before the button went down. */
static void disk_cancel(ScribeTool *tool) {
  DiskState *s = tool->state;
  if (disk_busy(tool))
    tool->host->set_disk(tool->host->data, &s->before);
  s->hold = FREE;
}

static void disk_lost(ScribeTool *tool) {
  ((DiskState *)tool->state)->hold = FREE;
}

/* Home again, as large as it is. */
static void disk_leave(ScribeTool *tool) {
  ScribeDisk disk;
  if (!tool->host->get_disk(tool->host->data, &disk) || disk.home)
    return;
  disk.home = true;
  tool->host->set_disk(tool->host->data, &disk);
}

static bool disk_key(ScribeTool *tool, ScribeToolKey key) {
  ScribeDisk disk;
  bool away =
      key == SCRIBE_KEY_ESCAPE && tool->host->get_disk(tool->host->data, &disk) && !disk.home;
  if (away)
    disk_leave(tool);
  return away;
}

static void disk_sketch(const ScribeTool *tool, ScribeSketch *sketch) {
  (void)tool;
  sketch->handles = true;
}

const ScribeToolClass scribe_tool_disk = {
    .id = "disk",
    .create = disk_create,
    .destroy = free,
    .press = disk_press,
    .wants = disk_wants,
    .grip = disk_grip,
    .release = disk_release,
    .move = disk_move,
    .key = disk_key,
    .cancel = disk_cancel,
    .lost = disk_lost,
    .leave = disk_leave,
    .busy = disk_busy,
    .sketch = disk_sketch,
};

#include "scribe-toolbox.h"
#include <stdlib.h>
#include <string.h>

enum { OUTLINE, SELECT, BRUSH, ERASER, SPLIT, LASSO, DISK, RULER, TOOLS };

struct ScribeToolbox {
  ScribeTool tool[TOOLS];
  unsigned chosen;
  unsigned button;   /* the one that is held, 0 = none; others are not heard meanwhile */
  ScribeTool *owner; /* the tool that hears of it; NULL after a cancel */
  bool double_click; /* the press was the second of two plain ones */
  bool plain;        /* the last press had no modifier */
  bool corner;       /* the press, if it turns out a click, is a corner of an outline */
};

ScribeToolbox *scribe_toolbox_new(const ScribeHost *host) {
  static const ScribeToolClass *const class[TOOLS] = {
      &scribe_tool_outline, &scribe_tool_select, &scribe_tool_brush, &scribe_tool_eraser,
      &scribe_tool_split,   &scribe_tool_lasso,  &scribe_tool_disk,  &scribe_tool_ruler};
  ScribeToolbox *box = calloc(1, sizeof *box);
  for (int i = 0; box && i < TOOLS; i++) {
    box->tool[i] = (ScribeTool){class[i], host, class[i] -> create(), 1, 3};
    if (!box->tool[i].state) {
      scribe_toolbox_free(box);
      return NULL;
    }
  }
  return box;
}

void scribe_toolbox_free(ScribeToolbox *box) {
  for (int i = 0; box && i < TOOLS; i++)
    if (box->tool[i].state)
      box->tool[i].class->destroy(box->tool[i].state);
  free(box);
}

bool scribe_toolbox_choose(ScribeToolbox *box, const char *id) {
  for (unsigned i = 0; i < TOOLS; i++)
    if (!strcmp(box->tool[i].class->id, id)) {
      const ScribeTool *old = &box->tool[box->chosen];
      if (i != box->chosen)
        scribe_toolbox_cancel(box);
      if (i != box->chosen && old->class->leave)
        old->class->leave(&box->tool[box->chosen]);
      box->chosen = i;
      return true;
    }
  return false;
}

const char *scribe_toolbox_chosen(const ScribeToolbox *box) {
  return box->tool[box->chosen].class->id;
}

void scribe_toolbox_set_scale(ScribeToolbox *box, double scale) {
  for (int i = 0; i < TOOLS; i++)
    box->tool[i].scale = scale;
}

void scribe_toolbox_set_brush(ScribeToolbox *box, double diameter) {
  for (int i = 0; i < TOOLS; i++)
    box->tool[i].brush = diameter;
}

static bool busy(const ScribeTool *tool) {
  return tool->class->busy(tool);
}

/* The disk can be picked up by a hand that has nothing else in it. */
static bool wants_disk(const ScribeToolbox *box, const ScribePointer *pointer) {
  const ScribeTool *disk = &box->tool[DISK];
  return (box->chosen == OUTLINE || box->chosen == SELECT) && !busy(&box->tool[OUTLINE]) &&
         !pointer->modifiers && disk->class->wants(disk, pointer);
}

/* What was picked up stays in the hand: its tool is chosen from then on. */
static void keep_disk(ScribeToolbox *box) {
  ScribeDisk disk;
  const ScribeHost *host = box->tool[DISK].host;
  if (box->chosen != DISK && host->get_disk(host->data, &disk) && !disk.home)
    box->chosen = DISK;
}

/* Which tool a press belongs to. */
static ScribeTool *tool_for(ScribeToolbox *box, ScribeButton button, const ScribePointer *pointer) {
  bool drawing = busy(&box->tool[OUTLINE]);
  if (button == SCRIBE_RIGHT)
    return &box->tool[busy(&box->tool[LASSO]) ? LASSO : OUTLINE];
  if (button == SCRIBE_MIDDLE || pointer->modifiers & SCRIBE_SPACE)
    return &box->tool[SELECT];
  if (pointer->eraser)
    return drawing ? NULL : &box->tool[ERASER];
  if (pointer->pen && !drawing && box->chosen == OUTLINE &&
      !(pointer->modifiers & (SCRIBE_CTRL | SCRIBE_ALT)))
    return &box->tool[OUTLINE];
  if (!drawing && box->chosen == LASSO)
    return &box->tool[LASSO];
  if (wants_disk(box, pointer))
    return &box->tool[DISK];
  if (drawing || pointer->modifiers & SCRIBE_CTRL || box->chosen == OUTLINE)
    return &box->tool[SELECT];
  if (pointer->modifiers & SCRIBE_ALT && box->chosen == SPLIT)
    return &box->tool[SELECT];
  return &box->tool[box->chosen];
}

void scribe_toolbox_press(ScribeToolbox *box, ScribeButton button, int clicks,
                          const ScribePointer *pointer) {
  /* A second press of the held button: its release was never seen. */
  if (box->button == button)
    scribe_toolbox_lost(box);
  if (box->button)
    return;
  ScribeTool *tool = tool_for(box, button, pointer);
  bool plain = button == SCRIBE_LEFT && !pointer->modifiers;
  box->double_click = clicks == 2 && plain && box->plain;
  box->plain = plain;
  box->corner = button == SCRIBE_LEFT && busy(&box->tool[OUTLINE]);
  box->button = button;
  box->owner = tool && tool->class->press(tool, button, pointer) ? tool : NULL;
}

void scribe_toolbox_move(ScribeToolbox *box, const ScribePointer *pointer) {
  if (box->button && !(pointer->held >> box->button & 1))
    scribe_toolbox_lost(box);
  if (box->button) {
    if (box->owner)
      box->owner->class->move(box->owner, pointer);
    return;
  }
  if (busy(&box->tool[OUTLINE]))
    box->tool[OUTLINE].class->move(&box->tool[OUTLINE], pointer);
  else if (pointer->eraser)
    box->tool[ERASER].class->move(&box->tool[ERASER], pointer);
  else
    box->tool[box->chosen].class->move(&box->tool[box->chosen], pointer);
}

/* The left button went up where it went down. */
static void clicked(ScribeToolbox *box, const ScribePointer *pointer) {
  ScribeTool *select = &box->tool[SELECT], *outline = &box->tool[OUTLINE];
  if (box->corner) {
    select->class->cancel(select);
    if (box->double_click)
      outline->class->key(outline, SCRIBE_KEY_ENTER);
    else
      outline->class->click(outline, pointer);
  } else if (box->double_click) {
    select->class->cancel(select);
    select->host->fit(select->host->data);
  } else {
    select->class->release(select, pointer);
  }
}

/* The tip of a pen went up where it went down: a click, not the start of an outline. */
static bool tapped(ScribeToolbox *box, const ScribeTool *owner, ScribeButton button) {
  ScribeSketch sketch = {0};
  if (owner != &box->tool[OUTLINE] || button != SCRIBE_LEFT)
    return false;
  owner->class->sketch(owner, &sketch);
  return sketch.count == 1;
}

void scribe_toolbox_release(ScribeToolbox *box, ScribeButton button, const ScribePointer *pointer) {
  if (box->button != button)
    return;
  ScribeTool *owner = box->owner;
  box->button = 0;
  box->owner = NULL;
  if (!owner)
    return;
  if (owner == &box->tool[SELECT] && button == SCRIBE_LEFT && !busy(owner)) {
    clicked(box, pointer);
  } else if (tapped(box, owner, button)) {
    owner->class->cancel(owner);
    box->tool[SELECT].class->click(&box->tool[SELECT], pointer);
  } else {
    owner->class->release(owner, pointer);
    if (owner == &box->tool[DISK])
      keep_disk(box);
  }
}

bool scribe_toolbox_key(ScribeToolbox *box, ScribeToolKey key) {
  bool meant = false;
  if (key == SCRIBE_KEY_ESCAPE) {
    ScribeTool *tool = &box->tool[box->chosen];
    meant = scribe_toolbox_busy(box);
    scribe_toolbox_cancel(box);
    return meant || (tool->class->key && tool->class->key(tool, key));
  }
  for (int i = 0; i < TOOLS && !meant; i++)
    meant = box->tool[i].class->key && box->tool[i].class->key(&box->tool[i], key);
  return meant;
}

void scribe_toolbox_cancel(ScribeToolbox *box) {
  for (int i = 0; i < TOOLS; i++)
    box->tool[i].class->cancel(&box->tool[i]);
  box->owner = NULL;
  box->corner = box->double_click = box->plain = false;
}

void scribe_toolbox_lost(ScribeToolbox *box) {
  if (box->owner)
    box->owner->class->lost(box->owner);
  if (box->owner == &box->tool[DISK] && box->chosen != DISK)
    box->owner->class->leave(box->owner);
  box->owner = NULL;
  box->button = 0;
  box->corner = box->double_click = box->plain = false;
}

void scribe_toolbox_drop(ScribeToolbox *box) {
  if (box->owner && box->owner != &box->tool[LASSO])
    box->owner->class->cancel(box->owner);
  scribe_toolbox_lost(box);
}

bool scribe_toolbox_busy(const ScribeToolbox *box) {
  for (int i = 0; i < TOOLS; i++)
    if (i != SELECT && busy(&box->tool[i]))
      return true;
  return false;
}

bool scribe_toolbox_pressed(const ScribeToolbox *box) {
  return box->button != 0;
}

bool scribe_toolbox_panning(const ScribeToolbox *box) {
  return busy(&box->tool[SELECT]);
}

ScribeGrip scribe_toolbox_grip(const ScribeToolbox *box, const ScribePointer *pointer) {
  const ScribeTool *disk = &box->tool[DISK];
  bool mine = box->button ? box->owner == disk : box->chosen == DISK || wants_disk(box, pointer);
  return mine ? disk->class->grip(disk, pointer) : SCRIBE_GRIP_NONE;
}

ScribeSketch scribe_toolbox_sketch(const ScribeToolbox *box) {
  ScribeSketch sketch = {0};
  const ScribeTool *tool = &box->tool[box->chosen];
  if (busy(&box->tool[OUTLINE]))
    tool = &box->tool[OUTLINE];
  else if (busy(&box->tool[ERASER]))
    tool = &box->tool[ERASER];
  else if (busy(&box->tool[DISK]))
    tool = &box->tool[DISK];
  if (tool->class->sketch)
    tool->class->sketch(tool, &sketch);
  return sketch;
}

/* All tools, and who hears of what: one button at a time, the right one always draws outlines, the
 * middle one (or space) always pans, Ctrl- and Alt-clicks always edit cells. No GTK; the tests feed
 * it with random events. */
#pragma once
#include "scribe-tool.h"

typedef struct ScribeToolbox ScribeToolbox;

/* host must outlive it; NULL when memory is short. */
ScribeToolbox *scribe_toolbox_new(const ScribeHost *host);
void scribe_toolbox_free(ScribeToolbox *box);

/* "outline", "brush", "eraser", "split", "lasso", "disk", "ruler" or "pan"; cancels what is half
 * done. False: no such tool. */
bool scribe_toolbox_choose(ScribeToolbox *box, const char *id);
const char *scribe_toolbox_chosen(const ScribeToolbox *box);

void scribe_toolbox_set_scale(ScribeToolbox *box, double scale); /* window units per image pixel */
void scribe_toolbox_set_brush(ScribeToolbox *box, double diameter); /* image pixels */

/* clicks: 1, 2, 3 … as the window system counts them. */
void scribe_toolbox_press(ScribeToolbox *box, ScribeButton button, int clicks,
                          const ScribePointer *pointer);
void scribe_toolbox_move(ScribeToolbox *box, const ScribePointer *pointer);
void scribe_toolbox_release(ScribeToolbox *box, ScribeButton button, const ScribePointer *pointer);
/* True when it meant something. Escape cancels whatever is half done. */
bool scribe_toolbox_key(ScribeToolbox *box, ScribeToolKey key);
void scribe_toolbox_cancel(ScribeToolbox *box);
void scribe_toolbox_lost(ScribeToolbox *box); /* all buttons are up, unseen */
/* The press under way was meant otherwise: as if it had never been. Corners set before it stay. */
void scribe_toolbox_drop(ScribeToolbox *box);

bool scribe_toolbox_busy(const ScribeToolbox *box);    /* something is half drawn */
bool scribe_toolbox_pressed(const ScribeToolbox *box); /* a button is held */
bool scribe_toolbox_panning(const ScribeToolbox *box);
/* What a press of the left button would take hold of, or what it holds. */
ScribeGrip scribe_toolbox_grip(const ScribeToolbox *box, const ScribePointer *pointer);
ScribeSketch scribe_toolbox_sketch(const ScribeToolbox *box);

/* Drawing a closed outline with the pointer: Cellpose's gesture (algorithm.md §14.10–14.13), free
 * hand and polygon in one. No GTK: it is fed with events in image coordinates and tells what came
 * of them. Esc (cancel) leads back to idle from every state, and so does a second right click.
 *
 *   idle ──right press──► pressed ──release in place──► hover ──return, right press──► done
 *                            └──drag──► drag ──release──► done    └─left click─► polygon
 *
 * hover: moves draw. A left click in it sets a corner: from then on (polygon) straight lines join
 * the clicks. Taking the first corner back brings the line drawn before it back as well. */
#pragma once
#include "scribe-line.h"

typedef enum {
  SCRIBE_OUTLINE_IDLE,
  SCRIBE_OUTLINE_PRESSED,
  SCRIBE_OUTLINE_DRAG,
  SCRIBE_OUTLINE_HOVER,
  SCRIBE_OUTLINE_POLYGON,
} ScribeOutlineState;

typedef enum {
  SCRIBE_OUTLINE_NOTHING, /* the event meant nothing here */
  SCRIBE_OUTLINE_CHANGED, /* taken; draw again */
  SCRIBE_OUTLINE_CLOSED,  /* `done` has the outline; the machine is idle */
  SCRIBE_OUTLINE_DROPPED, /* given up without a word: it never left its start */
} ScribeOutlineResult;

typedef struct ScribeOutline {
  ScribeOutlineState state;
  ScribeLine line;   /* what is drawn; line.point[0] is the start */
  ScribeLine trail;  /* drawn before the first corner, kept for Backspace */
  ScribeLine done;   /* the last closed outline */
  size_t corners;    /* points at the end of the line that are corners set by clicks */
  CytoPoint pointer; /* where it is now */
  bool outside;      /* has left the start circle */
  bool rejoin; /* a stretch was taken back: moves draw again once the pointer is near the end */
  /* In image pixels, for the zoom and brush in use; see scribe_outline_scale. */
  double leave, close, slop, stretch;
} ScribeOutline;

/* Zero-initialise, then set the scale before the first event and whenever zoom or brush change.
 * scale = window units per image pixel. The circle has Cellpose's size where that is 6 to 20 units
 * on the screen, so that it can be hit at every zoom. */
void scribe_outline_scale(ScribeOutline *outline, double brush, double scale);
void scribe_outline_clear(ScribeOutline *outline); /* frees */

/* Right button (or the tip of a pen). Points that are not finite are passed over. */
ScribeOutlineResult scribe_outline_press(ScribeOutline *outline, CytoPoint at);
ScribeOutlineResult scribe_outline_release(ScribeOutline *outline, CytoPoint at);
ScribeOutlineResult scribe_outline_move(ScribeOutline *outline, CytoPoint at);
/* Left button pressed and released in one place. */
ScribeOutlineResult scribe_outline_click(ScribeOutline *outline, CytoPoint at);
ScribeOutlineResult scribe_outline_back(ScribeOutline *outline);  /* Backspace */
ScribeOutlineResult scribe_outline_enter(ScribeOutline *outline); /* closes it as it is */
void scribe_outline_cancel(ScribeOutline *outline);
/* The button is known to be up although no release was seen (another window took the pointer). */
void scribe_outline_lost(ScribeOutline *outline);

static inline bool scribe_outline_busy(const ScribeOutline *outline) {
  return outline->state != SCRIBE_OUTLINE_IDLE;
}
/* Whether a straight line to the pointer belongs to what is being drawn. */
bool scribe_outline_band(const ScribeOutline *outline);

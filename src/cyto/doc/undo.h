/* What was done and can be taken back, what was taken back and can be done again, and which of
 * these states is the one on disk. Owns patches; touches no cells. */
#pragma once
#include "patch.h"

typedef struct CytoUndoStep {
  CytoPatch *patch;
  uint64_t before, after; /* names of the states on either side of it */
} CytoUndoStep;

typedef struct CytoUndo {
  CytoUndoStep *done, *undone; /* last = next to undo, next to redo */
  size_t n_done, n_undone, room_done, room_undone;
  size_t bytes, budget; /* memory of all patches, and what it may be (0 = any) */
  size_t dropped;       /* oldest steps given up to stay within it */
  uint64_t now, next;   /* name of the present state, next free name */
  uint64_t saved;       /* name of the state on disk */
} CytoUndo;

void cyto_undo_init(CytoUndo *undo, size_t budget); /* state 0 is present and saved */
void cyto_undo_clear(CytoUndo *undo);
/* Room for one more step on each stack: call before a push or a move, which then cannot fail. */
bool cyto_undo_reserve(CytoUndo *undo, CytoError *err);
/* A step was done: takes the patch, forgets what was undone, drops the oldest beyond the budget
 * (never the newest). Needs cyto_undo_reserve. Returns the new state's name. */
uint64_t cyto_undo_push(CytoUndo *undo, CytoPatch *patch);
/* Drops the oldest beyond the budget; push does it by itself. */
void cyto_undo_trim(CytoUndo *undo);
/* Next patch in that direction, or NULL; and the move once it has been reverted or applied. */
const CytoPatch *cyto_undo_peek(const CytoUndo *undo, bool redo);
void cyto_undo_move(CytoUndo *undo, bool redo);
/* Removes the newest undone step (it will never be redone). */
void cyto_undo_forget(CytoUndo *undo);
static inline bool cyto_undo_dirty(const CytoUndo *undo) {
  return undo->now != undo->saved;
}

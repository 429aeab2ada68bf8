#include "undo.h"
#include "../base/mem.h"
#include <string.h>

void cyto_undo_init(CytoUndo *undo, size_t budget) {
  *undo = (CytoUndo){.budget = budget, .next = 1};
}

static void free_steps(CytoUndoStep *step, size_t n) {
  for (size_t i = 0; i < n; i++)
    cyto_patch_free(step[i].patch);
}

void cyto_undo_clear(CytoUndo *undo) {
  free_steps(undo->done, undo->n_done);
  free_steps(undo->undone, undo->n_undone);
  free(undo->done);
  free(undo->undone);
  *undo = (CytoUndo){0};
}

static bool make_room(CytoUndoStep **step, size_t n, size_t *room, CytoError *err) {
  if (n < *room)
    return true;
  CytoUndoStep *grown = cyto_realloc(*step, n * 2 + 32, sizeof *grown, err);
  if (!grown)
    return false;
  *step = grown;
  *room = n * 2 + 32;
  return true;
}

bool cyto_undo_reserve(CytoUndo *undo, CytoError *err) {
  return make_room(&undo->done, undo->n_done, &undo->room_done, err) &&
         make_room(&undo->undone, undo->n_undone, &undo->room_undone, err);
}

static void forget_undone(CytoUndo *undo) {
  for (size_t i = 0; i < undo->n_undone; i++)
    undo->bytes -= undo->undone[i].patch->bytes;
  free_steps(undo->undone, undo->n_undone);
  undo->n_undone = 0;
}

void cyto_undo_trim(CytoUndo *undo) {
  size_t drop = 0;
  for (; undo->budget && undo->bytes > undo->budget && drop + 1 < undo->n_done; drop++)
    undo->bytes -= undo->done[drop].patch->bytes;
  if (!drop)
    return;
  free_steps(undo->done, drop);
  undo->n_done -= drop;
  undo->dropped += drop;
  memmove(undo->done, undo->done + drop, undo->n_done * sizeof *undo->done);
}

uint64_t cyto_undo_push(CytoUndo *undo, CytoPatch *patch) {
  forget_undone(undo);
  undo->done[undo->n_done++] = (CytoUndoStep){patch, undo->now, undo->next};
  undo->bytes += patch->bytes;
  undo->now = undo->next++;
  cyto_undo_trim(undo);
  return undo->now;
}

const CytoPatch *cyto_undo_peek(const CytoUndo *undo, bool redo) {
  const CytoUndoStep *step = redo ? undo->undone : undo->done;
  size_t n = redo ? undo->n_undone : undo->n_done;
  return n ? step[n - 1].patch : NULL;
}

void cyto_undo_move(CytoUndo *undo, bool redo) {
  if (redo) {
    CytoUndoStep step = undo->undone[--undo->n_undone];
    undo->done[undo->n_done++] = step;
    undo->now = step.after;
  } else {
    CytoUndoStep step = undo->done[--undo->n_done];
    undo->undone[undo->n_undone++] = step;
    undo->now = step.before;
  }
}

void cyto_undo_forget(CytoUndo *undo) {
  CytoUndoStep step = undo->undone[--undo->n_undone];
  undo->bytes -= step.patch->bytes;
  cyto_patch_free(step.patch);
}

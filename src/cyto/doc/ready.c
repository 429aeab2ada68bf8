#include "ready.h"
#include "../base/mem.h"
#include "document-private.h"
#include "table.h"
#include <string.h>

struct CytoReady {
  const CytoDocument *doc;
  CytoLabels labels; /* the copy, later what the document had */
  CytoCells *plane;
  size_t row;     /* of all planes: copied so far */
  uint64_t state; /* of the document when it was copied */
  bool begun, copied, applied;
  CytoPatch *last; /* a copy of the newest step when there is nothing to redo, or NULL */
  bool again;      /* the edit stands in that step's place */
  CytoPatch *patch;
  CytoRefusal refusal; /* when there is no patch */
  CytoError why;
};

void cyto_ready_free(CytoReady *ready) {
  if (!ready)
    return;
  for (size_t z = 0; ready->plane && z < ready->labels.nz; z++)
    cyto_cells_clear(&ready->plane[z]);
  free(ready->plane);
  cyto_labels_clear(&ready->labels);
  cyto_patch_free(ready->last);
  cyto_patch_free(ready->patch);
  free(ready);
}

static void drop_ready(CytoReady **ready) {
  cyto_ready_free(*ready);
}

CytoReady *cyto_ready_new(const CytoDocument *doc, CytoError *err) {
  CYTO_CLEANUP(drop_ready) CytoReady *ready = cyto_calloc(1, sizeof *ready, err);
  const CytoLabels *labels = &doc->labels;
  if (!ready)
    return NULL;
  ready->doc = doc;
  /* Not cleared: every row is copied, and clearing them would be the wait this is to avoid. */
  uint32_t *data = cyto_alloc(labels->nz * labels->ny * labels->nx, sizeof *data, err);
  if (!data)
    return NULL;
  ready->labels = (CytoLabels){labels->nz, labels->ny, labels->nx, data};
  ready->plane = cyto_calloc(labels->nz, sizeof *ready->plane, err);
  return ready->plane ? cyto_steal(&ready) : NULL;
}

static bool copy_table(CytoReady *ready, CytoError *err) {
  size_t pixels = ready->labels.ny * ready->labels.nx;
  for (size_t z = 0; z < ready->labels.nz; z++) {
    const CytoCells *from = &ready->doc->plane[z];
    CytoCells *to = &ready->plane[z];
    size_t n = (size_t)from->top + 1;
    CytoCell *cell = cyto_alloc(n, sizeof *cell, err);
    if (!cell)
      return false;
    if (from->cell)
      memcpy(cell, from->cell, n * sizeof *cell);
    else
      memset(cell, 0, n * sizeof *cell);
    cyto_cells_clear(to);
    *to = (CytoCells){from->ny,    from->nx, ready->labels.data + z * pixels, cell, from->top,
                      from->count, n};
  }
  return true;
}

bool cyto_ready_copy(CytoReady *ready, size_t rows, bool *done, CytoError *err) {
  const CytoDocument *doc = ready->doc;
  const CytoLabels *labels = &doc->labels;
  size_t total = labels->nz * labels->ny;
  *done = false;
  if (doc->stroking)
    return true;
  if (!ready->begun || ready->state != doc->undo.now) {
    ready->begun = true;
    ready->row = 0;
    ready->state = doc->undo.now;
  }
  size_t n = rows < total - ready->row ? rows : total - ready->row, nx = labels->nx;
  memcpy(ready->labels.data + ready->row * nx, labels->data + ready->row * nx,
         n * nx * sizeof *labels->data);
  ready->row += n;
  if (ready->row < total)
    return true;
  const CytoPatch *last = doc->undo.n_undone ? NULL : cyto_undo_peek(&doc->undo, false);
  cyto_patch_free(cyto_steal(&ready->last));
  if (!copy_table(ready, err) || (last && !(ready->last = cyto_patch_copy(last, err))))
    return false;
  *done = ready->copied = true;
  return true;
}

bool cyto_ready_apply(CytoReady *ready, const CytoEdit *edit, CytoError *err) {
  if (!ready->copied || ready->applied)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "the cells were not copied for this edit");
  ready->again = cyto_edit_is_again(edit, ready->last);
  if (ready->again && !cyto_patch_revert(ready->last, ready->plane, ready->labels.nz, err))
    return false;
  ready->patch =
      cyto_edit_apply(edit, ready->plane, ready->labels.nz, &ready->refusal, &ready->why);
  if (!ready->patch && ready->refusal == CYTO_REFUSED_NOT)
    return cyto_fail(err, ready->why.code, "%s", ready->why.text);
  ready->applied = true;
  return true;
}

static void exchange(CytoReady *ready, CytoDocument *doc) {
  CytoLabels labels = doc->labels;
  doc->labels = ready->labels;
  ready->labels = labels;
  for (size_t z = 0; z < labels.nz; z++) {
    CytoCells cells = doc->plane[z];
    doc->plane[z] = ready->plane[z];
    ready->plane[z] = cells;
  }
}

/* Everything was reserved. The maps lie elsewhere in memory now, so whoever keeps a place in them
 * must hear of every plane. */
static void put_in_place(CytoReady *ready, CytoDocument *doc, CytoChange *change) {
  CytoPatch *patch = cyto_steal(&ready->patch);
  CytoRect whole = {0, 0, (uint32_t)doc->labels.ny, (uint32_t)doc->labels.nx};
  CytoChange told = {.z1 = doc->labels.nz, .dirty = whole, .id = patch ? patch->id : 0};
  exchange(ready, doc);
  if (ready->again) {
    const CytoPatch *undone = cyto_undo_peek(&doc->undo, false);
    cyto_undo_move(&doc->undo, false);
    cyto_document_note(doc, CYTO_RECORD_UNDO, undone);
    if (!patch)
      cyto_undo_forget(&doc->undo);
  }
  if (patch)
    cyto_document_push(doc, patch);
  told.patch = ready->again ? NULL : patch;
  cyto_document_changed(doc, told, change);
}

bool cyto_ready_take(CytoReady *ready, CytoDocument *doc, const CytoEdit *edit, bool *swift,
                     CytoChange *change, CytoError *err) {
  cyto_document_finish_stroke(doc);
  const CytoPatch *last = doc->undo.n_undone ? NULL : cyto_undo_peek(&doc->undo, false);
  bool fresh = ready->applied && ready->doc == doc && ready->state == doc->undo.now &&
               ready->again == cyto_edit_is_again(edit, last);
  ready->applied = false;
  if (swift)
    *swift = fresh;
  if (!fresh)
    return cyto_document_apply(doc, edit, change, err);
  bool nothing = ready->again && ready->refusal == CYTO_REFUSED_NOTHING;
  if (!ready->patch && !nothing) {
    if (change)
      *change = (CytoChange){.refusal = ready->refusal};
    return cyto_fail(err, ready->why.code, "%s", ready->why.text);
  }
  if (!cyto_undo_reserve(&doc->undo, err)) {
    if (change)
      *change = (CytoChange){.refusal = CYTO_REFUSED_NOT};
    return false;
  }
  put_in_place(ready, doc, change);
  return true;
}

/* What changes a document: edits, undo, redo. */
#include "document-private.h"
#include "../base/mem.h"

void cyto_document_changed(CytoDocument *doc, CytoChange change, CytoChange *out) {
  change.counter = ++doc->counter;
  if (out)
    *out = change;
  if (doc->observer)
    doc->observer(doc->observer_data, doc, &change);
}

CytoChange cyto_document_change_of(const CytoPatch *patch, bool reverted) {
  CytoChange change = {.id = patch->id, .patch = patch, .reverted = reverted};
  change.dirty = cyto_patch_dirty(patch, &change.z0, &change.z1);
  return change;
}

void cyto_document_note(CytoDocument *doc, CytoRecordKind kind, const CytoPatch *patch) {
  CYTO_AUTOFREE uint8_t *bytes = NULL;
  size_t size = 0;
  if (!doc->journal)
    return;
  if (patch && !cyto_patch_pack(patch, &bytes, &size, NULL))
    cyto_journal_lose(doc->journal);
  else
    cyto_journal_add(doc->journal, kind, doc->undo.now, bytes, size, NULL);
}

void cyto_document_note_provenance(CytoDocument *doc) {
  CytoStr text = {0};
  if (!doc->journal || (!doc->model && !doc->settings))
    return;
  /* Two texts, each ended by a zero byte. */
  cyto_str_add(&text, doc->model ? doc->model : "");
  cyto_str_add_bytes(&text, "", 1);
  cyto_str_add(&text, doc->settings ? doc->settings : "");
  cyto_str_add_bytes(&text, "", 1);
  if (text.failed)
    cyto_journal_lose(doc->journal);
  else
    cyto_journal_add(doc->journal, CYTO_RECORD_PROVENANCE, doc->undo.now, (uint8_t *)text.text,
                     text.length, NULL);
  cyto_str_clear(&text);
}

void cyto_document_push(CytoDocument *doc, CytoPatch *patch) {
  cyto_undo_push(&doc->undo, patch);
  cyto_document_note(doc, CYTO_RECORD_DO, patch);
}

static bool refuse(CytoChange *change, CytoRefusal why) {
  if (change)
    *change = (CytoChange){.refusal = why};
  return false;
}

static bool step(CytoDocument *doc, bool redo, CytoChange *change, CytoError *err) {
  cyto_document_finish_stroke(doc);
  const CytoPatch *patch = cyto_undo_peek(&doc->undo, redo);
  if (!patch) {
    cyto_fail(err, CYTO_ERROR_ARGUMENT, "there is nothing to %s", redo ? "redo" : "undo");
    return refuse(change, CYTO_REFUSED_NO_STEP);
  }
  if (!cyto_undo_reserve(&doc->undo, err) ||
      !(redo ? cyto_patch_apply(patch, doc->plane, doc->labels.nz, err)
             : cyto_patch_revert(patch, doc->plane, doc->labels.nz, err)))
    return refuse(change, CYTO_REFUSED_NOT);
  cyto_undo_move(&doc->undo, redo);
  cyto_document_note(doc, redo ? CYTO_RECORD_REDO : CYTO_RECORD_UNDO, patch);
  cyto_document_changed(doc, cyto_document_change_of(patch, !redo), change);
  return true;
}

bool cyto_document_undo(CytoDocument *doc, CytoChange *change, CytoError *err) {
  return step(doc, false, change, err);
}

bool cyto_document_redo(CytoDocument *doc, CytoChange *change, CytoError *err) {
  return step(doc, true, change, err);
}

/* By the step kind an edit leaves. */
bool cyto_edit_is_again(const CytoEdit *edit, const CytoPatch *last) {
  static const CytoStepKind step_of[] = {
      [CYTO_EDIT_SMOOTH] = CYTO_STEP_SMOOTH, [CYTO_EDIT_GROW] = CYTO_STEP_GROW,
      [CYTO_EDIT_SHRINK] = CYTO_STEP_SHRINK, [CYTO_EDIT_RUN] = CYTO_STEP_RUN,
      [CYTO_EDIT_FLAGS] = CYTO_STEP_FLAGS,
  };
  if (!edit->again || !last ||
      (unsigned)edit->kind >= sizeof step_of / sizeof *step_of)
    return false;
  return step_of[edit->kind] != CYTO_STEP_OPEN && step_of[edit->kind] == last->kind;
}

static bool apply_once(CytoDocument *doc, const CytoEdit *edit, CytoChange *change,
                       CytoError *err) {
  CytoRefusal why = CYTO_REFUSED_NOT;
  CytoPatch *patch = cyto_undo_reserve(&doc->undo, err)
                         ? cyto_edit_apply(edit, doc->plane, doc->labels.nz, &why, err)
                         : NULL;
  if (!patch)
    return refuse(change, why);
  cyto_document_push(doc, patch);
  cyto_document_changed(doc, cyto_document_change_of(patch, false), change);
  return true;
}

/* Instead of the last step, which is taken back first. A refusal brings it back, except that
 * "nothing to do" means that it is gone. */
static bool apply_again(CytoDocument *doc, const CytoEdit *edit, CytoChange *change,
                        CytoError *err) {
  CytoChange back, next;
  if (!step(doc, false, &back, err))
    return refuse(change, CYTO_REFUSED_NOT);
  bool done = apply_once(doc, edit, &next, err);
  if (!done && next.refusal != CYTO_REFUSED_NOTHING) {
    step(doc, true, NULL, NULL);
    return refuse(change, next.refusal);
  }
  back.patch = NULL;
  if (!done) {
    cyto_undo_forget(&doc->undo);
    next = back;
  }
  next.dirty = cyto_rect_union(next.dirty, back.dirty);
  next.z0 = back.z0 < next.z0 ? back.z0 : next.z0;
  next.z1 = back.z1 > next.z1 ? back.z1 : next.z1;
  if (change)
    *change = next;
  return true;
}

bool cyto_document_apply(CytoDocument *doc, const CytoEdit *edit, CytoChange *change,
                         CytoError *err) {
  cyto_document_finish_stroke(doc);
  const CytoPatch *last = doc->undo.n_undone ? NULL : cyto_undo_peek(&doc->undo, false);
  if (cyto_edit_is_again(edit, last))
    return apply_again(doc, edit, change, err);
  return apply_once(doc, edit, change, err);
}

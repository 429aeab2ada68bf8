/* Every change of the cells: edits, strokes, undo and redo. */
#include "scribe-document-inside.h"
#include "scribe-words.h"

static gboolean ended(gboolean done, const CytoChange *change, const CytoError *err, char **why) {
  if (done || !why)
    return done;
  const char *text = scribe_refusal_text(change->refusal);
  *why = g_strdup(text ? text : err->text);
  return FALSE;
}

gboolean scribe_document_apply(ScribeDocument *self, const CytoEdit *edit, guint32 *made,
                               char **why) {
  CytoChange change = {0};
  CytoError err = {0};
  gboolean done = cyto_document_apply(self->core, edit, &change, &err);
  if (made)
    *made = done ? change.id : 0;
  return ended(done, &change, &err, why);
}

gboolean scribe_document_take(ScribeDocument *self, CytoReady *ready, const CytoEdit *edit,
                              char **why) {
  CytoChange change = {0};
  CytoError err = {0};
  gboolean done = ready ? cyto_ready_take(ready, self->core, edit, NULL, &change, &err)
                        : cyto_document_apply(self->core, edit, &change, &err);
  return ended(done, &change, &err, why);
}

static gboolean step(ScribeDocument *self, gboolean redo, char **why) {
  CytoChange change = {0};
  CytoError err = {0};
  return ended((redo ? cyto_document_redo : cyto_document_undo)(self->core, &change, &err), &change,
               &err, why);
}

gboolean scribe_document_undo(ScribeDocument *self, char **why) {
  return step(self, FALSE, why);
}

gboolean scribe_document_redo(ScribeDocument *self, char **why) {
  return step(self, TRUE, why);
}

static char *step_name(ScribeDocument *self, bool redo) {
  const CytoPatch *patch = cyto_undo_peek(cyto_document_history(self->core), redo);
  return patch ? scribe_step_text(patch->kind, patch->count) : NULL;
}

char *scribe_document_undo_name(ScribeDocument *self) {
  return step_name(self, false);
}

char *scribe_document_redo_name(ScribeDocument *self) {
  return step_name(self, true);
}

gboolean scribe_document_stroke_begin(ScribeDocument *self, const CytoBrush *brush, char **why) {
  CytoError err = {0};
  return ended(cyto_document_stroke_begin(self->core, *brush, &err), &(CytoChange){0}, &err, why);
}

gboolean scribe_document_stroke_to(ScribeDocument *self, const CytoPoint *from, const CytoPoint *to,
                                   double radius, char **why) {
  CytoChange change = {0};
  CytoError err = {0};
  return ended(cyto_document_stroke_to(self->core, *from, *to, radius, &change, &err), &change,
               &err, why);
}

gboolean scribe_document_stroke_end(ScribeDocument *self, guint32 *made, char **why) {
  CytoChange change = {0};
  CytoError err = {0};
  gboolean done = cyto_document_stroke_end(self->core, &change, &err);
  if (made)
    *made = done ? change.id : 0;
  return ended(done, &change, &err, why);
}

void scribe_document_stroke_cancel(ScribeDocument *self) {
  CytoChange change = {0};
  if (cyto_document_stroking(self->core))
    cyto_document_stroke_cancel(self->core, &change);
}

gboolean scribe_document_is_stroking(ScribeDocument *self) {
  return cyto_document_stroking(self->core);
}

/* What is on disk: saves, the journal, provenance. */
#include "scribe-document-inside.h"

gboolean scribe_document_is_dirty(ScribeDocument *self) {
  return cyto_document_dirty(self->core);
}

void scribe_document_set_saved(ScribeDocument *self, guint64 state) {
  cyto_document_saved(self->core, state);
  scribe_document_tell(self, STATE_CHANGED);
}

void scribe_document_set_provenance(ScribeDocument *self, const char *model, const char *settings) {
  cyto_document_set_provenance(self->core, model, settings, NULL);
}

CytoJournalWrite *scribe_document_take_journal(ScribeDocument *self) {
  return cyto_document_journal_take(self->core);
}

gboolean scribe_document_end_journal(ScribeDocument *self, CytoJournalWrite *write, char **why) {
  CytoError err = {0};
  if (cyto_document_journal_done(self->core, write, &err))
    return TRUE;
  if (why)
    *why = g_strdup(err.text);
  return FALSE;
}

void scribe_document_discard(ScribeDocument *self) {
  self->discard = TRUE;
}

/* The document's other side, for the window and its tasks. */
#pragma once
#include "scribe-document.h"
#include "scribe-flow.h"
#include "../cyto/doc/ready.h"

/* Takes a reference; NULL takes it away. */
void scribe_document_set_flow(ScribeDocument *doc, ScribeFlow *flow);
ScribeFlow *scribe_document_get_flow_object(ScribeDocument *doc); /* borrowed, or NULL */

/* Candidates that were rejected, one array (planes,ny,nx) and reasons for each plane. Takes both.
 */
typedef struct ScribeGhosts {
  guint32 *labels;
  guint8 **reason; /* planes arrays of count[plane] + 1 */
  guint *count;
  gsize planes, ny, nx;
} ScribeGhosts;
void scribe_ghosts_free(ScribeGhosts *ghosts); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScribeGhosts, scribe_ghosts_free)
void scribe_document_set_ghosts(ScribeDocument *doc, ScribeGhosts *ghosts);

/* scribe_document_apply of an edit that was made ready (doc/ready.h); `ready` may be NULL. */
gboolean scribe_document_take(ScribeDocument *doc, CytoReady *ready, const CytoEdit *edit,
                              char **why);

/* What the file says of its axes by itself; the image may have been read in another way. May be
 * NULL. */
const char *scribe_document_get_file_axes(ScribeDocument *doc);
void scribe_document_set_file_axes(ScribeDocument *doc, const char *axes);

/* After a save: that state is on disk. */
void scribe_document_set_saved(ScribeDocument *doc, guint64 state);
void scribe_document_set_provenance(ScribeDocument *doc, const char *model, const char *settings);

/* Something of its journal to write in a thread, or NULL; and the end of that write. FALSE with a
 * sentence in *why when it failed. */
CytoJournalWrite *scribe_document_take_journal(ScribeDocument *doc);
gboolean scribe_document_end_journal(ScribeDocument *doc, CytoJournalWrite *write, char **why);

/* When it goes, its journal goes too: all is saved, or not wanted. */
void scribe_document_discard(ScribeDocument *doc);

/* A large edit made ready beside the document, so that the thread that owns the document waits for
 * none of it: the owner copies the cells a few rows at a time, any other thread does the edit to
 * the copy, and the owner puts the copy in the document's place. The end is that of
 * cyto_document_apply, byte for byte. */
#pragma once
#include "document.h"

typedef struct CytoReady CytoReady;

/* Owner's thread. The document must outlive it; nothing is copied yet. */
CytoReady *cyto_ready_new(const CytoDocument *doc, CytoError *err);
void cyto_ready_free(CytoReady *ready); /* any thread; NULL is fine */
/* Owner's thread: copies up to `rows` more rows, from the first when the cells have changed since
 * the last call, none during a stroke. *done when all are there. */
bool cyto_ready_copy(CytoReady *ready, size_t rows, bool *done, CytoError *err);
/* Any thread, once, after the copy: does the edit to it. False only when that could not be tried
 * (memory); a refusal is kept for cyto_ready_take. */
bool cyto_ready_apply(CytoReady *ready, const CytoEdit *edit, CytoError *err);
/* Owner's thread, once: like cyto_document_apply of the same edit, in no time when the document is
 * what it was when it was copied (*swift, may be NULL), else by that function itself. Told as one
 * change of all planes, whose maps now lie elsewhere in memory; without a patch when it took the
 * place of the step before it. */
bool cyto_ready_take(CytoReady *ready, CytoDocument *doc, const CytoEdit *edit, bool *swift,
                     CytoChange *change, CytoError *err);

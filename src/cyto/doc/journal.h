/* An append-only file beside nobody's data: every step since a document was opened, so that a crash
 * loses nothing that is older than the last write. A record is length, kind, bytes, CRC-32. Writing
 * is in three parts so that the slow one can run on any thread:
 *   take (owner's thread) → write (any thread) → done (owner's thread). */
#pragma once
#include "../base/error.h"
#include "../base/text.h"

typedef enum {
  CYTO_RECORD_BASE = 1,   /* state name, patch: what everything starts from; always the first */
  CYTO_RECORD_DO,         /* state name, patch */
  CYTO_RECORD_UNDO,       /* state name, patch */
  CYTO_RECORD_REDO,       /* state name, patch */
  CYTO_RECORD_SAVED,      /* state name: this state is on disk */
  CYTO_RECORD_PROVENANCE, /* model, settings */
} CytoRecordKind;

typedef struct CytoJournalHead {
  char *image; /* path of the image, UTF-8 */
  size_t nz, ny, nx;
  uint64_t start_hash; /* of the cells it starts from */
  int64_t started;     /* seconds since 1970 */
} CytoJournalHead;
void cyto_journal_head_clear(CytoJournalHead *head);

typedef struct CytoJournal CytoJournal;
/* A journal for a document in `folder` (made when missing), named after the image and locked
 * against other processes. No file appears before the first write. `base`: bytes of the BASE patch,
 * copied. */
CytoJournal *cyto_journal_new(const char *folder, const CytoJournalHead *head, const uint8_t *base,
                              size_t size, CytoError *err);
/* Goes on with a file that was recovered: its good bytes stay, a torn tail is cut off. */
CytoJournal *cyto_journal_resume(const char *path, size_t good, CytoError *err);
/* Closes; `remove` deletes the file (a clean end). Records not yet written are lost. */
void cyto_journal_close(CytoJournal *journal, bool remove);
const char *cyto_journal_path(const CytoJournal *journal); /* NULL before the first write */

/* Queues one record (in memory). False when memory is short; the record is then missing and the
 * journal asks for a rebase. */
bool cyto_journal_add(CytoJournal *journal, CytoRecordKind kind, uint64_t state,
                      const uint8_t *bytes, size_t size, CytoError *err);
/* A record could not even be made: the journal asks for a rebase. */
void cyto_journal_lose(CytoJournal *journal);
/* Bytes queued and not yet on disk; 0 = nothing at risk. */
size_t cyto_journal_pending(const CytoJournal *journal);
/* The file has grown beyond the limit (0 = 64 MB and four times its base): call rebase. */
bool cyto_journal_wants_rebase(const CytoJournal *journal);
void cyto_journal_set_limit(CytoJournal *journal, size_t bytes);
/* Starts over from a new base; the old file stays until the new one is whole on disk. */
bool cyto_journal_rebase(CytoJournal *journal, uint64_t state, const uint8_t *base, size_t size,
                         CytoError *err);

/* One write: what is queued now. NULL = nothing to do, or one is under way. */
typedef struct CytoJournalWrite CytoJournalWrite;
CytoJournalWrite *cyto_journal_take(CytoJournal *journal);
/* Any thread: append and fsync. Keeps success or failure in itself. */
void cyto_journal_write(CytoJournalWrite *write);
/* Ends it. After a failure (disk full) the file is cut back to its last whole record, the records
 * are queued again for the next take, and err tells what happened. */
bool cyto_journal_done(CytoJournal *journal, CytoJournalWrite *write, CytoError *err);
bool cyto_journal_flush(CytoJournal *journal, CytoError *err); /* the three in one */

/* Reading. Stops at the first byte that is not part of a whole record with its right checksum. */
typedef bool (*CytoRecordFunc)(void *data, CytoRecordKind kind, uint64_t state,
                               const uint8_t *bytes, size_t size, CytoError *err);
/* Calls f for every whole record (f returning false ends it, with its error); *good = bytes of the
 * file up to the end of the last whole record that f took. */
bool cyto_journal_read(const char *path, CytoJournalHead *head, CytoRecordFunc f, void *data,
                       size_t *good, CytoError *err);
/* Journals in the folder that no process holds; heap list of heap paths, natural order. */
bool cyto_journal_list(const char *folder, char ***paths, size_t *n, CytoError *err);
void cyto_journal_list_free(char **paths, size_t n);

/* The insides of a journal: for its own files alone. All numbers of the file are little-endian.
 *   head:   magic 8, version 4, nz 8, ny 8, nx 8, start hash 8, started 8, length 4, image, CRC 4
 *   record: size 8, kind 1, state 8, bytes, CRC 4 (of all before it in the record) */
#pragma once
#include "journal.h"

#define CYTO_JOURNAL_MAGIC "CYTOJRNL"
enum { CYTO_JOURNAL_VERSION = 1, CYTO_JOURNAL_HEAD = 8 + 4 + 5 * 8 + 4, CYTO_JOURNAL_RECORD = 17 };

struct CytoJournal {
  char *folder;
  char *path; /* NULL before the first write */
  int fd;     /* open and locked, -1 before */
  CytoJournalHead head;
  CytoStr queue;    /* not yet handed to a write */
  size_t under_way; /* bytes of the write now taken, 0 = none */
  size_t size;      /* of the file, whole records */
  size_t base_size, limit;
  unsigned generation; /* counts bases: a write of an older one is not repeated */
  bool active;         /* there is a step to keep */
  bool restart;        /* the queue starts with a new head and base */
  bool broken;         /* a record was lost for want of memory: a new base must come */
};

struct CytoJournalWrite {
  const char *folder, *path, *image; /* the journal's: it outlives the write */
  int fd;
  size_t size; /* of the file, before and after */
  bool restart;
  unsigned generation;
  CytoStr bytes;
  char *new_path; /* set when a file was made: fd is its */
  bool written;
  CytoError err;
};

void cyto_journal_put_head(CytoStr *out, const CytoJournalHead *head);
void cyto_journal_put_record(CytoStr *out, CytoRecordKind kind, uint64_t state,
                             const uint8_t *bytes, size_t size);

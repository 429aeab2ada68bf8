#include "journal-private.h"
#include "../base/mem.h"
#include <string.h>
#include <unistd.h>

enum { LIMIT = 64 << 20 };

void cyto_journal_head_clear(CytoJournalHead *head) {
  free(head->image);
  *head = (CytoJournalHead){0};
}

static void free_journal(CytoJournal *journal) {
  if (journal->fd >= 0)
    close(journal->fd);
  cyto_journal_head_clear(&journal->head);
  cyto_str_clear(&journal->queue);
  free(journal->folder);
  free(journal->path);
  free(journal);
}

static void drop_journal(CytoJournal **journal) {
  if (*journal)
    free_journal(*journal);
}

static bool copy_head(CytoJournalHead *to, const CytoJournalHead *from, CytoError *err) {
  *to = *from;
  to->image = cyto_strdup(from->image ? from->image : "", err);
  return to->image != NULL;
}

CytoJournal *cyto_journal_new(const char *folder, const CytoJournalHead *head, const uint8_t *base,
                              size_t size, CytoError *err) {
  CYTO_CLEANUP(drop_journal) CytoJournal *journal = cyto_calloc(1, sizeof *journal, err);
  if (!journal)
    return NULL;
  journal->fd = -1;
  journal->folder = cyto_strdup(folder, err);
  if (!journal->folder || !copy_head(&journal->head, head, err) ||
      !cyto_journal_rebase(journal, 0, base, size, err))
    return NULL;
  journal->restart = false;
  return cyto_steal(&journal);
}

void cyto_journal_close(CytoJournal *journal, bool remove) {
  if (!journal)
    return;
  if (remove && journal->path)
    unlink(journal->path);
  free_journal(journal);
}

const char *cyto_journal_path(const CytoJournal *journal) {
  return journal->path;
}

void cyto_journal_lose(CytoJournal *journal) {
  cyto_str_clear(&journal->queue);
  journal->broken = journal->active = true;
}

static bool broken(CytoJournal *journal, CytoError *err) {
  cyto_journal_lose(journal);
  return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while noting down a change");
}

bool cyto_journal_add(CytoJournal *journal, CytoRecordKind kind, uint64_t state,
                      const uint8_t *bytes, size_t size, CytoError *err) {
  if (journal->broken)
    return broken(journal, err);
  cyto_journal_put_record(&journal->queue, kind, state, bytes, size);
  journal->active |= kind != CYTO_RECORD_SAVED && kind != CYTO_RECORD_PROVENANCE;
  return !journal->queue.failed || broken(journal, err);
}

size_t cyto_journal_pending(const CytoJournal *journal) {
  return journal->active ? journal->queue.length + journal->under_way : 0;
}

bool cyto_journal_wants_rebase(const CytoJournal *journal) {
  size_t limit = journal->limit ? journal->limit : LIMIT;
  if (journal->base_size > limit / 4)
    limit = 4 * journal->base_size;
  return journal->broken || (journal->active && journal->size + journal->queue.length > limit);
}

void cyto_journal_set_limit(CytoJournal *journal, size_t bytes) {
  journal->limit = bytes;
}

bool cyto_journal_rebase(CytoJournal *journal, uint64_t state, const uint8_t *base, size_t size,
                         CytoError *err) {
  CytoStr queue = {0};
  cyto_journal_put_head(&queue, &journal->head);
  cyto_journal_put_record(&queue, CYTO_RECORD_BASE, state, base, size);
  if (queue.failed) {
    cyto_str_clear(&queue);
    return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while noting down the cells");
  }
  cyto_str_clear(&journal->queue);
  journal->queue = queue;
  journal->base_size = queue.length;
  journal->broken = false;
  journal->restart = true;
  journal->generation++;
  return true;
}

CytoJournalWrite *cyto_journal_take(CytoJournal *journal) {
  if (!journal->active || journal->under_way || journal->queue.length == 0)
    return NULL;
  CytoJournalWrite *write = cyto_calloc(1, sizeof *write, NULL);
  if (!write)
    return NULL;
  write->folder = journal->folder;
  write->path = journal->path;
  write->image = journal->head.image;
  write->fd = journal->fd;
  write->size = journal->size;
  write->restart = journal->restart || journal->fd < 0;
  write->generation = journal->generation;
  write->bytes = journal->queue;
  journal->queue = (CytoStr){0};
  journal->under_way = write->bytes.length;
  return write;
}

/* What could not be written goes back to the head of the queue, unless a new base made it moot. */
static void queue_again(CytoJournal *journal, CytoJournalWrite *write) {
  if (write->generation != journal->generation)
    return;
  if (journal->queue.length)
    cyto_str_add_bytes(&write->bytes, journal->queue.text, journal->queue.length);
  if (write->bytes.failed) {
    broken(journal, NULL);
    return;
  }
  cyto_str_clear(&journal->queue);
  journal->queue = write->bytes;
  write->bytes = (CytoStr){0};
}

static void adopt(CytoJournal *journal, CytoJournalWrite *write) {
  if (write->new_path) {
    if (journal->fd >= 0)
      close(journal->fd);
    free(journal->path);
    journal->path = cyto_steal(&write->new_path);
    journal->fd = write->fd;
    if (write->generation == journal->generation)
      journal->restart = false;
  }
  journal->size = write->size;
}

bool cyto_journal_done(CytoJournal *journal, CytoJournalWrite *write, CytoError *err) {
  bool ok = write->written;
  journal->under_way = 0;
  if (ok) {
    adopt(journal, write);
  } else {
    queue_again(journal, write);
    cyto_fail(err, write->err.code, "%s", write->err.text);
  }
  cyto_str_clear(&write->bytes);
  free(write->new_path);
  free(write);
  return ok;
}

bool cyto_journal_flush(CytoJournal *journal, CytoError *err) {
  CytoJournalWrite *write = cyto_journal_take(journal);
  if (!write)
    return true;
  cyto_journal_write(write);
  return cyto_journal_done(journal, write, err);
}

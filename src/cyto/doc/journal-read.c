/* Journals found after a crash. */
#include "journal-private.h"
#include "../base/file.h"
#include "../base/mem.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <zlib.h>

typedef struct Source {
  const uint8_t *data;
  size_t size, at;
} Source;

static uint64_t fixed(const uint8_t *at, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; i++)
    value |= (uint64_t)at[i] << (8 * i);
  return value;
}

static bool check_is(const uint8_t *from, size_t size) {
  return fixed(from + size, 4) == crc32_z(0, from, size);
}

static bool read_head(Source *source, CytoJournalHead *head, CytoError *err) {
  const uint8_t *at = source->data;
  if (source->size < CYTO_JOURNAL_HEAD + 4 || memcmp(at, CYTO_JOURNAL_MAGIC, 8) != 0)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "this is not a journal of changes");
  uint64_t version = fixed(at + 8, 4), name = fixed(at + CYTO_JOURNAL_HEAD - 4, 4);
  if (version != CYTO_JOURNAL_VERSION)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "the journal is of version %u, this program reads version %d; open it with "
                     "the program that wrote it",
                     (unsigned)version, CYTO_JOURNAL_VERSION);
  if (name > source->size - CYTO_JOURNAL_HEAD - 4 || !check_is(at, CYTO_JOURNAL_HEAD + name))
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the head of the journal is damaged");
  char *image = cyto_alloc(name + 1, 1, err);
  if (!image)
    return false;
  memcpy(image, at + CYTO_JOURNAL_HEAD, name);
  image[name] = 0;
  *head = (CytoJournalHead){image,
                            fixed(at + 12, 8),
                            fixed(at + 20, 8),
                            fixed(at + 28, 8),
                            fixed(at + 36, 8),
                            (int64_t)fixed(at + 44, 8)};
  source->at = CYTO_JOURNAL_HEAD + name + 4;
  return true;
}

/* The next whole record with its right checksum; false at the first byte that is not. */
static bool next_record(Source *source, CytoRecordKind *kind, uint64_t *state,
                        const uint8_t **bytes, size_t *size) {
  size_t left = source->size - source->at;
  const uint8_t *at = source->data + source->at;
  if (left < CYTO_JOURNAL_RECORD + 4)
    return false;
  uint64_t n = fixed(at, 8);
  if (n > left - CYTO_JOURNAL_RECORD - 4 || !check_is(at, CYTO_JOURNAL_RECORD + n) ||
      at[8] < CYTO_RECORD_BASE || at[8] > CYTO_RECORD_PROVENANCE)
    return false;
  *kind = (CytoRecordKind)at[8];
  *state = fixed(at + 9, 8);
  *bytes = at + CYTO_JOURNAL_RECORD;
  *size = n;
  source->at += CYTO_JOURNAL_RECORD + n + 4;
  return true;
}

bool cyto_journal_read(const char *path, CytoJournalHead *head, CytoRecordFunc f, void *data,
                       size_t *good, CytoError *err) {
  CYTO_AUTOFREE uint8_t *bytes = NULL;
  Source source = {0};
  if (!cyto_file_read(path, 0, &bytes, &source.size, err))
    return false;
  source.data = bytes;
  CYTO_CLEANUP(cyto_journal_head_clear) CytoJournalHead found = {0};
  if (!read_head(&source, &found, err))
    return cyto_fail_prefix(err, path);
  *good = source.at;
  CytoRecordKind kind;
  uint64_t state;
  const uint8_t *record;
  size_t size;
  while (next_record(&source, &kind, &state, &record, &size)) {
    if (!f(data, kind, state, record, size, err))
      return cyto_fail_prefix(err, path);
    *good = source.at;
  }
  *head = found;
  found = (CytoJournalHead){0};
  return true;
}

static bool count_base(void *data, CytoRecordKind kind, uint64_t state, const uint8_t *bytes,
                       size_t size, CytoError *err) {
  (void)state, (void)bytes, (void)err;
  if (kind == CYTO_RECORD_BASE)
    *(size_t *)data = size;
  return true;
}

CytoJournal *cyto_journal_resume(const char *path, size_t good, CytoError *err) {
  CytoJournalHead head = {0};
  size_t base = 0, found = 0;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) {
    cyto_fail_errno(err, "open", path);
    return NULL;
  }
  CytoJournal *journal = NULL;
  if (flock(fd, LOCK_EX | LOCK_NB) != 0)
    cyto_fail(err, CYTO_ERROR_IO, "%s: another window has this document open", path);
  else if (cyto_journal_read(path, &head, count_base, &base, &found, err))
    journal = cyto_calloc(1, sizeof *journal, err);
  if (journal) {
    *journal =
        (CytoJournal){.fd = fd, .head = head, .size = good, .base_size = base, .active = true};
    journal->folder = cyto_path_folder(path);
    journal->path = cyto_strdup(path, err);
  }
  if (journal && journal->folder && journal->path && ftruncate(fd, (off_t)good) == 0)
    return journal;
  if (!journal) {
    cyto_journal_head_clear(&head);
    close(fd);
    return NULL;
  }
  cyto_fail_errno(err, "go on with", path);
  cyto_journal_close(journal, false);
  return NULL;
}

/* Whether some process has it open as its journal. */
static bool in_use(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return true;
  bool held = flock(fd, LOCK_EX | LOCK_NB) != 0;
  close(fd);
  return held;
}

static int compare_paths(const void *a, const void *b) {
  return cyto_natural_compare(*(char *const *)a, *(char *const *)b);
}

void cyto_journal_list_free(char **paths, size_t n) {
  for (size_t i = 0; i < n; i++)
    free(paths[i]);
  free(paths);
}

static bool list_folder(DIR *dir, const char *folder, char ***paths, size_t *n, CytoError *err) {
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    if (!cyto_has_suffix(entry->d_name, ".journal"))
      continue;
    CYTO_AUTOFREE char *path = cyto_path_join(folder, entry->d_name);
    char **grown = path ? cyto_realloc(*paths, *n + 1, sizeof *grown, err) : NULL;
    if (!grown)
      return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while looking for lost changes");
    *paths = grown;
    if (!cyto_path_is_folder(path) && !in_use(path))
      grown[(*n)++] = cyto_steal(&path);
  }
  return true;
}

bool cyto_journal_list(const char *folder, char ***paths, size_t *n, CytoError *err) {
  DIR *dir = opendir(folder);
  if (!dir && errno != ENOENT)
    return cyto_fail_errno(err, "look into", folder);
  char **list = NULL;
  size_t count = 0;
  bool ok = !dir || list_folder(dir, folder, &list, &count, err);
  if (dir)
    closedir(dir);
  if (!ok) {
    cyto_journal_list_free(list, count);
    return false;
  }
  if (count)
    qsort(list, count, sizeof *list, compare_paths);
  *paths = list;
  *n = count;
  return true;
}

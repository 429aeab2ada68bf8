/* What the tests of journals share: a folder, files, and every state a session went through. */
#pragma once
#include "session.h"
#include <dirent.h>
#include <unistd.h>

static char folder[64];

static inline void make_folder(void) {
  strcpy(folder, "/tmp/cyto-journal-XXXXXX");
  if (!mkdtemp(folder))
    folder[0] = 0;
}

static inline void empty_folder(bool remove) {
  DIR *dir = opendir(folder);
  for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (entry->d_name[0] != '.')
      unlink(path);
  }
  if (dir)
    closedir(dir);
  if (remove)
    rmdir(folder);
}

static inline uint8_t *read_file(const char *path, size_t *size) {
  FILE *f = fopen(path, "rb");
  if (!f)
    return NULL;
  fseek(f, 0, SEEK_END);
  *size = (size_t)ftell(f);
  rewind(f);
  uint8_t *bytes = malloc(*size + 1);
  if (fread(bytes, 1, *size, f) != *size)
    *size = 0;
  fclose(f);
  return bytes;
}

static inline void write_file(const char *path, const uint8_t *bytes, size_t size) {
  FILE *f = fopen(path, "wb");
  if (f) {
    fwrite(bytes, 1, size, f);
    fclose(f);
  }
}

/* Every state a session went through, by name. */
enum { MOST = 4000 };
static struct Seen {
  uint8_t *bytes;
  size_t size;
} seen[MOST];

static inline void remember(void *data, const CytoDocument *doc, const CytoChange *change) {
  (void)data;
  uint64_t now = cyto_document_history(doc)->now;
  if (cyto_document_stroking(doc) || !change->patch || now >= MOST)
    return;
  free(seen[now].bytes);
  seen[now].bytes = image_of(doc, &seen[now].size);
}

static inline void forget(void) {
  for (int i = 0; i < MOST; i++) {
    free(seen[i].bytes);
    seen[i] = (struct Seen){0};
  }
}

static inline bool is_seen(const CytoDocument *doc) {
  uint64_t now = cyto_document_history(doc)->now;
  return now < MOST && seen[now].bytes && same_image(doc, seen[now].bytes, seen[now].size);
}

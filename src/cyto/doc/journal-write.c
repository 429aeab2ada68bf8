/* The slow part of a journal, on any thread: bytes to the end of a file, and down to the disk. */
#include "journal-private.h"
#include "../base/file.h"
#include "../base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_ROOM = 60, ATTEMPTS = 1000 };

static bool make_folder(const char *folder, CytoError *err) {
  CYTO_AUTOFREE char *path = cyto_strdup(folder, err);
  if (!path)
    return false;
  for (char *at = path + 1; *at; at++)
    if (*at == '/') {
      *at = 0;
      if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return cyto_fail_errno(err, "make the folder", path);
      *at = '/';
    }
  if (mkdir(path, 0700) != 0 && errno != EEXIST)
    return cyto_fail_errno(err, "make the folder", path);
  return true;
}

static uint64_t hash_text(const char *text) {
  uint64_t hash = 14695981039346656037u;
  for (; *text; text++)
    hash = (hash ^ (uint8_t)*text) * 1099511628211u;
  return hash;
}

/* "<name of the image>-<hash of its path>[-k].journal", with the name's odd characters replaced. */
static void name_file(CytoStr *name, const CytoJournalWrite *write, int attempt) {
  char stem[NAME_ROOM + 1];
  size_t n = 0;
  for (const char *at = cyto_path_name(write->image); *at && n < NAME_ROOM; at++) {
    bool plain = (*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') ||
                 (*at >= 'a' && *at <= 'z') || *at == '.' || *at == '_' || *at == '-';
    bool hidden = n == 0 && *at == '.';
    stem[n] = plain && !hidden ? *at : '_';
    n++;
  }
  stem[n] = 0;
  cyto_str_printf(name, "%s/%s-%016llx", write->folder, stem,
                  (unsigned long long)hash_text(write->image));
  if (attempt)
    cyto_str_printf(name, "-%d", attempt + 1);
  cyto_str_add(name, ".journal");
}

static bool write_all(int fd, const char *bytes, size_t n, size_t at) {
  for (size_t done = 0; done < n;) {
    ssize_t wrote = pwrite(fd, bytes + done, n - done, (off_t)(at + done));
    if (wrote < 0 && errno == EINTR)
      continue;
    if (wrote <= 0) {
      errno = wrote == 0 ? ENOSPC : errno;
      return false;
    }
    done += (size_t)wrote;
  }
  return true;
}

static void sync_folder(const char *folder) {
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return;
  fsync(fd);
  close(fd);
}

/* A new file of that name, locked; -1 with errno. */
static int create(const char *path) {
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
    int why = errno;
    close(fd);
    unlink(path);
    errno = why;
    return -1;
  }
  return fd;
}

/* Everything into a file that is not there yet; it is gone again when that fails. */
static bool write_new(CytoJournalWrite *write, const char *path) {
  int fd = create(path);
  if (fd < 0)
    return false;
  if (write_all(fd, write->bytes.text, write->bytes.length, 0) && fsync(fd) == 0) {
    write->fd = fd;
    write->size = write->bytes.length;
    return true;
  }
  int why = errno;
  unlink(path);
  close(fd);
  errno = why;
  return false;
}

static void clear_text(CytoStr *text) {
  cyto_str_clear(text);
}

static bool first_write(CytoJournalWrite *write, CytoError *err) {
  if (!make_folder(write->folder, err))
    return false;
  for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
    CYTO_CLEANUP(clear_text) CytoStr name = {0};
    name_file(&name, write, attempt);
    write->new_path = name.failed ? NULL : cyto_strdup(name.text, err);
    if (!write->new_path)
      return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while writing down a change");
    if (write_new(write, write->new_path)) {
      sync_folder(write->folder);
      return true;
    }
    int why = errno;
    free(cyto_steal(&write->new_path));
    errno = why;
    if (why != EEXIST)
      break;
  }
  return cyto_fail_errno(err, "keep changes safe in", write->folder);
}

/* The new file is made beside the old one and takes its name once it is whole. */
static bool replace(CytoJournalWrite *write, CytoError *err) {
  CYTO_CLEANUP(clear_text) CytoStr name = {0};
  cyto_str_printf(&name, "%s.new", write->path);
  char *path = name.failed ? NULL : cyto_strdup(write->path, err);
  if (!path)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while writing down a change");
  unlink(name.text);
  int old = write->fd;
  if (!write_new(write, name.text)) {
    free(path);
    return cyto_fail_errno(err, "keep changes safe in", write->path);
  }
  if (rename(name.text, path) != 0) {
    cyto_fail_errno(err, "keep changes safe in", write->path);
    unlink(name.text);
    close(write->fd);
    write->fd = old;
    free(path);
    return false;
  }
  sync_folder(write->folder);
  write->new_path = path;
  return true;
}

static bool append(CytoJournalWrite *write, CytoError *err) {
  if (write_all(write->fd, write->bytes.text, write->bytes.length, write->size) &&
      fsync(write->fd) == 0) {
    write->size += write->bytes.length;
    return true;
  }
  cyto_fail_errno(err, "keep changes safe in", write->path);
  if (ftruncate(write->fd, (off_t)write->size) != 0)
    errno = 0; /* a torn tail is cut off when the file is read */
  return false;
}

void cyto_journal_write(CytoJournalWrite *write) {
  if (!write->restart)
    write->written = append(write, &write->err);
  else if (write->path)
    write->written = replace(write, &write->err);
  else
    write->written = first_write(write, &write->err);
}

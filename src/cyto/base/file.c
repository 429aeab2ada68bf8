#include "file.h"
#include "mem.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(const int *fd) {
  if (*fd >= 0)
    close(*fd);
}

/* Opens a regular file and tells its size. O_NONBLOCK keeps a named pipe from hanging us. */
static int open_regular(const char *path, size_t *size, CytoError *err) {
  CYTO_CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat st;
  if (fd < 0 || fstat(fd, &st) != 0) {
    cyto_fail_errno(err, "open", path);
    return -1;
  }
  if (!S_ISREG(st.st_mode)) {
    cyto_fail(err, CYTO_ERROR_IO, "%s is %s, not a file", path,
              S_ISDIR(st.st_mode) ? "a folder" : "a device or pipe");
    return -1;
  }
  *size = (size_t)st.st_size;
  int out = fd;
  fd = -1;
  return out;
}

bool cyto_file_read(const char *path, size_t limit, uint8_t **data, size_t *size, CytoError *err) {
  size_t total = 0;
  CYTO_CLEANUP(close_fd) int fd = open_regular(path, &total, err);
  if (fd < 0)
    return false;
  if (limit && total > limit)
    return cyto_fail(err, CYTO_ERROR_LIMIT, "%s has %.1f MB, above the limit of %.1f MB", path,
                     (double)total / 1e6, (double)limit / 1e6);
  CYTO_AUTOFREE uint8_t *bytes = cyto_alloc(total + 1, 1, err);
  if (!bytes)
    return false;
  size_t done = 0;
  while (done < total) {
    ssize_t n = read(fd, bytes + done, total - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return cyto_fail_errno(err, "read", path);
    if (n == 0)
      break;
    done += (size_t)n;
  }
  bytes[done] = 0;
  *size = done;
  *data = cyto_steal(&bytes);
  return true;
}

bool cyto_file_map(const char *path, CytoMap *map, CytoError *err) {
  size_t size = 0;
  CYTO_CLEANUP(close_fd) int fd = open_regular(path, &size, err);
  if (fd < 0)
    return false;
  *map = (CytoMap){0};
  if (size == 0)
    return true;
  void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (data == MAP_FAILED)
    return cyto_fail_errno(err, "map", path);
  *map = (CytoMap){data, size};
  return true;
}

void cyto_file_unmap(CytoMap *map) {
  if (map->data)
    munmap((void *)(uintptr_t)map->data, map->size);
  *map = (CytoMap){0};
}

/* A name in the folder of `path` that the kernel accepts even when the final name is as long as a
 * name may be. */
static char *temporary_name(const char *path, CytoError *err) {
  CYTO_AUTOFREE char *folder = cyto_path_folder(path);
  CYTO_AUTOFREE char *name = folder ? cyto_path_join(folder, ".cytoscribe-XXXXXX") : NULL;
  if (!name)
    cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while writing %s", path);
  return cyto_steal(&name);
}

/* A device, a pipe or a socket: nothing that a rename should take away. */
static bool is_special(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

bool cyto_writer_begin(CytoWriter *writer, const char *path, CytoError *err) {
  if (cyto_path_is_folder(path))
    return cyto_fail(err, CYTO_ERROR_IO, "cannot write %s: there is a folder of that name", path);
  if (is_special(path))
    return cyto_fail(err, CYTO_ERROR_IO, "cannot write %s: it is a device or a pipe, not a file",
                     path);
  CYTO_AUTOFREE char *linked = realpath(path, NULL); /* a link stays, its file is replaced */
  path = linked ? linked : path;
  CYTO_AUTOFREE char *final = cyto_strdup(path, err);
  CYTO_AUTOFREE char *temporary = temporary_name(path, err);
  if (!final || !temporary)
    return false;
  int fd = mkostemp(temporary, O_CLOEXEC);
  if (fd < 0)
    return cyto_fail_errno(err, "write", path);
  /* mkstemp makes private files; give what an ordinary open would, or the old file's rights. */
  struct stat old;
  mode_t mask = umask(0);
  umask(mask);
  if (fchmod(fd, stat(path, &old) == 0 ? old.st_mode & 07777 : 0666 & ~mask) != 0)
    errno = 0;
  FILE *stream = fdopen(fd, "w+b");
  if (!stream) {
    cyto_fail_errno(err, "write", path);
    close(fd);
    unlink(temporary);
    return false;
  }
  *writer = (CytoWriter){stream, cyto_steal(&final), cyto_steal(&temporary)};
  return true;
}

static void forget(CytoWriter *writer) {
  free(writer->path);
  free(writer->temporary);
  *writer = (CytoWriter){0};
}

bool cyto_writer_release_stream(CytoWriter *writer, CytoError *err) {
  FILE *stream = writer->stream;
  writer->stream = NULL;
  if (stream && fclose(stream) != 0)
    return cyto_fail_errno(err, "write", writer->path);
  return true;
}

/* fsync of the file, whoever wrote it, so that the rename never puts an empty file in its place. */
static bool sync_temporary(CytoWriter *writer, CytoError *err) {
  if (writer->stream && (ferror(writer->stream) || fflush(writer->stream) != 0))
    return cyto_fail_errno(err, "write", writer->path);
  if (!cyto_writer_release_stream(writer, err))
    return false;
  CYTO_CLEANUP(close_fd) int fd = open(writer->temporary, O_RDWR | O_CLOEXEC);
  if (fd < 0 || fsync(fd) != 0)
    return cyto_fail_errno(err, "write", writer->path);
  return true;
}

bool cyto_writer_commit(CytoWriter *writer, CytoError *err) {
  if (!sync_temporary(writer, err)) {
    cyto_writer_abort(writer);
    return false;
  }
  if (rename(writer->temporary, writer->path) != 0) {
    cyto_fail_errno(err, "write", writer->path);
    cyto_writer_abort(writer);
    return false;
  }
  forget(writer);
  return true;
}

void cyto_writer_abort(CytoWriter *writer) {
  if (writer->stream)
    fclose(writer->stream);
  if (writer->temporary)
    unlink(writer->temporary);
  forget(writer);
}

static bool write_through(const char *path, const void *data, size_t size, CytoError *err) {
  FILE *stream = fopen(path, "wb");
  if (!stream)
    return cyto_fail_errno(err, "write", path);
  bool good = fwrite(data, 1, size, stream) == size;
  good = fclose(stream) == 0 && good;
  return good || cyto_fail_errno(err, "write", path);
}

bool cyto_file_write(const char *path, const void *data, size_t size, CytoError *err) {
  if (is_special(path))
    return write_through(path, data, size, err);
  CYTO_CLEANUP(cyto_writer_abort) CytoWriter writer = {0};
  if (!cyto_writer_begin(&writer, path, err))
    return false;
  if (fwrite(data, 1, size, writer.stream) != size)
    return cyto_fail_errno(err, "write", path);
  return cyto_writer_commit(&writer, err);
}

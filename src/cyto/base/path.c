#include "file.h"
#include "mem.h"
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *copy_bytes(const char *text, size_t n) {
  char *out = malloc(n + 1);
  if (out) {
    memcpy(out, text, n);
    out[n] = 0;
  }
  return out;
}

const char *cyto_path_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

char *cyto_path_folder(const char *path) {
  const char *slash = strrchr(path, '/');
  if (!slash)
    return copy_bytes(".", 1);
  return slash == path ? copy_bytes("/", 1) : copy_bytes(path, (size_t)(slash - path));
}

char *cyto_path_stem(const char *path) {
  const char *name = cyto_path_name(path);
  const char *dot = strrchr(name, '.');
  return copy_bytes(name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

char *cyto_path_join(const char *folder, const char *name) {
  size_t a = strlen(folder), b = strlen(name);
  bool slash = a > 0 && folder[a - 1] != '/';
  char *out = malloc(a + b + 2);
  if (out) {
    memcpy(out, folder, a);
    out[a] = '/';
    memcpy(out + a + slash, name, b + 1);
  }
  return out;
}

bool cyto_path_is_folder(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool cyto_path_same(const char *a, const char *b) {
  struct stat one, other;
  if (stat(a, &one) != 0 || stat(b, &other) != 0)
    return strcmp(a, b) == 0;
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool cyto_path_exists(const char *path) {
  struct stat st;
  return stat(path, &st) == 0;
}

bool cyto_path_is_program(const char *path) {
  return access(path, X_OK) == 0;
}

char *cyto_path_beside_program(const char *const *places, bool (*fits)(const char *path)) {
  char self[4096];
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  if (n <= 0)
    return NULL;
  self[n] = 0;
  CYTO_AUTOFREE char *folder = cyto_path_folder(self);
  for (; folder && *places; places++) {
    CYTO_AUTOFREE char *path = cyto_path_join(folder, *places);
    if (path && fits(path))
      return cyto_steal(&path);
  }
  return NULL;
}

#include "file.h"
#include "mem.h"
#include <string.h>
#include <sys/stat.h>

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

bool cyto_path_exists(const char *path) {
  struct stat st;
  return stat(path, &st) == 0;
}

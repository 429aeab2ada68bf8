#include "error.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

bool cyto_fail(CytoError *err, CytoErrorCode code, const char *format, ...) {
  if (!err)
    return false;
  err->code = code;
  va_list args;
  va_start(args, format);
  vsnprintf(err->text, sizeof err->text, format, args);
  va_end(args);
  return false;
}

bool cyto_fail_prefix(CytoError *err, const char *prefix) {
  if (!err)
    return false;
  /* A very long prefix keeps its end, which names the file; the sentence itself must survive. */
  size_t size = sizeof err->text, length = strlen(prefix);
  if (length > size / 2) {
    prefix += length - size / 2;
    length = size / 2;
  }
  size_t shift = length + 2, kept = strlen(err->text);
  if (kept > size - 1 - shift)
    kept = size - 1 - shift;
  memmove(err->text + shift, err->text, kept);
  memcpy(err->text, prefix, length);
  memcpy(err->text + length, ": ", 2);
  err->text[shift + kept] = 0;
  return false;
}

bool cyto_fail_errno(CytoError *err, const char *what, const char *path) {
  int code = errno;
  char reason[128];
  return cyto_fail(err, code == ENOMEM ? CYTO_ERROR_MEMORY : CYTO_ERROR_IO, "cannot %s %s: %s",
                   what, path, strerror_r(code, reason, sizeof reason));
}

#include "tiff-private.h"
#include "../base/mem.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static tmsize_t on_read(thandle_t handle, void *to, tmsize_t n) {
  Tiff *t = handle;
  if (t->position >= t->bytes->size || n < 0)
    return 0;
  size_t left = t->bytes->size - (size_t)t->position;
  size_t take = (size_t)n < left ? (size_t)n : left;
  memcpy(to, t->bytes->data + t->position, take);
  t->position += take;
  return (tmsize_t)take;
}

static tmsize_t on_write(thandle_t handle, void *from, tmsize_t n) {
  (void)handle, (void)from, (void)n;
  return -1;
}

static toff_t on_seek(thandle_t handle, toff_t offset, int whence) {
  Tiff *t = handle;
  uint64_t from = whence == SEEK_CUR ? t->position : whence == SEEK_END ? t->bytes->size : 0;
  t->position = from + offset;
  return t->position;
}

static int on_close(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t on_size(thandle_t handle) {
  return ((Tiff *)handle)->bytes->size;
}

static int on_map(thandle_t handle, void **base, toff_t *size) {
  const Tiff *t = handle;
  *base = (void *)(uintptr_t)t->bytes->data;
  *size = t->bytes->size;
  return 1;
}

static void on_unmap(thandle_t handle, void *base, toff_t size) {
  (void)handle, (void)base, (void)size;
}

static int on_error(TIFF *tif, void *data, const char *module, const char *format, va_list args) {
  Tiff *t = data;
  (void)tif, (void)module;
  if (!t->message[0])
    vsnprintf(t->message, sizeof t->message, format, args);
  return 1;
}

static int on_warning(TIFF *tif, void *data, const char *module, const char *format, va_list args) {
  (void)tif, (void)data, (void)module, (void)format, (void)args;
  return 1;
}

bool tiff_fail(Tiff *t, CytoErrorCode code, CytoError *err, const char *format, ...) {
  char text[600];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (t->message[0])
    cyto_fail(err, code, "%s (%s)", text, t->message);
  else
    cyto_fail(err, code, "%s", text);
  t->message[0] = 0;
  return false;
}

bool tiff_open(Tiff *t, size_t limit, CytoError *err) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to start reading a TIFF");
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, t);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, t);
  const size_t least = (size_t)64 << 20; /* tables and buffers of small images under low limits */
  if (limit)
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)(limit < least ? least : limit));
  t->tif = TIFFClientOpenExt(t->bytes->name, "r", t, on_read, on_write, on_seek, on_close, on_size,
                             on_map, on_unmap, options);
  TIFFOpenOptionsFree(options);
  if (!t->tif)
    return tiff_fail(t, CYTO_ERROR_FORMAT, err,
                     "the TIFF is damaged: its header or first image "
                     "directory cannot be read");
  return true;
}

void tiff_close(Tiff *t) {
  if (t->tif)
    TIFFClose(t->tif);
  for (size_t i = 0; t->names && i < t->n_names; i++)
    free(t->names[i]);
  free(t->names);
  free(t->page);
  free(t->plane);
  free(t->palette);
}

bool tiff_select(Tiff *t, size_t page, CytoError *err) {
  t->message[0] = 0;
  if (TIFFCurrentDirOffset(t->tif) != t->page[page].offset &&
      !TIFFSetSubDirectory(t->tif, t->page[page].offset))
    return tiff_fail(t, CYTO_ERROR_FORMAT, err, "image %zu of the TIFF is damaged", page + 1);
  t->message[0] = 0;
  return true;
}

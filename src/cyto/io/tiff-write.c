#include "../base/file.h"
#include "../base/mem.h"
#include "../base/text.h"
#include "labels.h"
#include <errno.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

enum { STRIP_BYTES = 1 << 18 };

/* libtiff writes to the temporary file through these; the first errno is kept, since libtiff
 * itself only says that a write failed. */
typedef struct Sink {
  int fd;
  int failed; /* errno */
} Sink;

static tmsize_t sink_read(thandle_t handle, void *data, tmsize_t size) {
  return read(((Sink *)handle)->fd, data, (size_t)size);
}

static tmsize_t sink_write(thandle_t handle, void *data, tmsize_t size) {
  Sink *sink = handle;
  tmsize_t done = 0;
  while (done < size) {
    const ssize_t n = write(sink->fd, (const char *)data + done, (size_t)(size - done));
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      sink->failed = sink->failed ? sink->failed : errno ? errno : ENOSPC;
      return -1;
    }
    done += n;
  }
  return done;
}

static toff_t sink_seek(thandle_t handle, toff_t offset, int whence) {
  return (toff_t)lseek(((Sink *)handle)->fd, (off_t)offset, whence);
}

static int sink_close(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t sink_size(thandle_t handle) {
  const off_t here = lseek(((Sink *)handle)->fd, 0, SEEK_CUR);
  const off_t size = lseek(((Sink *)handle)->fd, 0, SEEK_END);
  lseek(((Sink *)handle)->fd, here, SEEK_SET);
  return (toff_t)size;
}

static int be_quiet(TIFF *tiff, void *data, const char *module, const char *format, va_list ap) {
  (void)tiff;
  (void)data;
  (void)module;
  (void)format;
  (void)ap;
  return 1;
}

typedef struct Pages {
  size_t planes, ny, nx;
  uint16_t samples, bits, format;
  const char *description;
  /* `rows` rows from row y of a plane, in file layout, native byte order. */
  const void *(*rows)(const struct Pages *pages, size_t plane, size_t y, size_t rows, void *out);
  const void *pixels;
} Pages;

static size_t row_bytes(const Pages *pages) {
  return pages->nx * pages->samples * pages->bits / 8;
}

static bool write_plane(TIFF *tiff, const Pages *pages, size_t plane, uint32_t rows_a_strip,
                        uint8_t *strip) {
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (uint32_t)pages->nx);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, (uint32_t)pages->ny);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, pages->bits);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, pages->samples);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, pages->format);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
               pages->samples == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, rows_a_strip);
  if (plane == 0 && pages->description)
    TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, pages->description);
  uint32_t number = 0;
  for (size_t y = 0; y < pages->ny; y += rows_a_strip, number++) {
    const size_t rows = pages->ny - y < rows_a_strip ? pages->ny - y : rows_a_strip;
    const void *data = pages->rows(pages, plane, y, rows, strip);
    const size_t bytes = rows * row_bytes(pages);
    if (data != strip)
      memcpy(strip, data, bytes); /* libtiff may work in place */
    if (TIFFWriteEncodedStrip(tiff, number, strip, (tmsize_t)bytes) < 0)
      return false;
  }
  return TIFFWriteDirectory(tiff) != 0;
}

static bool write_planes(Sink *sink, const Pages *pages, uint8_t *strip, uint32_t rows_a_strip,
                         const char *mode) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options)
    return false;
  TIFFOpenOptionsSetErrorHandlerExtR(options, be_quiet, NULL);
  TIFFOpenOptionsSetWarningHandlerExtR(options, be_quiet, NULL);
  TIFF *tiff = TIFFClientOpenExt("labels", mode, sink, sink_read, sink_write, sink_seek, sink_close,
                                 sink_size, NULL, NULL, options);
  TIFFOpenOptionsFree(options);
  bool good = tiff != NULL;
  for (size_t plane = 0; good && plane < pages->planes; plane++)
    good = write_plane(tiff, pages, plane, rows_a_strip, strip);
  if (tiff)
    TIFFClose(tiff);
  return good && !sink->failed;
}

static bool write_tiff(const Pages *pages, const char *path, CytoError *err) {
  if (pages->ny == 0 || pages->nx == 0 || pages->ny > INT32_MAX || pages->nx > INT32_MAX / 16)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "%s: a TIFF cannot hold a picture of %zu × %zu pixels", path, pages->nx,
                     pages->ny);
  size_t rows = STRIP_BYTES / row_bytes(pages), total = 0;
  rows = rows == 0 ? 1 : rows > pages->ny ? pages->ny : rows;
  /* Offsets of classic TIFF end at 4 GiB, and deflate may grow what it cannot shrink. */
  const bool big = !cyto_mul(pages->planes, pages->ny, &total) ||
                   !cyto_mul(total, row_bytes(pages), &total) || total > 4000000000u;
  CYTO_AUTOFREE uint8_t *strip = cyto_alloc(rows, row_bytes(pages), err);
  CYTO_CLEANUP(cyto_writer_abort) CytoWriter writer = {0};
  if (!strip || !cyto_writer_begin(&writer, path, err))
    return false;
  Sink sink = {fileno(writer.stream), 0};
  if (!write_planes(&sink, pages, strip, (uint32_t)rows, big ? "w8" : "w")) {
    errno = sink.failed;
    return sink.failed ? cyto_fail_errno(err, "write", path)
                       : cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to write %s", path);
  }
  return cyto_writer_commit(&writer, err);
}

static const void *labels_u16(const Pages *pages, size_t plane, size_t y, size_t rows, void *out) {
  const uint32_t *from = (const uint32_t *)pages->pixels + (plane * pages->ny + y) * pages->nx;
  uint16_t *to = out;
  for (size_t i = 0; i < rows * pages->nx; i++)
    to[i] = (uint16_t)from[i];
  return out;
}

static const void *as_they_are(const Pages *pages, size_t plane, size_t y, size_t rows, void *out) {
  (void)rows;
  (void)out;
  return (const uint8_t *)pages->pixels + (plane * pages->ny + y) * row_bytes(pages);
}

/* One page a plane. ImageJ and tifffile take pages of such a description as slices. */
bool cyto_tiff_write_labels(const CytoLabels *labels, const char *path, CytoError *err) {
  const uint32_t most = cyto_labels_max(labels);
  const bool small = most <= UINT16_MAX;
  char description[160];
  snprintf(description, sizeof description,
           "ImageJ=1.53t\nimages=%zu\nslices=%zu\nloop=false\nmin=0\nmax=%u\n", labels->nz,
           labels->nz, most);
  const Pages pages = {labels->nz,
                       labels->ny,
                       labels->nx,
                       1,
                       small ? 16 : 32,
                       SAMPLEFORMAT_UINT,
                       labels->nz > 1 ? description : NULL,
                       small ? labels_u16 : as_they_are,
                       labels->data};
  return write_tiff(&pages, path, err);
}

bool cyto_tiff_write_f32(const float *x, size_t planes, size_t ny, size_t nx, const char *path,
                         CytoError *err) {
  char description[96];
  if (planes > 1)
    snprintf(description, sizeof description, "{\"shape\": [%zu, %zu, %zu]}", planes, ny, nx);
  else
    snprintf(description, sizeof description, "{\"shape\": [%zu, %zu]}", ny, nx);
  const Pages pages = {planes, ny, nx, 1, 32, SAMPLEFORMAT_IEEEFP, description, as_they_are, x};
  return write_tiff(&pages, path, err);
}

bool cyto_tiff_write_rgb16(const uint16_t *rgb, size_t ny, size_t nx, const char *path,
                           CytoError *err) {
  const Pages pages = {1, ny, nx, 3, 16, SAMPLEFORMAT_UINT, NULL, as_they_are, rgb};
  return write_tiff(&pages, path, err);
}

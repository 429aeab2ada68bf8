#include "../base/file.h"
#include "../base/mem.h"
#include "labels.h"
#include <errno.h>
#include <png.h>
#include <setjmp.h>

typedef struct PngJob {
  const char *path;
  size_t ny, nx;
  int depth, color;
  int filter;
  /* Row y, in PNG's big-endian order, into out; or a pointer to it. */
  const uint8_t *(*row)(const void *pixels, size_t y, size_t nx, uint8_t *out);
  const void *pixels;
  uint8_t *scratch;
  CytoError *err;
} PngJob;

static void fail_png(png_structp png, png_const_charp message) {
  const PngJob *job = png_get_error_ptr(png);
  if (errno != 0)
    cyto_fail_errno(job->err, "write", job->path);
  else
    cyto_fail(job->err, CYTO_ERROR_MEMORY, "cannot write %s: %s", job->path, message);
  longjmp(png_jmpbuf(png), 1);
}

static void ignore_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void write_bytes(png_structp png, png_bytep data, size_t size) {
  if (fwrite(data, 1, size, png_get_io_ptr(png)) != size)
    png_error(png, "short write");
}

static void flush_nothing(png_structp png) {
  (void)png;
}

/* Owns nothing: libpng leaves it by longjmp. */
static bool encode(png_structp png, png_infop info, const PngJob *job) {
  if (setjmp(png_jmpbuf(png)) != 0)
    return false;
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(png, info, (png_uint_32)job->nx, (png_uint_32)job->ny, job->depth, job->color,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, job->filter);
  png_write_info(png, info);
  for (size_t y = 0; y < job->ny; y++)
    png_write_row(png, job->row(job->pixels, y, job->nx, job->scratch));
  png_write_end(png, info);
  return true;
}

static bool write_png(const PngJob *job, CytoError *err) {
  if (job->ny > PNG_UINT_31_MAX || job->nx > PNG_UINT_31_MAX || job->ny == 0 || job->nx == 0)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "a PNG cannot hold a picture of %zu × %zu pixels; save a TIFF", job->nx,
                     job->ny);
  CYTO_CLEANUP(cyto_writer_abort) CytoWriter writer = {0};
  if (!cyto_writer_begin(&writer, job->path, err))
    return false;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, (void *)(uintptr_t)job, fail_png,
                                            ignore_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_write_struct(&png, NULL);
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to write %s", job->path);
  }
  png_set_write_fn(png, writer.stream, write_bytes, flush_nothing);
  errno = 0;
  const bool good = encode(png, info, job);
  png_destroy_write_struct(&png, &info);
  return good && cyto_writer_commit(&writer, err);
}

static const uint8_t *label_row(const void *pixels, size_t y, size_t nx, uint8_t *out) {
  const uint32_t *row = (const uint32_t *)pixels + y * nx;
  for (size_t x = 0; x < nx; x++) {
    out[2 * x] = (uint8_t)(row[x] >> 8);
    out[2 * x + 1] = (uint8_t)row[x];
  }
  return out;
}

static const uint8_t *rgb_row(const void *pixels, size_t y, size_t nx, uint8_t *out) {
  (void)out;
  return (const uint8_t *)pixels + y * nx * 3;
}

bool cyto_png_write_labels(const CytoLabels *labels, const char *path, CytoError *err) {
  if (labels->nz != 1)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "%s: a PNG holds one plane and the labels have %zu; save a TIFF", path,
                     labels->nz);
  const uint32_t most = cyto_labels_max(labels);
  if (most > UINT16_MAX)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "%s: a PNG holds label numbers up to 65535 and the largest here is %u; save a "
                     "TIFF",
                     path, most);
  CYTO_AUTOFREE uint8_t *scratch = cyto_alloc(labels->nx, 2, err);
  if (!scratch)
    return false;
  const PngJob job = {path,      labels->ny,   labels->nx, 16, PNG_COLOR_TYPE_GRAY, PNG_FILTER_NONE,
                      label_row, labels->data, scratch,    err};
  return write_png(&job, err);
}

bool cyto_png_write_rgb(const uint8_t *rgb, size_t ny, size_t nx, const char *path,
                        CytoError *err) {
  const PngJob job = {path, ny, nx, 8, PNG_COLOR_TYPE_RGB, PNG_FILTER_SUB, rgb_row, rgb, NULL, err};
  return write_png(&job, err);
}

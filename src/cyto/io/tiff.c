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

static bool tiff_open(Tiff *t, size_t limit, CytoError *err) {
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

static void tiff_close(Tiff *t) {
  if (t->tif)
    TIFFClose(t->tif);
  for (size_t i = 0; t->names && i < t->n_names; i++)
    free(t->names[i]);
  free(t->names);
  free(t->page);
  free(t->plane);
  free(t->palette);
}

static TiffPage current_page(Tiff *t) {
  uint32_t width = 0, height = 0, type = 0, depth = 1;
  uint16_t samples = 1, bits = 1, format = 1, photometric = PHOTOMETRIC_MINISBLACK;
  uint16_t planar = 1, compression = 1, order = 1, old_type = 0;
  TIFFGetField(t->tif, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(t->tif, TIFFTAG_IMAGELENGTH, &height);
  TIFFGetFieldDefaulted(t->tif, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted(t->tif, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(t->tif, TIFFTAG_SAMPLEFORMAT, &format);
  TIFFGetField(t->tif, TIFFTAG_PHOTOMETRIC, &photometric);
  TIFFGetFieldDefaulted(t->tif, TIFFTAG_PLANARCONFIG, &planar);
  TIFFGetFieldDefaulted(t->tif, TIFFTAG_COMPRESSION, &compression);
  TIFFGetFieldDefaulted(t->tif, TIFFTAG_FILLORDER, &order);
  TIFFGetFieldDefaulted(t->tif, TIFFTAG_IMAGEDEPTH, &depth);
  TIFFGetFieldDefaulted(t->tif, TIFFTAG_SUBFILETYPE, &type);
  if (TIFFGetField(t->tif, TIFFTAG_OSUBFILETYPE, &old_type) && old_type == OFILETYPE_REDUCEDIMAGE)
    type |= FILETYPE_REDUCEDIMAGE;
  return (TiffPage){.offset = TIFFCurrentDirOffset(t->tif),
                    .width = width,
                    .height = height,
                    .samples = samples,
                    .bits = bits,
                    .format = format == SAMPLEFORMAT_VOID ? SAMPLEFORMAT_UINT : format,
                    .photometric = photometric,
                    .planar = samples > 1 ? planar : PLANARCONFIG_CONTIG,
                    .compression = compression,
                    .fill_order = order,
                    .depth = depth,
                    .reduced = (type & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0,
                    .tiled = TIFFIsTiled(t->tif) != 0};
}

bool tiff_same_kind(const TiffPage *a, const TiffPage *b) {
  return a->width == b->width && a->height == b->height && a->samples == b->samples &&
         a->bits == b->bits && a->format == b->format && a->photometric == b->photometric &&
         a->planar == b->planar && a->depth == b->depth && a->reduced == b->reduced;
}

/* Bytes of the directory table at an offset, to bound the work that overlapping ones can order. */
static size_t directory_bytes(const Tiff *t, uint64_t offset) {
  const uint8_t *data = t->bytes->data;
  bool wide = t->bytes->size > 4 && (data[2] == 43 || data[3] == 43);
  if (offset > t->bytes->size || t->bytes->size - offset < 8)
    return 0;
  size_t count = 0, width = wide ? 8 : 2;
  for (size_t k = 0; k < width; k++)
    count |= (size_t)data[offset + k] << 8 * (TIFFIsBigEndian(t->tif) ? width - 1 - k : k);
  return (count & 0xffffff) * (wide ? 20 : 12);
}

static bool list_pages(Tiff *t, CytoJob *job, CytoError *err) {
  size_t room = 0, tables = 0;
  do {
    if (!cyto_job_step(job, "reading", 0, 1, err))
      return false;
    if (t->pages == room) {
      room = room ? 2 * room : 8;
      TiffPage *grown = cyto_realloc(t->page, room, sizeof *grown, err);
      if (!grown)
        return false;
      t->page = grown;
    }
    t->page[t->pages++] = current_page(t);
    tables += directory_bytes(t, t->page[t->pages - 1].offset);
    if (tables > t->bytes->size)
      return cyto_fail(err, CYTO_ERROR_FORMAT,
                       "the TIFF is damaged: its image directories overlap");
  } while (TIFFReadDirectory(t->tif));
  if (t->message[0])
    return tiff_fail(t, CYTO_ERROR_FORMAT, err, "the TIFF is damaged after image %zu", t->pages);
  while (t->first < t->pages && t->page[t->first].reduced)
    t->first++;
  if (t->first == t->pages)
    t->first = 0;
  return true;
}

bool tiff_select(Tiff *t, size_t page, CytoError *err) {
  t->message[0] = 0;
  if (TIFFCurrentDirOffset(t->tif) != t->page[page].offset &&
      !TIFFSetSubDirectory(t->tif, t->page[page].offset))
    return tiff_fail(t, CYTO_ERROR_FORMAT, err, "image %zu of the TIFF is damaged", page + 1);
  t->message[0] = 0;
  return true;
}

/* Hands what the metadata says to the image. */
static bool describe_image(Tiff *t, CytoImage *image, CytoError *err) {
  image->pixel_x = t->found.pixel_x;
  image->pixel_y = t->found.pixel_y;
  image->pixel_z = t->found.pixel_z;
  if (!t->names || t->n_names != image->nc)
    return true;
  image->channel_names = cyto_calloc(image->nc, sizeof *image->channel_names, err);
  if (!image->channel_names)
    return false;
  for (size_t c = 0; c < image->nc; c++)
    image->channel_names[c] = cyto_steal(&t->names[c]);
  return true;
}

static bool check_length(const Tiff *t, CytoError *err) {
  size_t bytes, have = t->bytes->size;
  if (!tiff_is_plain(t))
    return true;
  if (tiff_plane_bytes(tiff_page(t), &bytes) && cyto_mul(bytes, t->planes, &bytes) && bytes <= have)
    return true;
  return cyto_fail(err, CYTO_ERROR_FORMAT,
                   "the TIFF is cut short: %zu planes of %zu × %zu pixels do not fit into its %zu "
                   "bytes; copy it again from where it came",
                   t->planes, tiff_page(t)->width, tiff_page(t)->height, have);
}

static void unref_image(CytoImage **image) {
  cyto_image_unref(*image);
}

bool cyto_tiff_read(const CytoBytes *bytes, const CytoReadOptions *options, CytoImage **out,
                    CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(tiff_close) Tiff t = {.bytes = bytes};
  CYTO_CLEANUP(unref_image) CytoImage *image = NULL;
  CytoLayout layout = {0};
  if (!tiff_open(&t, options->max_memory, err) || !list_pages(&t, job, err) ||
      !tiff_select(&t, t.first, err) || !tiff_samples(&t, options, &layout, job, err) ||
      !tiff_layout(&t, &layout, job, err) || !cyto_layout_resolve(&layout, options, err) ||
      !cyto_layout_image(&layout, options->max_memory, &image, err) || !check_length(&t, err) ||
      !tiff_decode(&t, &layout, image, options->max_memory, job, err) ||
      !describe_image(&t, image, err))
    return false;
  *out = cyto_steal(&image);
  return true;
}

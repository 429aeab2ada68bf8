#include "tiff-private.h"
#include "../base/mem.h"
#include <stdio.h>
#include <string.h>

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
    if (cyto_job_cancelled(job))
      return cyto_fail(err, CYTO_ERROR_CANCELLED, "stopped while reading");
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

/* Hands what the metadata says to the image. */
static bool describe_image(Tiff *t, CytoImage *image, CytoError *err) {
  image->pixel_x = t->found.pixel_x;
  image->pixel_y = t->found.pixel_y;
  image->pixel_z = t->found.pixel_z;
  if (!t->names && !tiff_slice_labels(t, image->nc, err))
    return false;
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

bool cyto_tiff_read(const CytoBytes *bytes, const CytoReadOptions *options, CytoImage **out,
                    CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(tiff_close) Tiff t = {.bytes = bytes};
  CYTO_CLEANUP(cyto_image_drop) CytoImage *image = NULL;
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

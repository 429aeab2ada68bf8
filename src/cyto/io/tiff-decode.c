#include "tiff-private.h"
#include "../base/mem.h"
#include <stdio.h>
#include <string.h>

/* Where one plane goes, and the scratch to get it there. */
typedef struct Sink {
  Tiff *t;
  char *base; /* of pixel (0,0), sample 0 */
  size_t element, step_y, step_x, step_s;
  uint8_t *row;   /* unpacked samples of one row of a strip or tile */
  uint8_t *rgb;   /* TIFF_INDEXED: the same in colours */
  uint8_t *chunk; /* one decoded strip or tile */
  size_t chunk_size, plane;
  size_t limit;
  CytoJob *job;
} Sink;

static void sink_clear(Sink *sink) {
  free(sink->row);
  free(sink->rgb);
  free(sink->chunk);
}

static void look_up(Sink *sink, size_t n) {
  bool wide = tiff_page(sink->t)->bits > 8;
  for (size_t i = 0; i < n; i++) {
    size_t index = wide ? ((uint16_t *)(void *)sink->row)[i] : sink->row[i];
    memcpy(sink->rgb + 3 * i, sink->t->palette + 3 * index, 3);
  }
}

/* n pixels of packed samples, of which the first is sample number `sample` of its pixel. */
static void put_row(Sink *sink, size_t y, size_t x, size_t n, unsigned sample,
                    const uint8_t *packed, bool swap) {
  const TiffPage *page = tiff_page(sink->t);
  unsigned samples = page->planar == PLANARCONFIG_SEPARATE ? 1 : page->samples;
  const uint8_t *row = sink->row;
  cyto_samples_unpack(packed, n * samples, sink->t->kind, page->bits, swap, sink->row);
  if (sink->t->mode == TIFF_INDEXED) {
    look_up(sink, n);
    row = sink->rgb;
    samples = 3;
  }
  for (unsigned s = 0; s < samples && sample + s < sink->t->kept; s++) {
    size_t at = y * sink->step_y + x * sink->step_x + (sample + s) * sink->step_s;
    cyto_scatter(sink->base + at * sink->element, sink->step_x, row + s * sink->element, samples, n,
                 sink->element);
  }
}

/* Whether libtiff left samples in the file's order: it swaps those of 16, 24, 32 and 64 bits. */
static bool still_swapped(const Tiff *t) {
  unsigned bits = tiff_page(t)->bits;
  return TIFFIsByteSwapped(t->tif) && (bits == 40 || bits == 48 || bits == 56);
}

static bool row_bytes(const Sink *sink, size_t width, size_t *bytes) {
  const TiffPage *page = tiff_page(sink->t);
  size_t n;
  return cyto_mul(width, page->planar == PLANARCONFIG_SEPARATE ? 1 : page->samples, &n) &&
         cyto_samples_bytes(n, page->bits, bytes);
}

static bool make_row(Sink *sink, size_t width, CytoError *err) {
  const TiffPage *page = tiff_page(sink->t);
  size_t n;
  if (!cyto_mul(width, page->planar == PLANARCONFIG_SEPARATE ? 1 : page->samples, &n))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "a row of the TIFF is larger than any memory holds");
  free(sink->row);
  sink->row = cyto_alloc(n, 8, err);
  if (sink->row && sink->t->mode == TIFF_INDEXED && !sink->rgb)
    sink->rgb = cyto_alloc(width, 3, err);
  return sink->row && (sink->rgb || sink->t->mode != TIFF_INDEXED);
}

static bool make_chunk(Sink *sink, uint64_t bytes, CytoError *err) {
  const uint64_t least = (uint64_t)64 << 20;
  uint64_t limit = sink->limit && sink->limit < least ? least : sink->limit;
  if (limit && bytes > limit)
    return cyto_fail(err, CYTO_ERROR_LIMIT,
                     "one strip or tile of the TIFF needs %.1f MB, above the limit of %.1f MB",
                     (double)bytes / 1e6, (double)limit / 1e6);
  if (sink->chunk && sink->chunk_size >= bytes)
    return true;
  free(sink->chunk);
  sink->chunk = cyto_alloc(bytes, 1, err);
  sink->chunk_size = bytes;
  return sink->chunk != NULL;
}

static bool go_on(const Sink *sink, CytoError *err) {
  return !cyto_job_cancelled(sink->job) ||
         cyto_fail(err, CYTO_ERROR_CANCELLED, "stopped while reading");
}

static bool cut_short(const Sink *sink, CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_FORMAT,
                   "the TIFF is cut short: the pixels of image %zu are not all in the file; copy "
                   "it again from where it came",
                   sink->plane + 1);
}

/* Rows straight from the file. */
static bool plain_rows(Sink *sink, uint64_t offset, size_t y, size_t rows, unsigned sample,
                       CytoError *err) {
  const CytoBytes *bytes = sink->t->bytes;
  size_t width = tiff_page(sink->t)->width, row, need;
  if (!row_bytes(sink, width, &row) || !cyto_mul(row, rows, &need) || offset > bytes->size ||
      need > bytes->size - offset)
    return cut_short(sink, err);
  bool swap = TIFFIsByteSwapped(sink->t->tif);
  for (size_t i = 0; i < rows; i++)
    put_row(sink, y + i, 0, width, sample, bytes->data + offset + i * row, swap);
  return true;
}

/* Plane number `index` of those that follow the first one's pixels. */
static bool contiguous_plane(Sink *sink, size_t index, CytoError *err) {
  const TiffPage *page = tiff_page(sink->t);
  size_t bytes, skip;
  uint64_t offset = TIFFGetStrileOffset(sink->t->tif, 0);
  if (!tiff_plane_bytes(page, &bytes) || !cyto_mul(bytes, index, &skip) ||
      offset > sink->t->bytes->size)
    return cut_short(sink, err);
  unsigned parts = page->planar == PLANARCONFIG_SEPARATE ? page->samples : 1;
  for (unsigned s = 0; s < parts; s++)
    if (!plain_rows(sink, offset + skip + s * (bytes / parts), 0, page->height, s, err))
      return false;
  return true;
}

static bool strip_plane(Sink *sink, CytoError *err) {
  Tiff *t = sink->t;
  const TiffPage *page = tiff_page(t);
  uint32_t per_strip = UINT32_MAX, strips = TIFFNumberOfStrips(t->tif);
  size_t row;
  TIFFGetFieldDefaulted(t->tif, TIFFTAG_ROWSPERSTRIP, &per_strip);
  size_t rows = per_strip < page->height ? per_strip : page->height;
  size_t per_sample = rows ? (page->height - 1) / rows + 1 : 0;
  unsigned parts = page->planar == PLANARCONFIG_SEPARATE ? page->samples : 1;
  if (rows == 0 || strips < per_sample * parts || !row_bytes(sink, page->width, &row))
    return tiff_fail(t, CYTO_ERROR_FORMAT, err, "the TIFF's table of strips is damaged");
  bool plain = tiff_is_plain(t);
  if (!plain && !make_chunk(sink, TIFFStripSize64(t->tif), err))
    return false;
  for (uint32_t i = 0; i < per_sample * parts; i++) {
    size_t y = i % per_sample * rows, n = page->height - y < rows ? page->height - y : rows;
    unsigned sample = (unsigned)(i / per_sample);
    if (!go_on(sink, err))
      return false;
    if (plain) {
      if (!plain_rows(sink, TIFFGetStrileOffset(t->tif, i), y, n, sample, err))
        return false;
      continue;
    }
    tmsize_t got = TIFFReadEncodedStrip(t->tif, i, sink->chunk, (tmsize_t)sink->chunk_size);
    if (got < 0 || (size_t)got / row < n)
      return tiff_fail(t, CYTO_ERROR_FORMAT, err,
                       "the TIFF is damaged or cut short: rows %zu to %zu of image %zu cannot be "
                       "decoded",
                       y + 1, y + n, sink->plane + 1);
    for (size_t k = 0; k < n; k++)
      put_row(sink, y + k, 0, page->width, sample, sink->chunk + k * row, still_swapped(t));
  }
  return true;
}

/* One decoded tile; one that was never written (offset and length 0) is black, as in GDAL. */
static bool load_tile(Sink *sink, uint32_t tile, size_t need, CytoError *err) {
  Tiff *t = sink->t;
  if (TIFFGetStrileByteCount(t->tif, tile) == 0 && TIFFGetStrileOffset(t->tif, tile) == 0) {
    memset(sink->chunk, 0, need);
    return true;
  }
  tmsize_t got = TIFFReadEncodedTile(t->tif, tile, sink->chunk, (tmsize_t)sink->chunk_size);
  if (got >= 0 && (size_t)got >= need)
    return true;
  return tiff_fail(t, CYTO_ERROR_FORMAT, err,
                   "the TIFF is damaged or cut short: tile %u of image %zu cannot be decoded",
                   tile + 1, sink->plane + 1);
}

static bool tile_plane(Sink *sink, CytoError *err) {
  Tiff *t = sink->t;
  const TiffPage *page = tiff_page(t);
  uint32_t width = 0, height = 0;
  size_t row, need;
  TIFFGetField(t->tif, TIFFTAG_TILEWIDTH, &width);
  TIFFGetField(t->tif, TIFFTAG_TILELENGTH, &height);
  if (width == 0 || height == 0 || !row_bytes(sink, width, &row) || !cyto_mul(row, height, &need))
    return tiff_fail(t, CYTO_ERROR_FORMAT, err, "the TIFF's tiles are %u × %u pixels", width,
                     height);
  if (!make_chunk(sink, TIFFTileSize64(t->tif), err))
    return false;
  unsigned parts = page->planar == PLANARCONFIG_SEPARATE ? page->samples : 1;
  if (sink->chunk_size < need)
    return tiff_fail(t, CYTO_ERROR_FORMAT, err, "the TIFF's table of tiles is damaged");
  for (unsigned s = 0; s < parts; s++)
    for (size_t y = 0; y < page->height; y += height)
      for (size_t x = 0; x < page->width; x += width) {
        uint32_t tile = TIFFComputeTile(t->tif, (uint32_t)x, (uint32_t)y, 0, (uint16_t)s);
        size_t n = page->width - x < width ? page->width - x : width;
        if (!go_on(sink, err) || !load_tile(sink, tile, need, err))
          return false;
        for (size_t k = 0; k < height && y + k < page->height; k++)
          put_row(sink, y + k, x, n, s, sink->chunk + k * row, still_swapped(t));
      }
  return true;
}

static bool convert_plane(Sink *sink, CytoError *err) {
  Tiff *t = sink->t;
  const TiffPage *page = tiff_page(t);
  TIFFRGBAImage image;
  char why[1024] = "";
  if (!make_chunk(sink, (uint64_t)page->width * page->height * 4, err))
    return false;
  bool ok = TIFFRGBAImageBegin(&image, t->tif, 1, why);
  if (ok) {
    image.req_orientation = image.orientation; /* as stored */
    ok = TIFFRGBAImageGet(&image, (uint32_t *)(void *)sink->chunk, (uint32_t)page->width,
                          (uint32_t)page->height);
    TIFFRGBAImageEnd(&image);
  }
  if (!ok)
    return tiff_fail(t, CYTO_ERROR_FORMAT, err, "the pixels of image %zu cannot be decoded%s%s",
                     sink->plane + 1, why[0] ? ": " : "", why);
  const uint32_t *pixel = (const uint32_t *)(const void *)sink->chunk;
  for (size_t y = 0; y < page->height; y++)
    for (size_t x = 0; x < page->width; x++, pixel++) {
      uint8_t *to = (uint8_t *)sink->base + y * sink->step_y + x * sink->step_x;
      to[0] = TIFFGetR(*pixel);
      to[sink->step_s] = TIFFGetG(*pixel);
      to[2 * sink->step_s] = TIFFGetB(*pixel);
    }
  return true;
}

/* Element of the image at which plane `index` starts. */
static size_t plane_offset(const Tiff *t, const CytoLayout *layout, size_t index) {
  size_t offset = 0;
  for (unsigned i = t->lead; i-- > 0;) {
    offset += index % layout->shape[i] * layout->stride[i];
    index /= layout->shape[i];
  }
  return offset;
}

static bool decode_plane(Sink *sink, CytoError *err) {
  Tiff *t = sink->t;
  const TiffPage *page = tiff_page(t);
  if (page->photometric == PHOTOMETRIC_YCBCR && t->mode == TIFF_RAW)
    TIFFSetField(t->tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  if (page->photometric == PHOTOMETRIC_LOGL)
    TIFFSetField(t->tif, TIFFTAG_SGILOGDATAFMT, SGILOGDATAFMT_FLOAT);
  return t->mode == TIFF_CONVERT ? convert_plane(sink, err)
         : page->tiled           ? tile_plane(sink, err)
                                 : strip_plane(sink, err);
}

bool tiff_decode(Tiff *t, const CytoLayout *layout, CytoImage *image, size_t limit, CytoJob *job,
                 CytoError *err) {
  CYTO_CLEANUP(sink_clear)
  Sink sink = {.t = t, .element = cyto_dtype_size(image->dtype), .limit = limit, .job = job};
  sink.step_y = layout->stride[t->lead + t->axis_y];
  sink.step_x = layout->stride[t->lead + t->axis_y + 1];
  sink.step_s = t->kept > 1 ? layout->stride[t->lead + t->axis_s] : 0;
  if (!make_row(&sink, tiff_page(t)->width, err))
    return false;
  for (size_t i = 0; i < t->planes; i++) {
    size_t page = t->contiguous ? t->first : t->plane[i];
    sink.base = (char *)image->data + plane_offset(t, layout, i) * sink.element;
    sink.plane = i;
    if (!cyto_job_step(job, "reading", i, t->planes, err) || !tiff_select(t, page, err))
      return false;
    if (t->contiguous ? !contiguous_plane(&sink, i, err) : !decode_plane(&sink, err))
      return false;
  }
  return true;
}

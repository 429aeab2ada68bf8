/* Small TIFFs for tests, written with libtiff into the temporary folder. */
#pragma once
#include "base/error.h"
#include "io/reader.h"
#include "check.h"
#include <stdint.h>
#include <tiffio.h>
#include <unistd.h>

typedef struct Recipe {
  const char *mode; /* TIFFOpen's: "w", "wb", "w8" … */
  uint32_t width, height, tile, rows_per_strip;
  uint16_t samples, bits, format, photometric, planar, compression, predictor;
  const char *description;
  unsigned pages;
} Recipe;

static char made_path[64]; /* of the file made last */

/* Sample s of pixel (y,x) of page p: distinct, within `bits`. */
static inline uint64_t made_value(const Recipe *r, unsigned p, size_t y, size_t x, unsigned s) {
  uint64_t v = (p * 1009u + y * 131u + x * 17u + s * 71u + 5u) * 2654435761u;
  return r->bits == 64 ? v : v & ((UINT64_C(1) << r->bits) - 1);
}

static inline void put_bits(uint8_t *row, size_t at, unsigned bits, uint64_t value) {
  if (bits % 8 == 0) {
    memcpy(row + at * bits / 8, &value, bits / 8); /* libtiff takes native numbers */
    return;
  }
  for (unsigned k = 0; k < bits; k++) {
    size_t bit = at * bits + k;
    if (value >> (bits - 1 - k) & 1)
      row[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
  }
}

static inline void made_fields(TIFF *tif, const Recipe *r, unsigned page) {
  TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, r->width);
  TIFFSetField(tif, TIFFTAG_IMAGELENGTH, r->height);
  TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, r->samples);
  TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, r->bits);
  TIFFSetField(tif, TIFFTAG_SAMPLEFORMAT, r->format ? r->format : SAMPLEFORMAT_UINT);
  TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, r->photometric);
  TIFFSetField(tif, TIFFTAG_PLANARCONFIG, r->planar ? r->planar : PLANARCONFIG_CONTIG);
  TIFFSetField(tif, TIFFTAG_COMPRESSION, r->compression ? r->compression : COMPRESSION_NONE);
  if (r->predictor)
    TIFFSetField(tif, TIFFTAG_PREDICTOR, r->predictor);
  if (r->tile) {
    TIFFSetField(tif, TIFFTAG_TILEWIDTH, r->tile);
    TIFFSetField(tif, TIFFTAG_TILELENGTH, r->tile);
  } else {
    TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, r->rows_per_strip ? r->rows_per_strip : r->height);
  }
  if (r->description && page == 0)
    TIFFSetField(tif, TIFFTAG_IMAGEDESCRIPTION, r->description);
}

/* One strip or tile: rows from y0, columns from x0, `first` the first sample, n samples. */
static inline void made_chunk(const Recipe *r, unsigned page, uint8_t *buffer, size_t rows,
                              size_t columns, size_t y0, size_t x0, unsigned first, unsigned n) {
  size_t bytes = (columns * n * r->bits + 7) / 8;
  memset(buffer, 0, rows * bytes);
  for (size_t y = 0; y < rows; y++)
    for (size_t x = 0; x < columns; x++)
      for (unsigned s = 0; s < n; s++)
        put_bits(buffer + y * bytes, x * n + s, r->bits,
                 made_value(r, page, y0 + y, x0 + x, first + s));
}

static inline void made_page(TIFF *tif, const Recipe *r, unsigned page) {
  static uint8_t buffer[1 << 20];
  unsigned parts = r->planar == PLANARCONFIG_SEPARATE ? r->samples : 1, n = r->samples / parts;
  size_t step_y = r->tile ? r->tile : r->rows_per_strip ? r->rows_per_strip : r->height;
  size_t step_x = r->tile ? r->tile : r->width;
  uint32_t chunk = 0;
  made_fields(tif, r, page);
  for (unsigned part = 0; part < parts; part++)
    for (size_t y = 0; y < r->height; y += step_y)
      for (size_t x = 0; x < r->width; x += step_x, chunk++) {
        size_t rows = r->tile || r->height - y > step_y ? step_y : r->height - y;
        size_t bytes = rows * ((step_x * n * r->bits + 7) / 8);
        made_chunk(r, page, buffer, rows, step_x, y, x, part * n, n);
        if (r->tile)
          TIFFWriteEncodedTile(tif, chunk, buffer, (tmsize_t)bytes);
        else
          TIFFWriteEncodedStrip(tif, chunk, buffer, (tmsize_t)bytes);
      }
}

static inline const char *made_name(void) {
  snprintf(made_path, sizeof made_path, "/tmp/cytoscribe-test-%ld.tif", (long)getpid());
  return made_path;
}

static inline const char *make_tiff(const Recipe *r) {
  TIFF *tif = TIFFOpen(made_name(), r->mode);
  for (unsigned p = 0; tif && p < (r->pages ? r->pages : 1); p++) {
    made_page(tif, r, p);
    TIFFWriteDirectory(tif);
  }
  if (tif)
    TIFFClose(tif);
  return made_path;
}

static inline double made_at(const CytoImage *image, size_t t, size_t z, size_t c, size_t y,
                             size_t x) {
  size_t i = (((t * image->nz + z) * image->nc + c) * image->ny + y) * image->nx + x;
  switch (image->dtype) {
  case CYTO_U8:
    return ((uint8_t *)image->data)[i];
  case CYTO_U16:
    return ((uint16_t *)image->data)[i];
  case CYTO_U32:
    return ((uint32_t *)image->data)[i];
  case CYTO_U64:
    return (double)((uint64_t *)image->data)[i];
  case CYTO_I8:
    return ((int8_t *)image->data)[i];
  case CYTO_I16:
    return ((int16_t *)image->data)[i];
  case CYTO_I32:
    return ((int32_t *)image->data)[i];
  case CYTO_I64:
    return (double)((int64_t *)image->data)[i];
  case CYTO_F32:
    return (double)((float *)image->data)[i];
  default:
    return ((double *)image->data)[i];
  }
}

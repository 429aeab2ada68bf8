#include "tiff-private.h"
#include "../base/mem.h"
#include <stdio.h>
#include <string.h>

static const char *codec_name(unsigned compression) {
  static const struct {
    unsigned code;
    const char *name;
  } names[] = {
      {6, "old-style JPEG"}, {7, "JPEG"},          {9, "JBIG"},           {10, "JBIG"},
      {22610, "JPEG XR"},    {33003, "JPEG 2000"}, {33004, "JPEG 2000"},  {33005, "JPEG 2000"},
      {33007, "ALT JPEG"},   {34712, "JPEG 2000"}, {34661, "JBIG"},       {34713, "Nikon NEF"},
      {34892, "lossy JPEG"}, {34925, "LZMA"},      {34887, "LERC"},       {34933, "PNG"},
      {34934, "JPEG XR"},    {50000, "Zstandard"}, {50001, "WebP"},       {50002, "JPEG XL"},
      {52546, "JPEG XL"},    {65000, "Kodak DCR"}, {65535, "Pentax PEF"},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].code == compression)
      return names[i].name;
  return "an unknown method";
}

static bool check_page(const TiffPage *page, CytoError *err) {
  if (page->width == 0 || page->height == 0 || page->samples == 0)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the TIFF image is empty (%zu × %zu pixels)",
                     page->width, page->height);
  if (!TIFFIsCODECConfigured((uint16_t)page->compression))
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "the TIFF is compressed with %s (code %u), which cannot be decoded here; save "
                     "it again without compression, or with LZW or ZIP",
                     codec_name(page->compression), page->compression);
  if (page->depth > 1)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "the TIFF stores %u planes in one page (ImageDepth); save it as a stack of "
                     "pages",
                     page->depth);
  if (page->format == SAMPLEFORMAT_COMPLEXINT || page->format == SAMPLEFORMAT_COMPLEXIEEEFP)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "the TIFF holds complex numbers; save their magnitude instead");
  return true;
}

/* Colour models whose samples mean nothing before they are converted. */
static bool needs_conversion(const TiffPage *page) {
  switch (page->photometric) {
  case PHOTOMETRIC_YCBCR:
    return page->compression != COMPRESSION_JPEG || page->planar != PLANARCONFIG_CONTIG;
  case PHOTOMETRIC_CIELAB:
  case PHOTOMETRIC_LOGLUV:
    return true;
  default:
    return page->compression == COMPRESSION_OJPEG;
  }
}

static bool convertible(Tiff *t, CytoError *err) {
  char why[1024] = "";
  if (TIFFRGBAImageOK(t->tif, why))
    return true;
  return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                   "the TIFF's colours (photometric %u, %u × %u bits) cannot be converted: %s",
                   tiff_page(t)->photometric, tiff_page(t)->samples, tiff_page(t)->bits, why);
}

/* Trailing alpha samples of a picture are no signal. Arrays that tifffile guessed to be planar RGBA
 * (four channels; the flows of algorithm.md §12.10), and numbers no picture has, stay whole. */
static unsigned without_alpha(Tiff *t) {
  uint16_t count = 0, *type = NULL;
  unsigned kept = tiff_page(t)->samples;
  if (tiff_page(t)->planar == PLANARCONFIG_CONTIG && tiff_page(t)->bits <= 16 &&
      tiff_page(t)->format == SAMPLEFORMAT_UINT)
    TIFFGetFieldDefaulted(t->tif, TIFFTAG_EXTRASAMPLES, &count, &type);
  while (count > 0 && type && kept > 1 &&
         (type[count - 1] == EXTRASAMPLE_ASSOCALPHA || type[count - 1] == EXTRASAMPLE_UNASSALPHA)) {
    count--;
    kept--;
  }
  return kept;
}

/* The colour table as 8-bit RGB; some programs fill its 16-bit entries with 8-bit values. */
static bool load_palette(Tiff *t, CytoError *err) {
  uint16_t *red, *green, *blue, largest = 0;
  if (!TIFFGetField(t->tif, TIFFTAG_COLORMAP, &red, &green, &blue))
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the TIFF needs a colour table but has none");
  size_t n = (size_t)1 << tiff_page(t)->bits;
  t->palette = cyto_alloc(n, 3, err);
  if (!t->palette)
    return false;
  for (size_t i = 0; i < n; i++)
    largest |= red[i] | green[i] | blue[i];
  int shift = largest > 255 ? 8 : 0;
  for (size_t i = 0; i < n; i++) {
    t->palette[3 * i] = (uint8_t)(red[i] >> shift);
    t->palette[3 * i + 1] = (uint8_t)(green[i] >> shift);
    t->palette[3 * i + 2] = (uint8_t)(blue[i] >> shift);
  }
  return true;
}

/* ImageJ stores intensities or labels with a palette that is only for display. */
static bool wants_palette(Tiff *t, const CytoReadOptions *options) {
  const TiffPage *page = tiff_page(t);
  char *text = NULL;
  TIFFGetField(t->tif, TIFFTAG_IMAGEDESCRIPTION, &text);
  return page->photometric == PHOTOMETRIC_PALETTE && page->samples == 1 && page->bits <= 16 &&
         !options->indexed && !(text && strncmp(text, "ImageJ=", 7) == 0);
}

static void warn_about_colours(const Tiff *t, CytoJob *job) {
  if (t->mode == TIFF_RAW && t->kept < tiff_page(t)->samples)
    cyto_job_warn(job, "transparency (alpha) is left out");
  if (tiff_page(t)->photometric == PHOTOMETRIC_SEPARATED)
    cyto_job_warn(job, "the picture is in printing inks; its channels are cyan, magenta, yellow "
                       "and black");
  if (tiff_page(t)->photometric == PHOTOMETRIC_MINISWHITE)
    cyto_job_warn(job, "the file marks 0 as white; its values are used as they are stored, so dark "
                       "and bright are swapped against what a viewer shows");
  if (t->mode == TIFF_CONVERT)
    cyto_job_warn(job, "the colours were converted to 8-bit RGB");
}

bool tiff_samples(Tiff *t, const CytoReadOptions *options, CytoLayout *layout, CytoJob *job,
                  CytoError *err) {
  TiffPage *page = &t->page[t->first];
  if (!check_page(page, err))
    return false;
  if (page->photometric == PHOTOMETRIC_LOGL) { /* luminance decoded to float32 */
    page->bits = 32;
    page->format = SAMPLEFORMAT_IEEEFP;
  }
  t->kind = page->format == SAMPLEFORMAT_IEEEFP ? CYTO_SAMPLE_FLOAT
            : page->format == SAMPLEFORMAT_INT  ? CYTO_SAMPLE_INT
                                                : CYTO_SAMPLE_UINT;
  t->kept = without_alpha(t);
  t->mode = needs_conversion(page)      ? TIFF_CONVERT
            : wants_palette(t, options) ? TIFF_INDEXED
                                        : TIFF_RAW;
  if (t->mode == TIFF_RAW) {
    if (!cyto_sample_dtype(t->kind, page->bits, &layout->dtype))
      return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                       "the TIFF stores %s of %u bits, which no program here can read",
                       t->kind == CYTO_SAMPLE_FLOAT ? "floating-point numbers" : "whole numbers",
                       page->bits);
    layout->rgb = t->kept == 3 &&
                  (page->photometric == PHOTOMETRIC_RGB || page->photometric == PHOTOMETRIC_YCBCR);
  } else {
    if (t->mode == TIFF_INDEXED ? !load_palette(t, err) : !convertible(t, err))
      return false;
    t->kind = CYTO_SAMPLE_UINT;
    t->kept = 3;
    layout->dtype = CYTO_U8;
    layout->rgb = true;
  }
  warn_about_colours(t, job);
  return true;
}

#include "tiff-make.h"

static CytoImage *open_tiff(const char *path, size_t limit, CytoError *err) {
  CytoReadOptions options = cyto_read_defaults();
  options.max_memory = limit;
  CytoImage *image = NULL;
  *err = (CytoError){0};
  return cyto_image_read(path, &options, &image, NULL, err) ? image : NULL;
}

static double expected_value(const Recipe *r, unsigned p, size_t y, size_t x, unsigned s) {
  uint64_t v = made_value(r, p, y, x, s);
  if (r->format != SAMPLEFORMAT_INT)
    return (double)v;
  uint64_t sign = UINT64_C(1) << (r->bits - 1);
  return (double)(int64_t)((v ^ sign) - sign);
}

/* Pages are Z (or C when 4 or fewer), samples are C. */
static void compare(const Recipe *r) {
  CytoError err;
  CytoImage *image = open_tiff(make_tiff(r), 0, &err);
  REQUIREF(image, "%s %u bits: %s", r->mode, r->bits, err.text);
  unsigned pages = r->pages ? r->pages : 1;
  bool pages_are_channels = r->samples == 1 && pages <= 4;
  REQUIREF(image->ny == r->height && image->nx == r->width &&
               image->nc == (pages_are_channels ? pages : r->samples) &&
               image->nz == (pages_are_channels ? 1 : pages),
           "%s: z %zu c %zu y %zu x %zu", image->axes, image->nz, image->nc, image->ny, image->nx);
  size_t wrong = 0;
  for (unsigned p = 0; p < pages; p++)
    for (unsigned s = 0; s < r->samples; s++)
      for (size_t y = 0; y < r->height; y++)
        for (size_t x = 0; x < r->width; x++) {
          size_t z = pages_are_channels ? 0 : p, c = pages_are_channels ? p : s;
          wrong += made_at(image, 0, z, c, y, x) != expected_value(r, p, y, x, s);
        }
  CHECKF(wrong == 0, "%zu values differ (%s, %u bits, format %u, planar %u, tile %u, codec %u)",
         wrong, r->mode, r->bits, r->format, r->planar, r->tile, r->compression);
  cyto_image_unref(image);
  unlink(made_path);
}

static void widths(void) {
  static const char *const modes[] = {"wl", "wb", "wl8", "wb8"};
  for (int m = 0; m < 4; m++)
    for (uint16_t bits = 1; bits <= 64; bits++)
      for (uint16_t format = 1; format <= 2; format++) {
        if ((bits > 16 && bits % 8) || bits == 40 || bits == 48 || bits == 56)
          continue;
        compare(&(Recipe){.mode = modes[m],
                          .width = 13,
                          .height = 7,
                          .samples = 1,
                          .bits = bits,
                          .format = format,
                          .photometric = PHOTOMETRIC_MINISBLACK,
                          .rows_per_strip = 3});
      }
}

static void layouts(void) {
  static const uint16_t codecs[] = {COMPRESSION_NONE,          COMPRESSION_LZW,
                                    COMPRESSION_ADOBE_DEFLATE, COMPRESSION_PACKBITS,
                                    COMPRESSION_LZMA,          COMPRESSION_ZSTD};
  for (size_t k = 0; k < sizeof codecs / sizeof *codecs; k++)
    for (uint16_t planar = 1; planar <= 2; planar++)
      for (uint32_t tile = 0; tile <= 16; tile += 16)
        for (uint16_t bits = 8; bits <= 16; bits += 8)
          for (unsigned big = 0; big < 2; big++) {
            if (!TIFFIsCODECConfigured(codecs[k]))
              continue;
            compare(&(Recipe){.mode = big ? "wb" : "wl",
                              .width = 37,
                              .height = 21,
                              .samples = 5,
                              .bits = bits,
                              .photometric = PHOTOMETRIC_MINISBLACK,
                              .planar = planar,
                              .compression = codecs[k],
                              .tile = tile,
                              .rows_per_strip = 4,
                              .pages = 2,
                              .predictor = codecs[k] == COMPRESSION_LZW ? 2 : 0});
          }
}

/* Odd widths through a codec and in tiles, where libtiff hands out packed bits. */
static void packed(void) {
  for (uint16_t bits = 3; bits <= 24; bits += 7)
    for (uint32_t tile = 0; tile <= 16; tile += 16)
      compare(&(Recipe){.mode = "wb",
                        .width = 19,
                        .height = 18,
                        .samples = 3,
                        .bits = bits,
                        .photometric = PHOTOMETRIC_RGB,
                        .compression = COMPRESSION_ADOBE_DEFLATE,
                        .tile = tile});
}

static void stacks(void) {
  compare(&(Recipe){.mode = "wl",
                    .width = 9,
                    .height = 8,
                    .samples = 1,
                    .bits = 16,
                    .pages = 3,
                    .photometric = PHOTOMETRIC_MINISBLACK});
  compare(&(Recipe){.mode = "wl",
                    .width = 9,
                    .height = 8,
                    .samples = 1,
                    .bits = 16,
                    .pages = 40,
                    .photometric = PHOTOMETRIC_MINISBLACK});
}

static void halves(void) {
  static const struct {
    uint16_t bits;
    float value;
  } cases[] = {{0x0000, 0}, {0x3c00, 1}, {0xc000, -2}, {0x0001, 5.9604645e-8f}, {0x7bff, 65504}};
  TIFF *tif = TIFFOpen(made_name(), "wb");
  uint16_t row[5];
  Recipe r = {.mode = "wb",
              .width = 5,
              .height = 1,
              .samples = 1,
              .bits = 16,
              .format = SAMPLEFORMAT_IEEEFP,
              .photometric = PHOTOMETRIC_MINISBLACK};
  made_fields(tif, &r, 0);
  for (int i = 0; i < 5; i++)
    row[i] = cases[i].bits;
  TIFFWriteEncodedStrip(tif, 0, row, sizeof row);
  TIFFClose(tif);
  CytoError err;
  CytoImage *image = open_tiff(made_path, 0, &err);
  REQUIREF(image && image->dtype == CYTO_F32, "%s", err.text);
  for (size_t i = 0; i < 5; i++)
    CHECK_NEAR(made_at(image, 0, 0, 0, 0, i), cases[i].value, 0);
  cyto_image_unref(image);
  r.bits = 24;
  static const uint8_t wide[15] = {0x3f, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0x3f, 0x80, 0, 0x7f, 0, 0};
  tif = TIFFOpen(made_name(), "wb");
  made_fields(tif, &r, 0);
  TIFFWriteRawStrip(tif, 0, (void *)(uintptr_t)wide, sizeof wide);
  TIFFClose(tif);
  image = open_tiff(made_path, 0, &err);
  REQUIREF(image && image->dtype == CYTO_F32, "%s", err.text);
  static const double floats[] = {1, -2, 0, 1.5, INFINITY};
  for (size_t i = 0; i < 5; i++)
    CHECKF(made_at(image, 0, 0, 0, 0, i) == floats[i], "%zu: %g", i, made_at(image, 0, 0, 0, 0, i));
  cyto_image_unref(image);
  unlink(made_path);
}

/* A colour table, alpha, and what the options do with them. */
static void colours(void) {
  uint16_t red[256], green[256], blue[256], alpha = EXTRASAMPLE_UNASSALPHA;
  for (int i = 0; i < 256; i++) {
    red[i] = (uint16_t)(i * 257);
    green[i] = (uint16_t)((255 - i) * 257);
    blue[i] = 7 * 257;
  }
  Recipe r = {.mode = "wl",
              .width = 8,
              .height = 8,
              .samples = 1,
              .bits = 8,
              .photometric = PHOTOMETRIC_PALETTE};
  TIFF *tif = TIFFOpen(made_name(), "wl");
  made_fields(tif, &r, 0);
  TIFFSetField(tif, TIFFTAG_COLORMAP, red, green, blue);
  made_page(tif, &r, 0);
  TIFFClose(tif);
  CytoError err;
  CytoImage *image = open_tiff(made_path, 0, &err);
  REQUIREF(image, "%s", err.text);
  double index = (double)made_value(&r, 0, 3, 4, 0);
  CHECK(image->nc == 3 && image->rgb && made_at(image, 0, 0, 0, 3, 4) == index &&
        made_at(image, 0, 0, 1, 3, 4) == 255 - index && made_at(image, 0, 0, 2, 3, 4) == 7);
  cyto_image_unref(image);
  CytoReadOptions options = cyto_read_defaults();
  options.indexed = true;
  REQUIRE(cyto_image_read(made_path, &options, &image, NULL, &err));
  CHECK(image->nc == 1 && made_at(image, 0, 0, 0, 3, 4) == index);
  cyto_image_unref(image);
  r = (Recipe){.mode = "wl",
               .width = 8,
               .height = 8,
               .samples = 4,
               .bits = 8,
               .photometric = PHOTOMETRIC_RGB};
  tif = TIFFOpen(made_name(), "wl");
  made_fields(tif, &r, 0);
  TIFFSetField(tif, TIFFTAG_EXTRASAMPLES, 1, &alpha);
  made_page(tif, &r, 0);
  TIFFClose(tif);
  image = open_tiff(made_path, 0, &err);
  REQUIREF(image, "%s", err.text);
  CHECK(image->nc == 3 && image->rgb);
  CHECK(made_at(image, 0, 0, 2, 3, 4) == (double)made_value(&r, 0, 3, 4, 2));
  cyto_image_unref(image);
  unlink(made_path);
}

/* The training cache of algorithm.md §12.10: planar RGB and one more sample. */
static void flows(void) {
  Recipe r = {.mode = "wl",
              .width = 8,
              .height = 6,
              .samples = 4,
              .bits = 32,
              .format = SAMPLEFORMAT_IEEEFP,
              .photometric = PHOTOMETRIC_RGB,
              .planar = PLANARCONFIG_SEPARATE,
              .description = "{\"shape\": [4, 6, 8]}"};
  CytoError err;
  CytoImage *image = open_tiff(make_tiff(&r), 0, &err);
  REQUIREF(image, "%s", err.text);
  CHECK_STR(image->axes, "SYX");
  CHECK(image->nc == 4 && !image->rgb && image->dtype == CYTO_F32);
  cyto_image_unref(image);
  unlink(made_path);
}

int main(void) {
  TIFFSetWarningHandler(NULL);
  return check_main((CheckTest[]){TEST(widths),
                                  TEST(layouts),
                                  TEST(packed),
                                  TEST(stacks),
                                  TEST(halves),
                                  TEST(colours),
                                  TEST(flows),
                                  {0}});
}

/* Files that must be refused, with the words they must be refused with. */
#include "tiff-make.h"
#include <sys/stat.h>

static void refuse(const char *path, size_t limit, CytoErrorCode code, const char *expected) {
  CytoReadOptions options = cyto_read_defaults();
  options.max_memory = limit;
  CytoImage *image = NULL;
  CytoError err = {0};
  CHECKF(!cyto_image_read(path, &options, &image, NULL, &err), "opened: should say %s", expected);
  CHECK(!image);
  CHECKF(err.code == code && strstr(err.text, expected), "code %d \"%s\", expected %d \"%s\"",
         err.code, err.text, code, expected);
  CHECKF(strstr(err.text, path), "\"%s\" does not name the file", err.text);
}

static const char *write_file(const void *data, size_t n) {
  FILE *f = fopen(made_name(), "wb");
  fwrite(data, 1, n, f);
  fclose(f);
  return made_path;
}

static void not_images(void) {
  refuse("/nowhere/x.tif", 0, CYTO_ERROR_IO, "No such file");
  mkdir(made_name(), 0700);
  refuse(made_path, 0, CYTO_ERROR_IO, "is a folder");
  rmdir(made_path);
  refuse(write_file("", 0), 0, CYTO_ERROR_FORMAT, "the file is empty");
  refuse(write_file("hello, world", 12), 0, CYTO_ERROR_UNSUPPORTED, "none of TIFF, PNG, JPEG");
  refuse(write_file("ZISRAWFILE......", 16), 0, CYTO_ERROR_UNSUPPORTED, "a Zeiss CZI file");
  refuse(write_file("PK\3\4....", 8), 0, CYTO_ERROR_UNSUPPORTED, "a ZIP archive");
  refuse(write_file("II*\0", 4), 0, CYTO_ERROR_FORMAT, "the TIFF is damaged");
  refuse(write_file("\x89PNG\r\n\x1a\n", 8), 0, CYTO_ERROR_FORMAT, "the PNG is damaged");
  refuse(write_file("\xff\xd8\xff\xe0", 4), 0, CYTO_ERROR_FORMAT, "the JPEG is damaged");
  if (geteuid() != 0) { /* root may read everything */
    chmod(made_path, 0);
    refuse(made_path, 0, CYTO_ERROR_IO, "Permission denied");
  }
  unlink(made_path);
}

/* A directory of the given entries, in little-endian classic TIFF. */
typedef struct Entry {
  uint16_t tag, type;
  uint32_t count, value;
} Entry;

static const char *write_tiff(const Entry *entry, unsigned n) {
  uint8_t file[512] = {'I', 'I', 42, 0, 8, 0, 0, 0, (uint8_t)n, 0};
  for (unsigned i = 0; i < n; i++)
    memcpy(file + 10 + 12 * i, &entry[i], 12);
  return write_file(file, 14 + 12 * n + 64);
}

static Entry *basic(Entry e[16], uint32_t width, uint32_t height, uint16_t codec) {
  const Entry entries[] = {{256, 4, 1, width}, {257, 4, 1, height}, {258, 3, 1, 16},
                           {259, 3, 1, codec}, {262, 3, 1, 1},      {273, 4, 1, 200},
                           {277, 3, 1, 1},     {278, 4, 1, height}, {279, 4, 1, 32}};
  memcpy(e, entries, sizeof entries);
  return e;
}

static void tall_claims(void) {
  Entry e[16];
  refuse(
      write_tiff(basic(e, 131072, 65536, 1), 9), (size_t)1 << 30, CYTO_ERROR_LIMIT,
      "needs 17179.9 MB (131072 × 65536 pixels, 1 planes of uint16), above the limit of 1073.7 MB");
  refuse(write_tiff(basic(e, 131072, 65536, 8), 9), (size_t)1 << 30, CYTO_ERROR_LIMIT,
         "above the limit of 1073.7 MB");
  refuse(write_tiff(basic(e, 4000, 4000, 1), 9), 0, CYTO_ERROR_FORMAT,
         "cut short: 1 planes of 4000 × 4000 pixels do not fit into its");
  refuse(write_tiff(basic(e, 8, 8, 8), 9), 0, CYTO_ERROR_FORMAT, "cannot be decoded");
  refuse(write_tiff(basic(e, 8, 8, 34712), 9), 0, CYTO_ERROR_UNSUPPORTED,
         "compressed with JPEG 2000 (code 34712), which cannot be decoded here");
  refuse(write_tiff(basic(e, 8, 8, 4711), 9), 0, CYTO_ERROR_UNSUPPORTED,
         "compressed with an unknown method (code 4711)");
  basic(e, 8, 8, 1)[2].value = 65;
  refuse(write_tiff(e, 9), 0, CYTO_ERROR_UNSUPPORTED, "whole numbers of 65 bits");
  basic(e, 0, 8, 1);
  refuse(write_tiff(e, 9), 0, CYTO_ERROR_FORMAT, "");
  basic(e, 8, 8, 1);
  e[9] = (Entry){339, 3, 1, 6};
  e[2].value = 64;
  refuse(write_tiff(e, 10), 0, CYTO_ERROR_UNSUPPORTED, "complex numbers");
  unlink(made_path);
}

/* Every prefix and every flipped bit of small files through each decoder: an answer, not a crash.
 */
static void damage(void) {
  static const uint16_t codecs[] = {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE};
  static uint8_t whole[8192], part[8192];
  for (size_t k = 0; k < 6; k++) {
    Recipe r = {.mode = k % 2 ? "wb8" : "wl",
                .width = 20,
                .height = 17,
                .samples = 3,
                .bits = 8,
                .photometric = PHOTOMETRIC_RGB,
                .compression = codecs[k / 2],
                .tile = k % 2 ? 16 : 0,
                .rows_per_strip = 5,
                .pages = 2};
    FILE *f = fopen(make_tiff(&r), "rb");
    size_t size = fread(whole, 1, sizeof whole, f), refused = 0, tried = 0;
    fclose(f);
    for (size_t step = 0; step < 2 * size; step += 7) {
      memcpy(part, whole, size);
      if (step >= size)
        part[step - size] ^= (uint8_t)(1u << step % 8);
      CytoReadOptions options = cyto_read_defaults();
      options.max_memory = 1 << 24;
      CytoImage *image = NULL;
      CytoError err = {0};
      bool good = cyto_image_read(write_file(part, step < size ? step : size), &options, &image,
                                  NULL, &err);
      CHECK(good == (image != NULL) && good == (err.text[0] == 0));
      CHECKF(step >= size || !good || step > size / 2, "%zu of %zu bytes opened", step, size);
      cyto_image_unref(image);
      refused += !good;
      tried++;
    }
    CHECKF(refused > tried / 8, "%zu of %zu refused", refused, tried);
  }
  unlink(made_path);
}

int main(void) {
  TIFFSetWarningHandler(NULL);
  return check_main((CheckTest[]){TEST(not_images), TEST(tall_claims), TEST(damage), {0}});
}

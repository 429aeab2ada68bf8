#include "check.h"
#include "io/format.h"
#include <png.h>

typedef struct File {
  uint8_t *bytes;
  size_t size, room;
} File;

static void on_write(png_structp png, png_bytep data, size_t n) {
  File *file = png_get_io_ptr(png);
  if (file->size + n > file->room) {
    file->room = 2 * (file->size + n);
    file->bytes = realloc(file->bytes, file->room);
  }
  memcpy(file->bytes + file->size, data, n);
  file->size += n;
}

static void on_flush(png_structp png) {
  (void)png;
}

enum { NY = 5, NX = 11 };

static unsigned sample_at(int depth, size_t y, size_t x, unsigned s) {
  return (unsigned)(y * 8191 + x * 613 + s * 127 + 3) & ((1u << depth) - 1);
}

static File make(int type, int depth, int interlace, unsigned samples) {
  File file = {0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct(png);
  png_color palette[256];
  uint8_t rows[NY][NX * 8] = {{0}};
  png_bytep row[NY];
  png_set_write_fn(png, &file, on_write, on_flush);
  png_set_IHDR(png, info, NX, NY, depth, type, interlace, PNG_COMPRESSION_TYPE_BASE,
               PNG_FILTER_TYPE_BASE);
  for (int i = 0; i < 256; i++)
    palette[i] = (png_color){(png_byte)i, (png_byte)(255 - i), 9};
  if (type == PNG_COLOR_TYPE_PALETTE)
    png_set_PLTE(png, info, palette, 1 << depth);
  png_write_info(png, info);
  for (size_t y = 0; y < NY; y++) {
    row[y] = rows[y];
    for (size_t x = 0; x < NX; x++)
      for (unsigned s = 0; s < samples; s++) {
        unsigned v = sample_at(depth, y, x, s);
        size_t i = x * samples + s;
        if (depth == 16) {
          rows[y][2 * i] = (uint8_t)(v >> 8);
          rows[y][2 * i + 1] = (uint8_t)v;
        } else {
          rows[y][i * (unsigned)depth / 8] |=
              (uint8_t)(v << (8 - depth - (int)(i * (unsigned)depth % 8)));
        }
      }
  }
  png_write_image(png, row);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return file;
}

static void count_warning(void *data, const char *text) {
  (void)text;
  ++*(int *)data;
}

static CytoImage *open_png(const File *file, bool indexed, int *warnings, CytoError *err) {
  CytoReadOptions options = cyto_read_defaults();
  CytoJob job = {.warning = count_warning, .data = warnings};
  options.indexed = indexed;
  CytoImage *image = NULL;
  CytoBytes bytes = {file->bytes, file->size, "test.png"};
  *err = (CytoError){0};
  return cyto_png_read(&bytes, &options, &image, &job, err) ? image : NULL;
}

static unsigned pixel(const CytoImage *image, size_t c, size_t y, size_t x) {
  size_t i = (c * image->ny + y) * image->nx + x;
  return image->dtype == CYTO_U16 ? ((uint16_t *)image->data)[i] : ((uint8_t *)image->data)[i];
}

static unsigned expected(int type, int depth, bool indexed, size_t y, size_t x, unsigned c) {
  unsigned v = sample_at(depth, y, x, type == PNG_COLOR_TYPE_PALETTE ? 0 : c);
  if (type == PNG_COLOR_TYPE_PALETTE && !indexed)
    return c == 0 ? v : c == 1 ? 255 - v : 9;
  return depth < 8 && !indexed ? v * (255 / ((1u << depth) - 1)) : v;
}

static void kinds(void) {
  static const struct {
    int type, depth;
    unsigned samples, colours;
  } cases[] = {
      {PNG_COLOR_TYPE_GRAY, 1, 1, 1},        {PNG_COLOR_TYPE_GRAY, 2, 1, 1},
      {PNG_COLOR_TYPE_GRAY, 4, 1, 1},        {PNG_COLOR_TYPE_GRAY, 8, 1, 1},
      {PNG_COLOR_TYPE_GRAY, 16, 1, 1},       {PNG_COLOR_TYPE_GRAY_ALPHA, 8, 2, 1},
      {PNG_COLOR_TYPE_GRAY_ALPHA, 16, 2, 1}, {PNG_COLOR_TYPE_RGB, 8, 3, 3},
      {PNG_COLOR_TYPE_RGB, 16, 3, 3},        {PNG_COLOR_TYPE_RGB_ALPHA, 8, 4, 3},
      {PNG_COLOR_TYPE_RGB_ALPHA, 16, 4, 3},  {PNG_COLOR_TYPE_PALETTE, 1, 1, 3},
      {PNG_COLOR_TYPE_PALETTE, 2, 1, 3},     {PNG_COLOR_TYPE_PALETTE, 4, 1, 3},
      {PNG_COLOR_TYPE_PALETTE, 8, 1, 3},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    for (int way = 0; way < 4; way++) {
      bool indexed = way & 1, alpha = cases[k].type & PNG_COLOR_MASK_ALPHA;
      unsigned colours = indexed && cases[k].type == PNG_COLOR_TYPE_PALETTE ? 1 : cases[k].colours;
      File file = make(cases[k].type, cases[k].depth, way >> 1, cases[k].samples);
      int warnings = 0;
      CytoError err;
      CytoImage *image = open_png(&file, indexed, &warnings, &err);
      REQUIREF(image, "type %d depth %d: %s", cases[k].type, cases[k].depth, err.text);
      CHECK(image->nc == colours && image->ny == NY && image->nx == NX && warnings == alpha);
      CHECK(image->dtype == (cases[k].depth == 16 ? CYTO_U16 : CYTO_U8));
      CHECK(image->rgb == (colours == 3));
      size_t wrong = 0;
      for (unsigned c = 0; c < colours; c++)
        for (size_t y = 0; y < NY; y++)
          for (size_t x = 0; x < NX; x++)
            wrong +=
                pixel(image, c, y, x) != expected(cases[k].type, cases[k].depth, indexed, y, x, c);
      CHECKF(wrong == 0, "type %d depth %d way %d: %zu pixels differ", cases[k].type,
             cases[k].depth, way, wrong);
      cyto_image_unref(image);
      free(file.bytes);
    }
}

/* Every prefix is refused; no flipped bit crashes. */
static void damage(void) {
  for (int interlace = 0; interlace < 2; interlace++) {
    File file = make(PNG_COLOR_TYPE_RGB, 8, interlace, 3);
    CytoError err;
    int warnings = 0;
    size_t image_end = file.size - 12; /* without IEND all pixels are there */
    for (size_t size = 8; size < image_end; size++) {
      CytoImage *image = open_png(&(File){file.bytes, size, 0}, false, &warnings, &err);
      CHECKF(!image, "%zu of %zu bytes opened", size, file.size);
      cyto_image_unref(image);
    }
    size_t refused = 0;
    for (size_t bit = 64; bit < 8 * image_end; bit++) {
      file.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
      CytoImage *image = open_png(&file, false, &warnings, &err);
      refused += image == NULL;
      cyto_image_unref(image);
      file.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECKF(refused > 4 * image_end, "%zu of %zu refused", refused, 8 * image_end);
    free(file.bytes);
  }
}

int main(void) {
  return check_main((CheckTest[]){TEST(kinds), TEST(damage), {0}});
}

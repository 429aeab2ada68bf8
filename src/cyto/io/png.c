#include "../base/mem.h"
#include "axes.h"
#include "format.h"
#include "samples.h"
#include <png.h>
#include <stdio.h>
#include <string.h>

/* Everything that must survive libpng's longjmp. */
typedef struct Reading {
  const uint8_t *next, *end;
  png_structp png;
  png_infop info;
  CytoImage *image;
  png_bytep rows; /* one row, or all when interlaced */
  png_bytep *row; /* of an interlaced image */
  char message[200];
} Reading;

static void on_error(png_structp png, png_const_charp text) {
  Reading *r = png_get_error_ptr(png);
  snprintf(r->message, sizeof r->message, "%s", text);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void on_read(png_structp png, png_bytep to, size_t n) {
  Reading *r = png_get_io_ptr(png);
  if (n > (size_t)(r->end - r->next))
    png_error(png, "the file ends too early");
  memcpy(to, r->next, n);
  r->next += n;
}

static void reading_clear(Reading *r) {
  png_destroy_read_struct(&r->png, &r->info, NULL);
  cyto_image_unref(r->image);
  free(r->rows);
  free(r->row);
}

static bool fail_png(Reading *r, CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_FORMAT, "the PNG is damaged: %s", r->message);
}

/* Asks libpng for 8- or 16-bit samples: grey, RGB or indices, and no alpha. */
static bool set_up(Reading *r, bool indexed, bool *alpha) {
  if (setjmp(png_jmpbuf(r->png)))
    return false;
  png_set_read_fn(r->png, r, on_read);
  png_set_crc_action(r->png, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
  png_set_user_limits(r->png, 0x7fffffff, 0x7fffffff);
  png_read_info(r->png, r->info);
  int type = png_get_color_type(r->png, r->info), depth = png_get_bit_depth(r->png, r->info);
  *alpha = (type & PNG_COLOR_MASK_ALPHA) || png_get_valid(r->png, r->info, PNG_INFO_tRNS);
  if (type == PNG_COLOR_TYPE_PALETTE && !indexed)
    png_set_palette_to_rgb(r->png);
  else if (type == PNG_COLOR_TYPE_GRAY && depth < 8 && !indexed)
    png_set_expand_gray_1_2_4_to_8(r->png);
  else if (depth < 8)
    png_set_packing(r->png);
  if (type & PNG_COLOR_MASK_ALPHA)
    png_set_strip_alpha(r->png);
  if (depth == 16 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
    png_set_swap(r->png);
  if (png_get_interlace_type(r->png, r->info) != PNG_INTERLACE_NONE)
    png_set_interlace_handling(r->png);
  png_read_update_info(r->png, r->info);
  return true;
}

static bool make_rows(Reading *r, size_t ny, CytoError *err) {
  size_t bytes = png_get_rowbytes(r->png, r->info);
  bool whole = png_get_interlace_type(r->png, r->info) != PNG_INTERLACE_NONE;
  r->rows = cyto_calloc(whole ? ny : 1, bytes, err);
  r->row = cyto_alloc(whole ? ny : 1, sizeof *r->row, err);
  if (!r->rows || !r->row)
    return false;
  for (size_t y = 0; y < (whole ? ny : 1); y++)
    r->row[y] = r->rows + y * bytes;
  return true;
}

static void place_row(const CytoLayout *layout, CytoImage *image, size_t y, const void *row) {
  size_t size = cyto_dtype_size(layout->dtype), samples = layout->shape[2];
  for (size_t s = 0; s < samples; s++)
    cyto_scatter((char *)image->data + (y * layout->stride[0] + s * layout->stride[2]) * size,
                 layout->stride[1], (const char *)row + s * size, samples, layout->shape[1], size);
}

static bool read_pixels(Reading *r, const CytoLayout *layout) {
  if (setjmp(png_jmpbuf(r->png)))
    return false;
  size_t ny = layout->shape[0];
  if (png_get_interlace_type(r->png, r->info) != PNG_INTERLACE_NONE) {
    png_read_image(r->png, r->row);
    for (size_t y = 0; y < ny; y++)
      place_row(layout, r->image, y, r->row[y]);
  } else {
    for (size_t y = 0; y < ny; y++) {
      png_read_row(r->png, r->rows, NULL);
      place_row(layout, r->image, y, r->rows);
    }
  }
  return true;
}

static CytoLayout describe(const Reading *r) {
  unsigned samples = png_get_channels(r->png, r->info);
  CytoLayout layout = {.dtype = png_get_bit_depth(r->png, r->info) == 16 ? CYTO_U16 : CYTO_U8,
                       .ndim = samples == 3 ? 3 : 2,
                       .shape = {png_get_image_height(r->png, r->info),
                                 png_get_image_width(r->png, r->info), samples},
                       .axes = "YXS",
                       .rgb = samples == 3};
  snprintf(layout.source, sizeof layout.source, "the PNG's colour type");
  return layout;
}

bool cyto_png_read(const CytoBytes *bytes, const CytoReadOptions *options, CytoImage **out,
                   CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(reading_clear)
  Reading r = {.next = bytes->data, .end = bytes->data + bytes->size};
  r.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r, on_error, on_warning);
  r.info = r.png ? png_create_info_struct(r.png) : NULL;
  if (!r.info)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to start reading a PNG");
  bool alpha = false;
  if (!set_up(&r, options->indexed, &alpha))
    return fail_png(&r, err);
  CytoLayout layout = describe(&r);
  CytoReadOptions own = *options; /* a picture's axes are known: options about stacks pass by */
  own.channel_axis = own.z_axis = CYTO_AXIS_NONE;
  if (!cyto_layout_resolve(&layout, &own, err) ||
      !cyto_layout_image(&layout, options->max_memory, &r.image, err) ||
      !make_rows(&r, layout.shape[0], err) || !cyto_job_step(job, "reading", 0, 1, err))
    return false;
  if (!read_pixels(&r, &layout))
    return fail_png(&r, err);
  if (alpha)
    cyto_job_warn(job, "transparency (alpha) is left out");
  *out = cyto_steal(&r.image);
  return true;
}

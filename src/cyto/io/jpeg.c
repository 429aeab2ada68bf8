#include "../base/mem.h"
#include "axes.h"
#include "format.h"
#include "samples.h"
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>

/* Everything that must survive libjpeg's longjmp. */
typedef struct Reading {
  struct jpeg_error_mgr handler; /* first: libjpeg hands back a pointer to it */
  struct jpeg_decompress_struct jpeg;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  CytoImage *image;
  JSAMPLE *row;
  char message[JMSG_LENGTH_MAX];
} Reading;

static void on_error(j_common_ptr common) {
  Reading *r = (Reading *)(void *)common->err;
  r->handler.format_message(common, r->message);
  longjmp(r->escape, 1);
}

/* Pixels made up for missing or damaged data would be segmented as if they were real. */
static void on_message(j_common_ptr common, int level) {
  int code = common->err->msg_code;
  if (level < 0 &&
      (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE ||
       code == JWRN_ARITH_BAD_CODE || code == JWRN_MUST_RESYNC))
    on_error(common);
}

/* A small file can order thousands of passes over a large picture; real ones make about ten. */
static void on_progress(j_common_ptr common) {
  Reading *r = (Reading *)(void *)common->err;
  if (r->jpeg.input_scan_number <= 200)
    return;
  snprintf(r->message, sizeof r->message, "more than 200 passes over one picture");
  longjmp(r->escape, 1);
}

static void reading_clear(Reading *r) {
  jpeg_destroy_decompress(&r->jpeg);
  cyto_image_unref(r->image);
  free(r->row);
}

static bool fail_jpeg(Reading *r, CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_FORMAT, "the JPEG is damaged or of a kind not known here: %s",
                   r->message);
}

static bool set_up(Reading *r, const CytoBytes *bytes) {
  if (setjmp(r->escape))
    return false;
  jpeg_create_decompress(&r->jpeg);
  r->progress.progress_monitor = on_progress;
  r->jpeg.progress = &r->progress;
  jpeg_mem_src(&r->jpeg, bytes->data, bytes->size);
  jpeg_read_header(&r->jpeg, TRUE);
  bool grey = r->jpeg.num_components == 1;
  r->jpeg.out_color_space = grey ? JCS_GRAYSCALE : r->jpeg.num_components > 3 ? JCS_CMYK : JCS_RGB;
  jpeg_calc_output_dimensions(&r->jpeg);
  return true;
}

/* Inks to light, in place; cameras and Adobe programs store them inverted, as OpenCV assumes. */
static void cmyk_to_rgb(JSAMPLE *row, size_t n) {
  for (size_t i = 0; i < n; i++) {
    int key = row[4 * i + 3];
    for (size_t k = 0; k < 3; k++)
      row[3 * i + k] = (JSAMPLE)(key - ((255 - row[4 * i + k]) * key >> 8));
  }
}

static bool read_pixels(Reading *r, const CytoLayout *layout) {
  if (setjmp(r->escape))
    return false;
  size_t samples = layout->shape[2], nx = layout->shape[1];
  jpeg_start_decompress(&r->jpeg);
  while (r->jpeg.output_scanline < r->jpeg.output_height) {
    JSAMPLE *out = (JSAMPLE *)r->image->data + r->jpeg.output_scanline * layout->stride[0];
    jpeg_read_scanlines(&r->jpeg, &r->row, 1);
    if (r->jpeg.out_color_space == JCS_CMYK)
      cmyk_to_rgb(r->row, nx);
    for (size_t s = 0; s < samples; s++)
      cyto_scatter(out + s * layout->stride[2], layout->stride[1], r->row + s, samples, nx, 1);
  }
  jpeg_finish_decompress(&r->jpeg);
  return true;
}

static CytoLayout describe(const Reading *r) {
  bool grey = r->jpeg.out_color_space == JCS_GRAYSCALE;
  CytoLayout layout = {.dtype = CYTO_U8,
                       .ndim = grey ? 2 : 3,
                       .shape = {r->jpeg.output_height, r->jpeg.output_width, grey ? 1 : 3},
                       .axes = "YXS",
                       .rgb = !grey};
  snprintf(layout.source, sizeof layout.source, "the JPEG's colours");
  return layout;
}

/* Progressive files are held as 16-bit coefficients until the last pass. */
static bool check_memory(const Reading *r, size_t limit, CytoError *err) {
  size_t bytes, planes = (size_t)r->jpeg.num_components;
  size_t shape[5] = {1, 1, planes, r->jpeg.image_height, r->jpeg.image_width};
  return !r->jpeg.progressive_mode || cyto_image_bytes(CYTO_U16, shape, limit, &bytes, err);
}

bool cyto_jpeg_read(const CytoBytes *bytes, const CytoReadOptions *options, CytoImage **out,
                    CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(reading_clear) Reading r = {0};
  r.jpeg.err = jpeg_std_error(&r.handler);
  r.handler.error_exit = on_error;
  r.handler.emit_message = on_message;
  if (!set_up(&r, bytes))
    return fail_jpeg(&r, err);
  CytoLayout layout = describe(&r);
  CytoReadOptions own = *options; /* a picture's axes are known: options about stacks pass by */
  own.channel_axis = own.z_axis = CYTO_AXIS_NONE;
  if (!cyto_layout_resolve(&layout, &own, err) || !check_memory(&r, options->max_memory, err) ||
      !cyto_layout_image(&layout, options->max_memory, &r.image, err))
    return false;
  r.row = cyto_alloc(layout.shape[1], 4, err);
  if (!r.row || !cyto_job_step(job, "reading", 0, 1, err))
    return false;
  if (!read_pixels(&r, &layout))
    return fail_jpeg(&r, err);
  *out = cyto_steal(&r.image);
  return true;
}

#include "tiff-private.h"
#include "../base/mem.h"
#include <stdio.h>
#include <string.h>

#define TAG_LSM_INFO 34412
#define TAG_STK_PLANES 33629

/* Resolution tags of scanners and screens (72, 96, 300 dpi …) say nothing about a specimen. */
#define LARGEST_PIXEL 20.0 /* micrometres */

bool tiff_is_plain(const Tiff *t) {
  const TiffPage *page = tiff_page(t);
  return t->mode != TIFF_CONVERT && page->compression == COMPRESSION_NONE && !page->tiled &&
         page->fill_order == FILLORDER_MSB2LSB;
}

bool tiff_plane_bytes(const TiffPage *page, size_t *bytes) {
  bool planar = page->planar == PLANARCONFIG_SEPARATE;
  return cyto_mul(page->width, planar ? 1 : page->samples, bytes) &&
         cyto_samples_bytes(*bytes, page->bits, bytes) && cyto_mul(*bytes, page->height, bytes) &&
         cyto_mul(*bytes, planar ? page->samples : 1, bytes);
}

/* Axes of one page behind those of the planes, in the file's order. */
static void add_page_axes(const Tiff *t, CytoLayout *layout, unsigned samples) {
  const TiffPage *page = tiff_page(t);
  bool planar = page->planar == PLANARCONFIG_SEPARATE && t->mode != TIFF_CONVERT;
  const char *order = samples == 1 ? "YX" : planar ? "SYX" : "YXS";
  for (; *order; order++) {
    layout->axes[layout->ndim] = *order;
    layout->shape[layout->ndim++] = *order == 'Y'   ? page->height
                                    : *order == 'X' ? page->width
                                                    : samples;
  }
}

static bool set_layout(Tiff *t, CytoLayout *layout, const CytoPlanes *planes, const char *source) {
  if (planes->count > CYTO_MAX_AXES - 3)
    return false;
  layout->ndim = 0;
  for (unsigned i = 0; i < planes->count; i++) {
    layout->axes[i] = planes->letter[i];
    layout->shape[i] = planes->size[i];
  }
  layout->ndim = t->lead = planes->count;
  add_page_axes(t, layout, t->kept);
  const char *own = layout->axes + t->lead;
  t->axis_y = *own == 'S' ? 1 : 0;
  t->axis_s = *own == 'S' ? 0 : 2;
  snprintf(layout->source, sizeof layout->source, "%s", source);
  double x = t->found.pixel_x, y = t->found.pixel_y;
  t->found = *planes;
  if (t->found.pixel_x <= 0 || t->found.pixel_y <= 0) {
    t->found.pixel_x = x;
    t->found.pixel_y = y;
  }
  return true;
}

/* The pages that can be planes, in the order of the file. */
static bool collect_planes(Tiff *t, CytoError *err) {
  t->plane = cyto_alloc(t->pages, sizeof *t->plane, err);
  if (!t->plane)
    return false;
  for (size_t i = t->first; i < t->pages; i++)
    if (tiff_same_kind(&t->page[i], tiff_page(t)))
      t->plane[t->planes++] = i;
  return true;
}

/* Whether `total` planes are there, as pages or, in the manner of ImageJ, right behind the first.
 */
static bool has_planes(Tiff *t, size_t total) {
  size_t bytes;
  if (total == t->planes)
    return true;
  if (t->planes != 1 || !tiff_is_plain(t) || !tiff_plane_bytes(tiff_page(t), &bytes) ||
      !cyto_mul(bytes, total, &bytes) || bytes > t->bytes->size)
    return false;
  t->contiguous = true;
  t->planes = total;
  return true;
}

static bool try_shaped(Tiff *t, CytoLayout *layout, const char *text) {
  CytoShaped shaped;
  CytoLayout page = {0};
  if (!text || !cyto_meta_shaped(text, &shaped))
    return false;
  add_page_axes(t, &page, tiff_page(t)->samples);
  while (shaped.ndim > page.ndim && shaped.shape[shaped.ndim - 1] == 1 &&
         shaped.shape[shaped.ndim - 2] == page.shape[page.ndim - 1])
    shaped.axes[--shaped.ndim] = 0; /* (…, Y, X, 1) */
  if (shaped.ndim < page.ndim)
    return false;
  unsigned lead = shaped.ndim - page.ndim;
  CytoPlanes planes = {0};
  for (unsigned i = 0; i < page.ndim; i++)
    if (shaped.shape[lead + i] != page.shape[i])
      return false;
  for (unsigned i = 0; i < lead; i++) {
    char letter = shaped.axes[0] ? shaped.axes[i] : '?';
    cyto_planes_add(&planes, strchr("TZC", letter) ? letter : '?', shaped.shape[i]);
  }
  size_t total = cyto_planes_total(&planes);
  if (total < t->planes)
    t->planes = total; /* further pages are further images */
  if (!has_planes(t, total) ||
      !set_layout(t, layout, &planes, shaped.axes[0] ? "tifffile metadata" : ""))
    return false;
  /* What tifffile took for the samples of a colour may have been named as something else. */
  for (unsigned i = 0; shaped.axes[0] && t->kept == tiff_page(t)->samples && i < page.ndim; i++)
    if (page.axes[i] == 'S' && strchr("TZC", shaped.axes[lead + i])) {
      layout->axes[t->lead + i] = shaped.axes[lead + i];
      layout->rgb = false;
    }
  return true;
}

static bool try_ome(Tiff *t, CytoLayout *layout, const char *text, CytoJob *job) {
  CYTO_CLEANUP(cyto_ome_clear) CytoOme ome = {0};
  CytoError err = {0};
  if (!text || !cyto_meta_is_ome(text))
    return false;
  if (!cyto_meta_ome(text, t->bytes->name, t->pages, &ome, &err)) {
    cyto_job_warn(job, "%s; the OME metadata is not used", err.text);
    return false;
  }
  size_t total = cyto_planes_total(&ome.planes);
  bool fits = ome.size_x == tiff_page(t)->width && ome.size_y == tiff_page(t)->height;
  for (size_t i = 0; fits && i < total; i++)
    fits = tiff_same_kind(&t->page[ome.plane[i]], tiff_page(t));
  if (!fits) {
    cyto_job_warn(job,
                  "the OME metadata describes planes of %zu × %zu pixels that are not in "
                  "the file; it is not used",
                  ome.size_x, ome.size_y);
    return false;
  }
  if (ome.partial)
    cyto_job_warn(job, "the data set goes on in other files; only the planes in this file are "
                       "read");
  free(t->plane);
  t->plane = cyto_steal(&ome.plane);
  t->planes = total;
  t->first = t->plane[0];
  t->names = cyto_steal(&ome.names);
  t->n_names = ome.n_names;
  return set_layout(t, layout, &ome.planes, "OME-XML");
}

static bool try_imagej(Tiff *t, CytoLayout *layout, const char *text, CytoJob *job) {
  CytoPlanes planes;
  double unit;
  float x = 0, y = 0;
  if (!text || !cyto_meta_imagej(text, &planes, &unit))
    return false;
  if (!has_planes(t, cyto_planes_total(&planes))) {
    cyto_job_warn(job, "ImageJ announces %zu planes, the file holds %zu; its axes are not used",
                  cyto_planes_total(&planes), t->planes);
    return false;
  }
  TIFFGetField(t->tif, TIFFTAG_XRESOLUTION, &x);
  TIFFGetField(t->tif, TIFFTAG_YRESOLUTION, &y);
  if (unit > 0 && x > 0 && y > 0) {
    planes.pixel_x = unit / (double)x;
    planes.pixel_y = unit / (double)y;
  }
  return set_layout(t, layout, &planes, "ImageJ metadata");
}

static uint32_t le32(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Metres, little-endian, to micrometres. */
static double lsm_length(const uint8_t *p) {
  uint64_t bits = le32(p) | (uint64_t)le32(p + 4) << 32;
  double metres;
  memcpy(&metres, &bits, sizeof metres);
  return metres > 0 && metres < 1 ? metres * 1e6 : 0;
}

static bool try_lsm(Tiff *t, CytoLayout *layout) {
  uint32_t count = 0;
  const uint8_t *info = NULL;
  if (!TIFFGetField(t->tif, TAG_LSM_INFO, &count, &info) || count < 64 || !info)
    return false;
  CytoPlanes planes = {.pixel_x = lsm_length(info + 40),
                       .pixel_y = lsm_length(info + 48),
                       .pixel_z = lsm_length(info + 56)};
  cyto_planes_add(&planes, 'T', le32(info + 24));
  cyto_planes_add(&planes, 'Z', le32(info + 16));
  return cyto_planes_total(&planes) == t->planes &&
         set_layout(t, layout, &planes, "Zeiss LSM metadata");
}

/* MetaMorph stacks: one directory, the tag has one entry a plane. */
static bool try_stk(Tiff *t, CytoLayout *layout) {
  uint32_t count = 0;
  const void *entries = NULL;
  CytoPlanes planes = {0};
  if (!TIFFGetField(t->tif, TAG_STK_PLANES, &count, &entries) || count < 2)
    return false;
  cyto_planes_add(&planes, 'Z', count);
  return has_planes(t, count) && set_layout(t, layout, &planes, "MetaMorph metadata");
}

static void read_resolution(Tiff *t) {
  float x = 0, y = 0;
  uint16_t unit = RESUNIT_NONE;
  TIFFGetField(t->tif, TIFFTAG_XRESOLUTION, &x);
  TIFFGetField(t->tif, TIFFTAG_YRESOLUTION, &y);
  TIFFGetField(t->tif, TIFFTAG_RESOLUTIONUNIT, &unit);
  double micrometres = unit == RESUNIT_INCH ? 25400 : unit == RESUNIT_CENTIMETER ? 10000 : 0;
  if (!(x > 0) || !(y > 0) || micrometres <= 0 || micrometres / (double)x > LARGEST_PIXEL ||
      micrometres / (double)y > LARGEST_PIXEL)
    return;
  t->found.pixel_x = micrometres / (double)x;
  t->found.pixel_y = micrometres / (double)y;
}

bool tiff_layout(Tiff *t, CytoLayout *layout, CytoJob *job, CytoError *err) {
  char *text = NULL;
  if (!collect_planes(t, err))
    return false;
  size_t kin = t->planes, smaller = 0;
  for (size_t i = 0; i < t->pages; i++)
    smaller += t->page[i].reduced;
  TIFFGetField(t->tif, TIFFTAG_IMAGEDESCRIPTION, &text);
  read_resolution(t);
  if (!try_shaped(t, layout, text) && !try_lsm(t, layout) && !try_ome(t, layout, text, job) &&
      !try_imagej(t, layout, text, job) && !try_stk(t, layout)) {
    CytoPlanes planes = {0};
    t->planes = kin;
    cyto_planes_add(&planes, '?', t->planes);
    set_layout(t, layout, &planes, "");
  }
  size_t used = t->contiguous ? 1 : t->planes;
  if (used + smaller < t->pages && !tiff_page(t)->reduced)
    cyto_job_warn(job, "%zu further images of another size or kind in the file are left out",
                  t->pages - used - smaller);
  return true;
}

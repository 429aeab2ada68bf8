#include "scribe-thumbnail.h"
#include "../cyto/view/histogram.h"
#include "../cyto/view/pyramid.h"
#include <math.h>

static void size_for(const CytoImage *image, guint side, guint *width, guint *height) {
  double scale = MIN(1, (double)side / (double)MAX(image->nx, image->ny));
  *width = MAX(1, (guint)lround((double)image->nx * scale));
  *height = MAX(1, (guint)lround((double)image->ny * scale));
}

static gsize at(guint i, guint of, gsize n) {
  return MIN((gsize)((i + 0.5) * (double)n / of), n - 1);
}

GdkTexture *scribe_thumbnail_texture(guint8 *rgb, guint width, guint height) {
  g_autoptr(GBytes) bytes = g_bytes_new_take(rgb, (gsize)width * height * 3);
  return gdk_memory_texture_new((int)width, (int)height, GDK_MEMORY_R8G8B8, bytes,
                                (gsize)width * 3);
}

static double level(float value, CytoLevels levels) {
  double x = levels.max > levels.min ? (value - levels.min) / (levels.max - levels.min) : 0;
  x = isfinite(x) ? CLAMP(x, 0, 1) : 0;
  if (levels.gamma > 0 && levels.gamma != 1)
    x = pow(x, 1 / levels.gamma);
  return levels.invert ? 1 - x : x;
}

static void add(guint8 *pixel, guint32 colour, double value) {
  for (int k = 0; k < 3; k++) {
    double sum = pixel[k] + value * ((colour >> (16 - 8 * k)) & 255);
    pixel[k] = (guint8)MIN(255, lround(sum));
  }
}

static void add_channel(const CytoImage *image, guint plane, guint c, CytoLevels levels,
                        guint32 colour, guint8 *rgb, guint width, guint height) {
  CytoPlane source = cyto_plane(image, plane / image->nz, plane % image->nz, c);
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++) {
      float value;
      cyto_plane_row_f32(&source, at(y, height, image->ny), at(x, width, image->nx), 1, &value);
      add(rgb + ((gsize)y * width + x) * 3, colour, level(value, levels));
    }
}

GdkTexture *scribe_thumbnail_channel(const CytoImage *image, guint plane, guint c,
                                     CytoLevels levels, guint32 colour, guint side) {
  guint width, height;
  size_for(image, side, &width, &height);
  guint8 *rgb = g_malloc0((gsize)width * height * 3);
  add_channel(image, plane, c, levels, colour, rgb, width, height);
  return scribe_thumbnail_texture(rgb, width, height);
}

/* The 1st to the 99th percentile of the sample itself. */
static CytoLevels sample_levels(const CytoImage *image, guint plane, guint c) {
  CytoHistogram histogram;
  CytoPlane source = cyto_plane(image, plane / image->nz, plane % image->nz, c);
  if (!cyto_histogram(&source, &histogram, NULL, NULL))
    return (CytoLevels){0, 1, 1, false};
  return cyto_histogram_auto(&histogram, 1, 99);
}

/* A pixel of a border: a cell next to another one or to the background. */
static gboolean is_border(const guint32 *labels, const CytoImage *image, guint x, guint y,
                          guint width, guint height) {
  guint32 here = labels[at(y, height, image->ny) * image->nx + at(x, width, image->nx)];
  guint right = MIN(x + 1, width - 1), below = MIN(y + 1, height - 1);
  guint32 next = labels[at(y, height, image->ny) * image->nx + at(right, width, image->nx)];
  guint32 under = labels[at(below, height, image->ny) * image->nx + at(x, width, image->nx)];
  return here != next || here != under;
}

guint8 *scribe_thumbnail_cells(const CytoImage *image, guint plane, const guint32 *labels,
                               guint side, guint *width, guint *height) {
  static const guint32 rgb_colours[] = {0xff0000, 0x00ff00, 0x0000ff};
  size_for(image, side, width, height);
  guint8 *rgb = g_malloc0((gsize)*width * *height * 3);
  guint shown = (guint)MIN(image->nc, 3);
  for (guint c = 0; c < shown; c++)
    add_channel(image, plane, c, sample_levels(image, plane, c),
                shown == 1 ? 0xffffff : rgb_colours[c], rgb, *width, *height);
  for (guint y = 0; labels && y < *height; y++)
    for (guint x = 0; x < *width; x++)
      if (is_border(labels, image, x, y, *width, *height)) {
        guint8 *pixel = rgb + ((gsize)y * *width + x) * 3;
        pixel[0] = 255;
        pixel[1] = 214;
        pixel[2] = 0;
      }
  return rgb;
}

#include "channels.h"
#include <string.h>

/* f32 sum in the order of the channels, then one division: what numpy's mean does for f32. The
 * second plane of out is not needed yet and holds the channel being added. */
static void grey(const CytoImage *image, size_t t, size_t z, float *out) {
  size_t n = image->ny * image->nx;
  float *plane = out + n, count = (float)image->nc;
  cyto_image_plane_f32(image, t, z, 0, out);
  for (size_t c = 1; c < image->nc; c++) {
    cyto_image_plane_f32(image, t, z, c, plane);
    for (size_t i = 0; i < n; i++)
      out[i] += plane[i];
  }
  if (image->nc > 1)
    for (size_t i = 0; i < n; i++)
      out[i] /= count;
}

static bool has_channel(const CytoImage *image, unsigned channel, const char *what,
                        CytoError *err) {
  if (channel <= image->nc)
    return true;
  return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                   "channel %u was chosen %s, but the image has %zu channel%s", channel, what,
                   image->nc, image->nc == 1 ? "; choose 0 (grey)" : "s");
}

bool cyto_select_channels(const CytoImage *image, size_t t, size_t z, CytoChannels channels,
                          float *out, CytoError *err) {
  bool second = channels.segment > 0 && channels.nucleus > 0;
  if (!has_channel(image, channels.segment, "to segment", err) ||
      (second && !has_channel(image, channels.nucleus, "for the nuclei", err)))
    return false;
  size_t n = image->ny * image->nx;
  if (channels.segment == 0)
    grey(image, t, z, out);
  else
    cyto_image_plane_f32(image, t, z, channels.segment - 1, out);
  if (second)
    cyto_image_plane_f32(image, t, z, channels.nucleus - 1, out + n);
  else
    memset(out + n, 0, n * sizeof *out);
  return true;
}

void cyto_select_first(const CytoImage *image, size_t t, size_t z, size_t n, float *out) {
  size_t plane = image->ny * image->nx;
  for (size_t c = 0; c < n; c++) {
    if (c < image->nc)
      cyto_image_plane_f32(image, t, z, c, out + c * plane);
    else
      memset(out + c * plane, 0, plane * sizeof *out);
  }
}

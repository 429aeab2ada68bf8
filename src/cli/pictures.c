#include "pictures.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/stats.h"
#include "../cyto/flow/picture.h"
#include "../cyto/pix/resize.h"

/* clip(normalize99(x), 0, 1) · 255, truncated (algorithm.md §3.4, 12.3). */
static bool stretch(const float *x, size_t n, uint8_t *out, CytoError *err) {
  static const double percent[2] = {1, 99};
  double limit[2];
  if (!cyto_percentiles(x, n, percent, 2, limit, err))
    return false;
  float low = (float)limit[0], range = (float)(limit[1] - limit[0]);
  for (size_t i = 0; i < n; i++) {
    float y = range > 1e-3f ? (x[i] - low) / range : 0;
    out[i] = y >= 1 ? 255 : y > 0 ? (uint8_t)(y * 255) : 0;
  }
  return true;
}

static bool flow_plane(const float *flow, size_t fy, size_t fx, uint8_t *out, CytoError *err) {
  return cyto_flow_picture(flow, fy, fx, out, err);
}

static bool cellprob_plane(const float *flow, size_t fy, size_t fx, uint8_t *out, CytoError *err) {
  return stretch(flow + 2 * fy * fx, fy * fx, out, err);
}

typedef bool (*PlanePicture)(const float *flow, size_t fy, size_t fx, uint8_t *out, CytoError *err);

static bool all_planes(const CytoSegmented *result, size_t samples, PlanePicture picture,
                       uint8_t **out, CytoError *err) {
  size_t fy = result->fy, fx = result->fx, ny = result->labels.ny, nx = result->labels.nx;
  CYTO_AUTOFREE uint8_t *made = cyto_alloc(result->labels.nz, ny * nx * samples, err);
  bool same = fy == ny && fx == nx;
  CYTO_AUTOFREE uint8_t *small = same || !made ? NULL : cyto_alloc(fy * fx, samples, err);
  if (!made || (!same && !small))
    return false;
  for (size_t z = 0; z < result->labels.nz; z++) {
    uint8_t *plane = made + z * ny * nx * samples;
    if (!picture(result->flow + z * 3 * fy * fx, fy, fx, same ? plane : small, err))
      return false;
    if (!same && !cyto_resize_nearest_u8(small, samples, fy, fx, plane, ny, nx, err))
      return false;
  }
  *out = cyto_steal(&made);
  return true;
}

/* Scores of a network without flows, one grey value in `samples` of them. */
static bool score_pictures(const CytoSegmented *result, size_t samples, uint8_t **out,
                           CytoError *err) {
  size_t pixels = result->labels.ny * result->labels.nx, planes = result->labels.nz;
  CYTO_AUTOFREE uint8_t *grey = cyto_alloc(planes, pixels, err);
  CYTO_AUTOFREE uint8_t *made = grey ? cyto_alloc(planes, pixels * samples, err) : NULL;
  if (!made)
    return false;
  for (size_t z = 0; z < planes; z++)
    if (!stretch(result->score + z * pixels, pixels, grey + z * pixels, err))
      return false;
  for (size_t i = 0; i < planes * pixels * samples; i++)
    made[i] = grey[i / samples];
  *out = cyto_steal(&made);
  return true;
}

bool cli_flow_pictures(const CytoSegmented *result, uint8_t **rgb, CytoError *err) {
  if (result->score)
    return score_pictures(result, 3, rgb, err);
  return all_planes(result, 3, flow_plane, rgb, err);
}

bool cli_cellprob_pictures(const CytoSegmented *result, uint8_t **grey, CytoError *err) {
  if (result->score)
    return score_pictures(result, 1, grey, err);
  return all_planes(result, 1, cellprob_plane, grey, err);
}

/* Channel `channel` (1-based, 0 = mean of all) stretched into colour `sample`, or into all for 3.
 */
static bool paint(const CytoImage *image, unsigned channel, unsigned sample, uint8_t *rgb,
                  CytoError *err) {
  size_t n = image->ny * image->nx;
  CYTO_AUTOFREE float *planes = cyto_alloc(n, 2 * sizeof *planes, err);
  CYTO_AUTOFREE uint8_t *grey = planes ? cyto_alloc(n, 1, err) : NULL;
  CytoChannels one = {.segment = channel};
  if (!grey || !cyto_select_channels(image, 0, 0, one, planes, err) ||
      !stretch(planes, n, grey, err))
    return false;
  for (size_t i = 0; i < n; i++) {
    for (unsigned s = 0; s < 3; s++) {
      if (sample == 3 || sample == s)
        rgb[3 * i + s] = grey[i];
    }
  }
  return true;
}

bool cli_image_picture(const CytoImage *image, CytoChannels channels, uint8_t **rgb,
                       CytoError *err) {
  CYTO_AUTOFREE uint8_t *made = cyto_calloc(image->ny * image->nx, 3, err);
  if (!made)
    return false;
  bool good = true;
  if (image->nc == 3) {
    for (unsigned c = 0; c < 3 && good; c++)
      good = paint(image, c + 1, c, made, err);
  } else if (image->nc == 1 || channels.segment == 0) {
    good = paint(image, 0, 3, made, err);
  } else {
    good = (!channels.nucleus ||
            paint(image, channels.nucleus, (channels.nucleus - 1) % 3, made, err)) &&
           paint(image, channels.segment, (channels.segment - 1) % 3, made, err);
  }
  if (good)
    *rgb = cyto_steal(&made);
  return good;
}

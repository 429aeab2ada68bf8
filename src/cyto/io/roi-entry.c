#include "../base/mem.h"
#include "roi-private.h"
#include <math.h>
#include <string.h>

enum {
  CURVE_STEPS = 16,
  SUBTYPE_TEXT = 1,
  SUBTYPE_IMAGE = 4,
  VERSION_SUBPIXEL = 222, /* older files keep whole coordinates only */
};
static const double MAX_COORDINATE = 1e7;

static bool damaged(CytoError *err, const char *what) {
  return cyto_fail(err, CYTO_ERROR_FORMAT, "the ROI is damaged: %s", what);
}

static double read_f32(const uint8_t *p) {
  const uint32_t bits = roi_u32(p);
  float value;
  memcpy(&value, &bits, sizeof value);
  return (double)value;
}

/* Signed, but what lies below -5000 was above 32767 when written (ImageJ's own rule). */
static int32_t coordinate(const uint8_t *p) {
  const int32_t value = (int16_t)roi_u16(p);
  return value < -5000 ? (int32_t)roi_u16(p) : value;
}

static bool plausible(double x, double y) {
  return fabs(x) <= MAX_COORDINATE && fabs(y) <= MAX_COORDINATE; /* false for NaN */
}

/* Bézier curve of degree 2 or 3 from the last point, as short straight pieces. */
static bool add_curve(RoiPath *path, const double *control, int degree, CytoError *err) {
  if (path->points == 0)
    return damaged(err, "a curve without a start");
  const double x0 = path->xy[2 * path->points - 2], y0 = path->xy[2 * path->points - 1];
  for (int i = 1; i <= CURVE_STEPS; i++) {
    const double t = (double)i / CURVE_STEPS, s = 1 - t;
    double x, y;
    if (degree == 2) {
      x = s * s * x0 + 2 * s * t * control[0] + t * t * control[2];
      y = s * s * y0 + 2 * s * t * control[1] + t * t * control[3];
    } else {
      x = s * s * (s * x0 + 3 * t * control[0]) + t * t * (3 * s * control[2] + t * control[4]);
      y = s * s * (s * y0 + 3 * t * control[1]) + t * t * (3 * s * control[3] + t * control[5]);
    }
    if (!roi_path_add(path, x, y, err))
      return false;
  }
  return true;
}

/* One step of a composite path; *used = floats taken. */
static bool add_step(RoiPath *path, const uint8_t *data, size_t left, size_t *used,
                     CytoError *err) {
  static const uint8_t LENGTH[5] = {3, 3, 5, 7, 1};
  const double kind = read_f32(data);
  if (!(kind >= 0 && kind <= PATH_CLOSE) || kind != floor(kind))
    return damaged(err, "an unknown step in its path");
  const int step = (int)kind;
  *used = LENGTH[step];
  if (*used > left)
    return damaged(err, "its path ends early");
  double xy[6];
  for (size_t i = 0; i + 1 < *used; i++) {
    xy[i] = read_f32(data + 4 * (i + 1));
    if (!plausible(xy[i], 0))
      return damaged(err, "a coordinate that is no position in a picture");
  }
  switch (step) {
  case PATH_MOVE:
    return roi_path_close(path, err) && roi_path_add(path, xy[0], xy[1], err);
  case PATH_LINE:
    return roi_path_add(path, xy[0], xy[1], err);
  case PATH_QUADRATIC:
    return add_curve(path, xy, 2, err);
  case PATH_CUBIC:
    return add_curve(path, xy, 3, err);
  default:
    return roi_path_close(path, err);
  }
}

static bool fill_composite(RoiTarget *target, const uint8_t *data, size_t size, size_t floats,
                           CytoError *err) {
  if (floats > (size - ROI_DATA) / 4)
    return damaged(err, "it is shorter than its path");
  CYTO_CLEANUP(roi_path_clear) RoiPath path = {0};
  for (size_t i = 0, used = 0; i < floats; i += used)
    if (!add_step(&path, data + ROI_DATA + 4 * i, floats - i, &used, err))
      return false;
  return roi_path_close(&path, err) && roi_fill_path(target, &path, err);
}

static bool fill_polygon(RoiTarget *target, const uint8_t *data, size_t size, RoiBox box,
                         CytoError *err) {
  size_t n = roi_u16(data + ROI_COUNT);
  if (n == 0)
    n = roi_u32(data + ROI_LONG_COUNT);
  const bool subpixel =
      (roi_u16(data + ROI_OPTIONS) & OPTION_SUBPIXEL) != 0 && roi_u16(data + 4) >= VERSION_SUBPIXEL;
  const size_t bytes_a_point = subpixel ? 12 : 4; /* the floats follow the shorts */
  if (n > (size - ROI_DATA) / bytes_a_point)
    return damaged(err, "it is shorter than its list of points");
  CYTO_CLEANUP(roi_path_clear) RoiPath path = {0};
  for (size_t i = 0; i < n; i++) {
    double x, y;
    if (subpixel) {
      x = read_f32(data + ROI_DATA + 4 * n + 4 * i);
      y = read_f32(data + ROI_DATA + 8 * n + 4 * i);
      if (!plausible(x, y))
        return damaged(err, "a coordinate that is no position in a picture");
    } else {
      x = box.left + fmax((int16_t)roi_u16(data + ROI_DATA + 2 * i), 0);
      y = box.top + fmax((int16_t)roi_u16(data + ROI_DATA + 2 * n + 2 * i), 0);
    }
    if (!roi_path_add(&path, x, y, err))
      return false;
  }
  return roi_path_close(&path, err) && roi_fill_path(target, &path, err);
}

bool roi_fill_entry(RoiTarget *target, const uint8_t *data, size_t size, bool *area,
                    CytoError *err) {
  if (size < ROI_DATA || memcmp(data, "Iout", 4) != 0)
    return damaged(err, "it does not start like an ImageJ ROI");
  const RoiBox box = {coordinate(data + ROI_TOP), coordinate(data + ROI_LEFT),
                      coordinate(data + ROI_BOTTOM), coordinate(data + ROI_RIGHT)};
  const unsigned type = data[ROI_TYPE], subtype = roi_u16(data + ROI_SUBTYPE);
  const size_t floats = roi_u32(data + ROI_SHAPE_COUNT);
  *area = true;
  if (type == TYPE_RECTANGLE && (subtype == SUBTYPE_TEXT || subtype == SUBTYPE_IMAGE)) {
    *area = false;
    return true;
  }
  switch (type) {
  case TYPE_RECTANGLE:
    return floats ? fill_composite(target, data, size, floats, err)
                  : roi_fill_rectangle(target, box, (int16_t)roi_u16(data + ROI_ARC), err);
  case TYPE_OVAL:
    return roi_fill_oval(target, box, err);
  case TYPE_POLYGON:
  case TYPE_FREEHAND:
  case TYPE_TRACED:
    return fill_polygon(target, data, size, box, err);
  default:
    *area = false;
    return true;
  }
}

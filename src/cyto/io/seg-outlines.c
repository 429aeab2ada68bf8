/* Files of the first versions hold the outlines of the masks and no masks (algorithm.md §12.4). */
#include "../base/mem.h"
#include "roi-private.h"
#include "seg-private.h"

enum { MAX_COORDINATE = 65535, MAX_PLANES = 65535 };
static const size_t MAX_PIXELS = (size_t)1 << 30, MAX_POINTS = (size_t)1 << 27;

/* Points of an outline: (n,2) rows and columns, or (n,3 or more) plane, row, column, …. */
static bool read_points(const CytoPkl *value, SegArray *points, CytoError *err) {
  if (!seg_array(value, points) || points->ndim != 2 || points->shape[1] < 2)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "an outline is not a list of points (an old file, damaged or of a kind that "
                     "is not known)");
  return true;
}

static bool read_point(const SegArray *points, size_t i, size_t at[3], CytoError *err) {
  const size_t columns = points->shape[1], first = columns > 2 ? 0 : 1;
  at[0] = 0;
  for (size_t k = first; k < 3; k++) {
    const double value = seg_array_number(points, i * columns + k - first);
    if (!(value >= 0 && value <= MAX_COORDINATE))
      return cyto_fail(err, CYTO_ERROR_FORMAT, "an outline leaves the picture: position %g", value);
    at[k] = (size_t)value;
  }
  return true;
}

/* Rows and columns of the picture in the file, 0 when there is none. */
static void picture_size(const CytoPkl *dict, size_t size[3]) {
  CYTO_CLEANUP(seg_array_clear) SegArray image = {0};
  if (!seg_array(cyto_pkl_get(dict, "img"), &image) || image.ndim < 2)
    return;
  const bool planes = image.ndim > 3 || (image.ndim == 3 && image.shape[2] > 4);
  size[0] = planes ? image.shape[0] : 1;
  size[1] = image.shape[planes ? 1 : 0];
  size[2] = image.shape[planes ? 2 : 1];
}

static bool grow_to_points(const CytoPkl *outlines, size_t size[3], CytoError *err) {
  size_t points_left = MAX_POINTS; /* one array may stand in the list many times */
  for (size_t k = 0; k < outlines->count; k++) {
    CYTO_CLEANUP(seg_array_clear) SegArray points = {0};
    if (!read_points(outlines->item[k], &points, err))
      return false;
    if (points.shape[0] > points_left)
      return cyto_fail(err, CYTO_ERROR_LIMIT, "more than %zu outline points", MAX_POINTS);
    points_left -= points.shape[0];
    for (size_t i = 0; i < points.shape[0]; i++) {
      size_t at[3];
      if (!read_point(&points, i, at, err))
        return false;
      for (int axis = 0; axis < 3; axis++)
        size[axis] = at[axis] >= size[axis] ? at[axis] + 1 : size[axis];
    }
  }
  return true;
}

/* Fills one outline in every plane it has points in, its own pixels included. */
static bool fill_outline(const CytoPkl *outline, uint32_t label, CytoLabels *masks,
                         uint64_t *budget, CytoError *err) {
  CYTO_CLEANUP(seg_array_clear) SegArray points = {0};
  if (!read_points(outline, &points, err))
    return false;
  const size_t n = points.shape[0], plane = masks->ny * masks->nx;
  for (size_t start = 0, stop; start < n; start = stop) {
    CYTO_CLEANUP(roi_path_clear) RoiPath path = {0};
    size_t at[3], first[3];
    if (!read_point(&points, start, first, err))
      return false;
    for (stop = start; stop < n; stop++) {
      if (!read_point(&points, stop, at, err))
        return false;
      if (at[0] != first[0])
        break;
      masks->data[at[0] * plane + at[1] * masks->nx + at[2]] = label;
      if (!roi_path_add(&path, (double)at[2] + 0.5, (double)at[1] + 0.5, err))
        return false;
    }
    RoiTarget target = {masks->ny, masks->nx, masks->data + first[0] * plane, label, *budget};
    if (!roi_path_close(&path, err) || !roi_fill_path(&target, &path, err))
      return false;
    *budget = target.budget;
  }
  return true;
}

bool seg_masks_from_outlines(const CytoPkl *dict, const CytoPkl *outlines, size_t max_memory,
                             CytoLabels *masks, CytoError *err) {
  size_t size[3] = {1, 1, 1};
  picture_size(dict, size);
  if (!grow_to_points(outlines, size, err))
    return false;
  size_t pixels;
  if (size[0] > MAX_PLANES || !cyto_mul(size[0], size[1], &pixels) ||
      !cyto_mul(pixels, size[2], &pixels) || pixels > MAX_PIXELS ||
      (max_memory && pixels > max_memory / sizeof(uint32_t)))
    return cyto_fail(err, CYTO_ERROR_LIMIT,
                     "masks of %zu × %zu × %zu pixels are above the memory limit", size[0], size[1],
                     size[2]);
  CYTO_CLEANUP(cyto_labels_clear) CytoLabels filled = {0};
  if (!cyto_labels_init(&filled, size[0], size[1], size[2], err))
    return false;
  /* Cellpose draws from the last outline to the first and keeps what is there: the later in the
   * file, the smaller its number and the stronger its claim. */
  uint64_t budget = 32 * (uint64_t)pixels + 500000000;
  for (size_t k = 0; k < outlines->count; k++)
    if (!fill_outline(outlines->item[k], (uint32_t)(outlines->count - k), &filled, &budget, err))
      return false;
  *masks = filled;
  filled = (CytoLabels){0};
  return true;
}

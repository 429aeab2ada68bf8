/* The layout of an ImageJ ROI file (big-endian, algorithm.md §12.7) and what its parts share. */
#pragma once
#include "../base/error.h"
#include <stdint.h>
#include <stdlib.h>

enum {
  ROI_TYPE = 6,
  ROI_TOP = 8,
  ROI_LEFT = 10,
  ROI_BOTTOM = 12,
  ROI_RIGHT = 14,
  ROI_COUNT = 16,      /* u16 points; 0 = see ROI_LONG_COUNT */
  ROI_LONG_COUNT = 18, /* i32 */
  ROI_SHAPE_COUNT = 36,
  ROI_SUBTYPE = 48,
  ROI_OPTIONS = 50,
  ROI_ARC = 54, /* diameter of the rounded corners of a rectangle */
  ROI_SECOND_HEADER = 60,
  ROI_DATA = 64,

  SECOND_NAME_OFFSET = 16,
  SECOND_NAME_LENGTH = 20,
  SECOND_SIZE = 64,

  TYPE_POLYGON = 0,
  TYPE_RECTANGLE = 1,
  TYPE_OVAL = 2,
  TYPE_FREEHAND = 7,
  TYPE_TRACED = 8,
  OPTION_SUBPIXEL = 128,

  PATH_MOVE = 0,
  PATH_LINE = 1,
  PATH_QUADRATIC = 2,
  PATH_CUBIC = 3,
  PATH_CLOSE = 4,
};

static inline uint32_t roi_u16(const uint8_t *p) {
  return (uint32_t)p[0] << 8 | p[1];
}
static inline uint32_t roi_u32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Closed paths in pixel coordinates (pixel (y,x) spans x..x+1, y..y+1). */
typedef struct RoiPath {
  double *xy; /* x,y pairs */
  size_t points, capacity;
  size_t *end; /* one past the last point of each closed part */
  size_t parts, part_capacity;
} RoiPath;
bool roi_path_add(RoiPath *path, double x, double y, CytoError *err);
bool roi_path_close(RoiPath *path, CytoError *err); /* ends the part; harmless when it is empty */
void roi_path_clear(RoiPath *path);

/* Where ROIs are filled in. */
typedef struct RoiTarget {
  size_t ny, nx;
  uint32_t *labels; /* (ny,nx) */
  uint32_t label;   /* the one being filled */
  uint64_t budget;  /* steps left for this file, so that no file keeps the machine busy for ever */
} RoiTarget;

/* The pixels whose centres lie inside, by the even-odd rule. */
bool roi_fill_path(RoiTarget *target, const RoiPath *path, CytoError *err);

typedef struct RoiBox {
  int32_t top, left, bottom, right;
} RoiBox;
/* Rectangle with corners of diameter `arc` (0 = square ones), and the ellipse in a box. */
bool roi_fill_rectangle(RoiTarget *target, RoiBox box, int32_t arc, CytoError *err);
bool roi_fill_oval(RoiTarget *target, RoiBox box, CytoError *err);

/* One ROI file; *area = false for lines, points and other ROIs without an area. */
bool roi_fill_entry(RoiTarget *target, const uint8_t *data, size_t size, bool *area,
                    CytoError *err);

/* cyto_roi_read on the bytes of a file. */
bool roi_read_bytes(const uint8_t *data, size_t size, size_t ny, size_t nx, uint32_t *labels,
                    size_t *read, size_t *skipped, CytoError *err);

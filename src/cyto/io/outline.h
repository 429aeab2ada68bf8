/* Outlines of labels: what ImageJ, QuPath and the text format exchange (algorithm.md §11.2, 12.6,
 * 12.7). */
#pragma once
#include "../base/image.h"

typedef struct CytoPolygon {
  uint32_t label;
  size_t count;
  int32_t *xy; /* x,y pairs of contour pixels in tracing order; owned by the list */
} CytoPolygon;
typedef struct CytoOutlines {
  size_t count;
  CytoPolygon *polygon; /* one per label present, ascending */
} CytoOutlines;

/* The longest outer contour of each label (8-connected border following, holes ignored). */
bool cyto_outlines_trace(const uint32_t *labels, size_t ny, size_t nx, CytoOutlines *out,
                         CytoError *err);
void cyto_outlines_clear(CytoOutlines *outlines);

/* 1 on every pixel of every outer contour: map (ny,nx). */
bool cyto_outline_map(const uint32_t *labels, size_t ny, size_t nx, uint8_t *map, CytoError *err);

bool cyto_outlines_write_text(const CytoOutlines *outlines, const char *path, CytoError *err);

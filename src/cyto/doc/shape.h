/* Drawn shapes as runs of pixels. Image coordinates: pixel (y,x) spans y..y+1, x..x+1. */
#pragma once
#include "labels.h"

typedef struct CytoPoint {
  double y, x;
} CytoPoint;

/* Pixels x0..x1-1 of row y. */
typedef struct CytoSpan {
  uint32_t y, x0, x1;
} CytoSpan;

/* In raster order, not overlapping and not touching; zero-initialise. */
typedef struct CytoSpans {
  size_t count, room;
  CytoSpan *span;
} CytoSpans;
void cyto_spans_clear(CytoSpans *spans);
/* Appends as it comes; cyto_spans_sort restores the order and joins what overlaps or touches. */
bool cyto_spans_add(CytoSpans *spans, uint32_t y, uint32_t x0, uint32_t x1, CytoError *err);
void cyto_spans_sort(CytoSpans *spans);
CytoRect cyto_spans_box(const CytoSpans *spans);
uint64_t cyto_spans_area(const CytoSpans *spans);

/* The area a closed outline encloses and the pixels the outline itself runs over (algorithm.md
 * §14.13): points name the pixels they lie in; loops fill (nonzero) unless even_odd. What lies
 * outside ny, nx is cut off. Any finite points, n >= 1. */
bool cyto_shape_outline(const CytoPoint *point, size_t n, bool even_odd, size_t ny, size_t nx,
                        CytoSpans *out, CytoError *err);

/* An open line one pixel wide. `thick` = 4-connected steps, so that no diagonal way leads across.
 */
bool cyto_shape_line(const CytoPoint *point, size_t n, bool thick, size_t ny, size_t nx,
                     CytoSpans *out, CytoError *err);

/* A disk of that radius swept from a to b: pixels whose centre is within radius of the segment.
 * Below a radius of 1 the ends move to the centres of their pixels, so that a line has no gaps. */
bool cyto_shape_sweep(CytoPoint a, CytoPoint b, double radius, size_t ny, size_t nx, CytoSpans *out,
                      CytoError *err);

/* Ids of the cells at least half of whose pixels lie in that closed outline, ascending; heap,
 * free() it. */
bool cyto_cells_in_shape(const CytoCells *cells, const CytoPoint *point, size_t n, uint32_t **ids,
                         size_t *count, CytoError *err);

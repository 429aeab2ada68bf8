#include "../base/mem.h"
#include "roi-private.h"
#include <math.h>

enum { MAX_CROSSINGS = 1 << 25 }; /* of one ROI: 128 MB of columns */

void roi_path_clear(RoiPath *path) {
  free(path->xy);
  free(path->end);
  *path = (RoiPath){0};
}

bool roi_path_add(RoiPath *path, double x, double y, CytoError *err) {
  if (path->points == path->capacity) {
    const size_t capacity = path->capacity ? path->capacity * 2 : 64;
    double *xy = cyto_realloc(path->xy, capacity, 2 * sizeof *xy, err);
    if (!xy)
      return false;
    path->xy = xy;
    path->capacity = capacity;
  }
  path->xy[2 * path->points] = x;
  path->xy[2 * path->points + 1] = y;
  path->points++;
  return true;
}

bool roi_path_close(RoiPath *path, CytoError *err) {
  if (path->points == (path->parts ? path->end[path->parts - 1] : 0))
    return true;
  if (path->parts == path->part_capacity) {
    const size_t capacity = path->part_capacity ? path->part_capacity * 2 : 8;
    size_t *end = cyto_realloc(path->end, capacity, sizeof *end, err);
    if (!end)
      return false;
    path->end = end;
    path->part_capacity = capacity;
  }
  path->end[path->parts++] = path->points;
  return true;
}

static bool spend(RoiTarget *target, uint64_t steps, CytoError *err) {
  if (steps > target->budget)
    return cyto_fail(err, CYTO_ERROR_LIMIT,
                     "the outlines are longer than any real ones of a picture of %zu × %zu pixels",
                     target->nx, target->ny);
  target->budget -= steps;
  return true;
}

static void fill_span(const RoiTarget *target, int64_t y, int64_t from, int64_t to) {
  if (y < 0 || y >= (int64_t)target->ny)
    return;
  from = from < 0 ? 0 : from;
  to = to > (int64_t)target->nx ? (int64_t)target->nx : to;
  uint32_t *row = target->labels + (size_t)y * target->nx;
  for (int64_t x = from; x < to; x++)
    row[x] = target->label;
}

/* Rows whose centre line an edge from ya to yb crosses, as far as the picture goes. */
static void edge_rows(double ya, double yb, size_t ny, size_t *first, size_t *last) {
  double low = ceil(fmin(ya, yb) - 0.5), high = ceil(fmax(ya, yb) - 0.5);
  *first = (size_t)fmin(fmax(low, 0), (double)ny);
  *last = (size_t)fmin(fmax(high, 0), (double)ny);
}

typedef struct Crossings {
  size_t *start; /* of each row in column; ny + 1 */
  uint32_t *column;
} Crossings;

static void crossings_clear(Crossings *crossings) {
  free(crossings->start);
  free(crossings->column);
}

/* Calls for every edge: counts its rows (column NULL) or stores the column of each crossing. The
 * column is the first pixel whose centre lies beyond the crossing; a centre that lies on an edge
 * belongs to what is left of it, as in ImageJ. */
static void visit_edge(Crossings *crossings, size_t ny, size_t nx, const double *a,
                       const double *b) {
  size_t first, last;
  edge_rows(a[1], b[1], ny, &first, &last);
  for (size_t y = first; y < last; y++) {
    if (!crossings->column) {
      crossings->start[y + 1]++;
      continue;
    }
    const double x = a[0] + ((double)y + 0.5 - a[1]) * (b[0] - a[0]) / (b[1] - a[1]);
    crossings->column[crossings->start[y]++] = (uint32_t)fmin(fmax(floor(x + 0.5), 0), (double)nx);
  }
}

static void visit_path(Crossings *crossings, const RoiTarget *target, const RoiPath *path) {
  size_t start = 0;
  for (size_t part = 0; part < path->parts; start = path->end[part++])
    for (size_t i = start; i < path->end[part]; i++) {
      const size_t j = i + 1 < path->end[part] ? i + 1 : start;
      visit_edge(crossings, target->ny, target->nx, path->xy + 2 * i, path->xy + 2 * j);
    }
}

/* What counting and filling will take, known before anything is allocated. */
static uint64_t path_cost(const RoiTarget *target, const RoiPath *path) {
  uint64_t cost = path->points;
  size_t start = 0;
  for (size_t part = 0; part < path->parts; start = path->end[part++])
    for (size_t i = start; i < path->end[part]; i++) {
      const size_t j = i + 1 < path->end[part] ? i + 1 : start;
      size_t first, last;
      edge_rows(path->xy[2 * i + 1], path->xy[2 * j + 1], target->ny, &first, &last);
      cost += last - first;
    }
  return cost;
}

static int compare_columns(const void *a, const void *b) {
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

bool roi_fill_path(RoiTarget *target, const RoiPath *path, CytoError *err) {
  const uint64_t cost = path_cost(target, path);
  if (cost > MAX_CROSSINGS)
    return cyto_fail(err, CYTO_ERROR_LIMIT, "an outline crosses %llu rows, more than any real one",
                     (unsigned long long)cost);
  if (!spend(target, cost, err))
    return false;
  CYTO_CLEANUP(crossings_clear) Crossings crossings = {0};
  crossings.start = cyto_calloc(target->ny + 1, sizeof *crossings.start, err);
  if (!crossings.start)
    return false;
  visit_path(&crossings, target, path);
  for (size_t y = 1; y <= target->ny; y++)
    crossings.start[y] += crossings.start[y - 1];
  crossings.column = cyto_alloc(crossings.start[target->ny], sizeof *crossings.column, err);
  if (!crossings.column)
    return false;
  visit_path(&crossings, target, path); /* leaves start[y] at the end of row y */
  for (size_t y = 0, begin = 0; y < target->ny; begin = crossings.start[y++]) {
    uint32_t *column = crossings.column + begin;
    const size_t n = crossings.start[y] - begin;
    if (n > 1)
      qsort(column, n, sizeof *column, compare_columns);
    for (size_t i = 0; i + 1 < n; i += 2) {
      if (!spend(target, column[i + 1] - column[i], err))
        return false;
      fill_span(target, (int64_t)y, column[i], column[i + 1]);
    }
  }
  return true;
}

static bool spend_box(RoiTarget *target, RoiBox box, CytoError *err) {
  const int64_t height = (int64_t)box.bottom - box.top, width = (int64_t)box.right - box.left;
  return spend(target, (uint64_t)(height > 0 ? height : 0) * (uint64_t)(width > 0 ? width : 0) + 1,
               err);
}

/* Half the length of the row at distance `dy` from the centre of an ellipse with these radii. */
static double half_chord(double dy, double rx, double ry) {
  const double t = 1 - dy * dy / (ry * ry);
  return t > 0 ? rx * sqrt(t) : 0;
}

bool roi_fill_rectangle(RoiTarget *target, RoiBox box, int32_t arc, CytoError *err) {
  if (!spend_box(target, box, err))
    return false;
  const double width = (double)box.right - box.left, height = (double)box.bottom - box.top;
  const double rx = fmin(arc, width) / 2, ry = fmin(arc, height) / 2;
  for (int64_t y = box.top; y < box.bottom; y++) {
    const double from_edge = fmin((double)y + 0.5 - box.top, box.bottom - ((double)y + 0.5));
    double inset = 0;
    if (from_edge < ry)
      inset = rx - half_chord(ry - from_edge, rx, ry);
    fill_span(target, y, (int64_t)floor(box.left + inset + 0.5),
              (int64_t)floor(box.right - inset + 0.5));
  }
  return true;
}

bool roi_fill_oval(RoiTarget *target, RoiBox box, CytoError *err) {
  if (!spend_box(target, box, err))
    return false;
  const double rx = ((double)box.right - box.left) / 2, ry = ((double)box.bottom - box.top) / 2;
  const double cx = box.left + rx, cy = box.top + ry;
  for (int64_t y = box.top; y < box.bottom; y++) {
    const double half = half_chord((double)y + 0.5 - cy, rx, ry);
    fill_span(target, y, (int64_t)ceil(cx - half - 0.5), (int64_t)floor(cx + half - 0.5) + 1);
  }
  return true;
}

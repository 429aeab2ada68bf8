#include "outline.h"
#include "../base/file.h"
#include "../base/mem.h"
#include "../base/text.h"
#include "label-index.h"
#include <inttypes.h>
#include <string.h>

/* Eight neighbours, counter-clockwise from +x as OpenCV numbers them. */
static const int8_t STEP_X[8] = {1, 1, 0, -1, -1, -1, 0, 1};
static const int8_t STEP_Y[8] = {0, -1, -1, -1, 0, 1, 1, 1};

/* A traced pixel is ENTERED; LEFT when its right side was seen to be open, so that scanning on to
 * the right means leaving the part (the negative border mark of Suzuki and Abe). */
enum { UNSEEN = 0, ENTERED = 1, LEFT = 2 };

/* Where a label's scan last met a traced pixel: inside its part until the mark says LEFT. */
typedef struct LastMark {
  uint32_t row; /* row + 1; another row's mark does not count */
  bool inside;
} LastMark;

typedef struct Contour {
  size_t offset, count; /* in points */
} Contour;

typedef struct Tracer {
  const uint32_t *labels;
  size_t ny, nx;
  uint8_t *mark; /* (ny,nx) */
  CytoLabelIndex index;
  LastMark *last;   /* one a label */
  Contour *longest; /* one a label; NULL when only the map is wanted */
  int32_t *xy;      /* points of all contours kept */
  size_t points, capacity;
} Tracer;

static void tracer_clear(Tracer *tracer) {
  cyto_label_index_clear(&tracer->index);
  free(tracer->mark);
  free(tracer->last);
  free(tracer->longest);
  free(tracer->xy);
}

static bool tracer_init(Tracer *tracer, const uint32_t *labels, size_t ny, size_t nx,
                        bool keep_points, CytoError *err) {
  size_t n = 0;
  if (ny >= INT32_MAX || nx >= INT32_MAX || !cyto_mul(ny, nx, &n))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "a picture of %zu × %zu pixels is too large", nx, ny);
  tracer->labels = labels;
  tracer->ny = ny;
  tracer->nx = nx;
  tracer->mark = cyto_calloc(n, 1, err);
  if (!tracer->mark || !cyto_label_index_init(&tracer->index, labels, n, err))
    return false;
  tracer->last = cyto_calloc(tracer->index.count, sizeof *tracer->last, err);
  if (!tracer->last)
    return false;
  if (keep_points)
    tracer->longest = cyto_calloc(tracer->index.count, sizeof *tracer->longest, err);
  return !keep_points || tracer->longest;
}

static bool same_label(const Tracer *tracer, int64_t y, int64_t x, uint32_t label) {
  return y >= 0 && x >= 0 && y < (int64_t)tracer->ny && x < (int64_t)tracer->nx &&
         tracer->labels[(size_t)y * tracer->nx + (size_t)x] == label;
}

static bool add_point(Tracer *tracer, int64_t y, int64_t x, CytoError *err) {
  if (!tracer->longest)
    return true;
  if (tracer->points == tracer->capacity) {
    size_t capacity = tracer->capacity ? tracer->capacity * 2 : 1024;
    int32_t *xy = cyto_realloc(tracer->xy, capacity, 2 * sizeof *xy, err);
    if (!xy)
      return false;
    tracer->xy = xy;
    tracer->capacity = capacity;
  }
  tracer->xy[2 * tracer->points] = (int32_t)x;
  tracer->xy[2 * tracer->points + 1] = (int32_t)y;
  tracer->points++;
  return true;
}

/* Follows the outer border that starts at (y0,x0), whose left neighbour is of another label
 * (Suzuki and Abe's border following, 8-connected, every pixel kept; algorithm.md §11.2). */
static bool follow(Tracer *tracer, size_t y0, size_t x0, CytoError *err) {
  uint32_t label = tracer->labels[y0 * tracer->nx + x0];
  unsigned s = 4;
  do
    s = (s - 1) & 7;
  while (s != 4 && !same_label(tracer, (int64_t)y0 + STEP_Y[s], (int64_t)x0 + STEP_X[s], label));
  if (s == 4) {
    tracer->mark[y0 * tracer->nx + x0] = LEFT;
    return add_point(tracer, (int64_t)y0, (int64_t)x0, err);
  }
  int64_t y = (int64_t)y0, x = (int64_t)x0;
  const int64_t y1 = y + STEP_Y[s], x1 = x + STEP_X[s];
  for (;;) {
    const unsigned from = s;
    do
      s++;
    while (!same_label(tracer, y + STEP_Y[s & 7], x + STEP_X[s & 7], label));
    s &= 7;
    uint8_t *mark = &tracer->mark[(size_t)y * tracer->nx + (size_t)x];
    if (s - 1 < from) /* wraps for s = 0: the search passed the right neighbour otherwise */
      *mark = LEFT;
    else if (*mark == UNSEEN)
      *mark = ENTERED;
    if (!add_point(tracer, y, x, err))
      return false;
    const int64_t next_y = y + STEP_Y[s], next_x = x + STEP_X[s];
    if (next_y == (int64_t)y0 && next_x == (int64_t)x0 && y == y1 && x == x1)
      return true;
    y = next_y;
    x = next_x;
    s = (s + 4) & 7;
  }
}

/* Keeps the contour just followed if it is the label's longest; of two equal ones the later, since
 * OpenCV lists contours from the last found to the first. */
static void keep_longest(Tracer *tracer, size_t place, size_t first) {
  Contour *longest = &tracer->longest[place];
  size_t count = tracer->points - first;
  if (count >= longest->count)
    *longest = (Contour){first, count};
  else
    tracer->points = first;
}

static bool trace_all(Tracer *tracer, CytoError *err) {
  const size_t nx = tracer->nx;
  for (size_t y = 0; y < tracer->ny; y++) {
    const uint32_t *row = tracer->labels + y * nx;
    const uint8_t *mark = tracer->mark + y * nx;
    LastMark *last = NULL;
    size_t place = 0;
    for (size_t x = 0; x < nx; x++) {
      if (row[x] == 0)
        continue;
      const bool starts = x == 0 || row[x - 1] != row[x];
      if (starts) {
        place = cyto_label_index_find(&tracer->index, row[x]);
        last = &tracer->last[place];
      }
      const bool inside = last->row == y + 1 && last->inside;
      if (starts && mark[x] == UNSEEN && !inside) {
        const size_t first = tracer->points;
        if (!follow(tracer, y, x, err))
          return false;
        if (tracer->longest)
          keep_longest(tracer, place, first);
      }
      if (mark[x] != UNSEEN)
        *last = (LastMark){(uint32_t)y + 1, mark[x] == ENTERED};
    }
  }
  return true;
}

bool cyto_outlines_trace(const uint32_t *labels, size_t ny, size_t nx, CytoOutlines *out,
                         CytoError *err) {
  CYTO_CLEANUP(tracer_clear) Tracer tracer = {0};
  if (!tracer_init(&tracer, labels, ny, nx, true, err) || !trace_all(&tracer, err))
    return false;
  CYTO_CLEANUP(cyto_outlines_clear) CytoOutlines outlines = {0};
  outlines.polygon = cyto_calloc(tracer.index.count, sizeof *outlines.polygon, err);
  if (!outlines.polygon)
    return false;
  for (size_t k = 0; k < tracer.index.count; k++, outlines.count++) {
    CytoPolygon *polygon = &outlines.polygon[k];
    polygon->label = tracer.index.label[k];
    /* A contour of four pixels or fewer counts as empty (algorithm.md §11.2). */
    const Contour *contour = &tracer.longest[k];
    polygon->count = contour->count > 4 ? contour->count : 0;
    polygon->xy = cyto_alloc(polygon->count, 2 * sizeof *polygon->xy, err);
    if (!polygon->xy)
      return false;
    if (polygon->count)
      memcpy(polygon->xy, tracer.xy + 2 * contour->offset, polygon->count * 2 * sizeof(int32_t));
  }
  *out = outlines;
  outlines = (CytoOutlines){0};
  return true;
}

void cyto_outlines_clear(CytoOutlines *outlines) {
  for (size_t k = 0; k < outlines->count; k++)
    free(outlines->polygon[k].xy);
  free(outlines->polygon);
  *outlines = (CytoOutlines){0};
}

bool cyto_outline_map(const uint32_t *labels, size_t ny, size_t nx, uint8_t *map, CytoError *err) {
  CYTO_CLEANUP(tracer_clear) Tracer tracer = {0};
  if (!tracer_init(&tracer, labels, ny, nx, false, err) || !trace_all(&tracer, err))
    return false;
  for (size_t i = 0; i < ny * nx; i++)
    map[i] = tracer.mark[i] != UNSEEN;
  return true;
}

bool cyto_outlines_write_text(const CytoOutlines *outlines, const char *path, CytoError *err) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr text = {0};
  for (size_t k = 0; k < outlines->count; k++) {
    const CytoPolygon *polygon = &outlines->polygon[k];
    for (size_t i = 0; i < 2 * polygon->count; i++)
      cyto_str_printf(&text, "%s%" PRId32, i ? "," : "", polygon->xy[i]);
    cyto_str_add(&text, "\n");
  }
  if (text.failed)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to write %s", path);
  return cyto_file_write(path, text.text ? text.text : "", text.length, err);
}

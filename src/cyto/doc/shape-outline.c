/* Outlines and lines. Points name pixels; edges run between the centres of these, in exact whole
 * numbers: the same line whichever end it starts from. */
#include "../base/mem.h"
#include "shape-private.h"
#include <math.h>

typedef struct Corner {
  int64_t y, x;
} Corner;

/* One edge, from the end with the smaller row. */
typedef struct Edge {
  Corner a;
  int64_t rows, columns; /* extent, both >= 0 */
  int64_t side;          /* +1 when columns grow with the rows, else -1 */
} Edge;

static Edge edge_between(Corner a, Corner b) {
  if (b.y < a.y || (b.y == a.y && b.x < a.x)) {
    Corner swap = a;
    a = b;
    b = swap;
  }
  int64_t columns = b.x - a.x;
  return (Edge){a, b.y - a.y, columns < 0 ? -columns : columns, columns < 0 ? -1 : 1};
}

static int64_t floor_div(int64_t a, int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

static int64_t ceil_div(int64_t a, int64_t b) {
  return -floor_div(-a, b);
}

/* First column step that lies in row step k: an edge goes to the nearest pixel, halves down or
 * right of its start. k = rows + 1 gives one past the last. */
static int64_t first_step(const Edge *edge, int64_t k) {
  if (k <= 0)
    return 0;
  if (k > edge->rows)
    return edge->columns + 1;
  if (edge->columns >= edge->rows)
    return ceil_div((2 * k - 1) * edge->columns, 2 * edge->rows);
  return floor_div(2 * k * edge->columns + edge->rows, 2 * edge->rows);
}

static int64_t last_step(const Edge *edge, int64_t k, bool thick) {
  int64_t first = first_step(edge, k);
  if (edge->columns >= edge->rows) {
    int64_t next = first_step(edge, k + 1);
    return thick && k < edge->rows ? next : next - 1;
  }
  return thick && k < edge->rows ? first_step(edge, k + 1) : first;
}

static bool add_edge(const Edge *edge, bool thick, size_t ny, size_t nx, CytoSpans *out,
                     CytoError *err) {
  int64_t k0 = edge->a.y < 0 ? -edge->a.y : 0;
  int64_t k1 = (int64_t)ny - 1 - edge->a.y < edge->rows ? (int64_t)ny - 1 - edge->a.y : edge->rows;
  for (int64_t k = k0; k <= k1; k++) {
    int64_t first = edge->a.x + edge->side * first_step(edge, k);
    int64_t last = edge->a.x + edge->side * last_step(edge, k, thick);
    if (!cyto_spans_clip(out, edge->a.y + k, first < last ? first : last,
                         first < last ? last : first, ny, nx, err))
      return false;
  }
  return true;
}

static Corner *corners(const CytoPoint *point, size_t n, CytoError *err) {
  for (size_t i = 0; i < n; i++)
    if (!isfinite(point[i].y) || !isfinite(point[i].x)) {
      cyto_fail(err, CYTO_ERROR_ARGUMENT, "point %zu of the outline is not a number", i + 1);
      return NULL;
    }
  Corner *corner = cyto_alloc(n, sizeof *corner, err);
  for (size_t i = 0; corner && i < n; i++) {
    corner[i].y = (int64_t)floor(cyto_shape_tame(point[i].y));
    corner[i].x = (int64_t)floor(cyto_shape_tame(point[i].x));
  }
  return corner;
}

bool cyto_shape_line(const CytoPoint *point, size_t n, bool thick, size_t ny, size_t nx,
                     CytoSpans *out, CytoError *err) {
  CYTO_AUTOFREE Corner *corner = corners(point, n, err);
  if (!corner)
    return false;
  for (size_t i = 0; i < n; i++) {
    Edge edge = edge_between(corner[i], corner[i + 1 < n ? i + 1 : i]);
    if (!add_edge(&edge, thick, ny, nx, out, err))
      return false;
  }
  cyto_spans_sort(out);
  return true;
}

/* Where the outline crosses the middle of a row. */
typedef struct Crossing {
  uint32_t y;
  int turn;            /* +1 downwards, -1 upwards */
  double x;            /* for order alone */
  int64_t right, left; /* first pixel at or right of it, last at or left of it: exact */
} Crossing;

typedef struct Crossings {
  size_t count, room;
  Crossing *crossing;
} Crossings;

static void free_crossings(Crossings *list) {
  free(list->crossing);
}

static bool add_crossing(Crossings *list, Crossing crossing, CytoError *err) {
  if (list->count == list->room) {
    size_t room = list->room * 2 + 64;
    Crossing *grown = cyto_realloc(list->crossing, room, sizeof *grown, err);
    if (!grown)
      return false;
    list->crossing = grown;
    list->room = room;
  }
  list->crossing[list->count++] = crossing;
  return true;
}

/* Rows from the upper end (included) to the lower (not): a corner between two edges counts once. */
static bool cross_rows(const Edge *edge, int turn, size_t ny, Crossings *list, CytoError *err) {
  int64_t k0 = edge->a.y < 0 ? -edge->a.y : 0;
  int64_t k1 = (int64_t)ny - edge->a.y < edge->rows ? (int64_t)ny - edge->a.y : edge->rows;
  for (int64_t k = k0; k < k1; k++) {
    int64_t product = edge->side * k * edge->columns;
    Crossing crossing = {
        (uint32_t)(edge->a.y + k), turn, (double)edge->a.x + (double)product / (double)edge->rows,
        edge->a.x + ceil_div(product, edge->rows), edge->a.x + floor_div(product, edge->rows)};
    if (!add_crossing(list, crossing, err))
      return false;
  }
  return true;
}

static int compare_crossings(const void *a, const void *b) {
  const Crossing *p = a, *q = b;
  if (p->y != q->y)
    return p->y < q->y ? -1 : 1;
  if (p->x != q->x)
    return p->x < q->x ? -1 : 1;
  return (p->turn > q->turn) - (p->turn < q->turn);
}

static bool fill_rows(Crossings *list, bool even_odd, size_t ny, size_t nx, CytoSpans *out,
                      CytoError *err) {
  if (list->count)
    qsort(list->crossing, list->count, sizeof *list->crossing, compare_crossings);
  int winding = 0;
  for (size_t i = 0; i + 1 < list->count; i++) {
    const Crossing *here = &list->crossing[i], *next = &list->crossing[i + 1];
    winding = even_odd ? !winding : winding + here->turn;
    if (here->y != next->y)
      winding = 0;
    else if (winding != 0 && !cyto_spans_clip(out, here->y, here->right, next->left, ny, nx, err))
      return false;
  }
  return true;
}

bool cyto_shape_outline(const CytoPoint *point, size_t n, bool even_odd, size_t ny, size_t nx,
                        CytoSpans *out, CytoError *err) {
  CYTO_AUTOFREE Corner *corner = corners(point, n, err);
  CYTO_CLEANUP(free_crossings) Crossings list = {0};
  if (!corner)
    return false;
  for (size_t i = 0; i < n; i++) {
    Corner a = corner[i], b = corner[i + 1 < n ? i + 1 : 0];
    Edge edge = edge_between(a, b);
    if (!add_edge(&edge, false, ny, nx, out, err) ||
        !cross_rows(&edge, b.y > a.y ? 1 : -1, ny, &list, err))
      return false;
  }
  if (!fill_rows(&list, even_odd, ny, nx, out, err))
    return false;
  cyto_spans_sort(out);
  return true;
}

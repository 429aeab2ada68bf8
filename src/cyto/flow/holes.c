#include "holes.h"
#include "../base/mem.h"
#include <string.h>

void cyto_holes_clear(CytoHoles *holes) {
  free(holes->closed);
  free(holes->open);
  free(holes->root);
  memset(holes, 0, sizeof *holes);
}

static bool reserve(CytoHoles *holes, size_t n, CytoError *err) {
  if (n <= holes->capacity)
    return true;
  n += n / 2;
  cyto_holes_clear(holes);
  holes->closed = cyto_alloc(n, sizeof *holes->closed, err);
  holes->open = holes->closed ? cyto_alloc(n, sizeof *holes->open, err) : NULL;
  holes->root = holes->open ? cyto_alloc(n, sizeof *holes->root, err) : NULL;
  holes->capacity = holes->root ? n : 0;
  return holes->root;
}

/* The runs first..end-1 lie in one row; gap i is between run i and i+1, i < end-1. */
typedef struct Row {
  size_t first, end;
} Row;

static Row next_row(const CytoRun *run, size_t n, size_t first) {
  Row row = {first, first};
  while (row.end < n && run[row.end].y == run[first].y)
    row.end++;
  return row;
}

static uint32_t find_root(uint32_t *root, uint32_t i) {
  while (root[i] != i) {
    root[i] = root[root[i]];
    i = root[i];
  }
  return i;
}

/* A gap that reaches beyond the runs of a neighbouring row meets the outside there. */
static void open_gaps(const CytoRun *run, Row row, Row neighbour, CytoHoles *holes) {
  for (size_t i = row.first; i + 1 < row.end; i++)
    if (neighbour.first == neighbour.end || run[i].x1 < run[neighbour.first].x0 ||
        run[i + 1].x0 > run[neighbour.end - 1].x1)
      holes->open[find_root(holes->root, (uint32_t)i)] = true;
}

static void join_gaps(const CytoRun *run, Row above, Row row, CytoHoles *holes) {
  size_t k = above.first;
  for (size_t i = row.first; i + 1 < row.end; i++) {
    while (k + 1 < above.end && run[k + 1].x0 <= run[i].x1)
      k++;
    for (size_t j = k; j + 1 < above.end && run[j].x1 < run[i + 1].x0; j++) {
      uint32_t a = find_root(holes->root, (uint32_t)i), b = find_root(holes->root, (uint32_t)j);
      uint32_t low = a < b ? a : b, high = a < b ? b : a;
      holes->root[high] = low;
      holes->open[low] |= holes->open[high];
    }
  }
}

bool cyto_holes_find(const CytoRun *run, size_t n, CytoHoles *holes, CytoError *err) {
  if (!reserve(holes, n, err))
    return false;
  for (size_t i = 0; i < n; i++) {
    holes->root[i] = (uint32_t)i;
    holes->open[i] = false;
  }
  const Row outside = {0, 0};
  Row above = outside;
  for (size_t first = 0; first < n; first = above.end) {
    Row row = next_row(run, n, first);
    bool touch = above.first != above.end && run[above.first].y + 1 == run[first].y;
    open_gaps(run, above, touch ? row : outside, holes);
    open_gaps(run, row, touch ? above : outside, holes);
    if (touch)
      join_gaps(run, above, row, holes);
    above = row;
  }
  open_gaps(run, above, outside, holes);
  for (size_t i = 0; i < n; i++)
    holes->closed[i] =
        i + 1 < n && run[i + 1].y == run[i].y && !holes->open[find_root(holes->root, (uint32_t)i)];
  return true;
}

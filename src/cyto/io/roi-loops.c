#include "roi-loops.h"
#include "../base/mem.h"
#include <string.h>

/* Directions of travel along edges, clockwise: right, down, left, up. The label lies on the right
 * hand. AHEAD_* name the pixels in front, relative to the vertex (whose pixel is below right). */
static const int8_t GO_X[4] = {1, 0, -1, 0}, GO_Y[4] = {0, 1, 0, -1};
static const int8_t AHEAD_LEFT_X[4] = {0, 0, -1, -1}, AHEAD_LEFT_Y[4] = {-1, 0, 0, -1};
static const int8_t AHEAD_RIGHT_X[4] = {0, -1, -1, 0}, AHEAD_RIGHT_Y[4] = {0, 0, -1, -1};

typedef struct Grid {
  const uint32_t *labels;
  int64_t ny, nx;
  uint8_t *top_seen; /* 1 where the upper edge of a pixel lies on a loop already */
} Grid;

static bool is_label(const Grid *grid, int64_t y, int64_t x, uint32_t label) {
  return y >= 0 && x >= 0 && y < grid->ny && x < grid->nx &&
         grid->labels[y * grid->nx + x] == label;
}

static bool add_corner(CytoLoops *loops, int64_t y, int64_t x, CytoError *err) {
  if (loops->corners == loops->corner_capacity) {
    size_t capacity = loops->corner_capacity ? loops->corner_capacity * 2 : 1024;
    int32_t *xy = cyto_realloc(loops->xy, capacity, 2 * sizeof *xy, err);
    if (!xy)
      return false;
    loops->xy = xy;
    loops->corner_capacity = capacity;
  }
  loops->xy[2 * loops->corners] = (int32_t)x;
  loops->xy[2 * loops->corners + 1] = (int32_t)y;
  loops->corners++;
  return true;
}

static bool add_loop(CytoLoops *loops, CytoLoop loop, CytoError *err) {
  if (loops->count == loops->capacity) {
    size_t capacity = loops->capacity ? loops->capacity * 2 : 256;
    CytoLoop *grown = cyto_realloc(loops->loop, capacity, sizeof *grown, err);
    if (!grown)
      return false;
    loops->loop = grown;
    loops->capacity = capacity;
  }
  loops->loop[loops->count++] = loop;
  return true;
}

/* Walks the loop that starts with the upper edge of pixel (y0,x0). */
static bool walk(Grid *grid, CytoLoops *loops, int64_t y0, int64_t x0, CytoError *err) {
  const uint32_t label = grid->labels[y0 * grid->nx + x0];
  CytoLoop loop = {cyto_label_index_find(&loops->index, label), loops->corners, 0};
  int64_t y = y0, x = x0;
  unsigned go = 0;
  do {
    if (go == 0)
      grid->top_seen[y * grid->nx + x] = 1;
    y += GO_Y[go];
    x += GO_X[go];
    unsigned turned = go;
    if (is_label(grid, y + AHEAD_LEFT_Y[go], x + AHEAD_LEFT_X[go], label))
      turned = (go + 3) & 3;
    else if (!is_label(grid, y + AHEAD_RIGHT_Y[go], x + AHEAD_RIGHT_X[go], label))
      turned = (go + 1) & 3;
    if (turned != go && !add_corner(loops, y, x, err))
      return false;
    go = turned;
  } while (y != y0 || x != x0 || go != 0);
  loop.count = loops->corners - loop.offset;
  return add_loop(loops, loop, err);
}

/* Brings the loops of one label together, in the order they were found. */
static bool group_by_label(CytoLoops *loops, CytoError *err) {
  CYTO_AUTOFREE size_t *next = cyto_calloc(loops->index.count + 1, sizeof *next, err);
  CYTO_AUTOFREE CytoLoop *sorted = cyto_alloc(loops->count, sizeof *sorted, err);
  if (!next || !sorted)
    return false;
  for (size_t i = 0; i < loops->count; i++)
    next[loops->loop[i].place + 1]++;
  for (size_t k = 1; k <= loops->index.count; k++)
    next[k] += next[k - 1];
  for (size_t i = 0; i < loops->count; i++)
    sorted[next[loops->loop[i].place]++] = loops->loop[i];
  free(loops->loop);
  loops->loop = cyto_steal(&sorted);
  return true;
}

bool cyto_loops_trace(const uint32_t *labels, size_t ny, size_t nx, CytoLoops *out,
                      CytoError *err) {
  size_t n = 0;
  if (ny >= INT32_MAX || nx >= INT32_MAX || !cyto_mul(ny, nx, &n))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "a picture of %zu × %zu pixels is too large", nx, ny);
  CYTO_CLEANUP(cyto_loops_clear) CytoLoops loops = {0};
  CYTO_AUTOFREE uint8_t *top_seen = cyto_calloc(n, 1, err);
  if (!top_seen || !cyto_label_index_init(&loops.index, labels, n, err))
    return false;
  Grid grid = {labels, (int64_t)ny, (int64_t)nx, top_seen};
  for (size_t y = 0; y < ny; y++)
    for (size_t x = 0; x < nx; x++) {
      const size_t i = y * nx + x;
      const bool edge = labels[i] && (y == 0 || labels[i - nx] != labels[i]);
      if (edge && !top_seen[i] && !walk(&grid, &loops, (int64_t)y, (int64_t)x, err))
        return false;
    }
  if (!group_by_label(&loops, err))
    return false;
  *out = loops;
  loops = (CytoLoops){0};
  return true;
}

void cyto_loops_clear(CytoLoops *loops) {
  cyto_label_index_clear(&loops->index);
  free(loops->loop);
  free(loops->xy);
  *loops = (CytoLoops){0};
}

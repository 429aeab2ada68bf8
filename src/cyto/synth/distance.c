#include "scene.h"

enum { NONE = UINT32_MAX };

/* Row of the nearest source pixel in the same column. */
static void nearest_in_columns(const uint8_t *source, size_t ny, size_t nx, uint32_t *row) {
  for (size_t x = 0; x < nx; x++)
    row[x] = source[x] ? 0 : NONE;
  for (size_t y = 1; y < ny; y++)
    for (size_t x = 0; x < nx; x++)
      row[y * nx + x] = source[y * nx + x] ? (uint32_t)y : row[(y - 1) * nx + x];
  for (size_t y = ny - 1; y-- > 0;)
    for (size_t x = 0; x < nx; x++) {
      uint32_t below = row[(y + 1) * nx + x], above = row[y * nx + x];
      if (below != NONE && (above == NONE || below - y < y - above))
        row[y * nx + x] = below;
    }
}

static double squared(double value) {
  return value * value;
}

/* Where the parabola of column b gets lower than that of column a < b. */
static double crossing(double a, double height_a, double b, double height_b) {
  return (height_b + b * b - height_a - a * a) / (2 * (b - a));
}

/* Lower envelope of the parabolas of all columns of one row. */
static void nearest_in_row(const uint32_t *row, size_t y, size_t nx, uint32_t *column, double *from,
                           float *distance, uint32_t *nearest) {
  size_t n = 0;
  for (size_t x = 0; x < nx; x++) {
    if (row[x] == NONE)
      continue;
    double height = squared((double)row[x] - (double)y), start = -INFINITY;
    while (n > 0) {
      uint32_t last = column[n - 1];
      start = crossing(last, squared((double)row[last] - (double)y), (double)x, height);
      if (start > from[n - 1])
        break;
      n--;
    }
    from[n] = n ? start : -INFINITY;
    column[n++] = (uint32_t)x;
  }
  for (size_t x = 0, k = 0; x < nx; x++) {
    if (n == 0) {
      distance[x] = 1e6f;
      nearest[x] = 0;
      continue;
    }
    while (k + 1 < n && from[k + 1] <= (double)x)
      k++;
    uint32_t c = column[k];
    double d2 = squared((double)row[c] - (double)y) + squared((double)x - (double)c);
    distance[x] = (float)sqrt(d2);
    nearest[x] = (uint32_t)(row[c] * nx + c);
  }
}

bool synth_distance(const uint8_t *source, size_t ny, size_t nx, float *distance, uint32_t *nearest,
                    CytoError *err) {
  CYTO_AUTOFREE uint32_t *row = cyto_alloc(ny * nx, sizeof *row, err);
  CYTO_AUTOFREE uint32_t *column = cyto_alloc(nx, sizeof *column, err);
  CYTO_AUTOFREE double *from = cyto_alloc(nx, sizeof *from, err);
  if (!row || !column || !from)
    return false;
  nearest_in_columns(source, ny, nx, row);
  for (size_t y = 0; y < ny; y++)
    nearest_in_row(row + y * nx, y, nx, column, from, distance + y * nx, nearest + y * nx);
  return true;
}

#include "render-private.h"
#include <math.h>
#include <string.h>

int64_t axis_extent(double scale, size_t size) {
  double extent = ceil((double)size * scale - 0.5);
  return extent < 1 ? 1 : (int64_t)extent;
}

Axis axis_make(double scale, unsigned level, size_t image_size, size_t level_size) {
  Axis axis = {.ratio = ldexp(scale, (int)level), .size = level_size};
  axis.extent = axis_extent(scale, image_size);
  axis.box = axis.ratio < 1;
  axis.taps = axis.box ? (size_t)ceil(1 / axis.ratio) + 1 : 1;
  return axis;
}

size_t axis_nearest(const Axis *axis, int64_t place) {
  double at = ((double)place + 0.5) / axis->ratio;
  return at < (double)axis->size ? (size_t)at : axis->size - 1;
}

size_t axis_weights(const Axis *axis, int64_t place, float *weight) {
  double from = (double)place / axis->ratio, to = ((double)place + 1) / axis->ratio;
  if (to > (double)axis->size)
    to = (double)axis->size;
  size_t first = (size_t)from;
  for (size_t t = 0; t < axis->taps; t++) {
    double low = (double)(first + t), high = low + 1;
    double part = (high < to ? high : to) - (low > from ? low : from);
    weight[t] = part > 0 ? (float)(part / (to - from)) : 0;
  }
  return first;
}

void columns_make(const Axis *axis, int64_t start, int width, Columns *columns) {
  int64_t from = -start, to = axis->extent - start;
  columns->inside0 = from < 0 ? 0 : from > width ? width : (int)from;
  columns->inside1 = to < columns->inside0 ? columns->inside0 : to > width ? width : (int)to;
  columns->first = columns->count = 0;
  if (columns->inside0 == columns->inside1)
    return;
  size_t last = 0;
  for (int i = columns->inside0; i < columns->inside1; i++) {
    float weight[512];
    size_t at = axis->box ? axis_weights(axis, start + i, weight) : axis_nearest(axis, start + i);
    if (i == columns->inside0)
      columns->first = at;
    columns->index[i] = (uint32_t)(at - columns->first);
    last = at;
    for (size_t t = 0; axis->box && t < axis->taps; t++)
      columns->weight[t * (size_t)width + (size_t)i] = weight[t];
  }
  size_t end = last + axis->taps;
  columns->count = (end < axis->size ? end : axis->size) - columns->first;
}

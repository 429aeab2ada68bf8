#include "render-private.h"
#include <string.h>

static void fill(uint32_t *to, int from, int end, uint32_t colour) {
  for (int i = from; i < end; i++)
    to[i] = colour;
}

/* Codes of real values, then colours; NaN has code 0. */
static void look_up_real(const Layer *layer, const float *value, int from, int end, uint32_t *to) {
  const uint32_t *entry = layer->table->entry;
  if (layer->gain == 0) {
    for (int i = from; i < end; i++)
      to[i] = entry[value[i] >= layer->low ? 65535 : 0];
    return;
  }
  for (int i = from; i < end; i++) {
    float code = (value[i] - layer->low) * layer->gain;
    code = code > 0 ? code : 0;
    code = code < 65535 ? code : 65535;
    to[i] = entry[(uint32_t)(code + 0.5f)];
  }
}

static void look_up_means(const Layer *layer, const float *value, int from, int end, uint32_t *to) {
  const uint32_t *entry = layer->table->entry;
  float last = (float)(layer->table->codes - 1);
  for (int i = from; i < end; i++) {
    float code = value[i] < last ? value[i] : last;
    to[i] = entry[(uint32_t)(code + 0.5f)];
  }
}

#define NEAREST(type)                                                                              \
  do {                                                                                             \
    const type *from = (const type *)plane->data + y * plane->pitch + c->first * plane->step;      \
    if (plane->step == 1)                                                                          \
      for (int i = c->inside0; i < c->inside1; i++)                                                \
        to[i] = entry[from[c->index[i]]];                                                          \
    else                                                                                           \
      for (int i = c->inside0; i < c->inside1; i++)                                                \
        to[i] = entry[from[c->index[i] * plane->step]];                                            \
  } while (0)

/* The pixel under each place's centre. */
static void nearest_row(const Layer *layer, Lines *lines, int64_t place, uint32_t *to) {
  const CytoPlane *plane = &layer->plane;
  const Columns *c = &layer->columns;
  const uint32_t *entry = layer->table->entry;
  size_t y = axis_nearest(&layer->y, place);
  if (plane->dtype == CYTO_U8) {
    NEAREST(uint8_t);
  } else if (plane->dtype == CYTO_U16) {
    NEAREST(uint16_t);
  } else {
    cyto_plane_row_f32(plane, y, c->first, c->count, lines->row);
    for (int i = c->inside0; i < c->inside1; i++)
      lines->value[i] = lines->row[c->index[i]];
    look_up_real(layer, lines->value, c->inside0, c->inside1, to);
  }
}

/* sum += weight * row for n level pixels. */
#define ADD_ROW(type)                                                                              \
  do {                                                                                             \
    const type *from = (const type *)plane->data + y * plane->pitch + first;                       \
    for (size_t i = 0; i < n; i++)                                                                 \
      sum[i] += weight * (float)from[i];                                                           \
  } while (0)

static void add_row(const Layer *layer, size_t y, float weight, float *sum, float *row) {
  const CytoPlane *plane = &layer->plane;
  size_t first = layer->columns.first, n = layer->columns.count;
  if (plane->dtype == CYTO_U16 && plane->step == 1) {
    ADD_ROW(uint16_t);
  } else if (plane->dtype == CYTO_U8 && plane->step == 1) {
    ADD_ROW(uint8_t);
  } else {
    cyto_plane_row_f32(plane, y, first, n, row);
    for (size_t i = 0; i < n; i++) {
      float v = row[i] == row[i] ? row[i] : layer->nan;
      v = v > -1e37f ? v : -1e37f;
      sum[i] += weight * (v < 1e37f ? v : 1e37f);
    }
  }
}

/* The mean of the level pixels that each place covers: down the columns, then along the row. */
static void box_row(const Layer *layer, Lines *lines, int64_t place, int width, uint32_t *to) {
  const Columns *c = &layer->columns;
  float weight[512];
  size_t y = axis_weights(&layer->y, place, weight), taps = layer->x.taps, w = (size_t)width;
  memset(lines->level, 0, (c->count + taps) * sizeof *lines->level);
  for (size_t t = 0; t < layer->y.taps; t++)
    if (weight[t] > 0)
      add_row(layer, y + t, weight[t], lines->level, lines->row);
  const float *level = lines->level, *across = c->weight;
  if (taps == 3) {
    for (int i = c->inside0; i < c->inside1; i++) {
      const float *at = level + c->index[i];
      lines->value[i] =
          at[0] * across[i] + at[1] * across[w + (size_t)i] + at[2] * across[2 * w + (size_t)i];
    }
  } else {
    for (int i = c->inside0; i < c->inside1; i++) {
      float sum = 0;
      for (size_t t = 0; t < taps; t++)
        sum += level[c->index[i] + t] * across[t * w + (size_t)i];
      lines->value[i] = sum;
    }
  }
  (layer->real ? look_up_real : look_up_means)(layer, lines->value, c->inside0, c->inside1, to);
}

/* Adds light to light; each part stays at 255. */
static void add_light(uint8_t *restrict to, const uint8_t *restrict light, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) {
    unsigned sum = (unsigned)to[i] + light[i];
    to[i] = (uint8_t)(sum < 255 ? sum : 255);
  }
}

static void compose(const Frame *f, Lines *lines, int64_t place, int from, int end) {
  if (f->layer_count == 0)
    fill(lines->base, from, end, 0xff000000);
  for (size_t k = 0; k < f->layer_count; k++) {
    uint32_t *to = k == 0 ? lines->base : lines->add;
    if (f->layers[k].x.box)
      box_row(&f->layers[k], lines, place, f->rect.width, to);
    else
      nearest_row(&f->layers[k], lines, place, to);
    if (k > 0)
      add_light((uint8_t *)(lines->base + from), (uint8_t *)(lines->add + from),
                (size_t)(end - from) * sizeof(uint32_t));
  }
  for (int i = from; f->mapped && i < end; i++)
    lines->base[i] = 0xff000000 | f->map[lines->base[i] & 255];
}

void image_row(const Frame *frame, Lines *lines, int y) {
  const CytoScene *scene = frame->scene;
  int width = frame->rect.width;
  int64_t place = frame->y + y;
  bool inside = place >= 0 && place < frame->extent_y;
  int64_t row = inside && frame->enlarged ? (int64_t)axis_nearest(&frame->cells_y, place) : -1;
  if (row >= 0 && row == lines->shown)
    return;
  lines->shown = row;
  /* The label columns have one more column at each end. */
  int from = frame->cells.inside0 - 1, end = frame->cells.inside1 - 1;
  from = !inside || from < 0 ? 0 : from > width ? width : from;
  end = !inside || end < from ? from : end > width ? width : end;
  fill(lines->base, 0, from, 0xff000000 | scene->background);
  fill(lines->base, end, width, 0xff000000 | scene->background);
  if (from < end)
    compose(frame, lines, place, from, end);
}

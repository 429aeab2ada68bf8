/* Small scenes of every kind for the tests of the renderer. */
#pragma once
#include "../pix/random.h"
#include "view/colour.h"
#include "view/render.h"
#include "check.h"

enum { MADE_CELLS = 40, MADE_CHANNELS = 3 };

typedef struct Made {
  CytoScene scene;
  CytoChannelView channel[MADE_CHANNELS];
  void *pixels[MADE_CHANNELS];
  uint32_t *labels, *ghosts;
  uint8_t colour[MADE_CELLS + 1], flags[MADE_CELLS + 1], reason[MADE_CELLS + 1];
  CytoCellMark mark[MADE_CELLS];
} Made;

/* `count` round blobs over each other. */
static void made_blobs(uint32_t *map, size_t ny, size_t nx, uint32_t *state, double radius) {
  for (uint32_t l = 1; l <= MADE_CELLS; l++) {
    double cy = random_unit(state) * (double)ny, cx = random_unit(state) * (double)nx;
    double r = radius * (0.4 + random_unit(state));
    for (size_t y = 0; y < ny; y++)
      for (size_t x = 0; x < nx; x++)
        if (hypot((double)y - cy, (double)x - cx) <= r)
          map[y * nx + x] = l;
  }
}

static void made_marks(Made *m, size_t ny, size_t nx) {
  for (uint32_t l = 1; l <= MADE_CELLS; l++) {
    CytoCellMark mark = {.label = l, .number = l * l * l * 7, .x0 = UINT32_MAX, .y0 = UINT32_MAX};
    double n = 0, sx = 0, sy = 0;
    for (uint32_t y = 0; y < ny; y++)
      for (uint32_t x = 0; x < nx; x++)
        if (m->labels[y * nx + x] == l) {
          mark.x0 = x < mark.x0 ? x : mark.x0;
          mark.y0 = y < mark.y0 ? y : mark.y0;
          mark.x1 = x + 1 > mark.x1 ? x + 1 : mark.x1;
          mark.y1 = y + 1 > mark.y1 ? y + 1 : mark.y1;
          sx += x + 0.5;
          sy += y + 0.5;
          n++;
        }
    if (n == 0)
      continue;
    mark.x = (float)(sx / n);
    mark.y = (float)(sy / n);
    m->mark[m->scene.mark_count++] = mark;
  }
}

static void made_channel(Made *m, size_t c, CytoDtype dtype, uint32_t *state) {
  size_t n = m->scene.ny * m->scene.nx;
  m->pixels[c] = malloc(n * cyto_dtype_size(dtype));
  for (size_t i = 0; i < n; i++) {
    double v = random_unit(state);
    if (dtype == CYTO_U8)
      ((uint8_t *)m->pixels[c])[i] = (uint8_t)(v * 256);
    else if (dtype == CYTO_U16)
      ((uint16_t *)m->pixels[c])[i] = (uint16_t)(v * 65536);
    else if (dtype == CYTO_I16)
      ((int16_t *)m->pixels[c])[i] = (int16_t)(v * 65536 - 32768);
    else
      ((float *)m->pixels[c])[i] = v < 0.02 ? NAN : v > 0.98 ? INFINITY : (float)(v * 10 - 5);
  }
  CytoPlane plane = {dtype, m->pixels[c], m->scene.ny, m->scene.nx, 1, m->scene.nx};
  CytoError err = {0};
  m->channel[c].pyramid = cyto_pyramid_new(plane, NULL, 0, &err);
  m->channel[c].levels = dtype == CYTO_U8    ? (CytoLevels){10, 200, 1, false}
                         : dtype == CYTO_U16 ? (CytoLevels){900, 60000, 1.7, false}
                         : dtype == CYTO_I16 ? (CytoLevels){-30000, 20000, 1, true}
                                             : (CytoLevels){-4, 4.5, 0.8, false};
  m->channel[c].colour = cyto_channel_colour(c, MADE_CHANNELS);
  m->channel[c].visible = true;
}

/* A scene with everything in it; freed by made_free. */
static Made *made_scene(size_t ny, size_t nx, CytoDtype dtype, size_t channels, uint32_t seed) {
  Made *m = calloc(1, sizeof *m);
  uint32_t state = seed;
  m->scene.ny = ny;
  m->scene.nx = nx;
  for (size_t c = 0; c < channels; c++)
    made_channel(m, c, dtype, &state);
  m->labels = calloc(ny * nx, sizeof *m->labels);
  m->ghosts = calloc(ny * nx, sizeof *m->ghosts);
  made_blobs(m->labels, ny, nx, &state, (double)(ny < nx ? ny : nx) / 9);
  made_blobs(m->ghosts, ny, nx, &state, (double)(ny < nx ? ny : nx) / 14);
  for (int l = 1; l <= MADE_CELLS; l++) {
    static const uint8_t flags[] = {
        0, 0, 0, CYTO_LOOK_MANUAL, CYTO_LOOK_SELECTED, 0, CYTO_LOOK_HOVER, CYTO_LOOK_HIDDEN};
    m->colour[l] = (uint8_t)(l % CYTO_CELL_COLOURS);
    m->flags[l] = flags[l % 8];
    m->reason[l] = (uint8_t)(l % 5);
  }
  CytoScene *s = &m->scene;
  made_marks(m, ny, nx);
  s->channels = m->channel;
  s->channel_count = channels;
  s->show = channels == 1 ? CYTO_SHOW_GRAY : CYTO_SHOW_COLOUR;
  s->background = 0x203040;
  s->labels = m->labels;
  s->colour = m->colour;
  s->flags = m->flags;
  s->cell_count = MADE_CELLS - 5; /* the last ones have no entry */
  s->masks = s->outlines = s->hatch = true;
  s->opacity = 128;
  s->outline_colour = 0xc8c8ff;
  s->ghosts = m->ghosts;
  s->ghost_reason = m->reason;
  s->ghost_count = MADE_CELLS - 3;
  s->marks = m->mark;
  s->disk.diameter = (double)ny / 4;
  s->disk.x = (double)nx * 0.3;
  s->disk.y = (double)ny * 0.9;
  s->disk.colour = 0xff0000;
  s->disk.fill = 40;
  s->disk.line = 230;
  s->bar.show = true;
  s->bar.pixel_size = 0.5;
  return m;
}

static void made_free(Made *m) {
  for (size_t c = 0; c < MADE_CHANNELS; c++) {
    cyto_pyramid_free(m->channel[c].pyramid);
    free(m->pixels[c]);
  }
  free(m->labels);
  free(m->ghosts);
  free(m);
}

static CytoPixels made_pixels(int width, int height) {
  size_t stride = ((size_t)width + 3) * 4;
  CytoPixels p = {malloc(stride * (size_t)height + 4), width, height, stride};
  memset(p.data, 0x5a, stride * (size_t)height);
  return p;
}

/* How many pixels differ; the words between rows must still be what made_pixels put there. */
static size_t made_differences(CytoPixels a, CytoPixels b) {
  size_t n = 0;
  for (int y = 0; y < a.height; y++) {
    const uint32_t *p = (const uint32_t *)((const char *)a.data + (size_t)y * a.stride);
    const uint32_t *q = (const uint32_t *)((const char *)b.data + (size_t)y * b.stride);
    for (int x = 0; x < a.width; x++)
      n += p[x] != q[x];
    n += p[a.width] != 0x5a5a5a5a;
  }
  return n;
}

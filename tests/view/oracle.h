/* The renderer's promises, pixel by pixel and as slowly as can be: no tables, no rows, no spans. */
#pragma once
#include "scene-make.h"
#include "view/render-private.h"

typedef struct Oracle {
  const CytoScene *scene;
  double scale;
  int64_t x, y;
  int width, height, text_scale;
  bool box; /* some channel was averaged: light may be off by one */
} Oracle;

static int64_t oracle_extent(double scale, size_t size) {
  int64_t n = 0; /* places whose centre shows the image */
  while ((double)n + 0.5 < (double)size * scale)
    n++;
  return n ? n : 1;
}

static size_t oracle_source(double ratio, size_t size, int64_t place) {
  size_t at = (size_t)floor(((double)place + 0.5) / ratio);
  return at < size ? at : size - 1;
}

static double oracle_pixel(const CytoPlane *p, size_t y, size_t x) {
  float v;
  cyto_plane_row_f32(p, y, x, 1, &v);
  return (double)v;
}

static double oracle_overlap(double from, double to, size_t k) {
  double low = fmax(from, (double)k), high = fmin(to, (double)k + 1);
  return high > low ? high - low : 0;
}

/* Value of a channel at a place of the picture. */
static double oracle_value(Oracle *o, const CytoChannelView *channel, int64_t px, int64_t py) {
  unsigned level = 0;
  while (o->scale * (double)(1u << (level + 1)) <= 1)
    level++;
  level = cyto_pyramid_level(channel->pyramid, o->scale) < level
              ? cyto_pyramid_level(channel->pyramid, o->scale)
              : level;
  CytoPlane p = cyto_pyramid_plane(channel->pyramid, level);
  double ratio = o->scale * (double)(1u << level);
  if (ratio >= 1)
    return oracle_pixel(&p, oracle_source(ratio, p.ny, py), oracle_source(ratio, p.nx, px));
  o->box = true;
  double x0 = (double)px / ratio, x1 = fmin((double)(px + 1) / ratio, (double)p.nx);
  double y0 = (double)py / ratio, y1 = fmin((double)(py + 1) / ratio, (double)p.ny), sum = 0;
  for (size_t y = (size_t)y0; (double)y < y1; y++)
    for (size_t x = (size_t)x0; (double)x < x1; x++) {
      double v = oracle_pixel(&p, y, x), w = oracle_overlap(x0, x1, x) * oracle_overlap(y0, y1, y);
      v = isnan(v) ? channel->levels.min : fmax(-1e37, fmin(1e37, v));
      sum += v * w;
    }
  return sum / ((x1 - x0) * (y1 - y0));
}

/* Whole numbers of up to 16 bits have an entry each, other values one of 65536 between min and max.
 */
static uint8_t oracle_light(const CytoLevels *levels, CytoDtype dtype, double value) {
  if (dtype == CYTO_U8 || dtype == CYTO_U16)
    return cyto_levels_value(levels, floor(value + 0.5));
  CytoLevels codes = {0, 65535, levels->gamma, levels->invert};
  float code = ((float)value - (float)levels->min) * (float)(65535 / (levels->max - levels->min));
  return cyto_levels_value(&codes, isnan(code) ? 0 : (double)floorf(code + 0.5f));
}

static uint32_t oracle_add(uint32_t a, uint32_t b) {
  uint32_t sum = 0;
  for (int shift = 0; shift < 24; shift += 8) {
    uint32_t part = (a >> shift & 255) + (b >> shift & 255);
    sum |= (part > 255 ? 255 : part) << shift;
  }
  return sum;
}

static uint32_t oracle_picture(Oracle *o, int64_t px, int64_t py) {
  const CytoScene *s = o->scene;
  uint32_t sum = 0, gray = 0, n = 0, k = 0, map[256];
  for (size_t c = 0; c < s->channel_count; c++)
    n += s->channels[c].visible;
  for (size_t c = 0; c < s->channel_count; c++) {
    if (!s->channels[c].visible)
      continue;
    double value = oracle_value(o, &s->channels[c], px, py);
    CytoDtype dtype = cyto_pyramid_plane(s->channels[c].pyramid, 0).dtype;
    uint8_t v = oracle_light(&s->channels[c].levels, dtype, value);
    sum = oracle_add(sum, cyto_tint(s->channels[c].colour, v));
    /* Shares of gray: the rounded (k+1)/n minus the rounded k/n. */
    gray +=
        (uint32_t)floor((k + 1) * (double)v / n + 0.5) - (uint32_t)floor(k * (double)v / n + 0.5);
    k++;
  }
  gray = gray > 255 ? 255 : gray;
  if (s->show == CYTO_SHOW_COLOUR)
    return sum;
  cyto_colour_map(s->show == CYTO_SHOW_SPECTRAL         ? CYTO_MAP_SPECTRAL
                  : s->show == CYTO_SHOW_BLUE_WHITE_RED ? CYTO_MAP_BLUE_WHITE_RED
                                                        : CYTO_MAP_GRAY,
                  map);
  return n ? map[gray] : 0;
}

static uint32_t oracle_over(uint32_t base, uint32_t colour, double alpha) {
  uint32_t out = 0;
  for (int shift = 0; shift < 24; shift += 8)
    out |=
        (uint32_t)floor(
            ((base >> shift & 255) * (255 - alpha) + (colour >> shift & 255) * alpha) / 255 + 0.5)
        << shift;
  return out;
}

static uint8_t oracle_flags(const CytoScene *s, uint32_t label) {
  return s->flags && label <= s->cell_count ? s->flags[label] : 0;
}

/* Label (or ghost) that is shown at a place, 0 for none. */
static uint32_t oracle_label(const Oracle *o, bool ghost, int64_t px, int64_t py) {
  const CytoScene *s = o->scene;
  const uint32_t *map = ghost ? s->ghosts : s->labels;
  if (!map || px < 0 || py < 0 || px >= oracle_extent(o->scale, s->nx) ||
      py >= oracle_extent(o->scale, s->ny))
    return 0;
  uint32_t l = map[oracle_source(o->scale, s->ny, py) * s->nx + oracle_source(o->scale, s->nx, px)];
  if (ghost)
    return l <= s->ghost_count && s->ghost_reason[l] ? l : 0;
  return oracle_flags(s, l) & CYTO_LOOK_HIDDEN ? 0 : l;
}

static uint32_t oracle_cell(const Oracle *o, uint32_t base, int64_t px, int64_t py) {
  const CytoScene *s = o->scene;
  uint32_t l = oracle_label(o, false, px, py);
  uint32_t near[4] = {oracle_label(o, false, px + 1, py), oracle_label(o, false, px, py + 1),
                      oracle_label(o, false, px - 1, py), oracle_label(o, false, px, py - 1)};
  if (l == 0)
    return base;
  uint8_t flags = oracle_flags(s, l);
  uint32_t own = cyto_cell_colour(
      l <= s->cell_count && s->colour ? s->colour[l] : cyto_colour_default(l, s->seed));
  bool line = false, edge = false;
  for (int k = 0; k < 4; k++) {
    edge |= near[k] != l;
    line |= near[k] == 0;
    line |= k < 2 && near[k] != l && !(oracle_flags(s, near[k]) & CYTO_LOOK_SELECTED);
  }
  if (flags & CYTO_LOOK_SELECTED)
    return edge       ? 0xffe600
           : s->masks ? oracle_over(base, 0xffffff, s->opacity < 128 ? 128 : s->opacity)
                      : base;
  if (line && s->outlines)
    return s->outline_colour == CYTO_OUTLINE_OWN ? own : s->outline_colour;
  uint32_t fill = flags & CYTO_LOOK_HOVER ? oracle_over(own, 0xffffff, 96) : own;
  if (s->hatch && flags & CYTO_LOOK_MANUAL) {
    bool stripe = (px + py) / o->text_scale % 8 < 4;
    return stripe ? oracle_over(base, fill, s->opacity < 96 ? 96 : s->opacity) : base;
  }
  return s->masks ? oracle_over(base, fill, s->opacity) : base;
}

static uint32_t oracle_ghost(const Oracle *o, uint32_t base, int64_t px, int64_t py) {
  uint32_t g = oracle_label(o, true, px, py);
  bool edge = oracle_label(o, true, px + 1, py) != g || oracle_label(o, true, px, py + 1) != g ||
              oracle_label(o, true, px - 1, py) != g || oracle_label(o, true, px, py - 1) != g;
  bool dash = (px + 2 * py) / o->text_scale % 8 < 4;
  return g && edge && dash ? cyto_reason_colour(o->scene->ghost_reason[g]) : base;
}

static uint32_t oracle_disk(const Oracle *o, uint32_t base, int64_t px, int64_t py) {
  const CytoScene *s = o->scene;
  double r = s->disk.diameter * o->scale / 2;
  double dx = (double)px + 0.5 - s->disk.x * o->scale;
  double dy = (double)py + 0.5 - s->disk.y * o->scale;
  double d = sqrt(dx * dx + dy * dy);
  double outer = fmax(0, fmin(1, r - d + 0.5));
  double inner = fmax(0, fmin(1, r - 2 * o->text_scale - d + 0.5));
  if (!(r > 0))
    return base;
  base = oracle_over(base, s->disk.colour, floor(outer * s->disk.fill + 0.5));
  return oracle_over(base, s->disk.colour, floor((outer - inner) * s->disk.line + 0.5));
}

/* Without numbers and scale bar, which have tests of their own. */
static uint32_t oracle_at(Oracle *o, int i, int j) {
  const CytoScene *s = o->scene;
  int64_t px = o->x + i, py = o->y + j;
  bool inside = s->ny && s->nx && px >= 0 && py >= 0 && px < oracle_extent(o->scale, s->nx) &&
                py < oracle_extent(o->scale, s->ny);
  uint32_t colour = inside ? oracle_picture(o, px, py) : s->background;
  if (!s->raw) {
    colour = oracle_cell(o, colour, px, py);
    colour = oracle_ghost(o, colour, px, py);
    colour = oracle_disk(o, colour, px, py);
  }
  return 0xff000000 | colour;
}

#include "figure.h"
#include "../base/mem.h"
#include "label-index.h"
#include "labels.h"
#include "outline.h"
#include <string.h>

enum { HUES = 12, MAX_ROUNDS = 32, REACH = 2 };

/* Full colours around the circle, evenly enough spaced for the eye. */
static const uint8_t PALETTE[HUES][3] = {
    {255, 0, 0},   {255, 128, 0},  {255, 220, 0},  {140, 230, 0},  {0, 200, 60},   {0, 215, 190},
    {0, 190, 255}, {40, 110, 255}, {110, 60, 255}, {190, 70, 255}, {255, 60, 220}, {255, 100, 140},
};

typedef struct Colors {
  CytoLabelIndex index;
  uint8_t *hue;     /* of each label */
  uint16_t *around; /* hues of the cells near it, a bit each */
  bool *yields;     /* has the hue of a near cell with a smaller number */
} Colors;

static void colors_clear(Colors *colors) {
  cyto_label_index_clear(&colors->index);
  free(colors->hue);
  free(colors->around);
  free(colors->yields);
}

static uint32_t scatter(uint32_t x) {
  x = (x ^ x >> 16) * 0x45d9f3bu;
  x = (x ^ x >> 16) * 0x45d9f3bu;
  return x ^ x >> 16;
}

static void meet(Colors *colors, uint32_t a, uint32_t b) {
  size_t low = cyto_label_index_find(&colors->index, a < b ? a : b);
  size_t high = cyto_label_index_find(&colors->index, a < b ? b : a);
  colors->around[low] |= (uint16_t)(1u << colors->hue[high]);
  colors->around[high] |= (uint16_t)(1u << colors->hue[low]);
  if (colors->hue[low] == colors->hue[high])
    colors->yields[high] = true;
}

/* Looks at every pixel's neighbours to the right and below. */
static void meet_all(Colors *colors, const CytoFigure *figure) {
  const uint32_t *labels = figure->labels;
  for (size_t y = 0; y < figure->ny; y++)
    for (size_t x = 0; x < figure->nx; x++) {
      const size_t i = y * figure->nx + x;
      for (size_t d = 1; labels[i] && d <= REACH; d++) {
        if (x + d < figure->nx && labels[i + d] && labels[i + d] != labels[i])
          meet(colors, labels[i], labels[i + d]);
        const size_t below = i + d * figure->nx;
        if (y + d < figure->ny && labels[below] && labels[below] != labels[i])
          meet(colors, labels[i], labels[below]);
      }
    }
}

/* Gives each cell that has to yield the first hue nobody near it has, starting at a place of its
 * own. False when all were content. */
static bool repaint(Colors *colors, unsigned round) {
  bool any = false;
  for (size_t k = 0; k < colors->index.count; k++) {
    if (!colors->yields[k])
      continue;
    any = true;
    const unsigned start = scatter(colors->index.label[k] + round * 2654435761u) % HUES;
    for (unsigned h = 0; h < HUES; h++) {
      const unsigned hue = (start + h) % HUES;
      if (!(colors->around[k] & 1u << hue)) {
        colors->hue[k] = (uint8_t)hue;
        break;
      }
    }
  }
  return any;
}

static bool choose_colors(Colors *colors, const CytoFigure *figure, CytoError *err) {
  if (!cyto_label_index_init(&colors->index, figure->labels, figure->ny * figure->nx, err))
    return false;
  const size_t n = colors->index.count;
  colors->hue = cyto_alloc(n, sizeof *colors->hue, err);
  colors->around = cyto_alloc(n, sizeof *colors->around, err);
  colors->yields = cyto_alloc(n, sizeof *colors->yields, err);
  if (!colors->hue || !colors->around || !colors->yields)
    return false;
  for (size_t k = 0; k < n; k++)
    colors->hue[k] = (uint8_t)(scatter(colors->index.label[k]) % HUES);
  for (unsigned round = 1; round <= MAX_ROUNDS; round++) {
    memset(colors->around, 0, n * sizeof *colors->around);
    memset(colors->yields, 0, n * sizeof *colors->yields);
    meet_all(colors, figure);
    if (!repaint(colors, round))
      break;
  }
  return true;
}

bool cyto_figure_overlay(const CytoFigure *figure, uint8_t *rgb, CytoError *err) {
  CYTO_CLEANUP(colors_clear) Colors colors = {0};
  if (!choose_colors(&colors, figure, err))
    return false;
  for (size_t i = 0; i < figure->ny * figure->nx; i++) {
    const uint8_t *pixel = figure->image + 3 * i;
    unsigned bright = (unsigned)(pixel[0] + pixel[1] + pixel[2]) / 2; /* 1.5 times the mean */
    bright = bright > 255 ? 255 : bright;
    if (!figure->labels[i]) {
      memset(rgb + 3 * i, (int)bright, 3);
      continue;
    }
    /* Cells in the dark keep a third of their colour, so that they can be seen. */
    const size_t place = cyto_label_index_find(&colors.index, figure->labels[i]);
    const unsigned strength = 85 + bright * 2 / 3;
    for (int c = 0; c < 3; c++)
      rgb[3 * i + (size_t)c] = (uint8_t)(PALETTE[colors.hue[place]][c] * strength / 255);
  }
  return true;
}

bool cyto_figure_outlines(const CytoFigure *figure, uint8_t *rgb, CytoError *err) {
  const size_t n = figure->ny * figure->nx;
  CYTO_AUTOFREE uint8_t *map = cyto_alloc(n, 1, err);
  if (!map || !cyto_outline_map(figure->labels, figure->ny, figure->nx, map, err))
    return false;
  if (rgb != figure->image)
    memcpy(rgb, figure->image, 3 * n);
  for (size_t i = 0; i < n; i++)
    if (map[i])
      memcpy(rgb + 3 * i, (uint8_t[]){255, 0, 0}, 3);
  return true;
}

static void paste(uint8_t *rgb, size_t width, size_t left, const uint8_t *panel,
                  const CytoFigure *figure) {
  for (size_t y = 0; y < figure->ny; y++)
    memcpy(rgb + 3 * (y * width + left), panel + 3 * y * figure->nx, 3 * figure->nx);
}

bool cyto_figure_write(const CytoFigure *figure, const char *path, CytoError *err) {
  const size_t panels = figure->flow_rgb ? 4 : 3, nx = figure->nx;
  const size_t gap = nx / 50 > 4 ? nx / 50 : 4;
  size_t width, pixels;
  if (!cyto_mul(panels, nx, &width) || !cyto_add(width, (panels - 1) * gap, &width) ||
      !cyto_mul(width, figure->ny, &pixels))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "%s: the picture would be too large", path);
  CYTO_AUTOFREE uint8_t *rgb = cyto_alloc(pixels, 3, err);
  CYTO_AUTOFREE uint8_t *panel = cyto_alloc(figure->ny * nx, 3, err);
  if (!rgb || !panel)
    return false;
  memset(rgb, 255, 3 * pixels);
  paste(rgb, width, 0, figure->image, figure);
  if (!cyto_figure_outlines(figure, panel, err))
    return false;
  paste(rgb, width, nx + gap, panel, figure);
  if (!cyto_figure_overlay(figure, panel, err))
    return false;
  paste(rgb, width, 2 * (nx + gap), panel, figure);
  if (figure->flow_rgb)
    paste(rgb, width, 3 * (nx + gap), figure->flow_rgb, figure);
  return cyto_png_write_rgb(rgb, figure->ny, width, path, err);
}

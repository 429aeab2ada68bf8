/* The picture of a result, `_cp_output`: image, outlines, coloured cells, flow (algorithm.md
 * §11.3). */
#pragma once
#include "../base/error.h"
#include <stdint.h>

typedef struct CytoFigure {
  size_t ny, nx;
  const uint8_t *image;    /* (ny,nx,3), as it should be seen */
  const uint32_t *labels;  /* (ny,nx) */
  const uint8_t *flow_rgb; /* (ny,nx,3); NULL = no fourth panel */
} CytoFigure;

/* Panels side by side at the size of the image, white gaps between; an RGB PNG. */
bool cyto_figure_write(const CytoFigure *figure, const char *path, CytoError *err);

/* The image with red outlines, (ny,nx,3): the picture of --save_outlines. rgb may be the image. */
bool cyto_figure_outlines(const CytoFigure *figure, uint8_t *rgb, CytoError *err);

/* Cells in colours over the grey image, (ny,nx,3). Cells closer than three pixels get different
 * colours; the same labels always get the same ones. */
bool cyto_figure_overlay(const CytoFigure *figure, uint8_t *rgb, CytoError *err);

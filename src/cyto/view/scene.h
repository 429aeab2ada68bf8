/* What there is to draw: a plain struct the window fills anew for each picture. Everything is
 * borrowed; {0} is an empty gray scene. Colours are 0xRRGGBB, opacities 0..255. */
#pragma once
#include "lut.h"
#include "pyramid.h"

typedef enum {
  CYTO_SHOW_COLOUR,         /* each channel in its own colour, added up ("RGB") */
  CYTO_SHOW_GRAY,           /* mean of the channels */
  CYTO_SHOW_SPECTRAL,       /* the same through the spectral map */
  CYTO_SHOW_BLUE_WHITE_RED, /* the same through blue, white, red: cell probability */
} CytoShow;

/* A view of red alone is CYTO_SHOW_COLOUR or _GRAY with the other channels not visible. The flow
 * view has the three planes of the flow picture (cyto_plane_rgb) with levels 0..255 for channels,
 * the probability view one f32 plane. */
typedef struct CytoChannelView {
  CytoPyramid *pyramid; /* of the scene's size */
  CytoLevels levels;
  uint32_t colour;
  bool visible;
} CytoChannelView;

/* What is known of a cell beside its pixels. */
enum {
  CYTO_LOOK_SELECTED = 1, /* bright, outline all around */
  CYTO_LOOK_MANUAL = 2,   /* hatched when the scene asks for it */
  CYTO_LOOK_HIDDEN = 4,   /* neither filled nor outlined */
  CYTO_LOOK_HOVER = 8,    /* a little brighter */
};

/* A cell's number and where it goes: kept inside the cell's box [x0,x1) × [y0,y1), centred on (x,y)
 * as far as that allows, and left out where the box is too small on the screen. */
typedef struct CytoCellMark {
  uint32_t label, number; /* number is what is written, e.g. label */
  float x, y;             /* centroid, image coordinates */
  uint32_t x0, y0, x1, y1;
} CytoCellMark;

typedef struct CytoScene {
  size_t ny, nx; /* size of the image, >= 1; 0 = nothing but background */
  const CytoChannelView *channels;
  size_t channel_count;
  CytoShow show;
  uint32_t background; /* outside the image */
  bool raw;            /* the image alone, no overlay of any kind: the peek key */

  const uint32_t *labels;  /* (ny,nx), NULL = none */
  size_t label_pitch;      /* elements between rows; 0 = nx */
  const uint8_t *colour;   /* colour index of label l at [l], colour.h; NULL = by hash */
  const uint8_t *flags;    /* CYTO_LOOK_* of label l at [l]; NULL = none */
  size_t cell_count;       /* both arrays have cell_count + 1 entries; labels above have none */
  uint32_t seed;           /* for colours by hash */
  bool masks, outlines;    /* filled cells; outlines one device pixel wide */
  bool hatch;              /* hatches CYTO_LOOK_MANUAL */
  uint8_t opacity;         /* of the masks; 128 is usual */
  uint32_t outline_colour; /* 0xc8c8ff is usual; CYTO_OUTLINE_OWN = the cell's own colour */

  /* Candidates that were rejected, as labels of their own: dashed in the reason's colour. */
  const uint32_t *ghosts;        /* (ny,nx), NULL = none */
  size_t ghost_pitch;            /* 0 = nx */
  const uint8_t *ghost_reason;   /* reason of ghost g at [g], 0 = not shown */
  size_t ghost_count;            /* ghost_reason has ghost_count + 1 entries */
  const uint32_t *reason_colour; /* 256 entries, or NULL = our own */

  const CytoCellMark *marks; /* numbers to write, NULL = none; drawn in this order */
  size_t mark_count;
  unsigned text_scale; /* device pixels per font pixel, the scale factor of the window; 0 = 1 */

  struct {
    double diameter, x, y; /* image pixels; centre in image coordinates; diameter 0 = none */
    uint32_t colour;       /* 0xff0000, or Cellpose's 0x963296 */
    uint8_t fill, line; /* opacities of the inside and of the edge (two text_scale pixels wide) */
  } disk;

  struct {
    double pixel_size; /* micrometres per image pixel; 0 = unknown: pixels */
    bool show;         /* at the lower right of the viewport */
  } bar;
} CytoScene;

#define CYTO_OUTLINE_OWN 0xff000000u

/* Colour of a reason when the scene has none of its own: orange for 1 (flow error), blue for 2 (too
 * small), magenta for 3 (touches the edge), yellow for 4 (too large), gray for the rest. */
uint32_t cyto_reason_colour(unsigned reason);

/* The scale bar that suits a view: 1, 2 or 5 times a power of ten, at most `room` device pixels. */
typedef struct CytoScaleBar {
  double length; /* device pixels, 0 when not even the shortest one fits */
  char text[32]; /* "50 µm", "2 mm", "200 px" */
} CytoScaleBar;
CytoScaleBar cyto_scale_bar(double scale, double pixel_size, double room);

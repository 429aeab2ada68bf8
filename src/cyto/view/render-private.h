/* The inside of the renderer: one Frame a call, made by frame.c from the scene; bands of rows are
 * then composed by render.c, which asks render-image.c for the picture and render-cells.c for what
 * lies over it, and lets render-marks.c and render-disk.c draw on the finished rows. */
#pragma once
#include "render.h"

enum { RENDER_BAND = 32 };

/* "Place": coordinate in the enlarged picture, in whole device pixels, 0 at the image's left or
 * upper edge. Place = frame origin + viewport coordinate. */

/* How the places of one axis fall on the pixels of one pyramid level. */
typedef struct Axis {
  double ratio;   /* device pixels per level pixel */
  size_t size;    /* level pixels */
  int64_t extent; /* places 0 .. extent-1 show the image */
  bool box;       /* several level pixels to a place: mean; else the one under its centre */
  size_t taps;    /* level pixels that a place can touch at most */
} Axis;

/* Columns of the frame's rectangle; those in [inside0,inside1) show the image. */
typedef struct Columns {
  int inside0, inside1;
  size_t first, count; /* level pixels needed: first .. first+count-1 */
  uint32_t *index;     /* per column: level pixel, or first one, counted from `first` */
  float *weight;       /* box: weight[t * width + column] of level pixel index + t */
} Columns;

/* Contrast and colour of one channel, ready to look up. */
typedef struct Table {
  CytoLevels levels;
  CytoShow show;
  uint32_t colour;
  size_t place, channels; /* this is channel `place` of the visible ones */
  size_t codes;           /* entries: 256 or 65536; 0 = not made yet */
  uint32_t *entry;
} Table;

typedef struct Layer {
  CytoPlane plane; /* of the pyramid level drawn */
  Axis x, y;
  Columns columns;
  const Table *table;
  bool real;            /* neither u8 nor u16: value v has the code (v - low) * gain */
  float low, gain, nan; /* gain 0: a step at low; nan stands in for NaN */
} Layer;

/* Scratch of one worker; rows are as wide as the frame's rectangle. */
typedef struct Lines {
  uint32_t *base, *paint, *add;  /* picture; overlay 0xAARRGGBB, not premultiplied; one channel */
  float *value, *level, *row;    /* averaged pixels; level pixels averaged down; one row of them */
  uint32_t *label[3], *ghost[3]; /* one more pixel at each end */
  int64_t shown;                 /* enlarged: the image row that is in base, -1 for none */
} Lines;

typedef struct Text {
  int64_t left, top; /* place of the first font pixel */
  uint32_t number;
} Text;

struct CytoRenderer {
  Table *tables;
  size_t table_count;
  void *block;
  size_t room;
};

typedef struct Frame {
  const CytoScene *scene;
  CytoPixels pixels;
  CytoViewRect rect;
  double scale;
  int64_t x, y; /* place of the viewport's upper left corner */
  int64_t extent_x, extent_y;
  int text_scale;
  Layer *layers;
  size_t layer_count;
  bool enlarged; /* rows of equal image rows are equal */
  bool mapped;   /* the sum of the channels goes through `map` */
  uint32_t map[256];
  Axis cells_y, cells_x; /* level 0: where labels are looked up */
  Columns cells;         /* one more column at each end */
  uint8_t flagged;       /* all flags that some cell has */
  Text *texts;
  size_t text_count;
  Lines *lines; /* for each worker */
} Frame;

/* axis.c */
Axis axis_make(double scale, unsigned level, size_t image_size, size_t level_size);
int64_t axis_extent(double scale, size_t size);
size_t axis_nearest(const Axis *axis, int64_t place);
/* First level pixel, and weight[0..taps-1] with sum 1 (0 beyond the last pixel touched). */
size_t axis_weights(const Axis *axis, int64_t place, float *weight);
void columns_make(const Axis *axis, int64_t start, int width, Columns *columns);

/* tables.c: makes or keeps the table of each visible channel. */
bool tables_update(CytoRenderer *renderer, const CytoScene *scene, CytoError *err);

/* frame.c: whether the scene can be drawn at all; then everything that the rows share, in the
 * renderer's block of memory. */
bool frame_check(const CytoScene *scene, CytoPixels pixels, CytoError *err);
bool frame_make(CytoRenderer *renderer, const CytoScene *scene, CytoView view, CytoPixels pixels,
                CytoViewRect rect, CytoJob *job, Frame *frame, CytoError *err);

/* render-image.c: the picture in viewport row y into lines->base. */
void image_row(const Frame *frame, Lines *lines, int y);

/* render-cells.c */
bool cells_shown(const Frame *frame);
/* Labels and ghosts of viewport row y, with 0 outside the image and for what is not shown. */
void cells_fetch(const Frame *frame, int y, uint32_t *label, uint32_t *ghost);
/* What lies over row y into lines->paint; label[0..2] are the rows above, at and below y. False
 * when nothing does. */
bool cells_row(const Frame *frame, Lines *lines, int y);

/* render-marks.c, render-disk.c: on the finished rows [y0,y1) of the viewport. */
void texts_draw(const Frame *frame, int y0, int y1);
void disk_draw(const Frame *frame, int y0, int y1);
void bar_draw(const Frame *frame, int y0, int y1);
CytoViewRect bar_rect(const CytoScene *scene, double scale, int width, int height);
size_t texts_place(const Frame *frame, Text *texts);

/* font.c: at most 10 letters of "0-9 µmnpx" in rows of bits: bit 6*k+c of rows[r] is font pixel
 * (r,c) of letter k. Returns the width in font pixels. */
enum { FONT_HEIGHT = 7, FONT_ADVANCE = 6 };
int font_rows(const char *text, uint64_t rows[FONT_HEIGHT]);

/* Draws such rows with a dark rim, clipped to the frame's rectangle and to rows [y0,y1). */
void text_draw(const Frame *frame, const char *text, int64_t x, int64_t y, int y0, int y1);

static inline uint32_t *frame_row(const Frame *frame, int y) {
  return (uint32_t *)((char *)frame->pixels.data + (size_t)y * frame->pixels.stride);
}

/* colour over base, alpha 0..255: each part is (base * (255 - alpha) + colour * alpha) / 255,
 * rounded. */
static inline uint32_t render_blend(uint32_t base, uint32_t colour, uint32_t alpha) {
  uint32_t rb = (base & 0xff00ff) * (255 - alpha) + (colour & 0xff00ff) * alpha + 0x800080;
  uint32_t g = (base >> 8 & 0xff) * (255 - alpha) + (colour >> 8 & 0xff) * alpha + 0x80;
  rb = (rb + (rb >> 8 & 0xff00ff)) >> 8 & 0xff00ff;
  return 0xff000000 | rb | ((g + (g >> 8)) & 0xff00);
}

#include "render-private.h"
#include <string.h>

/* Five columns by seven rows a letter, drawn for this program; in a row of the table the leftmost
 * font pixel is the highest of five bits. */
static const struct Glyph {
  const char *letter;
  uint8_t row[FONT_HEIGHT];
} glyphs[] = {
    {"0", {14, 17, 17, 17, 17, 17, 14}}, {"1", {4, 12, 4, 4, 4, 4, 14}},
    {"2", {14, 17, 1, 6, 8, 16, 31}},    {"3", {14, 17, 1, 6, 1, 17, 14}},
    {"4", {2, 6, 10, 18, 31, 2, 2}},     {"5", {31, 16, 30, 1, 1, 17, 14}},
    {"6", {6, 8, 16, 30, 17, 17, 14}},   {"7", {31, 1, 2, 4, 4, 8, 8}},
    {"8", {14, 17, 17, 14, 17, 17, 14}}, {"9", {14, 17, 17, 15, 1, 2, 12}},
    {"µ", {0, 0, 18, 18, 18, 29, 16}},   {"n", {0, 0, 22, 25, 17, 17, 17}},
    {"m", {0, 0, 26, 21, 21, 21, 21}},   {"p", {0, 0, 30, 17, 30, 16, 16}},
    {"x", {0, 0, 17, 10, 4, 10, 17}},    {" ", {0, 0, 0, 0, 0, 0, 0}},
};

int font_rows(const char *text, uint64_t rows[FONT_HEIGHT]) {
  int width = 0;
  memset(rows, 0, FONT_HEIGHT * sizeof *rows);
  while (*text && width < 10 * FONT_ADVANCE) {
    const struct Glyph *glyph = NULL;
    for (size_t k = 0; k < sizeof glyphs / sizeof *glyphs && !glyph; k++)
      if (strncmp(text, glyphs[k].letter, strlen(glyphs[k].letter)) == 0)
        glyph = &glyphs[k];
    for (int r = 0; glyph && r < FONT_HEIGHT; r++)
      for (int c = 0; c < 5; c++)
        rows[r] |= (uint64_t)(glyph->row[r] >> (4 - c) & 1) << (width + c);
    text += glyph ? strlen(glyph->letter) : 1;
    width += FONT_ADVANCE;
  }
  return width ? width - 1 : 0;
}

/* With one font pixel more on each side: row r and bit c of the rim are font pixel (r-1,c-1). */
static uint64_t rim_row(const uint64_t rows[FONT_HEIGHT], int r) {
  uint64_t near = 0;
  for (int k = r - 2; k <= r; k++)
    near |= k >= 0 && k < FONT_HEIGHT ? rows[k] : 0;
  return near | near << 1 | near << 2;
}

void text_draw(const Frame *frame, const char *text, int64_t x, int64_t y, int y0, int y1) {
  uint64_t rows[FONT_HEIGHT];
  int ts = frame->text_scale, width = font_rows(text, rows);
  /* Viewport coordinates of the rim's corner; far off ones are not drawn. */
  int64_t left = x - ts - frame->x, top = y - ts - frame->y;
  if (left < -100000 || left > 100000 || top < -100000 || top > 100000)
    return;
  CytoViewRect box = {(int)left, (int)top, (width + 2) * ts, (FONT_HEIGHT + 2) * ts};
  CytoViewRect band = {frame->rect.x, y0, frame->rect.width, y1 - y0};
  CytoViewRect r = cyto_view_rect_intersect(box, band);
  for (int j = r.y; j < r.y + r.height; j++) {
    int row = (j - box.y) / ts;
    uint64_t rim = rim_row(rows, row);
    uint64_t lit = row >= 1 && row <= FONT_HEIGHT ? rows[row - 1] << 1 : 0;
    uint32_t *to = frame_row(frame, j);
    for (int i = r.x; i < r.x + r.width; i++) {
      int c = (i - box.x) / ts;
      if (lit >> c & 1)
        to[i] = 0xffffffff;
      else if (rim >> c & 1)
        to[i] = render_blend(to[i], 0, 160);
    }
  }
}

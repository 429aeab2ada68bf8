#include "render-private.h"
#include <math.h>
#include <stdio.h>

static int digits(uint32_t number) {
  int n = 1;
  for (; number >= 10; number /= 10)
    n++;
  return n;
}

/* Where a text of `need` device pixels goes along one axis: centred on `centre` within [low,high).
 */
static int64_t text_start(float centre, double scale, int64_t low, int64_t high, int64_t need,
                          int64_t rim) {
  double middle = isfinite(centre) ? floor((double)centre * scale) : (double)(low + high) / 2;
  double start = middle - (double)(need / 2);
  start = start > (double)(high - rim - need) ? (double)(high - rim - need) : start;
  return start < (double)(low + rim) ? low + rim : (int64_t)start;
}

/* Fills *text; false when the number does not fit the cell's box or is off the rectangle. */
static bool place_text(const Frame *f, const CytoCellMark *mark, Text *text) {
  int64_t ts = f->text_scale, wide = (digits(mark->number) * FONT_ADVANCE - 1) * ts;
  int64_t tall = FONT_HEIGHT * ts;
  int64_t x0 = (int64_t)ceil(mark->x0 * f->scale), x1 = (int64_t)floor(mark->x1 * f->scale);
  int64_t y0 = (int64_t)ceil(mark->y0 * f->scale), y1 = (int64_t)floor(mark->y1 * f->scale);
  if (x1 - x0 < wide + 4 * ts || y1 - y0 < tall + 4 * ts)
    return false;
  *text = (Text){text_start(mark->x, f->scale, x0, x1, wide, ts),
                 text_start(mark->y, f->scale, y0, y1, tall, ts), mark->number};
  int64_t left = f->x + f->rect.x, top = f->y + f->rect.y;
  return text->left - ts < left + f->rect.width && text->left + wide + ts > left &&
         text->top - ts < top + f->rect.height && text->top + tall + ts > top;
}

size_t texts_place(const Frame *frame, Text *texts) {
  const CytoScene *s = frame->scene;
  size_t n = 0;
  for (size_t k = 0; !s->raw && s->marks && k < s->mark_count; k++) {
    Text text;
    uint32_t label = s->marks[k].label;
    bool hidden = s->flags && label <= s->cell_count && (s->flags[label] & CYTO_LOOK_HIDDEN);
    if (hidden || !place_text(frame, &s->marks[k], &text))
      continue;
    if (texts)
      texts[n] = text;
    n++;
  }
  return n;
}

void texts_draw(const Frame *frame, int y0, int y1) {
  int64_t tall = (FONT_HEIGHT + 1) * frame->text_scale;
  for (size_t k = 0; k < frame->text_count; k++) {
    const Text *text = &frame->texts[k];
    if (text->top + tall <= frame->y + y0 || text->top - frame->text_scale >= frame->y + y1)
      continue;
    char number[16];
    snprintf(number, sizeof number, "%u", text->number);
    text_draw(frame, number, text->left, text->top, y0, y1);
  }
}

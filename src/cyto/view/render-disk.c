#include "render-private.h"
#include <math.h>

static double covered(double depth) {
  return depth <= 0 ? 0 : depth >= 1 ? 1 : depth;
}

/* All in places, so that the disk is the same wherever the viewport is. */
typedef struct Disk {
  double x, y; /* centre */
  double radius, line;
  uint32_t colour, fill_alpha, line_alpha;
} Disk;

static uint32_t disk_pixel(const Disk *d, uint32_t base, double dx, double dy) {
  double distance = sqrt(dx * dx + dy * dy);
  double outer = covered(d->radius - distance + 0.5);
  double inner = covered(d->radius - d->line - distance + 0.5);
  base = render_blend(base, d->colour, (uint32_t)(outer * d->fill_alpha + 0.5));
  return render_blend(base, d->colour, (uint32_t)((outer - inner) * d->line_alpha + 0.5));
}

/* Columns [from,end) of a row, each by its distance from the centre. */
static void disk_span(const Disk *d, uint32_t *row, int64_t origin, int from, int end, double dy) {
  for (int i = from; i < end; i++)
    row[i] = disk_pixel(d, row[i], (double)(origin + i) + 0.5 - d->x, dy);
}

/* The viewport column of a place, kept within [low,high]. */
static int column(double place, int64_t origin, int low, int high) {
  double v = place - (double)origin;
  return v < low ? low : v > high ? high : (int)v;
}

/* Only the edge needs distances; inside lies one alpha, and with no fill nothing at all. */
static void disk_row(const Frame *f, const Disk *d, int y) {
  int x0 = f->rect.x, x1 = x0 + f->rect.width;
  double dy = (double)(f->y + y) + 0.5 - d->y;
  double outer = d->radius + 1, inner = d->radius - d->line - 1;
  if (fabs(dy) > outer)
    return;
  double half = sqrt(outer * outer - dy * dy);
  int from = column(floor(d->x - half), f->x, x0, x1);
  int end = column(ceil(d->x + half), f->x, from, x1), in0 = end, in1 = end;
  if (inner > 0 && fabs(dy) < inner) {
    double safe = sqrt(inner * inner - dy * dy);
    in0 = column(ceil(d->x - safe), f->x, from, end);
    in1 = column(floor(d->x + safe), f->x, in0, end);
  }
  uint32_t *row = frame_row(f, y);
  disk_span(d, row, f->x, from, in0, dy);
  for (int i = in0; d->fill_alpha && i < in1; i++)
    row[i] = render_blend(row[i], d->colour, d->fill_alpha);
  disk_span(d, row, f->x, in1, end, dy);
}

void disk_draw(const Frame *frame, int y0, int y1) {
  const CytoScene *s = frame->scene;
  double radius = s->disk.diameter * frame->scale / 2;
  Disk d = {s->disk.x * frame->scale,
            s->disk.y * frame->scale,
            radius,
            2.0 * frame->text_scale,
            s->disk.colour,
            s->disk.fill,
            s->disk.line};
  if (s->raw || !(radius > 0) || radius > 1e9 || !(fabs(d.x) < 1e12) || !(fabs(d.y) < 1e12))
    return;
  for (int y = y0; y < y1; y++)
    disk_row(frame, &d, y);
}

/* The bar's own pixels, without its dark rim; the text stands above. */
typedef struct Bar {
  CytoViewRect line;
  CytoViewRect text;
  CytoScaleBar what;
} Bar;

static bool bar_make(const CytoScene *s, double scale, int width, int height, Bar *bar) {
  int ts = s->text_scale < 1 ? 1 : s->text_scale > 16 ? 16 : (int)s->text_scale;
  int margin = 12 * ts, room = width / 4 < 200 * ts ? width / 4 : 200 * ts;
  if (!s->bar.show || s->raw || !s->ny || !s->nx || height < 48 * ts || width < 96 * ts)
    return false;
  bar->what = cyto_scale_bar(scale, s->bar.pixel_size, room);
  int length = (int)(bar->what.length + 0.5);
  if (length < 1)
    return false;
  uint64_t rows[FONT_HEIGHT];
  int wide = font_rows(bar->what.text, rows) * ts, right = width - margin;
  bar->line = (CytoViewRect){right - length, height - margin - 3 * ts, length, 3 * ts};
  int left = right - length + (length - wide) / 2;
  left = left + wide > right ? right - wide : left;
  bar->text = (CytoViewRect){left, bar->line.y - (FONT_HEIGHT + 3) * ts, wide, FONT_HEIGHT * ts};
  return true;
}

static CytoViewRect wider(CytoViewRect r, int by) {
  return (CytoViewRect){r.x - by, r.y - by, r.width + 2 * by, r.height + 2 * by};
}

CytoViewRect bar_rect(const CytoScene *scene, double scale, int width, int height) {
  Bar bar;
  int ts = scene->text_scale < 1 ? 1 : scene->text_scale > 16 ? 16 : (int)scene->text_scale;
  if (!bar_make(scene, scale, width, height, &bar))
    return (CytoViewRect){0, 0, 0, 0};
  return cyto_view_rect_intersect(cyto_view_rect_union(wider(bar.line, ts), wider(bar.text, ts)),
                                  (CytoViewRect){0, 0, width, height});
}

void bar_draw(const Frame *frame, int y0, int y1) {
  Bar bar;
  if (!bar_make(frame->scene, frame->scale, frame->pixels.width, frame->pixels.height, &bar))
    return;
  CytoViewRect band = {frame->rect.x, y0, frame->rect.width, y1 - y0};
  CytoViewRect rim = cyto_view_rect_intersect(wider(bar.line, frame->text_scale), band);
  CytoViewRect line = cyto_view_rect_intersect(bar.line, band);
  for (int y = rim.y; y < rim.y + rim.height; y++)
    for (int x = rim.x; x < rim.x + rim.width; x++) {
      bool lit = x >= line.x && x < line.x + line.width && y >= line.y && y < line.y + line.height;
      uint32_t *to = frame_row(frame, y) + x;
      *to = lit ? 0xffffffff : render_blend(*to, 0, 160);
    }
  text_draw(frame, bar.what.text, frame->x + bar.text.x, frame->y + bar.text.y, y0, y1);
}

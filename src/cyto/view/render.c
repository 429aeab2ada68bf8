#include "render-private.h"
#include "../base/mem.h"
#include <math.h>
#include <string.h>

CytoRenderer *cyto_renderer_new(CytoError *err) {
  return cyto_calloc(1, sizeof(CytoRenderer), err);
}

void cyto_renderer_free(CytoRenderer *renderer) {
  if (!renderer)
    return;
  for (size_t k = 0; k < renderer->table_count; k++)
    free(renderer->tables[k].entry);
  free(renderer->tables);
  free(renderer->block);
  free(renderer);
}

static void blend_row(const uint32_t *base, const uint32_t *paint, int n, uint32_t *to) {
  for (int i = 0; i < n; i++)
    to[i] = render_blend(base[i], paint[i], paint[i] >> 24);
}

static void rotate(uint32_t *row[3]) {
  uint32_t *first = row[0];
  row[0] = row[1];
  row[1] = row[2];
  row[2] = first;
}

static void render_band(void *context, size_t item, unsigned worker) {
  const Frame *f = context;
  Lines *lines = &f->lines[worker];
  int y0 = f->rect.y + (int)item * RENDER_BAND, end = f->rect.y + f->rect.height;
  int y1 = y0 + RENDER_BAND < end ? y0 + RENDER_BAND : end, width = f->rect.width;
  bool cells = cells_shown(f);
  for (int k = 0; cells && k < 2; k++)
    cells_fetch(f, y0 - 1 + k, lines->label[k + 1], lines->ghost[k + 1]);
  for (int y = y0; y < y1; y++) {
    uint32_t *to = frame_row(f, y) + f->rect.x;
    image_row(f, lines, y);
    if (cells) {
      rotate(lines->label);
      rotate(lines->ghost);
      cells_fetch(f, y + 1, lines->label[2], lines->ghost[2]);
    }
    if (cells && cells_row(f, lines, y))
      blend_row(lines->base, lines->paint, width, to);
    else
      memcpy(to, lines->base, (size_t)width * sizeof *to);
  }
  texts_draw(f, y0, y1);
  disk_draw(f, y0, y1);
  bar_draw(f, y0, y1);
}

bool cyto_render_rect(CytoRenderer *renderer, const CytoScene *scene, CytoView view,
                      CytoPixels pixels, CytoViewRect rect, CytoJob *job, CytoError *err) {
  rect = cyto_view_rect_intersect(rect, (CytoViewRect){0, 0, pixels.width, pixels.height});
  if (rect.width <= 0 || rect.height <= 0)
    return true;
  Frame frame;
  return frame_make(renderer, scene, view, pixels, rect, job, &frame, err) &&
         cyto_parallel(job, cyto_items((size_t)rect.height, RENDER_BAND), render_band, &frame, NULL,
                       err);
}

bool cyto_render(CytoRenderer *renderer, const CytoScene *scene, CytoView view, CytoPixels pixels,
                 CytoJob *job, CytoError *err) {
  return cyto_render_rect(renderer, scene, view, pixels,
                          (CytoViewRect){0, 0, pixels.width, pixels.height}, job, err);
}

/* to(i,j) = from(i+dx,j+dy) wherever both exist; to and from may be the same memory. */
static void shift(CytoPixels from, CytoPixels to, int dx, int dy) {
  int x0 = dx < 0 ? -dx : 0, y0 = dy < 0 ? -dy : 0;
  int width = to.width - abs(dx), height = to.height - abs(dy);
  for (int k = 0; k < height; k++) {
    int y = dy < 0 ? y0 + height - 1 - k : y0 + k;
    memmove((char *)to.data + (size_t)y * to.stride + (size_t)x0 * 4,
            (char *)from.data + (size_t)(y + dy) * from.stride + (size_t)(x0 + dx) * 4,
            (size_t)width * 4);
  }
}

bool cyto_render_pan(CytoRenderer *renderer, const CytoScene *scene, CytoView from,
                     CytoPixels previous, CytoView view, CytoPixels pixels, CytoJob *job,
                     CytoError *err) {
  from = cyto_view_snap(from);
  view = cyto_view_snap(view);
  int width = pixels.width, height = pixels.height;
  double x = view.x - from.x, y = view.y - from.y;
  if (view.scale != from.scale || previous.width != width || previous.height != height ||
      !previous.data || fabs(x) >= width || fabs(y) >= height)
    return cyto_render(renderer, scene, view, pixels, job, err);
  if (!frame_check(scene, pixels, err))
    return false;
  int dx = (int)x, dy = (int)y;
  shift(previous, pixels, dx, dy);
  /* The scale bar does not move with the picture: where it came to lie and where it belongs. */
  CytoViewRect bar = bar_rect(scene, view.scale, width, height), moved = bar;
  moved.x -= dx;
  moved.y -= dy;
  const CytoViewRect rects[] = {
      {0, dy > 0 ? height - dy : 0, width, abs(dy)},
      {dx > 0 ? width - dx : 0, 0, abs(dx), height},
      bar,
      moved,
  };
  for (size_t k = 0; k < (dx || dy ? 4 : 0); k++)
    if (!cyto_render_rect(renderer, scene, view, pixels, rects[k], job, err))
      return false;
  return true;
}

#include "render-private.h"
#include "../base/mem.h"
#include <math.h>
#include <string.h>

/* Memory handed out piece by piece; while `base` is NULL only the need is counted. */
typedef struct Arena {
  char *base;
  size_t used;
} Arena;

static void *take(Arena *arena, size_t count, size_t size) {
  size_t at = arena->used;
  arena->used += (count * size + 63) / 64 * 64;
  return arena->base ? arena->base + at : NULL;
}

/* Level pixels that `width` places can need. */
static size_t most_pixels(const Axis *axis, size_t width) {
  double most = ceil((double)width / axis->ratio) + 2;
  size_t pixels = most < (double)axis->size ? (size_t)most : axis->size;
  return pixels + axis->taps;
}

/* Lays the frame out; with memory there also fills the columns and texts. */
static void lay_out(Frame *f, Layer *layers, unsigned workers, Arena *arena) {
  size_t width = (size_t)f->rect.width, longest = width;
  f->layers = take(arena, f->layer_count, sizeof *f->layers);
  if (arena->base)
    memcpy(f->layers, layers, f->layer_count * sizeof *layers);
  for (size_t k = 0; k < f->layer_count; k++) {
    Columns columns = {.index = take(arena, width, sizeof(uint32_t))};
    columns.weight = layers[k].x.box ? take(arena, width * layers[k].x.taps, sizeof(float)) : NULL;
    size_t most = most_pixels(&layers[k].x, width);
    longest = most > longest ? most : longest;
    if (!arena->base)
      continue;
    columns_make(&layers[k].x, f->x + f->rect.x, f->rect.width, &columns);
    f->layers[k].columns = columns;
  }
  f->cells.index = take(arena, width + 2, sizeof(uint32_t));
  f->texts = take(arena, f->text_count, sizeof *f->texts);
  f->lines = take(arena, workers, sizeof *f->lines);
  for (unsigned w = 0; w < workers; w++) {
    Lines lines = {.shown = -1};
    lines.base = take(arena, width, sizeof(uint32_t));
    lines.paint = take(arena, width, sizeof(uint32_t));
    lines.add = take(arena, width, sizeof(uint32_t));
    lines.value = take(arena, width, sizeof(float));
    lines.level = take(arena, longest, sizeof(float));
    lines.row = take(arena, longest, sizeof(float));
    for (int k = 0; k < 3; k++) {
      lines.label[k] = take(arena, width + 2, sizeof(uint32_t));
      lines.ghost[k] = take(arena, width + 2, sizeof(uint32_t));
    }
    if (arena->base)
      f->lines[w] = lines;
  }
}

bool frame_check(const CytoScene *scene, CytoPixels pixels, CytoError *err) {
  if (pixels.width < 0 || pixels.height < 0 || pixels.width > 32768 || pixels.height > 32768 ||
      pixels.stride % 4 || pixels.stride / 4 < (size_t)pixels.width)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "a view of %d × %d pixels in rows of %zu bytes cannot be drawn", pixels.width,
                     pixels.height, pixels.stride);
  if (scene->ny > INT32_MAX || scene->nx > INT32_MAX)
    return cyto_fail(err, CYTO_ERROR_LIMIT, "a picture of %zu × %zu pixels is too large to show",
                     scene->nx, scene->ny);
  for (size_t c = 0; c < scene->channel_count; c++) {
    if (!scene->channels[c].visible)
      continue;
    CytoPlane plane = cyto_pyramid_plane(scene->channels[c].pyramid, 0);
    if (plane.ny != scene->ny || plane.nx != scene->nx)
      return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                       "channel %zu has %zu × %zu pixels where the picture has %zu × %zu", c + 1,
                       plane.nx, plane.ny, scene->nx, scene->ny);
  }
  return true;
}

static bool layer_make(const Frame *f, const CytoChannelView *channel, const Table *table,
                       CytoJob *job, Layer *layer, CytoError *err) {
  CytoPyramid *pyramid = channel->pyramid;
  unsigned level = cyto_pyramid_level(pyramid, f->scale);
  if (!cyto_pyramid_build(pyramid, level, job, err))
    return false;
  CytoPlane plane = cyto_pyramid_plane(pyramid, level);
  const CytoLevels *levels = &channel->levels;
  *layer = (Layer){.plane = plane, .table = table};
  layer->x = axis_make(f->scale, level, f->scene->nx, plane.nx);
  layer->y = axis_make(f->scale, level, f->scene->ny, plane.ny);
  layer->real = plane.dtype != CYTO_U8 && plane.dtype != CYTO_U16;
  bool step = !(levels->max > levels->min);
  layer->low = (float)(step ? levels->max : levels->min);
  layer->gain = step ? 0 : (float)(65535 / (levels->max - levels->min));
  layer->nan = step ? -1e37f : layer->low;
  return true;
}

static bool layers_make(Frame *f, const CytoRenderer *renderer, CytoJob *job, Layer *layers,
                        CytoError *err) {
  const CytoScene *scene = f->scene;
  for (size_t c = 0; scene->ny && scene->nx && c < scene->channel_count; c++) {
    if (!scene->channels[c].visible)
      continue;
    size_t k = f->layer_count;
    if (!layer_make(f, &scene->channels[c], &renderer->tables[k], job, &layers[k], err))
      return false;
    f->layer_count++;
  }
  f->mapped = f->layer_count > 1 &&
              (scene->show == CYTO_SHOW_SPECTRAL || scene->show == CYTO_SHOW_BLUE_WHITE_RED);
  if (f->mapped)
    cyto_colour_map(scene->show == CYTO_SHOW_SPECTRAL ? CYTO_MAP_SPECTRAL : CYTO_MAP_BLUE_WHITE_RED,
                    f->map);
  return true;
}

static uint8_t all_flags(const CytoScene *scene) {
  uint8_t flags = 0;
  for (size_t l = 1; scene->flags && l <= scene->cell_count; l++)
    flags |= scene->flags[l];
  return flags;
}

static bool room_for(CytoRenderer *renderer, size_t bytes, CytoError *err) {
  if (bytes <= renderer->room)
    return true;
  void *block = cyto_alloc(bytes, 1, err);
  if (!block)
    return false;
  free(renderer->block);
  renderer->block = block;
  renderer->room = bytes;
  return true;
}

bool frame_make(CytoRenderer *renderer, const CytoScene *scene, CytoView view, CytoPixels pixels,
                CytoViewRect rect, CytoJob *job, Frame *frame, CytoError *err) {
  view = cyto_view_snap(view);
  Frame f = {.scene = scene, .pixels = pixels, .rect = rect, .scale = view.scale};
  f.x = (int64_t)view.x;
  f.y = (int64_t)view.y;
  f.text_scale = scene->text_scale < 1 ? 1 : scene->text_scale > 16 ? 16 : (int)scene->text_scale;
  f.enlarged = view.scale >= 1;
  if (!frame_check(scene, pixels, err) || !tables_update(renderer, scene, err))
    return false;
  CYTO_AUTOFREE Layer *layers = cyto_alloc(scene->channel_count, sizeof *layers, err);
  if (!layers || !layers_make(&f, renderer, job, layers, err))
    return false;
  if (scene->ny && scene->nx) {
    f.extent_x = axis_extent(f.scale, scene->nx);
    f.extent_y = axis_extent(f.scale, scene->ny);
    f.cells_x = axis_make(f.scale, 0, scene->nx, scene->nx);
    f.cells_y = axis_make(f.scale, 0, scene->ny, scene->ny);
    f.cells_x.box = f.cells_y.box = false;
    f.cells_x.taps = f.cells_y.taps = 1;
    f.flagged = all_flags(scene);
    f.text_count = texts_place(&f, NULL);
  }
  unsigned workers = cyto_pool_threads(job ? job->pool : NULL);
  Arena arena = {0};
  lay_out(&f, layers, workers, &arena);
  if (!room_for(renderer, arena.used, err))
    return false;
  arena = (Arena){renderer->block, 0};
  lay_out(&f, layers, workers, &arena);
  if (scene->ny && scene->nx)
    columns_make(&f.cells_x, f.x + rect.x - 1, rect.width + 2, &f.cells);
  texts_place(&f, f.texts);
  *frame = f;
  return true;
}

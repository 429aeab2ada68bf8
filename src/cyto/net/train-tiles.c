#include "train-tiles.h"
#include <string.h>

CytoTiles cyto_tiles(size_t n, size_t h, size_t w) {
  CytoTiles t = {.n = n, .h = h, .w = w, .across = (w + 3) / 4};
  t.each = t.across * ((h + 3) / 4);
  t.count = n * t.each;
  return t;
}

CytoTrainTile cyto_tile(const CytoTiles *tiles, size_t index) {
  size_t in_image = index % tiles->each;
  CytoTrainTile t = {.image = index / tiles->each,
                     .y = in_image / tiles->across * 4,
                     .x = in_image % tiles->across * 4};
  t.rows = tiles->h - t.y < 4 ? tiles->h - t.y : 4;
  t.columns = tiles->w - t.x < 4 ? tiles->w - t.x : 4;
  t.inside = t.y > 0 && t.x > 0 && t.y + 4 < tiles->h && t.x + 4 < tiles->w;
  return t;
}

void cyto_tile_source(CytoTileSource *source, const CytoTiles *tiles, const CytoTrainKernel *train,
                      const CytoTrainIn *in, size_t channels) {
  *source = (CytoTileSource){.train = train,
                             .tiles = tiles,
                             .x = in->x,
                             .channels = channels,
                             .halve = in->halve,
                             .scale = in->scale,
                             .shift = in->shift};
  ptrdiff_t row = (ptrdiff_t)((tiles->w >> in->halve) * channels), n = (ptrdiff_t)channels;
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
      source->patch[i * 6 + j] = ((i - 1) >> in->halve) * row + ((j - 1) >> in->halve) * n;
  for (int k = 0; k < 16; k++)
    source->block[k] = k / 4 * row + k % 4 * n;
}

/* The value of pixel (y,x) of the tile's image, channel `first`. */
static const float *pixel(const CytoTileSource *s, const CytoTrainTile *tile, size_t y, size_t x,
                          size_t first) {
  size_t h = s->tiles->h >> s->halve, w = s->tiles->w >> s->halve;
  return s->x + ((tile->image * h + (y >> s->halve)) * w + (x >> s->halve)) * s->channels + first;
}

void cyto_tile_patch(const CytoTileSource *s, const CytoTrainTile *tile,
                     const CytoTileRange *range) {
  const float *scale = s->scale ? s->scale + range->first : NULL;
  const float *shift = s->scale ? s->shift + tile->image * s->channels + range->first : NULL;
  CytoPatchIn patch = {.channels = range->channels, .v = range->v, .step = range->step};
  if (tile->inside) {
    patch.x = pixel(s, tile, tile->y, tile->x, range->first);
    patch.offset = s->patch;
    patch.scale = scale;
    patch.shift = shift;
    s->train->patch_in(&patch);
    return;
  }
  ptrdiff_t offset[36];
  for (size_t k = 0; k < 36; k++) {
    size_t y = tile->y + k / 6 - 1, x = tile->x + k % 6 - 1; /* wraps around before the first */
    float *to = range->edge + k * range->channels;
    offset[k] = (ptrdiff_t)(k * range->channels);
    if (y < s->tiles->h && x < s->tiles->w)
      s->train->activate(pixel(s, tile, y, x, range->first), scale, shift, range->channels, 1, to);
    else
      memset(to, 0, range->channels * sizeof *to);
  }
  patch.x = range->edge;
  patch.offset = offset;
  s->train->patch_in(&patch);
}

void cyto_tile_block(const CytoTileSource *s, const CytoTrainTile *tile,
                     const CytoTileRange *range) {
  CytoPatchGrad patch = {
      .channels = range->channels, .v = range->v, .step = range->step, .sum = range->sum};
  if (tile->rows == 4 && tile->columns == 4) {
    patch.g = pixel(s, tile, tile->y, tile->x, range->first);
    patch.offset = s->block;
    s->train->patch_grad(&patch);
    return;
  }
  ptrdiff_t offset[16];
  for (size_t k = 0; k < 16; k++) {
    float *to = range->edge + k * range->channels;
    offset[k] = (ptrdiff_t)(k * range->channels);
    if (k / 4 < tile->rows && k % 4 < tile->columns)
      memcpy(to, pixel(s, tile, tile->y + k / 4, tile->x + k % 4, range->first),
             range->channels * sizeof *to);
    else
      memset(to, 0, range->channels * sizeof *to);
  }
  patch.g = range->edge;
  patch.offset = offset;
  s->train->patch_grad(&patch);
}

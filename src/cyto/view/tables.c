#include "render-private.h"
#include "../base/mem.h"
#include <string.h>

/* Channel `place` of n gives its share of gray v; the shares of equal channels add up to v. */
static uint32_t gray_share(uint32_t v, size_t place, size_t n) {
  uint32_t share = (uint32_t)(((place + 1) * v * 2 + n) / (2 * n) - (place * v * 2 + n) / (2 * n));
  return share * 0x010101;
}

static void fill(Table *table) {
  uint32_t map[256];
  bool alone = table->channels == 1;
  if (table->show == CYTO_SHOW_SPECTRAL && alone)
    cyto_colour_map(CYTO_MAP_SPECTRAL, map);
  else if (table->show == CYTO_SHOW_BLUE_WHITE_RED && alone)
    cyto_colour_map(CYTO_MAP_BLUE_WHITE_RED, map);
  else
    for (uint32_t v = 0; v < 256; v++)
      map[v] = table->show == CYTO_SHOW_COLOUR ? cyto_tint(table->colour, (uint8_t)v)
                                               : gray_share(v, table->place, table->channels);
  for (size_t i = 0; i < table->codes; i++)
    table->entry[i] = 0xff000000 | map[cyto_levels_value(&table->levels, (double)i)];
}

/* Pixels that are neither u8 nor u16 are brought to codes 0..65535 between min and max first. */
static Table wanted(const CytoScene *scene, const CytoChannelView *channel, size_t place,
                    size_t channels) {
  CytoDtype dtype = cyto_pyramid_plane(channel->pyramid, 0).dtype;
  Table table = {channel->levels,
                 scene->show,
                 channel->colour,
                 place,
                 channels,
                 dtype == CYTO_U8 ? 256 : 65536,
                 NULL};
  if (dtype != CYTO_U8 && dtype != CYTO_U16) {
    table.levels.min = 0;
    table.levels.max = 65535;
  }
  return table;
}

static bool same_bits(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0;
}

static bool same(const Table *a, const Table *b) {
  return a->codes == b->codes && a->show == b->show && a->colour == b->colour &&
         a->place == b->place && a->channels == b->channels &&
         same_bits(a->levels.min, b->levels.min) && same_bits(a->levels.max, b->levels.max) &&
         same_bits(a->levels.gamma, b->levels.gamma) && a->levels.invert == b->levels.invert;
}

static bool update(Table *table, Table want, CytoError *err) {
  if (same(table, &want))
    return true;
  if (table->codes != want.codes) {
    uint32_t *entry = cyto_alloc(want.codes, sizeof *entry, err);
    if (!entry)
      return false;
    free(table->entry);
    table->entry = entry;
  }
  want.entry = table->entry;
  *table = want;
  fill(table);
  return true;
}

bool tables_update(CytoRenderer *renderer, const CytoScene *scene, CytoError *err) {
  size_t visible = 0, place = 0;
  for (size_t c = 0; c < scene->channel_count; c++)
    visible += scene->channels[c].visible;
  if (visible > renderer->table_count) {
    Table *tables = cyto_realloc(renderer->tables, visible, sizeof *tables, err);
    if (!tables)
      return false;
    memset(tables + renderer->table_count, 0, (visible - renderer->table_count) * sizeof *tables);
    renderer->tables = tables;
    renderer->table_count = visible;
  }
  for (size_t c = 0; c < scene->channel_count; c++) {
    if (!scene->channels[c].visible)
      continue;
    if (!update(&renderer->tables[place], wanted(scene, &scene->channels[c], place, visible), err))
      return false;
    place++;
  }
  return true;
}

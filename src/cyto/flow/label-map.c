#include "label-map.h"
#include "../base/mem.h"
#include <string.h>

enum { FIRST_CAPACITY = 1024 };

void cyto_label_map_clear(CytoLabelMap *map) {
  free(map->key);
  free(map->value);
  memset(map, 0, sizeof *map);
}

bool cyto_label_map_init(CytoLabelMap *map, const uint32_t *labels, size_t count, CytoError *err) {
  uint32_t max = 0;
  for (size_t i = 0; i < count; i++)
    max = labels[i] > max ? labels[i] : max;
  bool dense = max / 2 <= count + FIRST_CAPACITY;
  map->capacity = dense ? (size_t)max + 1 : FIRST_CAPACITY;
  map->value = cyto_calloc(map->capacity, sizeof *map->value, err);
  if (map->value && !dense)
    map->key = cyto_calloc(map->capacity, sizeof *map->key, err);
  return map->value && (dense || map->key);
}

static size_t find_slot(const CytoLabelMap *map, uint32_t label) {
  const size_t mask = map->capacity - 1;
  size_t slot = (size_t)((label * 0x9e3779b97f4a7c15u) >> 24) & mask;
  while (map->key[slot] != 0 && map->key[slot] != label)
    slot = (slot + 1) & mask;
  return slot;
}

static bool grow(CytoLabelMap *map, CytoError *err) {
  CytoLabelMap wide = {.capacity = 2 * map->capacity, .used = map->used};
  wide.key = cyto_calloc(wide.capacity, sizeof *wide.key, err);
  wide.value = wide.key ? cyto_calloc(wide.capacity, sizeof *wide.value, err) : NULL;
  if (!wide.value) {
    cyto_label_map_clear(&wide);
    return false;
  }
  for (size_t i = 0; i < map->capacity; i++) {
    if (map->key[i] == 0)
      continue;
    size_t slot = find_slot(&wide, map->key[i]);
    wide.key[slot] = map->key[i];
    wide.value[slot] = map->value[i];
  }
  cyto_label_map_clear(map);
  *map = wide;
  return true;
}

uint64_t *cyto_label_map_at(CytoLabelMap *map, uint32_t label, CytoError *err) {
  if (!map->key)
    return &map->value[label];
  size_t slot = find_slot(map, label);
  if (map->key[slot] != 0)
    return &map->value[slot];
  if (2 * map->used >= map->capacity) {
    if (!grow(map, err))
      return NULL;
    slot = find_slot(map, label);
  }
  map->key[slot] = label;
  map->used++;
  return &map->value[slot];
}

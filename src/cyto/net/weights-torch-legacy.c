/* PyTorch's stream of pickles before version 1.6 (algorithm.md §2.5). */
#include "../base/mem.h"
#include "../base/pickle.h"
#include "weights-private.h"
#include <string.h>

/* 0x1950a86a20f9469cfc6c as the pickled long has it. */
static const uint8_t magic[] = {0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};

bool cyto_is_torch_legacy(const uint8_t *data, size_t size) {
  return size > 32 && data[0] == 0x80 && memmem(data, 32, magic, sizeof magic) != NULL;
}

typedef struct Block {
  CytoStorage storage;
  const uint8_t *bytes;
} Block;

typedef struct Stream {
  const uint8_t *data;
  size_t size, pos;
  Block *block; /* sorted by key */
  size_t count;
} Stream;

static bool next_pickle(Stream *s, const char *what, CytoPickle **out, CytoError *err) {
  size_t used;
  if (!cyto_pickle_read(s->data + s->pos, s->size - s->pos, cyto_torch_globals, out, &used, err))
    return cyto_fail_prefix(err, what);
  s->pos += used;
  return true;
}

/* The three pickles before the object: magic, version, and how numbers are stored. */
static bool read_prelude(Stream *s, CytoError *err) {
  CYTO_CLEANUP(cyto_pickle_drop) CytoPickle *first = NULL;
  CYTO_CLEANUP(cyto_pickle_drop) CytoPickle *version = NULL;
  CYTO_CLEANUP(cyto_pickle_drop) CytoPickle *system = NULL;
  if (!next_pickle(s, "start of the file", &first, err) ||
      !next_pickle(s, "version of the file", &version, err) ||
      !next_pickle(s, "description of the machine", &system, err))
    return false;
  const CytoPkl *number = cyto_pickle_root(version);
  if (number->kind != CYTO_PKL_INT || number->integer != 1001)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "its container version is %lld; 1001 is the one known",
                     (long long)number->integer);
  const CytoPkl *little = cyto_pkl_get(cyto_pickle_root(system), "little_endian");
  if (little && !little->integer)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "it was written on a big-endian machine, which is not handled");
  return true;
}

static int by_key(const void *a, const void *b) {
  return strcmp(((const Block *)a)->storage.key, ((const Block *)b)->storage.key);
}

static Block *find_block(const Stream *s, const char *key) {
  Block wanted = {.storage.key = key};
  return s->count ? bsearch(&wanted, s->block, s->count, sizeof wanted, by_key) : NULL;
}

/* Types and sizes of all stored arrays, from the persistent ids of the object. */
static bool list_blocks(Stream *s, const CytoPickle *object, CytoError *err) {
  size_t count;
  CytoPkl *const *persid = cyto_pickle_persids(object, &count);
  if (!(s->block = cyto_calloc(count, sizeof *s->block, err)))
    return false;
  for (size_t i = 0; i < count; i++)
    if (!cyto_parse_storage(persid[i], &s->block[i].storage, err))
      return false;
  if (!count)
    return true;
  qsort(s->block, count, sizeof *s->block, by_key);
  s->count = 1;
  for (size_t i = 1; i < count; i++) {
    CytoStorage *last = &s->block[s->count - 1].storage, *next = &s->block[i].storage;
    if (strcmp(last->key, next->key) != 0)
      s->block[s->count++] = s->block[i];
    else if (last->kind != next->kind || last->count != next->count)
      return cyto_fail(err, CYTO_ERROR_FORMAT, "stored array %.40s is described in two ways",
                       last->key);
  }
  return true;
}

/* After the list of keys, in its order: a 64-bit count, then the values. */
static bool locate_block(Stream *s, const char *key, CytoError *err) {
  Block *block = find_block(s, key);
  if (!block || block->bytes)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "stored array %.40s is %s", key,
                     block ? "listed twice" : "not described");
  uint64_t count = 0;
  if (s->size - s->pos < 8)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "the file is cut short: it ends at byte %zu, before stored array %.40s",
                     s->size, key);
  for (int i = 7; i >= 0; i--)
    count = count << 8 | s->data[s->pos + (size_t)i];
  s->pos += 8;
  if (count != block->storage.count)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "stored array %.40s has %llu values where %zu are announced", key,
                     (unsigned long long)count, block->storage.count);
  size_t bytes = block->storage.count * cyto_stored_size(block->storage.kind);
  if (bytes > s->size - s->pos)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "the file is cut short: stored array %.40s needs %zu bytes at byte %zu, %zu "
                     "are left",
                     key, bytes, s->pos, s->size - s->pos);
  block->bytes = s->data + s->pos;
  s->pos += bytes;
  return true;
}

static bool locate_blocks(Stream *s, CytoError *err) {
  CYTO_CLEANUP(cyto_pickle_drop) CytoPickle *pickle = NULL;
  if (!next_pickle(s, "list of stored arrays", &pickle, err))
    return false;
  const CytoPkl *keys = cyto_pickle_root(pickle);
  if (keys->kind != CYTO_PKL_LIST)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the list of stored arrays is damaged");
  for (size_t i = 0; i < keys->count; i++) {
    if (keys->item[i]->kind != CYTO_PKL_STR)
      return cyto_fail(err, CYTO_ERROR_FORMAT, "the list of stored arrays is damaged");
    if (!locate_block(s, keys->item[i]->text, err))
      return false;
  }
  return true;
}

static bool load_storage(void *context, const CytoStorage *storage, const uint8_t **bytes,
                         CytoError *err) {
  const Block *block = find_block(context, storage->key);
  if (!block || !block->bytes)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "stored array %.40s is missing", storage->key);
  *bytes = block->bytes;
  return true;
}

bool cyto_read_torch_legacy(const CytoMap *map, CytoWeights *weights, CytoError *err) {
  Stream s = {.data = map->data, .size = map->size};
  CYTO_CLEANUP(cyto_pickle_drop) CytoPickle *object = NULL;
  if (!read_prelude(&s, err) || !next_pickle(&s, "description of the tensors", &object, err))
    return false;
  bool fine = list_blocks(&s, object, err) && locate_blocks(&s, err);
  if (fine) {
    CytoStateSource source = {&s, load_storage, map->size * 2};
    fine = cyto_read_state_dict(cyto_pickle_root(object), &source, weights, err);
  }
  free(s.block);
  return fine;
}

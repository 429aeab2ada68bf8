#include "mem.h"
#include "pickle-private.h"
#include <string.h>

/* A tree above this is no file of ours to read: 1 GiB of nodes. */
#define PKL_ARENA_LIMIT ((size_t)1 << 30)

bool pkl_damaged(PklReader *r, const char *what) {
  return cyto_fail(r->err, CYTO_ERROR_FORMAT, "the pickle is damaged at byte %zu: %s", r->op_at,
                   what);
}

static bool new_chunk(PklReader *r, size_t size) {
  PklChunk *newest = r->pickle->chunk;
  size_t room = newest ? newest->room * 2 : 4096;
  if (room > (size_t)1 << 20)
    room = (size_t)1 << 20;
  if (room < size)
    room = size;
  if (room > PKL_ARENA_LIMIT - r->pickle->allocated)
    return cyto_fail(r->err, CYTO_ERROR_LIMIT,
                     "the pickle holds more values than can be read (over %zu MiB of them)",
                     PKL_ARENA_LIMIT >> 20);
  PklChunk *chunk = malloc(sizeof *chunk + room);
  if (!chunk)
    return cyto_fail(r->err, CYTO_ERROR_MEMORY, "out of memory while reading a pickle");
  *chunk = (PklChunk){.next = newest, .room = room};
  r->pickle->chunk = chunk;
  r->pickle->allocated += room;
  return true;
}

void *pkl_arena(PklReader *r, size_t size) {
  if (size > PKL_ARENA_LIMIT) {
    cyto_fail(r->err, CYTO_ERROR_LIMIT, "a value of %zu bytes in a pickle is too large", size);
    return NULL;
  }
  size = (size + 15) & ~(size_t)15;
  PklChunk *chunk = r->pickle->chunk;
  if (!chunk || chunk->room - chunk->used < size) {
    if (!new_chunk(r, size))
      return NULL;
    chunk = r->pickle->chunk;
  }
  void *block = chunk->bytes + chunk->used;
  chunk->used += size;
  return block;
}

CytoPkl *pkl_node(PklReader *r, CytoPklKind kind) {
  CytoPkl *node = pkl_arena(r, sizeof *node);
  if (node)
    *node = (CytoPkl){.kind = kind};
  return node;
}

bool pkl_take(PklReader *r, size_t n, const uint8_t **bytes) {
  if (n > r->size - r->pos)
    return cyto_fail(r->err, CYTO_ERROR_FORMAT,
                     "the pickle is cut short: at byte %zu it announces %zu bytes, %zu are left",
                     r->op_at, n, r->size - r->pos);
  *bytes = r->data + r->pos;
  r->pos += n;
  return true;
}

bool pkl_take_number(PklReader *r, unsigned width, uint64_t *value) {
  const uint8_t *bytes = NULL;
  if (!pkl_take(r, width, &bytes))
    return false;
  *value = 0;
  for (unsigned i = width; i-- > 0;)
    *value = *value << 8 | bytes[i];
  return true;
}

bool pkl_take_line(PklReader *r, const char **line, size_t *length) {
  const uint8_t *start = r->data + r->pos;
  const uint8_t *end = memchr(start, '\n', r->size - r->pos);
  if (!end)
    return pkl_damaged(r, "a line of text has no end");
  *line = (const char *)start;
  *length = (size_t)(end - start);
  r->pos += *length + 1;
  if (*length && start[*length - 1] == '\r')
    --*length;
  return true;
}

/* Makes room for one more element in a doubling array; `array` is the address of its pointer. */
bool pkl_grow(PklReader *r, void *array, size_t count, size_t *room, size_t size) {
  if (count < *room)
    return true;
  size_t wanted = *room ? *room * 2 : 64;
  void *block;
  memcpy(&block, array, sizeof block);
  block = cyto_realloc(block, wanted, size, r->err);
  if (!block)
    return false;
  memcpy(array, &block, sizeof block);
  *room = wanted;
  return true;
}

bool pkl_push(PklReader *r, CytoPkl *node) {
  if (!node || !pkl_grow(r, &r->stack, r->depth, &r->stack_room, sizeof *r->stack))
    return false;
  r->stack[r->depth++] = node;
  return true;
}

CytoPkl *pkl_top(PklReader *r) {
  size_t floor = r->marks ? r->mark[r->marks - 1] : 0;
  if (r->depth > floor)
    return r->stack[r->depth - 1];
  pkl_damaged(r, "an instruction finds no value to work on");
  return NULL;
}

CytoPkl *pkl_pop(PklReader *r) {
  CytoPkl *top = pkl_top(r);
  if (top)
    r->depth--;
  return top;
}

bool pkl_push_mark(PklReader *r) {
  if (!pkl_grow(r, &r->mark, r->marks, &r->mark_room, sizeof *r->mark))
    return false;
  r->mark[r->marks++] = r->depth;
  return true;
}

bool pkl_pop_mark(PklReader *r, CytoPkl ***items, size_t *count) {
  if (!r->marks)
    return pkl_damaged(r, "an instruction finds no mark to go back to");
  size_t start = r->mark[--r->marks];
  *items = r->stack ? r->stack + start : NULL;
  *count = r->depth - start;
  r->depth = start;
  return true;
}

/* The capacity of item[] is the power of two (at least 4) that holds count: no field needed. */
static size_t room_for(size_t count) {
  size_t room = 4;
  while (room < count)
    room *= 2;
  return room;
}

bool pkl_add_items(PklReader *r, CytoPkl *target, CytoPkl **items, size_t count) {
  if (!count)
    return true;
  size_t total = target->count + count; /* both are numbers of pointers in memory */
  if (!target->item || total > room_for(target->count)) {
    CytoPkl **grown = pkl_arena(r, room_for(total) * sizeof *grown);
    if (!grown)
      return false;
    if (target->count)
      memcpy(grown, target->item, target->count * sizeof *grown);
    target->item = grown;
  }
  memcpy(target->item + target->count, items, count * sizeof *items);
  target->count = total;
  return true;
}

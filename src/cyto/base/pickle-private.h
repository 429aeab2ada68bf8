/* The machine behind pickle.h: a cursor over the bytes, a stack with marks, a memo and an arena. */
#pragma once
#include "pickle.h"

typedef struct PklChunk {
  struct PklChunk *next;
  size_t used, room;
  _Alignas(16) unsigned char bytes[];
} PklChunk;

struct CytoPickle {
  PklChunk *chunk; /* newest first */
  size_t allocated;
  const CytoPkl *root;
  CytoPkl persids; /* a list of them */
};

typedef struct PklReader {
  const uint8_t *data;
  size_t size, pos;
  size_t op_at; /* where the current instruction starts, for messages */
  const char *const *globals;
  CytoPickle *pickle;
  CytoPkl **stack;
  size_t depth, stack_room;
  size_t *mark; /* depths of the stack */
  size_t marks, mark_room;
  CytoPkl **memo;
  size_t memo_room, memo_count;
  CytoPkl *small[256]; /* the integers 0..255, None, False, True and () are shared */
  CytoPkl *none, *boolean[2], *empty;
  bool stopped;
  CytoError *err;
} PklReader;

/* pickle-machine.c. All return false or NULL with the error set. */
bool pkl_damaged(PklReader *r, const char *what);
void *pkl_arena(PklReader *r, size_t size);
CytoPkl *pkl_node(PklReader *r, CytoPklKind kind);
bool pkl_take(PklReader *r, size_t n, const uint8_t **bytes);
bool pkl_take_number(PklReader *r, unsigned width, uint64_t *value); /* little-endian */
bool pkl_take_line(PklReader *r, const char **line, size_t *length); /* without its newline */
bool pkl_push(PklReader *r, CytoPkl *node);
CytoPkl *pkl_pop(PklReader *r);
CytoPkl *pkl_top(PklReader *r);
bool pkl_push_mark(PklReader *r);
/* Values above the last mark, still lying on the stack's block; the mark is gone. */
bool pkl_pop_mark(PklReader *r, CytoPkl ***items, size_t *count);
bool pkl_add_items(PklReader *r, CytoPkl *target, CytoPkl **items, size_t count);
/* Room for one more element in a doubling array; `array` is the address of its pointer. */
bool pkl_grow(PklReader *r, void *array, size_t count, size_t *room, size_t size);

/* pickle-values.c: instructions that push a value. `arg` comes from the table in pickle.c. */
bool pkl_op_constant(PklReader *r, int arg);  /* kind, or 'T' / 'F' */
bool pkl_op_integer(PklReader *r, int width); /* 1, 2 unsigned; 4 signed */
bool pkl_op_long(PklReader *r, int width);    /* width of the length */
bool pkl_op_double(PklReader *r, int arg);
bool pkl_op_text(PklReader *r, int width);
bool pkl_op_bytes(PklReader *r, int width);
bool pkl_op_string2(PklReader *r, int width); /* Python 2's str */
bool pkl_op_line(PklReader *r, int opcode);   /* protocol 0: I L F S V P */

/* pickle-escape.c: text of protocol 0 without its escapes, in the arena; and whether text is UTF-8,
 * which it is made in place where only halves of surrogate pairs stand in the way. */
bool pkl_make_utf8(char *text, size_t length);
char *pkl_unescape(PklReader *r, const char *line, size_t length, bool unicode, size_t *out);

/* pickle-build.c: instructions that work on what is there. */
bool pkl_op_tuple(PklReader *r, int n);      /* -1 = from the mark */
bool pkl_op_collect(PklReader *r, int kind); /* LIST, DICT or TUPLE from the mark */
bool pkl_op_append(PklReader *r, int from_mark);
bool pkl_op_set(PklReader *r, int from_mark);
bool pkl_op_global(PklReader *r, int from_stack);
bool pkl_op_call(PklReader *r, int opcode); /* REDUCE, NEWOBJ, NEWOBJ_EX, INST, OBJ */
bool pkl_op_build(PklReader *r, int arg);
bool pkl_op_persid(PklReader *r, int arg);

/* pickle-memo.c */
bool pkl_op_put(PklReader *r, int width); /* 0 = decimal line, -1 = next free */
bool pkl_op_get(PklReader *r, int width);

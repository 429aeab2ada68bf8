#include "pickle.h"
#include "mem.h"
#include "pickle-private.h"
#include <string.h>

static bool op_proto(PklReader *r, int arg) {
  uint64_t version;
  (void)arg;
  if (!pkl_take_number(r, 1, &version))
    return false;
  if (version > 5)
    return cyto_fail(r->err, CYTO_ERROR_UNSUPPORTED,
                     "the pickle is of protocol %u; protocols 0 to 5 can be read",
                     (unsigned)version);
  return true;
}

static bool op_frame(PklReader *r, int arg) {
  uint64_t length;
  (void)arg;
  if (!pkl_take_number(r, 8, &length))
    return false;
  return length <= r->size - r->pos || pkl_damaged(r, "a frame reaches past the end");
}

static bool op_stop(PklReader *r, int arg) {
  (void)arg;
  r->pickle->root = pkl_pop(r);
  r->stopped = true;
  return r->pickle->root != NULL;
}

static bool op_mark(PklReader *r, int arg) {
  (void)arg;
  return pkl_push_mark(r);
}

static bool op_pop(PklReader *r, int to_mark) {
  CytoPkl **items;
  size_t count;
  size_t floor = r->marks ? r->mark[r->marks - 1] : 0;
  if (to_mark || (r->depth == floor && r->marks))
    return pkl_pop_mark(r, &items, &count);
  return pkl_pop(r) != NULL;
}

static bool op_dup(PklReader *r, int arg) {
  (void)arg;
  CytoPkl *top = pkl_top(r);
  return top && pkl_push(r, top);
}

static bool op_refused(PklReader *r, int arg) {
  return cyto_fail(r->err, CYTO_ERROR_UNSUPPORTED, "the pickle needs %s, which a file cannot carry",
                   arg ? "buffers from outside" : "the extension registry of a running Python");
}

typedef struct Op {
  bool (*run)(PklReader *r, int arg);
  int arg;
} Op;

/* The instructions of protocols 0 to 5. */
static const Op operations[256] = {
    [0x80] = {op_proto, 0},
    [0x95] = {op_frame, 0},
    ['.'] = {op_stop, 0},
    ['('] = {op_mark, 0},
    ['0'] = {op_pop, 0},
    ['1'] = {op_pop, 1},
    ['2'] = {op_dup, 0},
    ['N'] = {pkl_op_constant, CYTO_PKL_NONE},
    [0x88] = {pkl_op_constant, 'T'},
    [0x89] = {pkl_op_constant, 'F'},
    [')'] = {pkl_op_constant, CYTO_PKL_TUPLE},
    [']'] = {pkl_op_constant, CYTO_PKL_LIST},
    ['}'] = {pkl_op_constant, CYTO_PKL_DICT},
    [0x8f] = {pkl_op_constant, CYTO_PKL_LIST}, /* EMPTY_SET */
    ['K'] = {pkl_op_integer, 1},
    ['M'] = {pkl_op_integer, 2},
    ['J'] = {pkl_op_integer, 4},
    [0x8a] = {pkl_op_long, 1},
    [0x8b] = {pkl_op_long, 4},
    ['G'] = {pkl_op_double, 0},
    [0x8c] = {pkl_op_text, 1},
    ['X'] = {pkl_op_text, 4},
    [0x8d] = {pkl_op_text, 8},
    ['C'] = {pkl_op_bytes, 1},
    ['B'] = {pkl_op_bytes, 4},
    [0x8e] = {pkl_op_bytes, 8},
    [0x96] = {pkl_op_bytes, 8}, /* BYTEARRAY8 */
    ['U'] = {pkl_op_string2, 1},
    ['T'] = {pkl_op_string2, 4},
    ['I'] = {pkl_op_line, 'I'},
    ['L'] = {pkl_op_line, 'L'},
    ['F'] = {pkl_op_line, 'F'},
    ['S'] = {pkl_op_line, 'S'},
    ['V'] = {pkl_op_line, 'V'},
    ['P'] = {pkl_op_line, 'P'},
    [0x85] = {pkl_op_tuple, 1},
    [0x86] = {pkl_op_tuple, 2},
    [0x87] = {pkl_op_tuple, 3},
    ['t'] = {pkl_op_collect, CYTO_PKL_TUPLE},
    ['l'] = {pkl_op_collect, CYTO_PKL_LIST},
    ['d'] = {pkl_op_collect, CYTO_PKL_DICT},
    [0x91] = {pkl_op_collect, CYTO_PKL_TUPLE}, /* FROZENSET */
    ['a'] = {pkl_op_append, 0},
    ['e'] = {pkl_op_append, 1},
    [0x90] = {pkl_op_append, 1}, /* ADDITEMS */
    ['s'] = {pkl_op_set, 0},
    ['u'] = {pkl_op_set, 1},
    ['c'] = {pkl_op_global, 0},
    [0x93] = {pkl_op_global, 1},
    ['R'] = {pkl_op_call, 'R'},
    [0x81] = {pkl_op_call, 0x81},
    [0x92] = {pkl_op_call, 0x92},
    ['i'] = {pkl_op_call, 'i'},
    ['o'] = {pkl_op_call, 'o'},
    ['b'] = {pkl_op_build, 0},
    ['Q'] = {pkl_op_persid, 0},
    ['p'] = {pkl_op_put, 0},
    ['q'] = {pkl_op_put, 1},
    ['r'] = {pkl_op_put, 4},
    [0x94] = {pkl_op_put, -1},
    ['g'] = {pkl_op_get, 0},
    ['h'] = {pkl_op_get, 1},
    ['j'] = {pkl_op_get, 4},
    [0x82] = {op_refused, 0},
    [0x83] = {op_refused, 0},
    [0x84] = {op_refused, 0},
    [0x97] = {op_refused, 1},
    [0x98] = {op_refused, 1},
};

static bool run(PklReader *r) {
  while (!r->stopped) {
    if (r->pos >= r->size)
      return cyto_fail(r->err, CYTO_ERROR_FORMAT,
                       "the pickle is cut short: it ends after %zu bytes without its end mark",
                       r->size);
    r->op_at = r->pos;
    const Op *op = &operations[r->data[r->pos++]];
    if (!op->run)
      return pkl_damaged(r, "unknown instruction");
    if (!op->run(r, op->arg))
      return false;
  }
  return true;
}

bool cyto_pickle_read(const uint8_t *data, size_t size, const char *const *globals,
                      CytoPickle **out, size_t *used, CytoError *err) {
  CytoPickle *pickle = calloc(1, sizeof *pickle);
  if (!pickle)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while reading a pickle");
  PklReader r = {.data = data, .size = size, .globals = globals, .pickle = pickle, .err = err};
  bool fine = run(&r);
  free(r.stack);
  free(r.mark);
  free(r.memo);
  if (!fine) {
    cyto_pickle_free(pickle);
    return false;
  }
  *out = pickle;
  if (used)
    *used = r.pos;
  return true;
}

void cyto_pickle_free(CytoPickle *pickle) {
  if (!pickle)
    return;
  while (pickle->chunk) {
    PklChunk *next = pickle->chunk->next;
    free(pickle->chunk);
    pickle->chunk = next;
  }
  free(pickle);
}

const CytoPkl *cyto_pickle_root(const CytoPickle *pickle) {
  return pickle->root;
}

CytoPkl *const *cyto_pickle_persids(const CytoPickle *pickle, size_t *count) {
  *count = pickle->persids.count;
  return pickle->persids.item;
}

const CytoPkl *cyto_pkl_get(const CytoPkl *dict, const char *key) {
  if (!dict || (dict->kind != CYTO_PKL_DICT && dict->kind != CYTO_PKL_OBJECT))
    return NULL;
  size_t length = strlen(key);
  for (size_t i = dict->count; i >= 2; i -= 2) { /* from the end: a later key replaces an earlier */
    const CytoPkl *k = dict->item[i - 2];
    if (k->kind == CYTO_PKL_STR && k->length == length && memcmp(k->text, key, length) == 0)
      return dict->item[i - 1];
  }
  return NULL;
}

bool cyto_pkl_is_global(const CytoPkl *node, const char *module_name) {
  return node && node->kind == CYTO_PKL_GLOBAL && strcmp(node->text, module_name) == 0;
}

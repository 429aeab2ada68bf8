#include "pickle-private.h"
#include <string.h>

/* Copies: the items lie on the stack's block, which later pushes overwrite. */
static CytoPkl *collection(PklReader *r, CytoPklKind kind, CytoPkl **items, size_t count) {
  CytoPkl *node = pkl_node(r, kind);
  return node && pkl_add_items(r, node, items, count) ? node : NULL;
}

bool pkl_op_tuple(PklReader *r, int n) {
  CytoPkl *items[3];
  for (int i = n; i-- > 0;)
    if (!(items[i] = pkl_pop(r)))
      return false;
  return pkl_push(r, collection(r, CYTO_PKL_TUPLE, items, (size_t)n));
}

bool pkl_op_collect(PklReader *r, int kind) {
  CytoPkl **items;
  size_t count;
  if (!pkl_pop_mark(r, &items, &count))
    return false;
  if (kind == CYTO_PKL_DICT && count % 2)
    return pkl_damaged(r, "a dictionary with a key and no value");
  return pkl_push(r, collection(r, (CytoPklKind)kind, items, count));
}

bool pkl_op_append(PklReader *r, int from_mark) {
  CytoPkl *one, **items = &one;
  size_t count = 1;
  if (from_mark ? !pkl_pop_mark(r, &items, &count) : !(one = pkl_pop(r)))
    return false;
  CytoPkl *list = pkl_top(r);
  if (!list)
    return false;
  if (list->kind != CYTO_PKL_LIST)
    return pkl_damaged(r, "something is appended to what is not a list");
  return pkl_add_items(r, list, items, count);
}

bool pkl_op_set(PklReader *r, int from_mark) {
  CytoPkl *pair[2], **items = pair;
  size_t count = 2;
  if (from_mark) {
    if (!pkl_pop_mark(r, &items, &count))
      return false;
  } else if (!(pair[1] = pkl_pop(r)) || !(pair[0] = pkl_pop(r))) {
    return false;
  }
  if (count % 2)
    return pkl_damaged(r, "a dictionary with a key and no value");
  CytoPkl *dict = pkl_top(r);
  if (!dict)
    return false;
  if (dict->kind != CYTO_PKL_DICT && dict->kind != CYTO_PKL_OBJECT)
    return pkl_damaged(r, "a key is set in what is not a dictionary");
  return pkl_add_items(r, dict, items, count);
}

static bool same(const char *full, const char *module, size_t nm, const char *name, size_t nn) {
  return strlen(full) == nm + 1 + nn && memcmp(full, module, nm) == 0 && full[nm] == ' ' &&
         memcmp(full + nm + 1, name, nn) == 0;
}

/* For messages: at most 60 bytes, anything but plain ASCII shown as '?'. */
static void printable(char out[64], const char *text, size_t length) {
  size_t n = length < 60 ? length : 60;
  for (size_t i = 0; i < n; i++)
    out[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
  memcpy(out + n, length > 60 ? "..." : "", length > 60 ? 4 : 1);
}

static CytoPkl *global(PklReader *r, const char *module, size_t nm, const char *name, size_t nn) {
  for (const char *const *g = r->globals; g && *g; g++) {
    if (!same(*g, module, nm, name, nn))
      continue;
    CytoPkl *node = pkl_node(r, CYTO_PKL_GLOBAL);
    char *text = node ? pkl_arena(r, nm + nn + 2) : NULL;
    if (!text)
      return NULL;
    memcpy(text, *g, nm + nn + 2);
    node->text = text;
    node->length = nm + 1 + nn;
    return node;
  }
  char m[64], n[64];
  printable(m, module, nm);
  printable(n, name, nn);
  cyto_fail(r->err, CYTO_ERROR_UNSUPPORTED,
            "it asks for the Python object %s.%s (at byte %zu), which has no place in such a file; "
            "nothing was run",
            m, n, r->op_at);
  return NULL;
}

static CytoPkl *global_from_lines(PklReader *r) {
  const char *module, *name;
  size_t nm, nn;
  if (!pkl_take_line(r, &module, &nm) || !pkl_take_line(r, &name, &nn))
    return NULL;
  return global(r, module, nm, name, nn);
}

bool pkl_op_global(PklReader *r, int from_stack) {
  if (!from_stack)
    return pkl_push(r, global_from_lines(r));
  CytoPkl *name = pkl_pop(r);
  CytoPkl *module = name ? pkl_pop(r) : NULL;
  if (!module)
    return false;
  if (name->kind != CYTO_PKL_STR || module->kind != CYTO_PKL_STR)
    return pkl_damaged(r, "the name of a Python object is not a text");
  return pkl_push(r, global(r, module->text, module->length, name->text, name->length));
}

static bool push_object(PklReader *r, CytoPkl *callable, CytoPkl *args) {
  if (!callable || !args)
    return false;
  if (callable->kind != CYTO_PKL_GLOBAL)
    return pkl_damaged(r, "a call of what is not a named Python object");
  if (args->kind != CYTO_PKL_TUPLE)
    return pkl_damaged(r, "a call without a tuple of arguments");
  CytoPkl *node = pkl_node(r, CYTO_PKL_OBJECT);
  if (!node)
    return false;
  node->callable = callable;
  node->args = args;
  return pkl_push(r, node);
}

/* INST and OBJ of protocols 0 and 1 take their arguments from the mark. */
static bool call_from_mark(PklReader *r, bool class_on_stack) {
  CytoPkl *callable = class_on_stack ? NULL : global_from_lines(r);
  if (!class_on_stack && !callable)
    return false;
  CytoPkl **items;
  size_t count;
  if (!pkl_pop_mark(r, &items, &count))
    return false;
  if (class_on_stack) {
    if (!count)
      return pkl_damaged(r, "a call of nothing");
    callable = *items++;
    count--;
  }
  return push_object(r, callable, collection(r, CYTO_PKL_TUPLE, items, count));
}

bool pkl_op_call(PklReader *r, int opcode) {
  if (opcode == 'i' || opcode == 'o')
    return call_from_mark(r, opcode == 'o');
  if (opcode == 0x92) {
    CytoPkl *named = pkl_pop(r);
    if (!named)
      return false;
    if (named->kind != CYTO_PKL_DICT || named->count)
      return pkl_damaged(r, "a call with named arguments");
  }
  CytoPkl *args = pkl_pop(r);
  CytoPkl *callable = args ? pkl_pop(r) : NULL;
  return push_object(r, callable, args);
}

bool pkl_op_build(PklReader *r, int arg) {
  (void)arg;
  CytoPkl *state = pkl_pop(r);
  CytoPkl *target = state ? pkl_top(r) : NULL;
  if (!target)
    return false;
  if (target->kind != CYTO_PKL_OBJECT)
    return pkl_damaged(r, "a state is given to what is not an object");
  target->state = state;
  return true;
}

bool pkl_op_persid(PklReader *r, int arg) {
  (void)arg;
  CytoPkl *id = pkl_pop(r);
  CytoPkl *node = id ? collection(r, CYTO_PKL_PERSID, &id, 1) : NULL;
  return node && pkl_add_items(r, &r->pickle->persids, &node, 1) && pkl_push(r, node);
}

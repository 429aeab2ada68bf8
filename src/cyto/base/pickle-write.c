#include "pickle-write.h"
#include <string.h>

void cyto_pickler_raw(CytoPickler *p, const void *bytes, size_t size) {
  if (p->stream)
    p->failed = p->failed || fwrite(bytes, 1, size, p->stream) != size;
  if (p->str) {
    cyto_str_add_bytes(p->str, bytes, size);
    p->failed = p->failed || p->str->failed;
  }
}

/* An instruction and a little-endian number of `width` bytes. */
static void put_op(CytoPickler *p, int opcode, uint64_t value, size_t width) {
  unsigned char bytes[9] = {(unsigned char)opcode};
  for (size_t i = 0; i < width; i++)
    bytes[1 + i] = (unsigned char)(value >> (8 * i));
  cyto_pickler_raw(p, bytes, 1 + width);
}

void cyto_pickler_start(CytoPickler *p, unsigned protocol) {
  put_op(p, 0x80, protocol, 1);
}

bool cyto_pickler_stop(CytoPickler *p) {
  put_op(p, '.', 0, 0);
  return !p->failed;
}

void cyto_pickler_none(CytoPickler *p) {
  put_op(p, 'N', 0, 0);
}

void cyto_pickler_bool(CytoPickler *p, bool value) {
  put_op(p, value ? 0x88 : 0x89, 0, 0);
}

void cyto_pickler_int(CytoPickler *p, int64_t value) {
  if (value >= 0 && value < 256) {
    put_op(p, 'K', (uint64_t)value, 1);
  } else if (value >= INT32_MIN && value <= INT32_MAX) {
    put_op(p, 'J', (uint64_t)value, 4);
  } else {
    put_op(p, 0x8a, 8, 1);
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
      bytes[i] = (unsigned char)((uint64_t)value >> (8 * i));
    cyto_pickler_raw(p, bytes, 8);
  }
}

void cyto_pickler_float(CytoPickler *p, double value) {
  uint64_t bits;
  unsigned char bytes[9] = {'G'};
  memcpy(&bits, &value, sizeof bits);
  for (int i = 0; i < 8; i++)
    bytes[1 + i] = (unsigned char)(bits >> (56 - 8 * i));
  cyto_pickler_raw(p, bytes, sizeof bytes);
}

void cyto_pickler_str(CytoPickler *p, const char *utf8) {
  size_t length = strlen(utf8);
  if (length > UINT32_MAX) {
    p->failed = true;
    return;
  }
  put_op(p, 'X', length, 4);
  cyto_pickler_raw(p, utf8, length);
}

void cyto_pickler_bytes(CytoPickler *p, uint64_t size) {
  if (size < 256)
    put_op(p, 'C', size, 1);
  else if (size <= UINT32_MAX)
    put_op(p, 'B', size, 4);
  else
    put_op(p, 0x8e, size, 8);
}

void cyto_pickler_mark(CytoPickler *p) {
  put_op(p, '(', 0, 0);
}

void cyto_pickler_list(CytoPickler *p) {
  put_op(p, ']', 0, 0);
}

void cyto_pickler_appends(CytoPickler *p) {
  put_op(p, 'e', 0, 0);
}

void cyto_pickler_dict(CytoPickler *p) {
  put_op(p, '}', 0, 0);
}

void cyto_pickler_set_items(CytoPickler *p) {
  put_op(p, 'u', 0, 0);
}

void cyto_pickler_tuple(CytoPickler *p, int n) {
  put_op(p, n < 0 ? 't' : n == 0 ? ')' : 0x84 + n, 0, 0);
}

void cyto_pickler_global(CytoPickler *p, const char *module, const char *name) {
  put_op(p, 'c', 0, 0);
  cyto_pickler_raw(p, module, strlen(module));
  cyto_pickler_raw(p, "\n", 1);
  cyto_pickler_raw(p, name, strlen(name));
  cyto_pickler_raw(p, "\n", 1);
}

void cyto_pickler_reduce(CytoPickler *p) {
  put_op(p, 'R', 0, 0);
}

void cyto_pickler_build(CytoPickler *p) {
  put_op(p, 'b', 0, 0);
}

void cyto_pickler_persid(CytoPickler *p) {
  put_op(p, 'Q', 0, 0);
}

void cyto_pickler_put(CytoPickler *p, uint32_t index) {
  put_op(p, index < 256 ? 'q' : 'r', index, index < 256 ? 1 : 4);
}

void cyto_pickler_get(CytoPickler *p, uint32_t index) {
  put_op(p, index < 256 ? 'h' : 'j', index, index < 256 ? 1 : 4);
}

#include "pickle-private.h"
#include "text.h"
#include <string.h>

static CytoPkl *shared(PklReader *r, CytoPkl **slot, CytoPklKind kind, int64_t integer) {
  if (!*slot && (*slot = pkl_node(r, kind)))
    (*slot)->integer = integer;
  return *slot;
}

bool pkl_op_constant(PklReader *r, int arg) {
  switch (arg) {
  case CYTO_PKL_NONE:
    return pkl_push(r, shared(r, &r->none, CYTO_PKL_NONE, 0));
  case 'T':
  case 'F':
    return pkl_push(r, shared(r, &r->boolean[arg == 'T'], CYTO_PKL_BOOL, arg == 'T'));
  case CYTO_PKL_TUPLE:
    return pkl_push(r, shared(r, &r->empty, CYTO_PKL_TUPLE, 0));
  default:
    return pkl_push(r, pkl_node(r, (CytoPklKind)arg));
  }
}

static bool push_integer(PklReader *r, int64_t value, bool big) {
  if (!big && value >= 0 && value < 256)
    return pkl_push(r, shared(r, &r->small[value], CYTO_PKL_INT, value));
  CytoPkl *node = pkl_node(r, CYTO_PKL_INT);
  if (!node)
    return false;
  node->integer = value;
  node->big = big;
  return pkl_push(r, node);
}

bool pkl_op_integer(PklReader *r, int width) {
  uint64_t value;
  if (!pkl_take_number(r, (unsigned)width, &value))
    return false;
  return push_integer(r, width == 4 ? (int32_t)(uint32_t)value : (int64_t)value, false);
}

bool pkl_op_long(PklReader *r, int width) {
  uint64_t length, value = 0;
  const uint8_t *bytes = NULL;
  if (!pkl_take_number(r, (unsigned)width, &length) || !pkl_take(r, length, &bytes))
    return false;
  uint8_t sign = length && bytes[length - 1] & 0x80 ? 0xff : 0;
  while (length > 8 && bytes[length - 1] == sign && (bytes[length - 2] & 0x80) == (sign & 0x80))
    length--;
  if (length > 8)
    return push_integer(r, 0, true);
  for (size_t i = 8; i-- > 0;)
    value = value << 8 | (i < length ? bytes[i] : sign);
  return push_integer(r, (int64_t)value, false);
}

static bool push_double(PklReader *r, double value) {
  CytoPkl *node = pkl_node(r, CYTO_PKL_FLOAT);
  if (node)
    node->number = value;
  return pkl_push(r, node);
}

bool pkl_op_double(PklReader *r, int arg) {
  (void)arg;
  const uint8_t *bytes = NULL;
  uint64_t bits = 0;
  double value;
  if (!pkl_take(r, 8, &bytes))
    return false;
  for (int i = 0; i < 8; i++)
    bits = bits << 8 | bytes[i];
  memcpy(&value, &bits, sizeof value);
  return push_double(r, value);
}

static CytoPkl *copied_text(PklReader *r, const void *bytes, size_t length) {
  CytoPkl *node = pkl_node(r, CYTO_PKL_STR);
  char *text = node ? pkl_arena(r, length + 1) : NULL;
  if (!text)
    return NULL;
  memcpy(text, bytes, length);
  text[length] = 0;
  node->text = text;
  node->length = length;
  return node;
}

bool pkl_op_text(PklReader *r, int width) {
  uint64_t length;
  const uint8_t *bytes = NULL;
  if (!pkl_take_number(r, (unsigned)width, &length) || !pkl_take(r, length, &bytes))
    return false;
  CytoPkl *node = copied_text(r, bytes, length);
  if (!node)
    return false;
  if (!pkl_make_utf8((char *)node->text, length))
    return pkl_damaged(r, "a text that is not UTF-8");
  return pkl_push(r, node);
}

bool pkl_op_bytes(PklReader *r, int width) {
  uint64_t length;
  const uint8_t *bytes = NULL;
  if (!pkl_take_number(r, (unsigned)width, &length) || !pkl_take(r, length, &bytes))
    return false;
  CytoPkl *node = pkl_node(r, CYTO_PKL_BYTES);
  if (!node)
    return false;
  node->text = (const char *)bytes;
  node->length = length;
  return pkl_push(r, node);
}

/* Python 2's str is text or bytes, nobody knows: text when it is UTF-8. */
static bool push_string2(PklReader *r, const void *bytes, size_t length) {
  CytoPkl *node = copied_text(r, bytes, length);
  if (!node)
    return false;
  if (!pkl_make_utf8((char *)node->text, length)) {
    memcpy((char *)node->text, bytes, length);
    node->kind = CYTO_PKL_BYTES;
  }
  return pkl_push(r, node);
}

bool pkl_op_string2(PklReader *r, int width) {
  uint64_t length;
  const uint8_t *bytes = NULL;
  return pkl_take_number(r, (unsigned)width, &length) && pkl_take(r, length, &bytes) &&
         push_string2(r, bytes, length);
}

static bool line_integer(PklReader *r, const char *line, size_t length) {
  char text[32];
  int64_t value;
  size_t start = length && line[0] == '-';
  bool digits = length > start;
  for (size_t i = start; i < length; i++)
    digits = digits && line[i] >= '0' && line[i] <= '9';
  if (!digits)
    return pkl_damaged(r, "a number that is not one");
  if (length >= sizeof text)
    return push_integer(r, 0, true);
  memcpy(text, line, length);
  text[length] = 0;
  bool fits = cyto_parse_int(text, &value);
  return push_integer(r, fits ? value : 0, !fits);
}

static bool line_double(PklReader *r, const char *line, size_t length) {
  char text[64];
  double value;
  if (length >= sizeof text)
    return pkl_damaged(r, "a number that is not one");
  memcpy(text, line, length);
  text[length] = 0;
  if (cyto_parse_double(text, &value))
    return push_double(r, value);
  if (strcmp(text, "nan") == 0)
    return push_double(r, __builtin_nan(""));
  if (strcmp(text, "inf") == 0 || strcmp(text, "-inf") == 0)
    return push_double(r, text[0] == '-' ? -__builtin_inf() : __builtin_inf());
  return pkl_damaged(r, "a number that is not one");
}

bool pkl_op_line(PklReader *r, int opcode) {
  const char *line;
  size_t length;
  if (!pkl_take_line(r, &line, &length))
    return false;
  switch (opcode) {
  case 'I':
    if (length == 2 && line[0] == '0' && (line[1] == '0' || line[1] == '1'))
      return pkl_op_constant(r, line[1] == '1' ? 'T' : 'F');
    return line_integer(r, line, length);
  case 'L':
    return line_integer(r, line, length && line[length - 1] == 'L' ? length - 1 : length);
  case 'F':
    return line_double(r, line, length);
  case 'P':
    return push_string2(r, line, length) && pkl_op_persid(r, 0);
  default: {
    size_t out;
    char *text = pkl_unescape(r, line, length, opcode == 'V', &out);
    return text && push_string2(r, text, out);
  }
  }
}

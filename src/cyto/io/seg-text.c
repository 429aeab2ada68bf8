#include "../base/mem.h"
#include "../base/text.h"
#include "seg-private.h"
#include <string.h>

/* Length of the UTF-8 character at s, or 0. */
static size_t utf8_length(const uint8_t *s) {
  static const uint32_t SMALLEST[5] = {0, 0, 0x80, 0x800, 0x10000};
  const size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc0 ? 2 : 0;
  if (n <= 1)
    return n;
  uint32_t c = s[0] & (0x7fu >> n);
  for (size_t i = 1; i < n; i++) {
    if ((s[i] & 0xc0) != 0x80)
      return 0;
    c = c << 6 | (s[i] & 0x3fu);
  }
  const bool good = c >= SMALLEST[n] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
  return good && s[0] < 0xf8 ? n : 0;
}

char *seg_text_escape(const char *text, CytoError *err) {
  char *out = cyto_alloc(3 * strlen(text) + 1, 1, err);
  if (!out)
    return NULL;
  char *to = out;
  for (const uint8_t *s = (const uint8_t *)text; *s;) {
    const size_t n = utf8_length(s);
    if (n) {
      memcpy(to, s, n);
      to += n;
      s += n;
      continue;
    }
    const uint32_t c = 0xdc00u + *s++; /* Python's "surrogateescape" */
    *to++ = (char)(0xe0 | c >> 12);
    *to++ = (char)(0x80 | (c >> 6 & 0x3f));
    *to++ = (char)(0x80 | (c & 0x3f));
  }
  *to = 0;
  return out;
}

/* pathlib keeps the parts of a path: ('/', 'data', 'a.tif') or ('C:\\', 'data', 'a.tif'). */
static char *join_parts(const CytoPkl *parts, char separator) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr path = {0};
  for (size_t i = 0; i < parts->count; i++) {
    if (parts->item[i]->kind != CYTO_PKL_STR)
      return NULL;
    const bool bare = path.length == 0 || path.text[path.length - 1] == separator;
    if (!bare)
      cyto_str_add_bytes(&path, &separator, 1);
    cyto_str_add(&path, parts->item[i]->text);
  }
  return path.failed ? NULL : cyto_strdup(path.text ? path.text : "", NULL);
}

char *seg_text(const CytoPkl *value) {
  if (!value)
    return NULL;
  if (value->kind == CYTO_PKL_STR)
    return cyto_strdup(value->text, NULL);
  if (value->kind != CYTO_PKL_OBJECT || !value->callable || !value->args ||
      value->callable->kind != CYTO_PKL_GLOBAL || value->args->kind != CYTO_PKL_TUPLE ||
      strncmp(value->callable->text, "pathlib", 7) != 0)
    return NULL;
  return join_parts(value->args, strstr(value->callable->text, "Windows") ? '\\' : '/');
}

#include "pickle-private.h"
#include <string.h>

static int hex(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

/* n hexadecimal digits; false when there are fewer. */
static bool hex_number(const char *s, const char *end, int n, uint32_t *value) {
  *value = 0;
  if (end - s < n)
    return false;
  for (int i = 0; i < n; i++) {
    if (hex(s[i]) < 0)
      return false;
    *value = *value << 4 | (uint32_t)hex(s[i]);
  }
  return true;
}

static char *put_utf8(char *out, uint32_t c) {
  int tail = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  static const unsigned char lead[4] = {0, 0xc0, 0xe0, 0xf0};
  *out++ = (char)(lead[tail] | c >> (6 * tail));
  while (tail-- > 0)
    *out++ = (char)(0x80 | (c >> (6 * tail) & 0x3f));
  return out;
}

/* V: Latin-1 with \uXXXX and \UXXXXXXXX. */
static bool unescape_unicode(const char *s, const char *end, char **out) {
  while (s < end) {
    uint32_t c = (unsigned char)*s++;
    if (c == '\\' && s < end && (*s == 'u' || *s == 'U')) {
      int digits = *s == 'u' ? 4 : 8;
      if (!hex_number(s + 1, end, digits, &c) || c > 0x10ffff)
        return false;
      s += 1 + digits;
    }
    *out = put_utf8(*out, c);
  }
  return true;
}

/* One escape after the backslash, as Python's repr of a byte string writes it. */
static bool unescape_one(const char **s, const char *end, char **out) {
  static const char plain[] = "\\'\"abfnrtv", meaning[] = "\\'\"\a\b\f\n\r\t\v";
  if (*s >= end)
    return false;
  const char *known = **s ? strchr(plain, **s) : NULL;
  if (known) {
    *(*out)++ = meaning[known - plain];
    ++*s;
    return true;
  }
  uint32_t c = 0;
  if (**s == 'x') {
    if (!hex_number(*s + 1, end, 2, &c))
      return false;
    *s += 3;
  } else {
    int digits = 0;
    while (digits < 3 && *s < end && **s >= '0' && **s <= '7') {
      c = c * 8 + (uint32_t)(*(*s)++ - '0');
      digits++;
    }
    if (!digits)
      return false;
  }
  *(*out)++ = (char)c;
  return true;
}

/* S: a quoted Python 2 string. */
static bool unescape_quoted(const char *s, const char *end, char **out) {
  if (end - s < 2 || (*s != '\'' && *s != '"') || end[-1] != *s)
    return false;
  s++;
  end--;
  while (s < end) {
    if (*s != '\\')
      *(*out)++ = *s++;
    else if (s++, !unescape_one(&s, end, out))
      return false;
  }
  return true;
}

char *pkl_unescape(PklReader *r, const char *line, size_t length, bool unicode, size_t *out) {
  char *text = pkl_arena(r, length * 2 + 1); /* a Latin-1 byte becomes two at most */
  char *end = text;
  if (!text)
    return NULL;
  if (unicode ? unescape_unicode(line, line + length, &end)
              : unescape_quoted(line, line + length, &end)) {
    *out = (size_t)(end - text);
    return text;
  }
  pkl_damaged(r, "a text with a broken escape");
  return NULL;
}

/* Length of the UTF-8 character at s, 0 when there is none; *surrogate for a lone half of a pair,
 * which Python lets through. */
static size_t utf8_length(const uint8_t *s, size_t left, bool *surrogate) {
  static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
  *surrogate = false;
  if (s[0] < 0x80)
    return 1;
  size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc0 ? 2 : 0;
  if (!n || n > left || s[0] >= 0xf8)
    return 0;
  uint32_t c = s[0] & (0x7fu >> n);
  for (size_t i = 1; i < n; i++) {
    if ((s[i] & 0xc0) != 0x80)
      return 0;
    c = c << 6 | (s[i] & 0x3f);
  }
  *surrogate = c >= 0xd800 && c < 0xe000;
  return c >= smallest[n] && c <= 0x10ffff ? n : 0;
}

/* Text in place: halves of surrogate pairs become U+FFFD, which has the same length. */
bool pkl_make_utf8(char *text, size_t length) {
  for (size_t i = 0; i < length;) {
    bool surrogate;
    size_t n = utf8_length((const uint8_t *)text + i, length - i, &surrogate);
    if (!n)
      return false;
    if (surrogate)
      memcpy(text + i, "\xef\xbf\xbd", 3);
    i += n;
  }
  return true;
}

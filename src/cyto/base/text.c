#include "text.h"
#include "mem.h"
#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool only_blanks(const char *text) {
  return text[strspn(text, " \t\r\n")] == 0;
}

bool cyto_parse_double(const char *text, double *out) {
  locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (c == (locale_t)0)
    return false;
  char *end;
  double value = strtod_l(text, &end, c);
  freelocale(c);
  if (end == text || !only_blanks(end) || !isfinite(value))
    return false;
  *out = value;
  return true;
}

bool cyto_parse_int(const char *text, int64_t *out) {
  char *end;
  errno = 0;
  long long value = strtoll(text, &end, 10);
  if (end == text || !only_blanks(end) || errno != 0)
    return false;
  *out = value;
  return true;
}

char *cyto_format_double(double value, char buffer[32]) {
  locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  locale_t old = c == (locale_t)0 ? c : uselocale(c);
  double back = 0;
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(buffer, 32, "%.*g", digits, value);
    if (cyto_parse_double(buffer, &back) && back == value)
      break;
  }
  if (c != (locale_t)0) {
    uselocale(old);
    freelocale(c);
  }
  return buffer;
}

static bool reserve(CytoStr *str, size_t more) {
  size_t need;
  if (str->failed || !cyto_add(str->length, more, &need) || !cyto_add(need, 1, &need)) {
    str->failed = true;
    return false;
  }
  if (need <= str->capacity)
    return true;
  size_t capacity = str->capacity ? str->capacity : 64;
  while (capacity < need)
    capacity = capacity > SIZE_MAX / 2 ? need : capacity * 2;
  char *text = realloc(str->text, capacity);
  if (!text) {
    str->failed = true;
    return false;
  }
  str->text = text;
  str->capacity = capacity;
  return true;
}

void cyto_str_add_bytes(CytoStr *str, const void *bytes, size_t n) {
  if (!reserve(str, n))
    return;
  if (n > 0) /* bytes may be NULL when there are none */
    memcpy(str->text + str->length, bytes, n);
  str->length += n;
  str->text[str->length] = 0;
}

void cyto_str_add(CytoStr *str, const char *text) {
  cyto_str_add_bytes(str, text, strlen(text));
}

void cyto_str_printf(CytoStr *str, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (n >= 0 && reserve(str, (size_t)n)) {
    vsnprintf(str->text + str->length, (size_t)n + 1, format, again);
    str->length += (size_t)n;
  } else {
    str->failed = true;
  }
  va_end(again);
}

void cyto_str_clear(CytoStr *str) {
  free(str->text);
  *str = (CytoStr){0};
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Compares two runs of digits by value, however long, and steps over both. */
static int compare_digits(const char **a, const char **b) {
  while (**a == '0')
    (*a)++;
  while (**b == '0')
    (*b)++;
  size_t na = 0, nb = 0;
  while (is_digit((*a)[na]))
    na++;
  while (is_digit((*b)[nb]))
    nb++;
  int order = na != nb ? (na < nb ? -1 : 1) : memcmp(*a, *b, na);
  *a += na;
  *b += nb;
  return order;
}

int cyto_natural_compare(const char *a, const char *b) {
  const char *p = a, *q = b;
  while (*p && *q) {
    if (is_digit(*p) && is_digit(*q)) {
      int order = compare_digits(&p, &q);
      if (order != 0)
        return order;
    } else {
      if (*p != *q)
        return (unsigned char)*p < (unsigned char)*q ? -1 : 1;
      p++;
      q++;
    }
  }
  if (*p || *q)
    return *p ? 1 : -1;
  return strcmp(a, b);
}

bool cyto_has_suffix(const char *text, const char *suffix) {
  size_t n = strlen(text), m = strlen(suffix);
  if (n < m)
    return false;
  for (size_t i = 0; i < m; i++) {
    unsigned char a = (unsigned char)text[n - m + i], b = (unsigned char)suffix[i];
    a = a >= 'A' && a <= 'Z' ? (unsigned char)(a + 32) : a;
    b = b >= 'A' && b <= 'Z' ? (unsigned char)(b + 32) : b;
    if (a != b)
      return false;
  }
  return true;
}

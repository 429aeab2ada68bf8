/* Text that does not care about the locale: numbers, growing strings, natural order. */
#pragma once
#include "error.h"
#include <stdint.h>

/* Whole string as a number, '.' as decimal mark whatever the locale, surrounding blanks allowed.
 * False without touching *out when it is not one (empty, rest, overflow, and NaN/inf for double).
 */
bool cyto_parse_double(const char *text, double *out);
bool cyto_parse_int(const char *text, int64_t *out);

/* Shortest decimal that reads back as the same double ("30", "0.1", "1e-07"); returns buffer. */
char *cyto_format_double(double value, char buffer[32]);

/* A growing string; zero-initialise, free text with cyto_str_clear. Appends fail only when memory
 * is short: then `failed` stays set and later appends do nothing, so one check at the end is
 * enough. */
typedef struct CytoStr {
  char *text; /* NUL-terminated, or NULL while empty */
  size_t length, capacity;
  bool failed;
} CytoStr;
void cyto_str_add(CytoStr *str, const char *text);
void cyto_str_add_bytes(CytoStr *str, const void *bytes, size_t n);
void cyto_str_printf(CytoStr *str, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cyto_str_clear(CytoStr *str);

/* strcmp-like order in which img2 comes before img10; ties are broken by bytes. */
int cyto_natural_compare(const char *a, const char *b);

/* ASCII case-insensitive "does text end with". */
bool cyto_has_suffix(const char *text, const char *suffix);

#include "tiff-private.h"
#include "../base/mem.h"
#include <string.h>

#define TAG_IJ_COUNTS 50838
#define TAG_IJ_METADATA 50839

/* ImageJ's private tags: byte counts of the parts, and the parts. The first part is a table of
 * {four letters, number of parts of this kind}; "labl" parts are UTF-16 in the file's byte order.
 */
typedef struct Parts {
  const uint32_t *count;
  const uint8_t *data;
  uint32_t counts, bytes;
  bool big;
} Parts;

static uint32_t number_at(const Parts *parts, size_t at) {
  const uint8_t *p = parts->data + at;
  return parts->big
             ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3]
             : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | (uint32_t)p[0];
}

/* Index of the first label among the parts and how many there are; 0 = none. */
static size_t find_labels(const Parts *parts, size_t *labels) {
  size_t part = 1;
  *labels = 0;
  for (size_t at = 4; at + 8 <= parts->count[0] && at + 8 <= parts->bytes; at += 8) {
    size_t n = number_at(parts, at + 4);
    if (number_at(parts, at) == 0x6c61626c) { /* "labl" */
      *labels = n;
      return part;
    }
    if (!cyto_add(part, n, &part))
      return 0;
  }
  return 0;
}

static size_t put_utf8(char *out, unsigned c) {
  if (c < 0x80) {
    out[0] = (char)c;
    return 1;
  }
  if (c < 0x800) {
    out[0] = (char)(0xc0 | c >> 6);
    out[1] = (char)(0x80 | (c & 63));
    return 2;
  }
  out[0] = (char)(0xe0 | c >> 12);
  out[1] = (char)(0x80 | (c >> 6 & 63));
  out[2] = (char)(0x80 | (c & 63));
  return 3;
}

/* First line of a label without the "c:1/3 z:2/9 - " that exporters put before the name. */
static char *label_text(const uint8_t *utf16, size_t bytes, bool big, CytoError *err) {
  char *text = cyto_alloc(bytes / 2 * 3 + 1, 1, err);
  size_t n = 0;
  if (!text)
    return NULL;
  for (size_t i = 0; i + 1 < bytes; i += 2) {
    unsigned c =
        big ? (unsigned)utf16[i] << 8 | utf16[i + 1] : (unsigned)utf16[i + 1] << 8 | utf16[i];
    if (c == '\n' || c == '\r' || c == 0)
      break;
    n += put_utf8(text + n, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
  }
  text[n] = 0;
  char *dash = strncmp(text, "c:", 2) == 0 ? strstr(text, " - ") : NULL;
  if (dash)
    memmove(text, dash + 3, strlen(dash + 3) + 1);
  return text;
}

static bool find_parts(Tiff *t, Parts *parts) {
  const void *counts = NULL, *data = NULL;
  if (!TIFFGetField(t->tif, TAG_IJ_COUNTS, &parts->counts, &counts) ||
      !TIFFGetField(t->tif, TAG_IJ_METADATA, &parts->bytes, &data) || !counts || !data ||
      parts->counts < 2)
    return false;
  const TIFFField *field = TIFFFieldWithTag(t->tif, TAG_IJ_COUNTS);
  const TIFFField *bytes = TIFFFieldWithTag(t->tif, TAG_IJ_METADATA);
  if (!field || TIFFFieldDataType(field) != TIFF_LONG || !bytes ||
      TIFFFieldDataType(bytes) != TIFF_BYTE)
    return false;
  parts->count = counts;
  parts->data = data;
  parts->big = TIFFIsBigEndian(t->tif);
  return parts->count[0] >= 12 && parts->count[0] <= parts->bytes;
}

/* Whether names of one picture's channels differ. */
static bool all_differ(char **name, size_t n) {
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < i; k++)
      if (strcmp(name[i], name[k]) == 0)
        return false;
  return true;
}

bool tiff_slice_labels(Tiff *t, size_t nc, CytoError *err) {
  Parts parts = {0};
  size_t labels, at = 0;
  if (nc < 2 || nc > 64)
    return true;
  if (!tiff_select(t, t->first, err))
    return false;
  if (!find_parts(t, &parts))
    return true;
  size_t part = find_labels(&parts, &labels);
  if (part == 0 || labels < nc || part + nc > parts.counts)
    return true;
  for (size_t i = 0; i < part; i++)
    at += parts.count[i];
  t->names = cyto_calloc(nc, sizeof *t->names, err);
  if (!t->names)
    return false;
  for (; t->n_names < nc; t->n_names++) {
    size_t bytes = parts.count[part + t->n_names];
    if (at > parts.bytes || bytes > parts.bytes - at)
      break;
    t->names[t->n_names] = label_text(parts.data + at, bytes, parts.big, err);
    if (!t->names[t->n_names])
      return false;
    at += bytes;
  }
  if (t->n_names < nc || !all_differ(t->names, nc)) {
    for (size_t i = 0; i < t->n_names; i++)
      free(t->names[i]);
    free(cyto_steal(&t->names));
    t->n_names = 0;
  }
  return true;
}

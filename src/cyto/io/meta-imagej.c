#include "meta.h"
#include "../base/mem.h"
#include "../base/text.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

bool cyto_planes_add(CytoPlanes *planes, char letter, size_t size) {
  if (size == 1)
    return true;
  if (planes->count == sizeof planes->letter)
    return false;
  planes->letter[planes->count] = letter;
  planes->size[planes->count++] = size;
  return true;
}

size_t cyto_planes_total(const CytoPlanes *planes) {
  size_t total = 1;
  for (unsigned i = 0; i < planes->count; i++)
    if (!cyto_mul(total, planes->size[i], &total))
      return SIZE_MAX;
  return total;
}

double cyto_unit_micrometres(const char *unit) {
  static const struct {
    const char *name;
    double micrometres;
  } units[] = {
      {"µm", 1},      {"\xce\xbcm", 1},    {"\\u00B5m", 1},
      {"um", 1},      {"\xb5m", 1},        /* Latin-1 */ {"micron", 1},
      {"microns", 1}, {"micrometer", 1},   {"micrometre", 1},
      {"nm", 1e-3},   {"nanometer", 1e-3}, {"pm", 1e-6},
      {"Å", 1e-4},    {"mm", 1e3},         {"millimeter", 1e3},
      {"cm", 1e4},    {"centimeter", 1e4}, {"m", 1e6},
      {"meter", 1e6}, {"inch", 25400},     {"inches", 25400},
      {"in", 25400},
  };
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (strcmp(unit, units[i].name) == 0)
      return units[i].micrometres;
  return 0;
}

/* Start of the line after this one, or NULL. */
static const char *next_line(const char *line) {
  const char *end = strchr(line, '\n');
  return end ? end + 1 : NULL;
}

/* Value of "key=" at the start of a line, into buffer. */
static bool line_value(const char *text, const char *key, char *buffer, size_t size) {
  size_t length = strlen(key);
  for (const char *line = text; line; line = next_line(line)) {
    if (strncmp(line, key, length) != 0 || line[length] != '=')
      continue;
    const char *value = line + length + 1;
    snprintf(buffer, size, "%.*s", (int)strcspn(value, "\r\n"), value);
    return true;
  }
  return false;
}

static size_t line_count(const char *text, const char *key) {
  char buffer[32];
  int64_t n;
  bool ok = line_value(text, key, buffer, sizeof buffer) && cyto_parse_int(buffer, &n) && n > 0;
  return ok ? (size_t)n : 0;
}

bool cyto_meta_imagej(const char *text, CytoPlanes *planes, double *unit) {
  if (strncmp(text, "ImageJ=", 7) != 0)
    return false;
  CytoPlanes found = {0};
  size_t images = line_count(text, "images"), channels = line_count(text, "channels");
  size_t slices = line_count(text, "slices"), frames = line_count(text, "frames");
  if (images == 0)
    images = 1;
  if (channels == 0 && slices == 0 && frames == 0)
    slices = images; /* a plain stack */
  cyto_planes_add(&found, 'T', frames ? frames : 1);
  cyto_planes_add(&found, 'Z', slices ? slices : 1);
  cyto_planes_add(&found, 'C', channels ? channels : 1);
  if (cyto_planes_total(&found) != images) {
    found = (CytoPlanes){0};
    cyto_planes_add(&found, '?', images);
  }
  char buffer[64];
  double spacing;
  *unit = line_value(text, "unit", buffer, sizeof buffer) ? cyto_unit_micrometres(buffer) : 0;
  if (line_value(text, "spacing", buffer, sizeof buffer) && cyto_parse_double(buffer, &spacing))
    found.pixel_z = spacing < 0 ? -spacing * *unit : spacing * *unit;
  *planes = found;
  return true;
}

static bool shaped_json(const char *text, CytoShaped *out) {
  json_error_t error;
  json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
  const json_t *shape = json_object_get(root, "shape");
  size_t n = json_array_size(shape);
  bool ok = n >= 1 && n <= 8;
  for (size_t i = 0; ok && i < n; i++) {
    json_int_t size = json_integer_value(json_array_get(shape, i));
    ok = size > 0;
    out->shape[i] = (size_t)size;
  }
  const char *axes = json_string_value(json_object_get(root, "axes"));
  if (axes && strlen(axes) == n)
    snprintf(out->axes, sizeof out->axes, "%s", axes);
  out->ndim = (unsigned)n;
  json_decref(root);
  return ok;
}

static bool shaped_old(const char *text, CytoShaped *out) {
  const char *p = text + strlen("shape=(");
  while (*p && *p != ')') {
    char number[24];
    size_t length = strspn(p, "0123456789");
    int64_t size;
    if (length == 0 || length >= sizeof number || out->ndim == 8)
      return false;
    snprintf(number, sizeof number, "%.*s", (int)length, p);
    if (!cyto_parse_int(number, &size) || size <= 0)
      return false;
    out->shape[out->ndim++] = (size_t)size;
    p += length;
    p += strspn(p, ", ");
  }
  return *p == ')' && out->ndim > 0;
}

bool cyto_meta_shaped(const char *text, CytoShaped *out) {
  CytoShaped found = {0};
  bool ok = false;
  if (strncmp(text, "{\"", 2) == 0 && strstr(text, "\"shape\""))
    ok = shaped_json(text, &found);
  else if (strncmp(text, "shape=(", 7) == 0)
    ok = shaped_old(text, &found);
  for (unsigned i = 0; found.axes[0] && i < found.ndim; i++)
    if (!strchr("TZCYXS", found.axes[i]))
      found.axes[i] = '?';
  if (ok)
    *out = found;
  return ok;
}

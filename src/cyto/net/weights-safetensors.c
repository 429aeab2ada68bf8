/* safetensors: a 64-bit header length, a JSON header {name: {dtype, shape, data_offsets}}, then the
 * data without gaps. */
#include "../base/mem.h"
#include "../base/text.h"
#include "weights-private.h"
#include <jansson.h>
#include <math.h>
#include <string.h>

#define HEADER_LIMIT ((size_t)16 << 20)

typedef struct Entry {
  CytoStored kind;
  size_t tensor; /* index, or SIZE_MAX for an array of the size model */
  double **array;
  size_t values, begin, end;
  const char *name;
} Entry;

typedef struct Reader {
  const uint8_t *data; /* after the header */
  size_t size;
  CytoWeights *weights;
  Entry *entry;
  size_t entries, total;
  size_t smean_n;
  CytoError *err;
} Reader;

static size_t header_length(const uint8_t *data) {
  uint64_t length = 0;
  for (int i = 7; i >= 0; i--)
    length = length << 8 | data[i];
  return length;
}

bool cyto_is_safetensors(const uint8_t *data, size_t size) {
  return size >= 10 && data[8] == '{' && header_length(data) <= size - 8;
}

static bool stored_kind(const char *dtype, CytoStored *kind) {
  static const char names[][5] = {"F32", "F64", "F16", "BF16", "I64"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(dtype, names[i]) == 0) {
      *kind = (CytoStored)i;
      return true;
    }
  return false;
}

static bool json_size(const json_t *value, size_t *out) {
  if (!json_is_integer(value) || json_integer_value(value) < 0)
    return false;
  *out = (size_t)json_integer_value(value);
  return true;
}

static bool read_shape(Reader *r, const json_t *shape, CytoTensor *tensor) {
  if (!json_is_array(shape))
    return cyto_fail(r->err, CYTO_ERROR_FORMAT, "tensor \"%.80s\" has no shape", tensor->name);
  size_t ndim = json_array_size(shape);
  if (ndim > 4)
    return cyto_fail(r->err, CYTO_ERROR_UNSUPPORTED,
                     "tensor \"%.80s\" has %zu dimensions; a CPnet has up to 4", tensor->name,
                     ndim);
  tensor->ndim = (unsigned)ndim;
  for (size_t i = 0; i < ndim; i++)
    if (!json_size(json_array_get(shape, i), &tensor->shape[i]))
      return cyto_fail(r->err, CYTO_ERROR_FORMAT, "tensor \"%.80s\" has a damaged shape",
                       tensor->name);
  return true;
}

/* Checks one entry against the file: type, range, and shape × size = range. */
static bool read_entry(Reader *r, const json_t *json, CytoTensor *tensor, Entry *e) {
  const char *dtype = json_string_value(json_object_get(json, "dtype"));
  const json_t *offsets = json_object_get(json, "data_offsets");
  if (!dtype || !json_size(json_array_get(offsets, 0), &e->begin) ||
      !json_size(json_array_get(offsets, 1), &e->end) || json_array_size(offsets) != 2)
    return cyto_fail(r->err, CYTO_ERROR_FORMAT,
                     "the entry of tensor \"%.80s\" lacks its type or place", tensor->name);
  if (!stored_kind(dtype, &e->kind))
    return cyto_fail(r->err, CYTO_ERROR_UNSUPPORTED,
                     "tensor \"%.80s\" has the type %.20s; F32, F16, BF16, F64 and I64 can be read",
                     tensor->name, dtype);
  tensor->integer = cyto_stored_integer(e->kind);
  if (!read_shape(r, json_object_get(json, "shape"), tensor) ||
      !cyto_tensor_values(tensor, &e->values, &r->total, r->err))
    return false;
  if (e->begin > e->end || e->end > r->size)
    return cyto_fail(r->err, CYTO_ERROR_FORMAT,
                     "tensor \"%.80s\" lies at bytes %zu to %zu of data that has %zu bytes: the "
                     "file is cut short or damaged",
                     tensor->name, e->begin, e->end, r->size);
  size_t expected = e->values * cyto_stored_size(e->kind);
  if (e->end - e->begin != expected)
    return cyto_fail(r->err, CYTO_ERROR_FORMAT,
                     "tensor \"%.80s\" should take %zu bytes by its shape but has %zu",
                     tensor->name, expected, e->end - e->begin);
  return true;
}

static int by_begin(const void *a, const void *b) {
  const Entry *x = a, *y = b;
  return x->begin != y->begin ? (x->begin > y->begin) - (x->begin < y->begin)
                              : (x->end > y->end) - (x->end < y->end);
}

static bool check_ranges(Reader *r) {
  if (r->entries)
    qsort(r->entry, r->entries, sizeof *r->entry, by_begin);
  size_t end = 0;
  for (size_t i = 0; i < r->entries; i++) {
    if (r->entry[i].begin != end)
      return cyto_fail(r->err, CYTO_ERROR_FORMAT,
                       "tensor \"%.80s\" begins at byte %zu of the data where %zu was expected: "
                       "tensors overlap or leave gaps",
                       r->entry[i].name, r->entry[i].begin, end);
    end = r->entry[i].end;
  }
  if (end != r->size)
    return cyto_fail(r->err, CYTO_ERROR_FORMAT,
                     "the tensors take %zu bytes, but the file has %zu bytes of data", end,
                     r->size);
  return true;
}

static bool decode(Reader *r) {
  for (size_t i = 0; i < r->entries; i++) {
    const Entry *e = &r->entry[i];
    const uint8_t *src = r->data + e->begin;
    if (e->array) {
      if (!(*e->array = cyto_alloc(e->values, sizeof **e->array, r->err)))
        return false;
      cyto_stored_decode_f64(e->kind, src, e->values, *e->array);
      continue;
    }
    CytoTensor *tensor = &r->weights->tensor[e->tensor];
    if (r->weights->file && cyto_stored_native(e->kind, src)) {
      tensor->borrowed = true;
      tensor->data = (float *)(uintptr_t)src;
      continue;
    }
    if (!(tensor->data = cyto_alloc(e->values, sizeof *tensor->data, r->err)))
      return false;
    cyto_stored_decode(e->kind, src, e->values, tensor->data);
  }
  return true;
}

/* Arrays of the size model keep their 64 bits and stay out of the list of tensors. */
static bool size_array(Reader *r, const char *name, const json_t *json, Entry *e) {
  CytoTensor tensor = {.name = (char *)(uintptr_t)name};
  bool is_a = strcmp(name, "size.A") == 0;
  if (!read_entry(r, json, &tensor, e))
    return false;
  e->name = name;
  e->array = is_a ? &r->weights->size.a : &r->weights->size.smean;
  *(is_a ? &r->weights->size.n : &r->smean_n) = e->values;
  return true;
}

static bool read_tensors(Reader *r, json_t *header) {
  const char *name;
  json_t *json;
  json_object_foreach(header, name, json) {
    if (strcmp(name, "__metadata__") == 0 || strncmp(name, "size.", 5) == 0)
      continue;
    if (!cyto_weights_add(r->weights, name, strlen(name), r->err))
      return false;
  }
  if (!cyto_refuse_foreign_names(r->weights, r->err))
    return false;
  size_t index = 0;
  json_object_foreach(header, name, json) {
    Entry *e = &r->entry[r->entries];
    if (strcmp(name, "__metadata__") == 0)
      continue;
    if (strcmp(name, "size.A") == 0 || strcmp(name, "size.smean") == 0) {
      if (!size_array(r, name, json, e))
        return false;
    } else if (strncmp(name, "size.", 5) == 0) {
      return cyto_fail(r->err, CYTO_ERROR_UNSUPPORTED, "tensor \"%.80s\" is not known", name);
    } else {
      e->tensor = index++;
      e->name = r->weights->tensor[e->tensor].name;
      if (!read_entry(r, json, &r->weights->tensor[e->tensor], e))
        return false;
    }
    r->entries++;
  }
  return check_ranges(r) && decode(r);
}

static bool read_text(const json_t *meta, const char *key, char **out, CytoError *err) {
  const char *text = json_string_value(json_object_get(meta, key));
  return !text || (*out = cyto_strdup(text, err)) != NULL;
}

static void read_number(const json_t *meta, const char *key, double *out) {
  const char *text = json_string_value(json_object_get(meta, key));
  if (text)
    cyto_parse_double(text, out);
}

static bool read_metadata(Reader *r, const json_t *meta) {
  CytoWeights *w = r->weights;
  read_number(meta, "diam_mean", &w->diam_mean);
  read_number(meta, "diam_labels", &w->diam_labels);
  read_number(meta, "size.diam_mean", &w->size.diam_mean);
  read_number(meta, "size.ymean", &w->size.ymean);
  w->cell_threshold = w->boundary_threshold = NAN;
  read_number(meta, "cell_threshold", &w->cell_threshold);
  read_number(meta, "boundary_threshold", &w->boundary_threshold);
  w->has_thresholds = isfinite(w->cell_threshold) && isfinite(w->boundary_threshold);
  return read_text(meta, "name", &w->name, r->err) &&
         read_text(meta, "description", &w->description, r->err) &&
         read_text(meta, "licence", &w->licence, r->err) &&
         read_text(meta, "data", &w->data, r->err) &&
         read_text(meta, "training", &w->training, r->err);
}

/* A size model is whole or not there. */
static bool check_size_model(Reader *r) {
  CytoSizeModel *size = &r->weights->size;
  bool complete = size->a && size->smean && size->n && r->smean_n == size->n;
  if (!size->a && !size->smean) {
    *size = (CytoSizeModel){0};
    return true;
  }
  return (complete && size->diam_mean > 0) ||
         cyto_fail(r->err, CYTO_ERROR_FORMAT,
                   "its size model is incomplete: size.A has %zu values, size.smean %zu, "
                   "size.diam_mean is %g",
                   size->n, r->smean_n, size->diam_mean);
}

bool cyto_read_safetensors(const CytoMap *map, CytoWeights *weights, CytoError *err) {
  size_t length = header_length(map->data);
  if (length > HEADER_LIMIT)
    return cyto_fail(err, CYTO_ERROR_LIMIT, "its header has %zu bytes; a model's has about 40000",
                     length);
  json_error_t why;
  json_auto_t *header =
      json_loadb((const char *)map->data + 8, length, JSON_REJECT_DUPLICATES, &why);
  if (!json_is_object(header))
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "the header of the safetensors file is damaged at byte %d: %s",
                     header ? 0 : why.position, header ? "not an object" : why.text);
  CYTO_AUTOFREE Entry *entry = cyto_calloc(json_object_size(header), sizeof *entry, err);
  if (!entry)
    return false;
  Reader r = {.data = map->data + 8 + length,
              .size = map->size - 8 - length,
              .entry = entry,
              .weights = weights,
              .err = err};
  return read_tensors(&r, header) && read_metadata(&r, json_object_get(header, "__metadata__")) &&
         check_size_model(&r);
}

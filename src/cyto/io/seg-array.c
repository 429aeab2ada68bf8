#include "../base/mem.h"
#include "../base/text.h"
#include "seg-private.h"
#include <math.h>
#include <string.h>

enum { MAX_DIMENSION = 8 };

static bool is_object(const CytoPkl *value, const char *a, const char *b) {
  return value && value->kind == CYTO_PKL_OBJECT && value->callable &&
         (cyto_pkl_is_global(value->callable, a) || cyto_pkl_is_global(value->callable, b));
}

static bool is_sequence(const CytoPkl *value, size_t least) {
  return value && (value->kind == CYTO_PKL_TUPLE || value->kind == CYTO_PKL_LIST) &&
         value->count >= least;
}

/* dtype('u2', False, True) with the state (3, '<', …): the text after the kind, or NULL. */
static const char *dtype_name(const CytoPkl *dtype, SegArray *array) {
  if (!is_object(dtype, "numpy dtype", "numpy dtype") || !is_sequence(dtype->args, 1))
    return NULL;
  const CytoPkl *name = dtype->args->item[0], *state = dtype->state;
  if (name->kind != CYTO_PKL_STR || name->length < 2)
    return NULL;
  array->kind = name->text[0];
  array->big_endian = is_sequence(state, 2) && state->item[1]->kind == CYTO_PKL_STR &&
                      state->item[1]->text[0] == '>';
  return name->text + 1;
}

static bool read_dtype(const CytoPkl *dtype, SegArray *array) {
  const char *width = dtype_name(dtype, array);
  if (!width || width[1] || !strchr("biuf", array->kind))
    return false;
  array->width = (unsigned)(*width - '0');
  switch (array->width) {
  case 1:
    return array->kind != 'f';
  case 2:
    return array->kind == 'i' || array->kind == 'u';
  case 4:
  case 8:
    return array->kind != 'b';
  default:
    return false;
  }
}

/* Bytes that Python 2 compatible pickles hide in a text of code points up to 255. */
static bool read_encoded(const CytoPkl *value, SegArray *array, size_t *size) {
  if (!is_object(value, "_codecs encode", "_codecs encode") || !is_sequence(value->args, 1) ||
      value->args->item[0]->kind != CYTO_PKL_STR)
    return false;
  const CytoPkl *text = value->args->item[0];
  array->owned = cyto_alloc(text->length, 1, NULL);
  size_t n = 0;
  for (size_t i = 0; array->owned && i < text->length; i++) {
    uint8_t c = (uint8_t)text->text[i];
    if (c >= 0x80 && i + 1 < text->length)
      c = (uint8_t)(c << 6 | ((uint8_t)text->text[++i] & 0x3f));
    array->owned[n++] = c;
  }
  array->data = array->owned;
  *size = n;
  return array->owned != NULL;
}

static bool read_bytes(const CytoPkl *value, SegArray *array, size_t *size) {
  if (value->kind != CYTO_PKL_BYTES && value->kind != CYTO_PKL_STR)
    return read_encoded(value, array, size);
  array->data = (const uint8_t *)value->text;
  *size = value->length;
  return true;
}

static bool read_shape(const CytoPkl *shape, SegArray *array) {
  if (!is_sequence(shape, 0) || shape->count > MAX_DIMENSION)
    return false;
  array->ndim = (unsigned)shape->count;
  array->count = 1;
  for (unsigned i = 0; i < array->ndim; i++) {
    const CytoPkl *n = shape->item[i];
    if (n->kind != CYTO_PKL_INT || n->big || n->integer < 0)
      return false;
    array->shape[i] = (size_t)n->integer;
    if (!cyto_mul(array->count, array->shape[i], &array->count))
      return false;
  }
  return true;
}

/* The four values that make an array: shape, dtype, Fortran order, data. */
typedef struct Parts {
  const CytoPkl *shape, *dtype, *data;
  bool fortran;
} Parts;

/* _reconstruct with a state (1, shape, dtype, fortran, data), or (pickle protocol 5)
 * _frombuffer(data, dtype, shape, order). */
static bool array_parts(const CytoPkl *value, Parts *parts) {
  const CytoPkl *const *of = NULL;
  if (is_object(value, "numpy.core.multiarray _reconstruct",
                "numpy._core.multiarray _reconstruct") &&
      is_sequence(value->state, 5)) {
    of = (const CytoPkl *const *)value->state->item;
    *parts = (Parts){of[1], of[2], of[4], of[3]->kind == CYTO_PKL_BOOL && of[3]->integer};
  } else if (is_object(value, "numpy.core.numeric _frombuffer",
                       "numpy._core.numeric _frombuffer") &&
             is_sequence(value->args, 4)) {
    of = (const CytoPkl *const *)value->args->item;
    *parts = (Parts){of[2], of[1], of[0], of[3]->kind == CYTO_PKL_STR && of[3]->text[0] == 'F'};
  }
  return of != NULL;
}

void seg_array_clear(SegArray *array) {
  free(array->owned);
  *array = (SegArray){0};
}

static bool read_text_dtype(const CytoPkl *dtype, SegArray *array) {
  const char *width = dtype_name(dtype, array);
  int64_t characters;
  if (!width || array->kind != 'U' || !cyto_parse_int(width, &characters) || characters < 1 ||
      characters > 1 << 16)
    return false;
  array->width = (unsigned)(4 * characters);
  return true;
}

static bool read_array(const CytoPkl *value, SegArray *array,
                       bool (*dtype)(const CytoPkl *dtype, SegArray *array)) {
  Parts parts;
  SegArray found = {0};
  size_t size = 0, need = 0;
  if (!array_parts(value, &parts) || !read_shape(parts.shape, &found) ||
      !dtype(parts.dtype, &found))
    return false;
  found.fortran = parts.fortran;
  if (!cyto_mul(found.count, found.width, &need) || !read_bytes(parts.data, &found, &size) ||
      size < need) {
    free(found.owned);
    return false;
  }
  *array = found;
  return true;
}

bool seg_array(const CytoPkl *value, SegArray *array) {
  return read_array(value, array, read_dtype);
}

bool seg_text_array(const CytoPkl *value, SegArray *array) {
  return read_array(value, array, read_text_dtype);
}

const CytoPkl *seg_items(const CytoPkl *value) {
  Parts parts;
  if (is_sequence(value, 0))
    return value;
  return array_parts(value, &parts) && parts.data->kind == CYTO_PKL_LIST ? parts.data : NULL;
}

const CytoPkl *seg_object(const CytoPkl *value) {
  Parts parts;
  if (!array_parts(value, &parts) || !is_sequence(parts.data, 1) || parts.data->count != 1)
    return NULL;
  return parts.data->item[0];
}

void seg_array_squeeze(SegArray *array, unsigned ndim) {
  for (unsigned i = 0; i < array->ndim && array->ndim > ndim;) {
    if (array->shape[i] != 1) {
      i++;
      continue;
    }
    memmove(array->shape + i, array->shape + i + 1, (array->ndim - i - 1) * sizeof *array->shape);
    array->ndim--;
  }
}

/* The bytes of element i (C order) in this machine's order. */
static void take(const SegArray *array, size_t i, uint8_t out[8]) {
  if (array->fortran) {
    size_t place = 0, rest = i, stride = array->count;
    for (unsigned k = array->ndim; k-- > 0;) {
      stride /= array->shape[k];
      place += rest % array->shape[k] * stride;
      rest /= array->shape[k];
    }
    i = place;
  }
  const uint8_t *p = array->data + i * array->width;
  for (unsigned b = 0; b < array->width; b++)
    out[b] = p[array->big_endian ? array->width - 1 - b : b];
}

bool seg_array_integer(const SegArray *array, size_t i, int64_t *out) {
  if (array->kind == 'f') {
    const double value = seg_array_number(array, i);
    if (!(fabs(value) < 9e15) || value != floor(value))
      return false;
    *out = (int64_t)value;
    return true;
  }
  uint8_t bytes[8] = {0};
  take(array, i, bytes);
  uint64_t value = 0;
  for (unsigned b = 0; b < array->width; b++)
    value |= (uint64_t)bytes[b] << (8 * b);
  if (array->kind == 'i') {
    const unsigned unused = 64 - 8 * array->width;
    *out = (int64_t)(value << unused) >> unused;
    return true;
  }
  *out = (int64_t)value;
  return value <= INT64_MAX;
}

double seg_array_number(const SegArray *array, size_t i) {
  int64_t integer = 0;
  if (array->kind != 'f')
    return seg_array_integer(array, i, &integer) ? (double)integer : INFINITY;
  uint8_t bytes[8] = {0};
  take(array, i, bytes);
  float single;
  double number;
  memcpy(&single, bytes, sizeof single);
  memcpy(&number, bytes, sizeof number);
  return array->width == 4 ? (double)single : number;
}

static bool scalar_number(const CytoPkl *value, double *out) {
  if (!is_object(value, "numpy.core.multiarray scalar", "numpy._core.multiarray scalar") ||
      !is_sequence(value->args, 2))
    return false;
  CYTO_CLEANUP(seg_array_clear) SegArray array = {.count = 1};
  size_t size = 0;
  if (!read_dtype(value->args->item[0], &array) ||
      !read_bytes(value->args->item[1], &array, &size) || size < array.width)
    return false;
  *out = seg_array_number(&array, 0);
  return true;
}

bool seg_number(const CytoPkl *value, double *out) {
  if (!value)
    return false;
  switch (value->kind) {
  case CYTO_PKL_INT:
  case CYTO_PKL_BOOL:
    *out = (double)value->integer;
    return !value->big;
  case CYTO_PKL_FLOAT:
    *out = value->number;
    return true;
  case CYTO_PKL_OBJECT: {
    CYTO_CLEANUP(seg_array_clear) SegArray array = {0};
    if (!seg_array(value, &array) || array.count != 1)
      return scalar_number(value, out);
    *out = seg_array_number(&array, 0);
    return true;
  }
  default:
    return false;
  }
}

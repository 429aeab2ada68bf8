/* The size model as Cellpose keeps it: a pickled dictionary in a 0-d object array (algorithm.md
 * §2.8, 12.1). */
#include "../base/mem.h"
#include "../base/pickle.h"
#include "../base/pickle-write.h"
#include "weights-private.h"
#include <math.h>
#include <string.h>

#define FILE_LIMIT ((size_t)16 << 20)

static const char *const globals[] = {
    "numpy.core.multiarray _reconstruct",
    "numpy._core.multiarray _reconstruct",
    "numpy.core.multiarray scalar",
    "numpy._core.multiarray scalar",
    "numpy ndarray",
    "numpy dtype",
    "_codecs encode",
    NULL,
};

/* Start of the pickle in a .npy file that holds one Python object; 0 = it is something else. */
static size_t object_start(const uint8_t *data, size_t size) {
  if (size < 16 || memcmp(data, "\x93NUMPY", 6) != 0 || data[6] < 1 || data[6] > 3)
    return 0;
  size_t begin = data[6] == 1 ? 10 : 12;
  size_t length = data[8] | (size_t)data[9] << 8;
  if (data[6] > 1)
    length |= (size_t)data[10] << 16 | (size_t)data[11] << 24;
  if (length > size - begin || !memmem(data + begin, length, "'|O'", 4))
    return 0;
  return begin + length;
}

/* ('f8', False, True) with the state (3, '<', …); floats of 2, 4 or 8 bytes and integers. */
static bool read_dtype(const CytoPkl *dtype, CytoStored *kind) {
  static const char names[][3] = {"f4", "f8", "f2", "??", "i8", "i4", "i2", "i1", "u1"};
  if (!dtype || dtype->kind != CYTO_PKL_OBJECT || !dtype->args->count ||
      !cyto_pkl_is_global(dtype->callable, "numpy dtype"))
    return false;
  const CytoPkl *name = dtype->args->item[0], *state = dtype->state;
  bool big_endian = state && state->kind == CYTO_PKL_TUPLE && state->count > 1 &&
                    state->item[1]->kind == CYTO_PKL_STR && state->item[1]->text[0] == '>';
  for (size_t i = 0; i < sizeof names / sizeof *names && name->kind == CYTO_PKL_STR; i++)
    if (strcmp(name->text, names[i]) == 0) {
      *kind = (CytoStored)i;
      return !big_endian;
    }
  return false;
}

/* n values in raw bytes, which must be exactly as long. */
static bool decode(const CytoPkl *dtype, const CytoPkl *bytes, size_t n, double **out,
                   CytoError *err) {
  CytoStored kind;
  if (!read_dtype(dtype, &kind) || (bytes->kind != CYTO_PKL_BYTES && bytes->kind != CYTO_PKL_STR) ||
      n > FILE_LIMIT || bytes->length != n * cyto_stored_size(kind))
    return cyto_fail(err, CYTO_ERROR_FORMAT, "an array of the size model is damaged");
  if (!(*out = cyto_alloc(n, sizeof **out, err)))
    return false;
  cyto_stored_decode_f64(kind, (const uint8_t *)bytes->text, n, *out);
  return true;
}

static bool is_call(const CytoPkl *node, const char *old_name, const char *new_name) {
  return node && node->kind == CYTO_PKL_OBJECT &&
         (cyto_pkl_is_global(node->callable, old_name) ||
          cyto_pkl_is_global(node->callable, new_name));
}

/* State of an array: (1, shape, dtype, is_fortran, data). */
static const CytoPkl *array_state(const CytoPkl *node) {
  if (!is_call(node, globals[0], globals[1]) || !node->state ||
      node->state->kind != CYTO_PKL_TUPLE || node->state->count != 5 ||
      node->state->item[1]->kind != CYTO_PKL_TUPLE)
    return NULL;
  return node->state;
}

/* An array of any shape as a flat list (the order matters for one dimension alone). */
static bool read_array(const CytoPkl *node, double **out, size_t *n, CytoError *err) {
  const CytoPkl *state = array_state(node);
  if (!state)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "an array of the size model is missing or damaged");
  const CytoPkl *shape = state->item[1];
  *n = 1;
  for (size_t i = 0; i < shape->count; i++)
    if (shape->item[i]->kind != CYTO_PKL_INT || shape->item[i]->integer < 0 ||
        !cyto_mul(*n, (size_t)shape->item[i]->integer, n))
      return cyto_fail(err, CYTO_ERROR_FORMAT, "an array of the size model is damaged");
  return decode(state->item[2], state->item[4], *n, out, err);
}

/* A Python number, a NumPy scalar or an array of one value. */
static bool read_number(const CytoPkl *dict, const char *key, double *out, CytoError *err) {
  const CytoPkl *node = cyto_pkl_get(dict, key);
  CYTO_AUTOFREE double *value = NULL;
  size_t n = 1;
  if (node && node->kind == CYTO_PKL_FLOAT) {
    *out = node->number;
  } else if (node && node->kind == CYTO_PKL_INT) {
    *out = (double)node->integer;
  } else if (is_call(node, globals[2], globals[3]) && node->args->count == 2) {
    if (!decode(node->args->item[0], node->args->item[1], 1, &value, err))
      return false;
    *out = *value;
  } else if (!read_array(node, &value, &n, err)) {
    return false;
  } else {
    *out = n == 1 ? *value : NAN;
  }
  return isfinite(*out) || cyto_fail(err, CYTO_ERROR_FORMAT, "its %s is not a number", key);
}

static bool read_dict(const CytoPkl *root, CytoSizeModel *size, CytoError *err) {
  const CytoPkl *state = array_state(root), *list = state ? state->item[4] : NULL;
  const CytoPkl *dict =
      list && list->kind == CYTO_PKL_LIST && list->count == 1 ? list->item[0] : NULL;
  const CytoPkl *a = cyto_pkl_get(dict, "A"), *smean = cyto_pkl_get(dict, "smean");
  size_t n;
  if (!a || !smean)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "not a size model: a dictionary with A, smean, diam_mean and ymean was "
                     "expected");
  if (!read_array(a, &size->a, &size->n, err) || !read_array(smean, &size->smean, &n, err) ||
      !read_number(dict, "diam_mean", &size->diam_mean, err) ||
      !read_number(dict, "ymean", &size->ymean, err))
    return false;
  if (!size->n || n != size->n || !(size->diam_mean > 0))
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "the size model does not fit together: A has %zu values, smean %zu, diam_mean "
                     "is %g",
                     size->n, n, size->diam_mean);
  return true;
}

bool cyto_size_model_parse(const uint8_t *data, size_t size, CytoSizeModel *out, CytoError *err) {
  size_t start = object_start(data, size);
  CytoPickle *pickle = NULL;
  if (!start)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "not a size model: a NumPy file with one Python object was expected");
  if (!cyto_pickle_read(data + start, size - start, globals, &pickle, NULL, err))
    return false;
  CYTO_CLEANUP(cyto_size_model_clear) CytoSizeModel model = {0};
  bool fine = read_dict(cyto_pickle_root(pickle), &model, err);
  cyto_pickle_free(pickle);
  if (fine) {
    *out = model;
    model = (CytoSizeModel){0};
  }
  return fine;
}

bool cyto_size_model_read(const char *path, CytoSizeModel *size, CytoError *err) {
  CYTO_AUTOFREE uint8_t *data = NULL;
  size_t bytes;
  if (!cyto_file_read(path, FILE_LIMIT, &data, &bytes, err))
    return false;
  return cyto_size_model_parse(data, bytes, size, err) || cyto_fail_prefix(err, path);
}

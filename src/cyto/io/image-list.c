#include "image-list.h"
#include "../base/file.h"
#include "../base/mem.h"
#include "../base/text.h"
#include "npy.h"
#include "seg-private.h"
#include <math.h>
#include <string.h>

enum { LIMIT = 64 << 20 };

void cyto_image_list_clear(CytoImageList *list) {
  cyto_file_list_clear(&list->train);
  cyto_file_list_clear(&list->test);
  free(list->weight);
  *list = (CytoImageList){0};
}

/* A character as UTF-8; bytes that Python hides in lone surrogates become themselves. */
static void add_character(CytoStr *out, uint32_t c) {
  char bytes[4];
  size_t n = c < 0x80 || (c >= 0xdc80 && c <= 0xdcff) ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  static const uint8_t marks[5] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (size_t i = n; i-- > 1; c >>= 6)
    bytes[i] = (char)(0x80 | (c & 0x3f));
  bytes[0] = (char)(n == 1 ? c & 0xff : marks[n] | c);
  cyto_str_add_bytes(out, bytes, n);
}

/* Names of `width` bytes each, four a character, filled up with zeros. */
static bool add_fixed(CytoFileList *list, const SegArray *array, CytoError *err) {
  for (size_t i = 0; i < array->count; i++) {
    CytoStr name = {0};
    const uint8_t *at = array->data + i * array->width;
    for (size_t k = 0; k + 4 <= array->width; k += 4) {
      uint32_t c = 0;
      for (size_t b = 0; b < 4; b++)
        c = c << 8 | at[k + (array->big_endian ? b : 3 - b)];
      if (c == 0 || c > 0x10ffff)
        break;
      add_character(&name, c);
    }
    if (name.failed)
      cyto_str_clear(&name);
    else if (!name.text)
      name.text = cyto_strdup("", NULL);
    if (!cyto_file_list_add(list, name.text, err))
      return false;
  }
  return true;
}

/* A list, a tuple or an array of names. */
static bool add_names(CytoFileList *list, const CytoPkl *value, const char *what, CytoError *err) {
  CYTO_CLEANUP(seg_array_clear) SegArray fixed = {0};
  const CytoPkl *items = seg_items(value);
  if (!items && seg_text_array(value, &fixed))
    return add_fixed(list, &fixed, err);
  for (size_t i = 0; items && i < items->count; i++) {
    char *name = seg_text(items->item[i]);
    if (!name)
      return cyto_fail(err, CYTO_ERROR_FORMAT, "entry %zu of %s is no name of a file", i + 1, what);
    if (!cyto_file_list_add(list, name, err))
      return false;
  }
  return items || cyto_fail(err, CYTO_ERROR_FORMAT, "%s is no list of names", what);
}

static bool weight_at(const SegArray *array, const CytoPkl *items, size_t i, double *weight) {
  if (array->data)
    *weight = seg_array_number(array, i);
  else if (!seg_number(items->item[i], weight))
    return false;
  return isfinite(*weight) && *weight >= 0;
}

static bool read_weights(const CytoPkl *value, CytoImageList *out, CytoError *err) {
  CYTO_CLEANUP(seg_array_clear) SegArray array = {0};
  const CytoPkl *items = seg_array(value, &array) ? NULL : seg_items(value);
  size_t n = items ? items->count : array.data ? array.count : 0;
  double sum = 0;
  if (n != out->train.count)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "train_probs holds %zu numbers, train_files %zu names; one each is expected",
                     n, out->train.count);
  out->weight = cyto_alloc(n, sizeof *out->weight, err);
  if (!out->weight)
    return false;
  for (size_t i = 0; i < n; i++) {
    if (!weight_at(&array, items, i, &out->weight[i]))
      return cyto_fail(err, CYTO_ERROR_FORMAT, "entry %zu of train_probs is no probability", i + 1);
    sum += out->weight[i];
  }
  return sum > 0 || cyto_fail(err, CYTO_ERROR_FORMAT, "all train_probs are 0");
}

static bool read_object(const CytoPkl *root, CytoImageList *out, CytoError *err) {
  const CytoPkl *dict = seg_object(root);
  if (!dict || dict->kind != CYTO_PKL_DICT)
    return add_names(&out->train, root, "the list", err);
  const CytoPkl *train = cyto_pkl_get(dict, "train_files"),
                *test = cyto_pkl_get(dict, "test_files");
  const CytoPkl *weights = cyto_pkl_get(dict, "train_probs");
  if (!train)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "its dictionary has no \"train_files\"");
  return add_names(&out->train, train, "train_files", err) &&
         (!test || test->kind == CYTO_PKL_NONE || add_names(&out->test, test, "test_files", err)) &&
         (!weights || weights->kind == CYTO_PKL_NONE || read_weights(weights, out, err));
}

/* A .npy of names of fixed length: NumPy's '<U57'. False without a word when it is something else.
 */
static bool fixed_names(const uint8_t *data, size_t size, SegArray *array) {
  size_t begin = size > 12 && data[6] == 1 ? 10 : 12;
  if (size < 16)
    return false;
  size_t length = data[8] | (size_t)data[9] << 8;
  if (data[6] > 1)
    length |= (size_t)data[10] << 16 | (size_t)data[11] << 24;
  if (length > size - begin)
    return false;
  const char *end = (const char *)data + begin + length;
  const char *mark = memmem(data + begin, length, "'descr': '<U", 12);
  if (!mark)
    mark = memmem(data + begin, length, "'descr': '>U", 12);
  size_t characters = 0;
  for (const char *at = mark ? mark + 12 : end; at < end && *at >= '0' && *at <= '9'; at++)
    characters = characters < LIMIT ? 10 * characters + (size_t)(*at - '0') : LIMIT;
  if (characters == 0 || characters > 1 << 16)
    return false;
  *array = (SegArray){.kind = 'U',
                      .width = (unsigned)(4 * characters),
                      .big_endian = mark[10] == '>',
                      .count = (size - begin - length) / (4 * characters),
                      .data = data + begin + length};
  return true;
}

static bool read_npy(const uint8_t *data, size_t size, CytoImageList *out, CytoError *err) {
  CYTO_CLEANUP(cyto_pickle_drop) CytoPickle *pickle = NULL;
  CytoNpy npy;
  SegArray fixed;
  if (fixed_names(data, size, &fixed))
    return add_fixed(&out->train, &fixed, err);
  if (!cyto_npy_parse(data, size, &npy, err))
    return false;
  if (!npy.object)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "it holds numbers, not names of files");
  return cyto_pickle_read(npy.data, npy.size, seg_globals, &pickle, NULL, err) &&
         read_object(cyto_pickle_root(pickle), out, err);
}

static bool read_text(const char *text, size_t size, CytoImageList *out, CytoError *err) {
  if (memchr(text, 0, size))
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "it is no list of files; expected text with one name a line, or a .npy with "
                     "\"train_files\"");
  static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, which editors on Windows write */
  bool marked = size >= 3 && memcmp(text, mark, 3) == 0;
  for (size_t at = marked ? 3 : 0; at < size;) {
    const char *end = memchr(text + at, '\n', size - at);
    size_t next = end ? (size_t)(end - text) + 1 : size, n = next - at - (end != NULL);
    while (n > 0 && (text[at + n - 1] == '\r' || text[at + n - 1] == ' '))
      n--;
    if (n > 0 && !cyto_file_list_add(&out->train, strndup(text + at, n), err))
      return false;
    at = next;
  }
  return true;
}

/* Names count from here, or else from the folder of the list. */
static bool resolve(CytoFileList *list, const char *folder, CytoError *err) {
  for (size_t i = 0; i < list->count; i++) {
    if (list->path[i][0] == '/' || cyto_path_exists(list->path[i]))
      continue;
    CYTO_AUTOFREE char *beside = cyto_path_join(folder, list->path[i]);
    if (!beside)
      return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a list of files");
    if (!cyto_path_exists(beside))
      continue;
    free(list->path[i]);
    list->path[i] = cyto_steal(&beside);
  }
  return true;
}

bool cyto_image_list_read(const char *path, CytoImageList *out, CytoError *err) {
  CYTO_CLEANUP(cyto_image_list_clear) CytoImageList list = {0};
  CYTO_AUTOFREE char *folder = cyto_path_folder(path);
  CYTO_AUTOFREE uint8_t *data = NULL;
  size_t size = 0;
  if (!folder)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a list of files");
  if (!cyto_file_read(path, LIMIT, &data, &size, err))
    return false;
  bool npy = size >= 6 && memcmp(data, "\x93NUMPY", 6) == 0;
  if (!(npy ? read_npy(data, size, &list, err) : read_text((const char *)data, size, &list, err)))
    return cyto_fail_prefix(err, path);
  if (list.train.count == 0)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "%s: it names no files", path);
  if (!resolve(&list.train, folder, err) || !resolve(&list.test, folder, err))
    return false;
  *out = list;
  list = (CytoImageList){0};
  return true;
}

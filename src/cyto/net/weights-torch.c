/* PyTorch's zip container (algorithm.md §2.2). */
#include "../base/mem.h"
#include "../base/pickle.h"
#include "weights-private.h"
#include <string.h>
#include <zip.h>

#define PICKLE_LIMIT ((size_t)64 << 20)

typedef struct Loaded {
  char *key;
  uint8_t *bytes;
  size_t size;
} Loaded;

typedef struct Archive {
  zip_t *zip;
  char *top;     /* name of data.pkl without "data.pkl" */
  size_t budget; /* bytes that may still be unpacked */
  Loaded *loaded;
  size_t count;
} Archive;

static void close_archive(Archive *a) {
  for (size_t i = 0; i < a->count; i++) {
    free(a->loaded[i].key);
    free(a->loaded[i].bytes);
  }
  free(a->loaded);
  free(a->top);
  if (a->zip)
    zip_discard(a->zip);
}

static bool open_zip(const CytoMap *map, zip_t **out, CytoError *err) {
  zip_error_t why;
  zip_error_init(&why);
  zip_source_t *source = zip_source_buffer_create(map->data, map->size, 0, &why);
  *out = source ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
  if (!*out) {
    zip_source_free(source);
    cyto_fail(err, CYTO_ERROR_FORMAT,
              "it begins as a zip archive of %zu bytes, but its table of contents cannot be read "
              "(%s): it is cut short or damaged",
              map->size, zip_error_strerror(&why));
  }
  zip_error_fini(&why);
  return *out != NULL;
}

static bool fail_member(Archive *a, const char *name, const char *why, CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_FORMAT, "member %.80s of the archive cannot be read: %s", name,
                   why ? why : zip_strerror(a->zip));
}

static void close_file(zip_file_t **file) {
  if (*file)
    zip_fclose(*file);
}

/* A whole member; reading to its very end makes libzip compare the checksum. */
static bool read_member(Archive *a, const char *name, size_t limit, uint8_t **out, size_t *size,
                        CytoError *err) {
  zip_stat_t st;
  zip_int64_t index = zip_name_locate(a->zip, name, 0);
  if (index < 0)
    return fail_member(a, name, "it is missing", err);
  if (zip_stat_index(a->zip, (zip_uint64_t)index, 0, &st) != 0 || !(st.valid & ZIP_STAT_SIZE))
    return fail_member(a, name, NULL, err);
  if (st.size > limit || st.size > a->budget)
    return fail_member(a, name, "it claims to be far larger than the archive", err);
  CYTO_CLEANUP(close_file) zip_file_t *file = zip_fopen_index(a->zip, (zip_uint64_t)index, 0);
  if (!file)
    return fail_member(a, name, NULL, err);
  CYTO_AUTOFREE uint8_t *bytes = cyto_alloc(st.size, 1, err);
  if (!bytes)
    return false;
  char extra;
  if (zip_fread(file, bytes, st.size) != (zip_int64_t)st.size || zip_fread(file, &extra, 1) != 0) {
    zip_error_t *why = zip_file_get_error(file);
    bool known = zip_error_code_zip(why) != ZIP_ER_OK;
    return fail_member(a, name, known ? zip_error_strerror(why) : "its length is wrong", err);
  }
  a->budget -= st.size;
  *size = st.size;
  *out = cyto_steal(&bytes);
  return true;
}

static bool ends_with(const char *text, const char *end) {
  size_t n = strlen(text), k = strlen(end);
  return n >= k && strcmp(text + n - k, end) == 0;
}

/* A member of that name, in the top folder of whatever name. */
static bool is_named(const char *member, const char *name) {
  size_t n = strlen(member), k = strlen(name);
  return ends_with(member, name) && (n == k || member[n - k - 1] == '/');
}

static bool find_top(Archive *a, CytoError *err) {
  zip_int64_t n = zip_get_num_entries(a->zip, 0);
  const char *pickle = NULL;
  for (zip_int64_t i = 0; i < n; i++) {
    const char *name = zip_get_name(a->zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
    if (!name)
      continue;
    if (is_named(name, "constants.pkl"))
      return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                       "a TorchScript program, not a checkpoint of weights");
    if (ends_with(name, ".npy"))
      return cyto_fail(err, CYTO_ERROR_UNSUPPORTED, "not a model but a NumPy archive (.npz)");
    if (!is_named(name, "data.pkl"))
      continue;
    if (pickle)
      return cyto_fail(err, CYTO_ERROR_FORMAT, "the archive holds two data.pkl");
    pickle = name;
  }
  if (!pickle)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "a zip archive, but not of PyTorch: it holds no data.pkl");
  if (!(a->top = cyto_strdup(pickle, err)))
    return false;
  a->top[strlen(pickle) - strlen("data.pkl")] = 0;
  return true;
}

static char *member_name(const Archive *a, const char *folder, const char *name, CytoError *err) {
  size_t size = strlen(a->top) + strlen(folder) + strlen(name) + 1;
  char *out = cyto_alloc(size, 1, err);
  if (out)
    snprintf(out, size, "%s%s%s", a->top, folder, name);
  return out;
}

static bool check_byte_order(Archive *a, CytoError *err) {
  CYTO_AUTOFREE char *name = member_name(a, "", "byteorder", err);
  CYTO_AUTOFREE uint8_t *text = NULL;
  size_t size;
  if (!name)
    return false;
  if (zip_name_locate(a->zip, name, 0) < 0)
    return true;
  if (!read_member(a, name, 64, &text, &size, err))
    return false;
  return (size >= 6 && memcmp(text, "little", 6) == 0) ||
         cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                   "it was written on a big-endian machine, which is not handled");
}

static bool load_storage(void *context, const CytoStorage *storage, const uint8_t **bytes,
                         CytoError *err) {
  Archive *a = context;
  size_t expected = storage->count * cyto_stored_size(storage->kind), i = 0;
  while (i < a->count && strcmp(a->loaded[i].key, storage->key) != 0)
    i++;
  if (i == a->count) {
    CYTO_AUTOFREE char *name = member_name(a, "data/", storage->key, err);
    CYTO_AUTOFREE char *key = cyto_strdup(storage->key, err);
    Loaded *grown = cyto_realloc(a->loaded, a->count + 1, sizeof *grown, err);
    if (grown)
      a->loaded = grown;
    Loaded loaded = {0};
    if (!name || !key || !grown ||
        !read_member(a, name, SIZE_MAX, &loaded.bytes, &loaded.size, err))
      return false;
    loaded.key = cyto_steal(&key);
    a->loaded[a->count++] = loaded;
  }
  *bytes = a->loaded[i].bytes;
  return a->loaded[i].size >= expected ||
         cyto_fail(err, CYTO_ERROR_FORMAT, "stored array %.40s should have %zu bytes and has %zu",
                   storage->key, expected, a->loaded[i].size);
}

bool cyto_read_torch_zip(const CytoMap *map, CytoWeights *weights, CytoError *err) {
  /* PyTorch stores without compression; sixteen times the file is already a bomb. */
  CYTO_CLEANUP(close_archive) Archive a = {.budget = map->size * 16 + (1 << 20)};
  if (!open_zip(map, &a.zip, err) || !find_top(&a, err) || !check_byte_order(&a, err))
    return false;
  CYTO_AUTOFREE char *name = member_name(&a, "", "data.pkl", err);
  CYTO_AUTOFREE uint8_t *bytes = NULL;
  size_t size;
  CytoPickle *pickle = NULL;
  if (!name || !read_member(&a, name, PICKLE_LIMIT, &bytes, &size, err) ||
      !cyto_pickle_read(bytes, size, cyto_torch_globals, &pickle, NULL, err))
    return false;
  CytoStateSource source = {&a, load_storage, map->size * 2};
  bool fine = cyto_read_state_dict(cyto_pickle_root(pickle), &source, weights, err);
  cyto_pickle_free(pickle);
  return fine;
}

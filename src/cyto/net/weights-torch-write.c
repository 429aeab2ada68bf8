/* A checkpoint in PyTorch's zip container (algorithm.md §2.2–2.4). */
#include "../base/mem.h"
#include "../base/pickle-write.h"
#include "weights-private.h"
#include <string.h>
#include <zip.h>

#define TOP "archive/"

typedef struct Checkpoint {
  zip_t *zip;
  size_t offset; /* where the next member will begin */
  CytoStr pickle;
  const char *path;
  CytoError *err;
} Checkpoint;

static void clear_checkpoint(Checkpoint *c) {
  cyto_str_clear(&c->pickle);
}

static bool fail_zip(const Checkpoint *c) {
  return cyto_fail(c->err, CYTO_ERROR_IO, "cannot write %s: %s", c->path, zip_strerror(c->zip));
}

/* A stored member whose data begins at a multiple of 64, as PyTorch has it: the extra field of the
 * local header fills the gap. `take` hands the block over to libzip. */
static bool add_member(Checkpoint *c, const char *name, const void *data, size_t size, bool take) {
  static const uint8_t padding[64];
  zip_source_t *source = zip_source_buffer(c->zip, data, size, take);
  if (!source) {
    if (take)
      free((void *)(uintptr_t)data);
    return fail_zip(c);
  }
  zip_int64_t index = zip_file_add(c->zip, name, source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return fail_zip(c);
  }
  size_t begin = c->offset + 30 + strlen(name) + 4, gap = (64 - begin % 64) % 64;
  c->offset = begin + gap + size;
  zip_uint64_t i = (zip_uint64_t)index;
  if (zip_set_file_compression(c->zip, i, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(c->zip, i, 0, 1 << 5 | 1, 0) != 0 ||
      zip_file_extra_field_set(c->zip, i, 0x4246, 0, padding, (zip_uint16_t)gap, ZIP_FL_LOCAL) != 0)
    return fail_zip(c);
  return true;
}

/* Memo numbers of what every tensor repeats. */
enum { MEMO_ORDERED, MEMO_REBUILD, MEMO_STORAGE, MEMO_FLOAT, MEMO_LONG, MEMO_CPU };

static void recall(CytoPickler *p, const char *module, const char *name, uint32_t memo,
                   bool *known) {
  if (*known) {
    cyto_pickler_get(p, memo);
    return;
  }
  if (module)
    cyto_pickler_global(p, module, name);
  else
    cyto_pickler_str(p, name);
  cyto_pickler_put(p, memo);
  *known = true;
}

static void put_sizes(CytoPickler *p, unsigned ndim, const size_t *sizes) {
  cyto_pickler_mark(p);
  for (unsigned i = 0; i < ndim; i++)
    cyto_pickler_int(p, (int64_t)sizes[i]);
  cyto_pickler_tuple(p, -1);
}

/* Key and the call that rebuilds the tensor from its storage (§2.3). */
static void put_tensor(CytoPickler *p, const CytoTensor *t, size_t key, bool known[6]) {
  char text[24];
  size_t stride[4];
  for (size_t i = t->ndim, step = 1; i-- > 0; step *= t->shape[i])
    stride[i] = step;
  snprintf(text, sizeof text, "%zu", key);
  cyto_pickler_str(p, t->name);
  recall(p, "torch._utils", "_rebuild_tensor_v2", MEMO_REBUILD, &known[MEMO_REBUILD]);
  cyto_pickler_mark(p);
  cyto_pickler_mark(p);
  recall(p, NULL, "storage", MEMO_STORAGE, &known[MEMO_STORAGE]);
  if (t->integer)
    recall(p, "torch", "LongStorage", MEMO_LONG, &known[MEMO_LONG]);
  else
    recall(p, "torch", "FloatStorage", MEMO_FLOAT, &known[MEMO_FLOAT]);
  cyto_pickler_str(p, text);
  recall(p, NULL, "cpu", MEMO_CPU, &known[MEMO_CPU]);
  cyto_pickler_int(p, (int64_t)cyto_tensor_count(t));
  cyto_pickler_tuple(p, -1);
  cyto_pickler_persid(p);
  cyto_pickler_int(p, 0);
  put_sizes(p, t->ndim, t->shape);
  put_sizes(p, t->ndim, stride);
  cyto_pickler_bool(p, false);
  recall(p, "collections", "OrderedDict", MEMO_ORDERED, &known[MEMO_ORDERED]);
  cyto_pickler_tuple(p, 0);
  cyto_pickler_reduce(p);
  cyto_pickler_tuple(p, -1);
  cyto_pickler_reduce(p);
}

static bool add_storage(Checkpoint *c, const CytoTensor *t, size_t key) {
  char name[40];
  size_t values = cyto_tensor_count(t);
  snprintf(name, sizeof name, TOP "data/%zu", key);
  if (!t->integer)
    return add_member(c, name, t->data, values * sizeof *t->data, false);
  int64_t *integers = cyto_alloc(values, sizeof *integers, c->err);
  if (!integers)
    return false;
  for (size_t i = 0; i < values; i++)
    integers[i] = cyto_to_i64(t->data[i]);
  return add_member(c, name, integers, values * sizeof *integers, true);
}

static bool add_pickle(Checkpoint *c, const CytoTensor *tensor, size_t count) {
  CytoPickler p = {.str = &c->pickle};
  bool known[6] = {[MEMO_ORDERED] = true};
  cyto_pickler_start(&p, 2);
  cyto_pickler_global(&p, "collections", "OrderedDict");
  cyto_pickler_put(&p, MEMO_ORDERED);
  cyto_pickler_tuple(&p, 0);
  cyto_pickler_reduce(&p);
  cyto_pickler_mark(&p);
  for (size_t i = 0; i < count; i++)
    put_tensor(&p, &tensor[i], i, known);
  cyto_pickler_set_items(&p);
  if (!cyto_pickler_stop(&p))
    return cyto_fail(c->err, CYTO_ERROR_MEMORY, "out of memory while writing %s", c->path);
  return add_member(c, TOP "data.pkl", c->pickle.text, c->pickle.length, false);
}

static bool add_members(Checkpoint *c, const CytoTensor *tensor, size_t count) {
  if (!add_pickle(c, tensor, count) || !add_member(c, TOP "byteorder", "little", 6, false))
    return false;
  for (size_t i = 0; i < count; i++)
    if (!add_storage(c, &tensor[i], i))
      return false;
  return add_member(c, TOP "version", "3\n", 2, false);
}

static bool write_zip(Checkpoint *c, const char *path, const CytoTensor *tensor, size_t count) {
  int code;
  c->zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
  if (!c->zip) {
    zip_error_t why;
    zip_error_init_with_code(&why, code);
    cyto_fail(c->err, CYTO_ERROR_IO, "cannot write %s: %s", c->path, zip_error_strerror(&why));
    zip_error_fini(&why);
    return false;
  }
  if (add_members(c, tensor, count)) {
    if (zip_close(c->zip) == 0)
      return true;
    fail_zip(c);
  }
  zip_discard(c->zip);
  return false;
}

bool cyto_weights_write_torch(const CytoWeights *weights, const char *path, CytoError *err) {
  /* Both diameters first, then every tensor (§1.9). */
  double mean = weights->diam_mean > 0 ? weights->diam_mean : 30;
  float diameter[2] = {(float)mean,
                       (float)(weights->diam_labels > 0 ? weights->diam_labels : mean)};
  static char names[2][12] = {"diam_mean", "diam_labels"};
  size_t count = weights->count + 2;
  CYTO_AUTOFREE CytoTensor *tensor = cyto_alloc(count, sizeof *tensor, err);
  CYTO_CLEANUP(cyto_writer_abort) CytoWriter writer = {0};
  if (!tensor || !cyto_writer_begin(&writer, path, err))
    return false;
  for (size_t i = 0; i < 2; i++)
    tensor[i] = (CytoTensor){.name = names[i], .ndim = 1, .shape = {1}, .data = &diameter[i]};
  if (weights->count)
    memcpy(tensor + 2, weights->tensor, weights->count * sizeof *tensor);
  CYTO_CLEANUP(clear_checkpoint) Checkpoint c = {.path = path, .err = err};
  return cyto_writer_release_stream(&writer, err) &&
         write_zip(&c, writer.temporary, tensor, count) && cyto_writer_commit(&writer, err);
}

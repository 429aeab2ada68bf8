#include "../base/mem.h"
#include "../base/npy-header.h"
#include "../base/pickle-write.h"
#include "weights-private.h"
#include <string.h>

/* algorithm.md §12.1; numpy.core is the name that every NumPy understands. */
static void put_dtype(CytoPickler *p, const char *name, const char *order, int64_t flags) {
  cyto_pickler_global(p, "numpy", "dtype");
  cyto_pickler_str(p, name);
  cyto_pickler_bool(p, false);
  cyto_pickler_bool(p, true);
  cyto_pickler_tuple(p, 3);
  cyto_pickler_reduce(p);
  cyto_pickler_mark(p);
  cyto_pickler_int(p, 3);
  cyto_pickler_str(p, order);
  for (int i = 0; i < 3; i++)
    cyto_pickler_none(p);
  cyto_pickler_int(p, -1);
  cyto_pickler_int(p, -1);
  cyto_pickler_int(p, flags);
  cyto_pickler_tuple(p, -1);
  cyto_pickler_build(p);
}

/* An empty array and the mark, version, shape, type and order of its state; data comes next. */
static void open_array(CytoPickler *p, const size_t *n, const char *dtype, const char *order,
                       int64_t flags) {
  cyto_pickler_global(p, "numpy.core.multiarray", "_reconstruct");
  cyto_pickler_global(p, "numpy", "ndarray");
  cyto_pickler_int(p, 0);
  cyto_pickler_tuple(p, 1);
  cyto_pickler_bytes(p, 1);
  cyto_pickler_raw(p, "b", 1);
  cyto_pickler_tuple(p, 3);
  cyto_pickler_reduce(p);
  cyto_pickler_mark(p);
  cyto_pickler_int(p, 1);
  if (n)
    cyto_pickler_int(p, (int64_t)*n);
  cyto_pickler_tuple(p, n ? 1 : 0);
  put_dtype(p, dtype, order, flags);
  cyto_pickler_bool(p, false);
}

static void close_array(CytoPickler *p) {
  cyto_pickler_tuple(p, -1);
  cyto_pickler_build(p);
}

/* Little-endian bytes of one value. */
static void put_value(CytoPickler *p, double value, bool single) {
  float f32 = (float)value;
  uint64_t bits = 0;
  unsigned char bytes[8];
  size_t width = single ? 4 : 8;
  uint32_t low;
  memcpy(&bits, &value, sizeof bits);
  memcpy(&low, &f32, sizeof low);
  if (single)
    bits = low;
  for (size_t i = 0; i < width; i++)
    bytes[i] = (unsigned char)(bits >> (8 * i));
  cyto_pickler_raw(p, bytes, width);
}

static bool all_single(const double *x, size_t n) {
  for (size_t i = 0; i < n; i++)
    if ((double)(float)x[i] != x[i])
      return false;
  return true;
}

static void put_array(CytoPickler *p, const double *x, size_t n, bool single) {
  open_array(p, &n, single ? "f4" : "f8", "<", 0);
  cyto_pickler_bytes(p, n * (single ? 4 : 8));
  for (size_t i = 0; i < n; i++)
    put_value(p, x[i], single);
  close_array(p);
}

static void put_scalar(CytoPickler *p, double x) {
  bool single = all_single(&x, 1);
  cyto_pickler_global(p, "numpy.core.multiarray", "scalar");
  put_dtype(p, single ? "f4" : "f8", "<", 0);
  cyto_pickler_bytes(p, single ? 4 : 8);
  put_value(p, x, single);
  cyto_pickler_tuple(p, 2);
  cyto_pickler_reduce(p);
}

/* Types as Cellpose writes them (A double, smean single) unless that would lose bits. */
static void put_size_model(CytoPickler *p, const CytoSizeModel *size) {
  cyto_pickler_start(p, 3);
  open_array(p, NULL, "O8", "|", 63);
  cyto_pickler_list(p);
  cyto_pickler_mark(p);
  cyto_pickler_dict(p);
  cyto_pickler_mark(p);
  cyto_pickler_str(p, "A");
  put_array(p, size->a, size->n, false);
  cyto_pickler_str(p, "smean");
  put_array(p, size->smean, size->n, all_single(size->smean, size->n));
  cyto_pickler_str(p, "diam_mean");
  cyto_pickler_float(p, size->diam_mean);
  cyto_pickler_str(p, "ymean");
  put_scalar(p, size->ymean);
  cyto_pickler_set_items(p);
  cyto_pickler_appends(p);
  close_array(p);
}

bool cyto_size_model_write(const CytoSizeModel *size, const char *path, CytoError *err) {
  char header[CYTO_NPY_HEADER];
  cyto_npy_header(header, "{'descr': '|O', 'fortran_order': False, 'shape': (), }");
  CYTO_CLEANUP(cyto_writer_abort) CytoWriter writer = {0};
  if (!cyto_writer_begin(&writer, path, err))
    return false;
  CytoPickler p = {.stream = writer.stream};
  cyto_pickler_raw(&p, header, sizeof header);
  put_size_model(&p, size);
  if (!cyto_pickler_stop(&p))
    return cyto_fail_errno(err, "write", path);
  return cyto_writer_commit(&writer, err);
}

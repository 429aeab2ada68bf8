#include "seg-pickle.h"
#include <string.h>

enum { NOT_YET = UINT32_MAX };

static const char *const KIND_NAME[SEG_KINDS] = {"O8", "u1", "u2", "u4", "f4", "b1"};
static const uint8_t KIND_SIZE[SEG_KINDS] = {0, 1, 2, 4, 4, 1};

uint32_t seg_remember(SegWriter *w) {
  cyto_pickler_put(&w->pickle, w->next);
  return w->next++;
}

void seg_add_int(SegWriter *w, int64_t value) {
  if (value > UINT8_MAX && value <= UINT16_MAX)
    cyto_pickler_raw(&w->pickle, (uint8_t[]){'M', (uint8_t)value, (uint8_t)(value >> 8)}, 3);
  else
    cyto_pickler_int(&w->pickle, value);
}

void seg_add_str(SegWriter *w, const char *text) {
  cyto_pickler_str(&w->pickle, text);
  seg_remember(w);
}

void seg_add_list(SegWriter *w) {
  cyto_pickler_list(&w->pickle);
  seg_remember(w);
}

/* A string that Python keeps once. */
static void add_shared(SegWriter *w, uint32_t *number, const char *text) {
  if (*number != NOT_YET) {
    cyto_pickler_get(&w->pickle, *number);
    return;
  }
  cyto_pickler_str(&w->pickle, text);
  *number = seg_remember(w);
}

static void add_dtype(SegWriter *w, SegKind kind) {
  CytoPickler *p = &w->pickle;
  if (w->dtype[kind] != NOT_YET) {
    cyto_pickler_get(p, w->dtype[kind]);
    return;
  }
  if (w->dtype_class == NOT_YET) {
    cyto_pickler_global(p, "numpy", "dtype");
    w->dtype_class = seg_remember(w);
  } else {
    cyto_pickler_get(p, w->dtype_class);
  }
  seg_add_str(w, KIND_NAME[kind]);
  cyto_pickler_bool(p, false);
  cyto_pickler_bool(p, true);
  cyto_pickler_tuple(p, 3);
  seg_remember(w);
  cyto_pickler_reduce(p);
  w->dtype[kind] = seg_remember(w);
  cyto_pickler_mark(p);
  cyto_pickler_int(p, 3);
  if (KIND_SIZE[kind] > 1)
    add_shared(w, &w->little, "<");
  else
    add_shared(w, &w->swap_free, "|");
  for (int i = 0; i < 3; i++)
    cyto_pickler_none(p);
  cyto_pickler_int(p, -1);
  cyto_pickler_int(p, -1);
  cyto_pickler_int(p, kind == SEG_OBJECT ? 63 : 0);
  cyto_pickler_tuple(p, -1);
  seg_remember(w);
  cyto_pickler_build(p);
}

static void add_shape(SegWriter *w, unsigned ndim, const size_t *shape) {
  CytoPickler *p = &w->pickle;
  if (ndim > 3)
    cyto_pickler_mark(p);
  for (unsigned i = 0; i < ndim; i++)
    seg_add_int(w, (int64_t)shape[i]);
  cyto_pickler_tuple(p, ndim > 3 ? -1 : (int)ndim);
  if (ndim > 0)
    seg_remember(w);
}

/* Everything of an array up to its data (algorithm.md §12.1). */
static void begin_array(SegWriter *w, SegKind kind, unsigned ndim, const size_t *shape) {
  CytoPickler *p = &w->pickle;
  const bool first = w->reconstruct == NOT_YET;
  if (first) {
    cyto_pickler_global(p, "numpy.core.multiarray", "_reconstruct");
    w->reconstruct = seg_remember(w);
    cyto_pickler_global(p, "numpy", "ndarray");
    w->ndarray = seg_remember(w);
  } else {
    cyto_pickler_get(p, w->reconstruct);
    cyto_pickler_get(p, w->ndarray);
  }
  cyto_pickler_int(p, 0);
  cyto_pickler_tuple(p, 1);
  seg_remember(w);
  if (first) {
    cyto_pickler_bytes(p, 1);
    cyto_pickler_raw(p, "b", 1);
    w->b = seg_remember(w);
  } else {
    cyto_pickler_get(p, w->b);
  }
  cyto_pickler_tuple(p, 3);
  seg_remember(w);
  cyto_pickler_reduce(p);
  seg_remember(w);
  cyto_pickler_mark(p);
  cyto_pickler_int(p, 1);
  add_shape(w, ndim, shape);
  add_dtype(w, kind);
  cyto_pickler_bool(p, false);
}

static void end_array(SegWriter *w) {
  cyto_pickler_tuple(&w->pickle, -1);
  seg_remember(w);
  cyto_pickler_build(&w->pickle);
}

void seg_begin_data(SegWriter *w, SegKind kind, unsigned ndim, const size_t *shape) {
  uint64_t bytes = KIND_SIZE[kind];
  for (unsigned i = 0; i < ndim; i++)
    bytes *= shape[i];
  begin_array(w, kind, ndim, shape);
  cyto_pickler_bytes(&w->pickle, bytes);
}

void seg_end_data(SegWriter *w) {
  seg_remember(w);
  end_array(w);
}

void seg_add_zeros(SegWriter *w, unsigned ndim, const size_t *shape) {
  static const uint8_t ZEROS[4096];
  size_t left = 1;
  for (unsigned i = 0; i < ndim; i++)
    left *= shape[i];
  seg_begin_data(w, SEG_U1, ndim, shape);
  for (; left > sizeof ZEROS; left -= sizeof ZEROS)
    cyto_pickler_raw(&w->pickle, ZEROS, sizeof ZEROS);
  cyto_pickler_raw(&w->pickle, ZEROS, left);
  seg_end_data(w);
}

void seg_begin_object(SegWriter *w) {
  begin_array(w, SEG_OBJECT, 0, NULL);
  seg_add_list(w);
}

void seg_end_object(SegWriter *w) {
  cyto_pickler_raw(&w->pickle, "a", 1); /* the object goes into the list */
  end_array(w);
}

void seg_writer_init(SegWriter *w, FILE *stream) {
  memset(w, 0xff, sizeof *w); /* every number NOT_YET */
  w->pickle = (CytoPickler){.stream = stream};
  w->next = 0;
}

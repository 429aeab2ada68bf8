/* Writing the pickles of NumPy arrays, byte for byte as NumPy would (algorithm.md §12.1). */
#pragma once
#include "../base/pickle-write.h"
#include <stdint.h>

typedef enum { SEG_OBJECT, SEG_U1, SEG_U2, SEG_U4, SEG_F4, SEG_BOOL, SEG_KINDS } SegKind;

/* The memo follows Python's: every new object takes the next number, and what the same object was
 * when NumPy pickled it is fetched by its number; so the bytes are those that NumPy would write. */
typedef struct SegWriter {
  CytoPickler pickle;
  uint32_t next;
  uint32_t reconstruct, ndarray, b, dtype_class, swap_free, little;
  uint32_t dtype[SEG_KINDS];
} SegWriter;

void seg_writer_init(SegWriter *w, FILE *stream);
uint32_t seg_remember(SegWriter *w); /* gives the value just written its number */

void seg_add_int(SegWriter *w, int64_t value);
void seg_add_str(SegWriter *w, const char *text);
void seg_add_list(SegWriter *w); /* empty; appends go on top */

/* A plain array: begin, then the data with cyto_pickler_raw, then end. */
void seg_begin_data(SegWriter *w, SegKind kind, unsigned ndim, const size_t *shape);
void seg_end_data(SegWriter *w);
void seg_add_zeros(SegWriter *w, unsigned ndim, const size_t *shape); /* of bytes */

/* The array of no dimension that holds one object, which the caller writes in between. */
void seg_begin_object(SegWriter *w);
void seg_end_object(SegWriter *w);

/* Writes pickles one instruction at a time, enough for PyTorch's state dicts (protocol 2) and
 * NumPy's object arrays (protocol 3). The caller keeps the order: a call is global, arguments,
 * tuple, reduce; a dictionary is dict, mark, key, value, …, set_items. */
#pragma once
#include "text.h"
#include <stdio.h>

/* Give one of the two sinks. Failed writes are remembered: check cyto_pickler_stop. */
typedef struct CytoPickler {
  FILE *stream;
  CytoStr *str;
  bool failed;
} CytoPickler;

void cyto_pickler_start(CytoPickler *p, unsigned protocol);
bool cyto_pickler_stop(CytoPickler *p); /* false when any write failed */

void cyto_pickler_none(CytoPickler *p);
void cyto_pickler_bool(CytoPickler *p, bool value);
void cyto_pickler_int(CytoPickler *p, int64_t value);
void cyto_pickler_float(CytoPickler *p, double value);
void cyto_pickler_str(CytoPickler *p, const char *utf8);
/* Announces `size` bytes (protocol 3), which the caller hands on with cyto_pickler_raw in pieces.
 */
void cyto_pickler_bytes(CytoPickler *p, uint64_t size);
void cyto_pickler_raw(CytoPickler *p, const void *bytes, size_t size);

void cyto_pickler_mark(CytoPickler *p);
void cyto_pickler_list(CytoPickler *p); /* [] */
void cyto_pickler_appends(
    CytoPickler *p);                    /* what lies above the mark goes into the list below it */
void cyto_pickler_dict(CytoPickler *p); /* {} */
void cyto_pickler_set_items(
    CytoPickler *p); /* keys and values above the mark go into the dictionary */
void cyto_pickler_tuple(CytoPickler *p,
                        int n); /* the last n values (0..3), or -1: down to the mark */

void cyto_pickler_global(CytoPickler *p, const char *module, const char *name);
void cyto_pickler_reduce(CytoPickler *p);              /* callable, tuple → object */
void cyto_pickler_build(CytoPickler *p);               /* object, state → object */
void cyto_pickler_persid(CytoPickler *p);              /* id → persistent object */
void cyto_pickler_put(CytoPickler *p, uint32_t index); /* remembers the last value; 0, 1, 2, … */
void cyto_pickler_get(CytoPickler *p, uint32_t index);

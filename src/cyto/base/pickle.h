/* Python pickles as data. The reader is a machine that knows values only: it looks no name up,
 * calls nothing and imports nothing; a global outside the caller's list ends the reading with its
 * name. */
#pragma once
#include "error.h"
#include <stdint.h>

typedef enum {
  CYTO_PKL_NONE,
  CYTO_PKL_BOOL,
  CYTO_PKL_INT,
  CYTO_PKL_FLOAT,
  CYTO_PKL_STR,
  CYTO_PKL_BYTES,
  CYTO_PKL_LIST,
  CYTO_PKL_TUPLE,
  CYTO_PKL_DICT,
  CYTO_PKL_GLOBAL, /* text = "module name" with one space */
  CYTO_PKL_OBJECT, /* callable(args) as found by REDUCE/NEWOBJ, and the state of BUILD */
  CYTO_PKL_PERSID, /* item[0] = the persistent id */
} CytoPklKind;

typedef struct CytoPkl CytoPkl;
struct CytoPkl {
  CytoPklKind kind;
  int64_t integer; /* INT (integers beyond 64 bits: big is set, integer is 0), BOOL */
  bool big;
  double number;    /* FLOAT */
  const char *text; /* STR (UTF-8), BYTES, GLOBAL: `length` bytes; STR, GLOBAL also NUL-ended */
  size_t length;
  CytoPkl **item; /* LIST, TUPLE: count values; DICT and OBJECT state items: key, value, … */
  size_t count;   /* number of entries in item (twice the pairs for a DICT) */
  const CytoPkl *callable, *args, *state; /* OBJECT; state NULL when there was no BUILD */
};

typedef struct CytoPickle CytoPickle; /* owns every node */

/* Reads one pickle (protocols 0 to 5) from the start of data. `globals` is a NULL-ended list of the
 * "module name" pairs that may occur. BYTES may point into data: keep it. *used (may be NULL) =
 * bytes consumed. The tree may share nodes and (from a hostile file) contain cycles: walkers bound
 * their depth. Memory is at most a small multiple of size. Sets come as LIST, frozen sets as TUPLE;
 * a str of Python 2 is STR when it is UTF-8 and BYTES otherwise (raw array data of old files: take
 * both). */
bool cyto_pickle_read(const uint8_t *data, size_t size, const char *const *globals,
                      CytoPickle **out, size_t *used, CytoError *err);
void cyto_pickle_free(CytoPickle *pickle);
/* The same for CYTO_CLEANUP. */
static inline void cyto_pickle_drop(CytoPickle **pickle) {
  cyto_pickle_free(*pickle);
}
const CytoPkl *cyto_pickle_root(const CytoPickle *pickle);
/* Every PERSID node in the order of the file. */
CytoPkl *const *cyto_pickle_persids(const CytoPickle *pickle, size_t *count);

/* Value of a string key in a DICT (also an OBJECT of an OrderedDict with SETITEMS), or NULL. */
const CytoPkl *cyto_pkl_get(const CytoPkl *dict, const char *key);
bool cyto_pkl_is_global(const CytoPkl *node, const char *module_name);

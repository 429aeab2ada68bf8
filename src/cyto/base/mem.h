/* Allocation that checks sizes before multiplying, and owners that clean up at the end of a scope.
 */
#pragma once
#include "error.h"
#include <stdint.h>
#include <stdlib.h>

/* count*size bytes, aligned to 64, not cleared; freed with free(). NULL with err set on overflow or
 * when memory is short. A request for 0 bytes gives a valid pointer. */
void *cyto_alloc(size_t count, size_t size, CytoError *err) __attribute__((malloc));

/* The same, cleared. */
void *cyto_calloc(size_t count, size_t size, CytoError *err) __attribute__((malloc));

/* Grows a heap array to `count` elements of `size` bytes (plain realloc, checked); NULL leaves the
 * old block valid and err set. The result has malloc's alignment only. */
void *cyto_realloc(void *block, size_t count, size_t size, CytoError *err);

/* Heap copy of a string; NULL with err set when memory is short. */
char *cyto_strdup(const char *text, CytoError *err);

/* Puts a heap copy of text in place of the heap string in *slot. */
bool cyto_set_text(char **slot, const char *text, CytoError *err);

/* a*b (a+b) into *out; false when it does not fit size_t. */
bool cyto_mul(size_t a, size_t b, size_t *out);
bool cyto_add(size_t a, size_t b, size_t *out);

/* `CYTO_AUTOFREE char *name = NULL;` frees the block when the scope ends; hand it over with
 * cyto_steal(&name). Every such declaration has an initialiser. */
static inline void cyto_autofree_(void *slot) {
  free(*(void **)slot);
}
#define CYTO_AUTOFREE __attribute__((cleanup(cyto_autofree_)))

/* Takes the pointer out of *slot and leaves NULL there. */
#define cyto_steal(slot)                                                                           \
  __extension__({                                                                                  \
    __typeof__(*(slot)) stolen_ = *(slot);                                                         \
    *(slot) = NULL;                                                                                \
    stolen_;                                                                                       \
  })

/* CYTO_CLEANUP(fn) Type x = …;  calls fn(&x) at the end of the scope. */
#define CYTO_CLEANUP(fn) __attribute__((cleanup(fn)))

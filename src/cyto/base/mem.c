#include "mem.h"
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 64, HUGE_PAGE = 2 << 20 };

bool cyto_set_text(char **slot, const char *text, CytoError *err) {
  char *copy = cyto_strdup(text, err);
  if (!copy)
    return false;
  free(*slot);
  *slot = copy;
  return true;
}

bool cyto_mul(size_t a, size_t b, size_t *out) {
  return !__builtin_mul_overflow(a, b, out);
}

bool cyto_add(size_t a, size_t b, size_t *out) {
  return !__builtin_add_overflow(a, b, out);
}

static void fail_short(CytoError *err, size_t count, size_t size) {
  cyto_fail(err, CYTO_ERROR_MEMORY,
            "out of memory: %zu elements of %zu bytes could not be allocated", count, size);
}

/* Large blocks ask for huge pages: filling fresh ones costs a fraction of the page faults. */
static void *aligned_block(size_t bytes) {
  size_t alignment = bytes >= HUGE_PAGE ? HUGE_PAGE : ALIGNMENT, padded;
  if (!cyto_add(bytes, ALIGNMENT, &padded) || padded > SIZE_MAX / 2)
    return NULL;
  void *block = NULL;
  if (posix_memalign(&block, alignment, padded / ALIGNMENT * ALIGNMENT) != 0)
    return NULL;
#ifdef MADV_HUGEPAGE
  if (alignment == HUGE_PAGE)
    madvise(block, bytes, MADV_HUGEPAGE);
#endif
  return block;
}

void *cyto_alloc(size_t count, size_t size, CytoError *err) {
  size_t bytes;
  void *block = cyto_mul(count, size, &bytes) ? aligned_block(bytes) : NULL;
  if (!block)
    fail_short(err, count, size);
  return block;
}

void *cyto_calloc(size_t count, size_t size, CytoError *err) {
  void *block = cyto_alloc(count, size, err);
  if (block)
    memset(block, 0, count * size);
  return block;
}

void *cyto_realloc(void *block, size_t count, size_t size, CytoError *err) {
  size_t bytes;
  void *grown = NULL;
  if (cyto_mul(count, size, &bytes))
    grown = realloc(block, bytes ? bytes : 1);
  if (!grown)
    fail_short(err, count, size);
  return grown;
}

char *cyto_strdup(const char *text, CytoError *err) {
  size_t size = strlen(text) + 1;
  char *copy = cyto_alloc(size, 1, err);
  if (copy)
    memcpy(copy, text, size);
  return copy;
}

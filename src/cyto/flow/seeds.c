#include "seeds.h"
#include <stdbool.h>

enum { SHORT = 16 }; /* ranges this short are left to the last insertion sort */

static inline bool less(const CytoSeed *a, const CytoSeed *b) {
  return a->count < b->count;
}

static inline void swap(CytoSeed *a, CytoSeed *b) {
  CytoSeed kept = *a;
  *a = *b;
  *b = kept;
}

/* Floyd's way: the hole sinks to a leaf along the larger children (the right one of equals), then
 * `value` rises to its place. Another order of moves would order ties differently. */
static void sift(CytoSeed *heap, size_t hole, size_t n, CytoSeed value) {
  const size_t top = hole;
  for (size_t child; (child = 2 * hole + 1) < n; hole = child) {
    if (child + 1 < n && !less(&heap[child + 1], &heap[child]))
      child++;
    heap[hole] = heap[child];
  }
  for (size_t parent; hole > top; hole = parent) {
    parent = (hole - 1) / 2;
    if (!less(&heap[parent], &value))
      break;
    heap[hole] = heap[parent];
  }
  heap[hole] = value;
}

/* The way out when pivots keep splitting badly: never quadratic. */
static void heap_sort(CytoSeed *seed, size_t n) {
  for (size_t parent = n / 2; parent-- > 0;)
    sift(seed, parent, n, seed[parent]);
  for (size_t last = n; last-- > 1;) {
    CytoSeed value = seed[last];
    seed[last] = seed[0];
    sift(seed, 0, last, value);
  }
}

static CytoSeed *median(CytoSeed *a, CytoSeed *b, CytoSeed *c) {
  if (less(a, b))
    return less(b, c) ? b : less(a, c) ? c : a;
  return less(a, c) ? a : less(b, c) ? c : b;
}

/* Splits [first+1, end) around the median of three, put at `first`; where the upper part begins. */
static CytoSeed *partition(CytoSeed *first, CytoSeed *end) {
  swap(first, median(first + 1, first + (end - first) / 2, end - 1));
  CytoSeed *i = first + 1, *j = end;
  for (;; i++) {
    while (less(i, first))
      i++;
    j--;
    while (less(first, j))
      j--;
    if (i >= j)
      return i;
    swap(i, j);
  }
}

static void split(CytoSeed *first, CytoSeed *end, unsigned depth) {
  while (end - first > SHORT) {
    if (depth-- == 0) {
      heap_sort(first, (size_t)(end - first));
      return;
    }
    CytoSeed *cut = partition(first, end);
    split(cut, end, depth);
    end = cut;
  }
}

static void insertion_sort(CytoSeed *seed, size_t n) {
  for (size_t i = 1; i < n; i++) {
    CytoSeed value = seed[i];
    size_t k = i;
    bool to_front = i < SHORT && less(&value, &seed[0]);
    while (k > 0 && (to_front || less(&value, &seed[k - 1]))) {
      seed[k] = seed[k - 1];
      k--;
    }
    seed[k] = value;
  }
}

void cyto_seeds_sort(CytoSeed *seed, size_t n) {
  unsigned log2 = 0;
  for (size_t k = n; k > 1; k /= 2)
    log2++;
  split(seed, seed + n, 2 * log2);
  insertion_sort(seed, n);
}

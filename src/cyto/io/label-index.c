#include "label-index.h"
#include "../base/mem.h"
#include <string.h>

static int compare_u32(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Numbers are dense, as in nearly every picture: one pass over a table of all of them. */
static bool index_by_table(CytoLabelIndex *index, const uint32_t *labels, size_t n, uint32_t top,
                           CytoError *err) {
  CYTO_AUTOFREE uint32_t *table = cyto_calloc((size_t)top + 1, sizeof *table, err);
  if (!table)
    return false;
  for (size_t i = 0; i < n; i++)
    table[labels[i]] = 1;
  size_t count = 0;
  for (size_t k = 1; k <= top; k++)
    count += table[k];
  uint32_t *list = cyto_alloc(count, sizeof *list, err);
  if (!list)
    return false;
  uint32_t place = 0;
  for (size_t k = 1; k <= top; k++)
    if (table[k]) {
      list[place] = (uint32_t)k;
      table[k] = place++;
    }
  *index = (CytoLabelIndex){count, list, cyto_steal(&table), top};
  return true;
}

static bool index_by_sorting(CytoLabelIndex *index, const uint32_t *labels, size_t n,
                             CytoError *err) {
  size_t runs = 0, count = 0;
  for (size_t i = 0; i < n; i++)
    runs += labels[i] && (i == 0 || labels[i] != labels[i - 1]);
  CYTO_AUTOFREE uint32_t *list = cyto_alloc(runs, sizeof *list, err);
  if (!list)
    return false;
  runs = 0;
  for (size_t i = 0; i < n; i++)
    if (labels[i] && (i == 0 || labels[i] != labels[i - 1]))
      list[runs++] = labels[i];
  qsort(list, runs, sizeof *list, compare_u32);
  for (size_t i = 0; i < runs; i++)
    if (count == 0 || list[count - 1] != list[i])
      list[count++] = list[i];
  *index = (CytoLabelIndex){.count = count, .label = cyto_steal(&list)};
  return true;
}

bool cyto_label_index_init(CytoLabelIndex *index, const uint32_t *labels, size_t n,
                           CytoError *err) {
  uint32_t top = 0;
  for (size_t i = 0; i < n; i++)
    top = labels[i] > top ? labels[i] : top;
  if (top / 4 <= n + 65536)
    return index_by_table(index, labels, n, top, err);
  return index_by_sorting(index, labels, n, err);
}

void cyto_label_index_clear(CytoLabelIndex *index) {
  free(index->label);
  free(index->table);
  *index = (CytoLabelIndex){0};
}

size_t cyto_label_index_find(const CytoLabelIndex *index, uint32_t label) {
  if (index->table)
    return index->table[label];
  const uint32_t *found =
      bsearch(&label, index->label, index->count, sizeof *index->label, compare_u32);
  return (size_t)(found - index->label);
}

#include "../base/mem.h"
#include "weights-private.h"
#include <string.h>

static bool copy_tensor(const CytoTensor *from, CytoTensor *to, CytoError *err) {
  size_t count = cyto_tensor_count(from);
  *to = *from;
  to->borrowed = false;
  to->name = cyto_strdup(from->name, err);
  to->data = to->name ? cyto_alloc(count, sizeof(float), err) : NULL;
  if (to->data)
    memcpy(to->data, from->data, count * sizeof(float));
  return to->data != NULL;
}

static bool copy_text(const char *from, char **to, CytoError *err) {
  *to = from ? cyto_strdup(from, err) : NULL;
  return !from || *to;
}

static bool copy_size(const CytoSizeModel *from, CytoSizeModel *to, CytoError *err) {
  if (from->n == 0)
    return true;
  *to = *from;
  to->a = cyto_alloc(from->n, sizeof *to->a, err);
  to->smean = cyto_alloc(from->n, sizeof *to->smean, err);
  if (!to->a || !to->smean)
    return false;
  memcpy(to->a, from->a, from->n * sizeof *to->a);
  memcpy(to->smean, from->smean, from->n * sizeof *to->smean);
  return true;
}

bool cyto_weights_copy(const CytoWeights *from, CytoWeights **out, CytoError *err) {
  CytoWeights *to = cyto_calloc(1, sizeof *to, err);
  CytoTensor *tensor = to ? cyto_calloc(from->count, sizeof *tensor, err) : NULL;
  bool fine = tensor != NULL;
  if (fine) {
    to->tensor = tensor;
    to->diam_mean = from->diam_mean;
    to->diam_labels = from->diam_labels;
    to->has_thresholds = from->has_thresholds;
    to->cell_threshold = from->cell_threshold;
    to->boundary_threshold = from->boundary_threshold;
  }
  for (size_t i = 0; i < from->count && fine; i++) {
    to->count = i + 1;
    fine = copy_tensor(&from->tensor[i], &to->tensor[i], err);
  }
  fine = fine && copy_size(&from->size, &to->size, err) && copy_text(from->name, &to->name, err) &&
         copy_text(from->description, &to->description, err) &&
         copy_text(from->licence, &to->licence, err) && copy_text(from->data, &to->data, err) &&
         copy_text(from->training, &to->training, err) && copy_text(from->format, &to->format, err);
  if (fine)
    *out = to;
  else
    cyto_weights_free(to);
  return fine;
}

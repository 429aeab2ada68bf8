#include "../base/mem.h"
#include "train.h"
#include <string.h>

/* A network with another head keeps all but that (algorithm.md §1.13). */
bool cyto_train_with_head(CytoWeights **weights, size_t nout, uint64_t seed, CytoError *err) {
  CytoLayout layout;
  CytoWeights *fresh = NULL;
  if (!cyto_weights_layout(*weights, &layout, err))
    return false;
  if (layout.nout == nout)
    return true;
  layout.nout = nout;
  if (!cyto_weights_random(&layout, seed, &fresh, err))
    return false;
  for (size_t i = 0; i < fresh->count; i++) {
    CytoTensor *to = &fresh->tensor[i];
    const CytoTensor *from = cyto_weights_find(*weights, to->name);
    if (from && !strstr(to->name, "output") && cyto_tensor_count(from) == cyto_tensor_count(to))
      memcpy(to->data, from->data, cyto_tensor_count(to) * sizeof *to->data);
  }
  fresh->diam_mean = (*weights)->diam_mean;
  fresh->diam_labels = (*weights)->diam_labels;
  cyto_weights_free(*weights);
  *weights = fresh;
  return true;
}

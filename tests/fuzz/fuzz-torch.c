/* libFuzzer target: any bytes as a PyTorch checkpoint of either container. */
#include "../../src/cyto/net/weights-private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  CytoMap map = {data, size};
  CytoError err = {0};
  CytoLayout layout;
  if (size < 4)
    return 0;
  CytoWeights *weights = NULL;
  bool good = cyto_weights_parse(map.data, map.size, &weights, &err);
  if (good != (weights != NULL) || good == (err.code != CYTO_OK))
    __builtin_trap();
  if (good)
    cyto_weights_layout(weights, &layout, &err);
  cyto_weights_free(weights);
  return 0;
}

/* libFuzzer target: any bytes as a size model. */
#include "../../src/cyto/net/weights-private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  CytoSizeModel model = {0};
  CytoError err = {0};
  bool good = cyto_size_model_parse(data, size, &model, &err);
  if (good == (err.code != CYTO_OK) || good != (model.n > 0))
    __builtin_trap();
  cyto_size_model_clear(&model);
  return 0;
}

/* libFuzzer target: any bytes as the header and data of a safetensors file, the length put right.
 */
#include "../../src/cyto/net/weights-private.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2)
    return 0;
  /* The first two bytes choose how much of the rest is header; half of the time that is right. */
  size_t rest = size - 2, header = (data[0] | (size_t)data[1] << 8) % (rest + 1);
  const uint8_t *end = memchr(data + 2, 0, rest);
  if (data[0] & 1 && end)
    header = (size_t)(end - data - 2);
  uint8_t *file = malloc(rest + 8);
  if (!file)
    return 0;
  for (int i = 0; i < 8; i++)
    file[i] = (uint8_t)(header >> (8 * i));
  memcpy(file + 8, data + 2, rest);
  CytoWeights *weights = NULL;
  CytoError err = {0};
  CytoLayout layout;
  bool good = cyto_weights_parse(file, rest + 8, &weights, &err);
  if (good != (weights != NULL) || good == (err.code != CYTO_OK))
    __builtin_trap();
  if (good)
    cyto_weights_layout(weights, &layout, &err);
  cyto_weights_free(weights);
  free(file);
  return 0;
}

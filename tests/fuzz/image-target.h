/* A libFuzzer target that takes any bytes as an image of one format, which the including file
 * names. */
#include "../../src/cyto/io/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  CytoReadOptions options = cyto_read_defaults();
  options.max_memory = (size_t)16 << 20;
  CytoImage *image = NULL;
  CytoError err = {0};
  CytoBytes bytes = {data, size, "fuzz"};
  bool good = FUZZED_READER(&bytes, &options, &image, NULL, &err);
  if (good != (image != NULL) || good == (err.code != CYTO_OK))
    __builtin_trap();
  cyto_image_unref(image);
  return 0;
}

/* libFuzzer target: any bytes as a _seg.npy file. */
#include "../../src/cyto/io/seg-private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  CytoSeg seg = {0};
  CytoError err = {0};
  const bool good = seg_read_bytes(data, size, (size_t)16 << 20, &seg, NULL, &err);
  if (good != (seg.masks.data != NULL) || good == (err.code != CYTO_OK))
    __builtin_trap();
  cyto_seg_clear(&seg);
  return 0;
}

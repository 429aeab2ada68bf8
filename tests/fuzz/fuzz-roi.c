/* libFuzzer target: any bytes as an ImageJ ROI or a ZIP archive of them. */
#include "../../src/cyto/io/roi-private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  enum { NY = 60, NX = 50 };
  static uint32_t labels[NY * NX];
  size_t read = SIZE_MAX, skipped = 0;
  CytoError err = {0};
  const bool good = roi_read_bytes(data, size, NY, NX, labels, &read, &skipped, &err);
  if (good != (read != SIZE_MAX) || good == (err.code != CYTO_OK))
    __builtin_trap();
  for (size_t i = 0; good && i < NY * NX; i++)
    if (labels[i] > read)
      __builtin_trap();
  return 0;
}

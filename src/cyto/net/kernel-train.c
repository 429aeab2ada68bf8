#include "kernel-train.h"
#include <string.h>

extern const CytoTrainKernel cyto_train_avx512, cyto_train_avx2, cyto_train_portable;

const CytoTrainKernel *cyto_train_kernel(const CytoKernel *kernel) {
#if defined(__x86_64__)
  if (strcmp(kernel->name, cyto_train_avx512.name) == 0)
    return &cyto_train_avx512;
  if (strcmp(kernel->name, cyto_train_avx2.name) == 0)
    return &cyto_train_avx2;
#endif
  (void)kernel;
  return &cyto_train_portable;
}

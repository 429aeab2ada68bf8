#include "kernel.h"
#include <string.h>

extern const CytoKernel cyto_kernel_avx512, cyto_kernel_avx2, cyto_kernel_portable;

static const CytoKernel *const kernels[] = {
#if defined(__x86_64__)
    &cyto_kernel_avx512,
    &cyto_kernel_avx2,
#endif
    &cyto_kernel_portable,
    NULL,
};

const CytoKernel *const *cyto_kernels(void) {
  return kernels;
}

const CytoKernel *cyto_kernel_best(void) {
  const CytoKernel *const *k = kernels;
  while (!(*k)->usable())
    k++;
  return *k;
}

const CytoKernel *cyto_kernel_named(const char *name) {
  for (const CytoKernel *const *k = kernels; *k; k++)
    if (strcmp((*k)->name, name) == 0)
      return (*k)->usable() ? *k : NULL;
  return NULL;
}

#include "kernel.h"
#include <stdlib.h>
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

const CytoKernel *cyto_kernel_chosen(CytoError *err) {
  const char *name = getenv("CYTOSCRIBE_KERNEL");
  const CytoKernel *const *k = kernels;
  if (!name || !*name)
    return cyto_kernel_best();
  while (*k && strcmp((*k)->name, name) != 0)
    k++;
  if (*k && (*k)->usable())
    return *k;
  cyto_fail(err, CYTO_ERROR_ARGUMENT,
            *k ? "CYTOSCRIBE_KERNEL is %.40s, which this processor cannot run; leave it unset for "
                 "the fastest that it can"
               : "CYTOSCRIBE_KERNEL is %.40s, which is none of the kernels avx512, avx2 and "
                 "portable; leave it unset for the fastest one",
            name);
  return NULL;
}

#define LANES 8
#define ROWS 6 /* 12 accumulators, two weight vectors, one broadcast of 16 registers */
#define KERNEL_NAME "avx2"
#define KERNEL_OBJECT cyto_kernel_avx2
#define USABLE                                                                                     \
  (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&                              \
   __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))
#include "kernel-body.h"

#define LANES 16
#define ROWS                                                                                       \
  14 /* 28 accumulators and two weight vectors of 32 registers; divides 224, 112, 56, 28 */
#define KERNEL_NAME "avx512"
#define KERNEL_OBJECT cyto_kernel_avx512
/* the five that x86-64-v4 adds; written out because not every compiler knows the level's name */
#define USABLE                                                                                     \
  (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&                      \
   __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&                     \
   __builtin_cpu_supports("avx512vl"))
#include "kernel-body.h"

#define LANES 16
#define ROWS                                                                                       \
  14 /* 28 accumulators and two weight vectors of 32 registers; divides 224, 112, 56, 28 */
#define KERNEL_NAME "avx512"
#define KERNEL_OBJECT cyto_kernel_avx512
#define USABLE __builtin_cpu_supports("x86-64-v4")
#include "kernel-body.h"

#define LANES 16
#define OUTER_ROWS 8
#define KERNEL_NAME "avx512"
#define KERNEL_OBJECT cyto_train_avx512
#include "kernel-train-body.h"

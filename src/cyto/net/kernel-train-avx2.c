#define LANES 8
#define OUTER_ROWS 4
#define KERNEL_NAME "avx2"
#define KERNEL_OBJECT cyto_train_avx2
#include "kernel-train-body.h"

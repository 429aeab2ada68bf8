#define LANES 4
#define OUTER_ROWS 4
#define KERNEL_NAME "portable"
#define KERNEL_OBJECT cyto_train_portable
#include "kernel-train-body.h"

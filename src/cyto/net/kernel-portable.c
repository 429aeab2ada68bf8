#define LANES 4
#define ROWS 6
#define KERNEL_NAME "portable"
#define KERNEL_OBJECT cyto_kernel_portable
#define USABLE true
#include "kernel-body.h"

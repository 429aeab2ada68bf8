/* Inside of the network; shared by its packing, its forward pass and its tests. */
#pragma once
#include "blocks.h"
#include "unet.h"
#include <stdatomic.h>

/* What the network keeps between calls. */
typedef struct CytoKept {
  float *_Atomic block; /* memory or NULL; its first floats hold the number of those behind them */
  atomic_bool batch;    /* the last call had more than one tile */
} CytoKept;
enum { CYTO_KEPT_HEAD = 16 };

struct CytoUnet {
  CytoLayout layout;
  const CytoKernel *kernel;
  CytoResidual down[CYTO_MAX_LEVELS], up[CYTO_MAX_LEVELS];
  CytoLayer head;
  CytoKept *kept; /* owned; may change in calls that leave the network as it is */
};

/* As cyto_unet_new, with a kernel of the caller's choice. */
bool cyto_unet_new_with(const CytoWeights *weights, const CytoKernel *kernel, CytoUnet **out,
                        CytoJob *job, CytoError *err);

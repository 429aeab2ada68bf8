/* Inside of the network; shared by its packing, its forward pass and its tests. */
#pragma once
#include "blocks.h"
#include "unet.h"

struct CytoUnet {
  CytoLayout layout;
  const CytoKernel *kernel;
  CytoResidual down[CYTO_MAX_LEVELS], up[CYTO_MAX_LEVELS];
  CytoLayer head;
};

/* As cyto_unet_new, with a kernel of the caller's choice. */
bool cyto_unet_new_with(const CytoWeights *weights, const CytoKernel *kernel, CytoUnet **out,
                        CytoJob *job, CytoError *err);

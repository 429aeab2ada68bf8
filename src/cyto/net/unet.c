#include "unet.h"
#include "../base/mem.h"
#include "unet-private.h"
#include <stdio.h>

bool cyto_unet_new(const CytoWeights *weights, CytoUnet **out, CytoError *err) {
  return cyto_unet_new_with(weights, cyto_kernel_best(), out, err);
}

bool cyto_unet_new_with(const CytoWeights *weights, const CytoKernel *kernel, CytoUnet **out,
                        CytoError *err) {
  CytoLayout layout;
  if (!cyto_weights_layout(weights, &layout, err))
    return false;
  CytoUnet *net = cyto_calloc(1, sizeof *net, err);
  if (!net)
    return false;
  net->layout = layout;
  net->kernel = kernel;
  const size_t *nbase = layout.nbase, levels = layout.levels, style = nbase[levels];
  bool ok = cyto_head_init(&net->head, weights, "output.", kernel, nbase[1], layout.nout, err);
  for (size_t n = 0; n < levels && ok; n++) {
    char down[64], up[64];
    snprintf(down, sizeof down, "downsample.down.res_down_%zu.", n);
    snprintf(up, sizeof up, "upsample.up.res_up_%zu.", n);
    size_t deeper = n + 1 < levels ? nbase[n + 2] : nbase[n + 1];
    ok = cyto_residual_init(&net->down[n], weights, down, kernel, nbase[n], nbase[n + 1], 0, err) &&
         cyto_residual_init(&net->up[n], weights, up, kernel, deeper, nbase[n + 1], style, err);
  }
  if (!ok) {
    cyto_unet_free(net);
    return false;
  }
  *out = net;
  return true;
}

void cyto_unet_free(CytoUnet *net) {
  if (!net)
    return;
  for (size_t n = 0; n < CYTO_MAX_LEVELS; n++) {
    cyto_residual_clear(&net->down[n]);
    cyto_residual_clear(&net->up[n]);
  }
  cyto_layer_clear(&net->head);
  free(net);
}

const CytoLayout *cyto_unet_layout(const CytoUnet *net) {
  return &net->layout;
}

size_t cyto_unet_style_size(const CytoUnet *net) {
  return net->layout.nbase[net->layout.levels];
}

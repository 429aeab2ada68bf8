#include "unet.h"
#include "../base/mem.h"
#include "../base/parallel.h"
#include "unet-private.h"

bool cyto_unet_new(const CytoWeights *weights, CytoUnet **out, CytoJob *job, CytoError *err) {
  const CytoKernel *kernel = cyto_kernel_chosen(err);
  return kernel && cyto_unet_new_with(weights, kernel, out, job, err);
}

/* Packing of all layers in parallel: item 0 is the head, then the parts of the residual blocks, the
 * deepest and largest ones first. */
typedef struct Packing {
  const CytoWeights *weights;
  CytoUnet *net;
  CytoError *error; /* one an item; a code that is set = it failed */
} Packing;

static void pack_item(void *context, size_t item, unsigned worker) {
  (void)worker;
  const Packing *p = context;
  const CytoLayout *layout = &p->net->layout;
  const size_t *nbase = layout->nbase, levels = layout->levels, style = nbase[levels];
  const CytoKernel *kernel = p->net->kernel;
  CytoError *err = &p->error[item];
  if (item == 0) {
    cyto_head_init(&p->net->head, p->weights, "output.", kernel, nbase[1], layout->nout, err);
    return;
  }
  size_t block = (item - 1) / CYTO_RESIDUAL_PARTS, n = levels - 1 - block / 2;
  unsigned part = (unsigned)((item - 1) % CYTO_RESIDUAL_PARTS);
  size_t deeper = n + 1 < levels ? nbase[n + 2] : nbase[n + 1];
  bool basic = layout->basic;
  CytoResidualShape down = {basic ? "downsample.down.conv_down_" : "downsample.down.res_down_",
                            n,
                            nbase[n],
                            nbase[n + 1],
                            0,
                            false};
  CytoResidualShape up = {basic ? "upsample.up.conv_up_" : "upsample.up.res_up_",
                          n,
                          deeper,
                          nbase[n + 1],
                          style,
                          n + 1 < levels};
  (basic ? cyto_basic_init : cyto_residual_init)(block % 2 ? &p->net->up[n] : &p->net->down[n],
                                                 part, p->weights, block % 2 ? &up : &down, kernel,
                                                 err);
}

static bool pack(const CytoWeights *weights, CytoUnet *net, CytoJob *job, CytoError *err) {
  size_t items = 1 + net->layout.levels * 2 * CYTO_RESIDUAL_PARTS;
  CYTO_AUTOFREE CytoError *error = cyto_calloc(items, sizeof *error, err);
  Packing packing = {weights, net, error};
  if (!error || !cyto_parallel(job, items, pack_item, &packing, NULL, err))
    return false;
  for (size_t i = 0; i < items; i++)
    if (error[i].code != CYTO_OK)
      return cyto_fail(err, error[i].code, "%s", error[i].text);
  return true;
}

bool cyto_unet_new_with(const CytoWeights *weights, const CytoKernel *kernel, CytoUnet **out,
                        CytoJob *job, CytoError *err) {
  CytoLayout layout;
  if (!cyto_weights_layout(weights, &layout, err))
    return false;
  CytoUnet *net = cyto_calloc(1, sizeof *net, err);
  if (!net)
    return false;
  net->layout = layout;
  net->kernel = kernel;
  net->kept = cyto_calloc(1, sizeof *net->kept, err);
  if (!net->kept || !pack(weights, net, job, err)) {
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
  if (net->kept)
    free(net->kept->block);
  free(net->kept);
  free(net);
}

const CytoLayout *cyto_unet_layout(const CytoUnet *net) {
  return &net->layout;
}

size_t cyto_unet_style_size(const CytoUnet *net) {
  return net->layout.nbase[net->layout.levels];
}

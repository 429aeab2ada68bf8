/* The residual U-Net with a style vector (algorithm.md §1), inference. */
#pragma once
#include "../base/job.h"
#include "weights.h"

typedef struct CytoUnet CytoUnet;

/* Packs the weights into the layout the kernels want; `weights` may be freed afterwards. The kernel
 * is the fastest one, or what the environment's CYTOSCRIBE_KERNEL names: avx512, avx2, portable. */
bool cyto_unet_new(const CytoWeights *weights, CytoUnet **out, CytoJob *job, CytoError *err);
void cyto_unet_free(CytoUnet *net);
const CytoLayout *cyto_unet_layout(const CytoUnet *net);
size_t cyto_unet_style_size(const CytoUnet *net);

/* x (N,C,H,W) → y (N,nout,H,W) and style (N,S); H and W multiples of 2^(levels-1). Tiles run in
 * parallel when there are at least as many as threads, rows of one tile otherwise; the numbers are
 * the same. y and style are caller's. Any number of threads may call it at once with one network,
 * each with a job of its own. From calls on one tile after the other the network keeps the memory
 * (cyto_unet_scratch and some for each thread) until a call on more tiles, or until it is freed. */
bool cyto_unet_forward(const CytoUnet *net, const float *x, size_t n, size_t h, size_t w, float *y,
                       float *style, CytoJob *job, CytoError *err);

/* Bytes of scratch one worker needs for tiles of this size. */
size_t cyto_unet_scratch(const CytoUnet *net, size_t h, size_t w);

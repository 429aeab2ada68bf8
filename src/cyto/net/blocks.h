/* The parts a CPnet is made of, packed for the kernels (algorithm.md §1.2–1.8). */
#pragma once
#include "conv.h"
#include "weights.h"

/* Batch norm as y = x*scale + shift. */
typedef struct CytoNorm {
  size_t channels;
  float *scale, *shift; /* owned, one block */
} CytoNorm;

/* batchconv: norm, ReLU, 3×3; in the decoder a style vector is added first through a Linear layer.
 */
typedef struct CytoLayer {
  CytoNorm norm;
  CytoConv conv;
  size_t style;       /* length of the style vector, 0 = none */
  float *full_weight; /* (channels, style), owned */
  float *full_bias;   /* (channels), owned */
} CytoLayer;

/* Residual block: a = proj(x) + layer1(layer0(x) [+ skip]); out = a + layer3(layer2(a)). */
typedef struct CytoResidual {
  CytoLayer layer[4];
  CytoConv proj; /* 1×1 with its norm folded in */
} CytoResidual;

/* Where a block is found, e.g. "upsample.up.res_up_" and 3; style 0 = encoder. */
typedef struct CytoResidualShape {
  const char *prefix;
  size_t level, in, out, style;
  bool doubled; /* its input is up-sampled */
} CytoResidualShape;

/* Fills one part of a block of zeros: 0 the projection, 1..4 the layers. Parts are independent, so
 * that threads share them; whatever fails, cyto_residual_clear takes it all back. */
#define CYTO_RESIDUAL_PARTS 5
bool cyto_residual_init(CytoResidual *block, unsigned part, const CytoWeights *weights,
                        const CytoResidualShape *shape, const CytoKernel *kernel, CytoError *err);
void cyto_residual_clear(CytoResidual *block);

/* The same for a basic U-Net: layers 0 and 1, or in the decoder (style > 0) layer 0, and 1 and 2
 * for the skip's and the decoder's half of the joined channels, whose results are added. */
bool cyto_basic_init(CytoResidual *block, unsigned part, const CytoWeights *weights,
                     const CytoResidualShape *shape, const CytoKernel *kernel, CytoError *err);

/* The form of a block's layer; the first one sees the up-sampled input. */
CytoConvForm cyto_block_form(const CytoResidualShape *shape, unsigned layer);
/* Data of tensor "<prefix><name>" after a check of its element count. */
const float *cyto_block_tensor(const CytoWeights *weights, const char *prefix, const char *name,
                               size_t count, CytoError *err);
/* A layer with keys "<prefix>0.*" and "<prefix>2.*". */
bool cyto_layer_init(CytoLayer *layer, const CytoWeights *weights, const char *prefix,
                     const CytoKernel *kernel, size_t in, size_t out, size_t taps,
                     CytoConvForm form, CytoError *err);

/* Head: norm, ReLU, 1×1; keys "<prefix>0.*" and "<prefix>2.*". */
bool cyto_head_init(CytoLayer *layer, const CytoWeights *weights, const char *prefix,
                    const CytoKernel *kernel, size_t in, size_t out, CytoError *err);
void cyto_layer_clear(CytoLayer *layer);

/* The norm's shift with the style's share added: shift + (W·style + b)*scale, into out (channels).
 */
void cyto_layer_shift(const CytoLayer *layer, const float *style, float *out);

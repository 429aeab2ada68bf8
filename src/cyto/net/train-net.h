/* The network as training sees it (algorithm.md §1): parameters beside their gradients, and all
 * activations of a batch. */
#pragma once
#include "train-conv.h"
#include "trainer.h"

/* A parameter and its gradient, both in the order of the model file. */
typedef struct CytoParam {
  float *value, *gradient;
} CytoParam;

/* A picture of the batch (n,h,w,c), with Σ(x - pivot) and Σ(x - pivot)² of each image. */
typedef struct CytoPlane {
  float *data;
  size_t n, h, w, c;
  const float *pivot;   /* (c): about the mean */
  double *sum, *square; /* (n,c) */
} CytoPlane;

/* Batch norm with the style added before it: what becomes of it in this batch. */
typedef struct CytoTrainNorm {
  size_t channels;
  CytoParam weight, bias;
  float *mean, *var, *batches; /* running; batches may be NULL */
  float *scale;                /* (c): y = x·scale + shift of the image */
  float *shift, *pivot;        /* (n,c); pivot: the mean less the style's share */
  double *inverse;             /* (c): 1/sqrt(var + eps) */
  double *new_mean, *new_var;  /* (c): running statistics after this step */
  double *sum, *product;       /* (n,c): of the gradient, CytoTrainBack */
  float *k1, *k2, *k3;         /* (c), (c), (n,c): CytoCombine */
} CytoTrainNorm;

/* Norm, ReLU, convolution; the style through a Linear layer where `full` is there. */
typedef struct CytoTrainLayer {
  CytoTrainNorm norm;
  size_t in, out, taps;
  CytoParam weight, bias, full_weight, full_bias;
  bool constant_free; /* a norm follows, nothing else: the bias has no gradient */
  float *v;           /* (n,c): the style's share; NULL without */
  /* A layer on channels first.. of `row` joined ones: `weight` and no_bias are copies. */
  CytoParam whole, no_bias;
  size_t row, first;
} CytoTrainLayer;

/* Residual block: a = proj(x) + layer1(layer0(x) [+ skip]); out = a + layer3(layer2(a)). Basic
 * block: layer1(layer0(x)), or with a joined skip layer1(skip) + layer2(layer0(x)). */
typedef struct CytoTrainBlock {
  bool basic, skip_joined;
  CytoTrainLayer layer[4], proj;
  size_t h, w;
  unsigned halve; /* x has half the size */
  const CytoPlane *x, *skip;
  CytoPlane t1, a, t2, out;
} CytoTrainBlock;

typedef struct CytoTrainNet {
  CytoLayout layout;
  CytoTrainBlock down[CYTO_MAX_LEVELS], up[CYTO_MAX_LEVELS];
  CytoTrainLayer head;
  size_t n, h, w;
  CytoPlane pooled[CYTO_MAX_LEVELS], y; /* pooled[0] is the picture itself */
  float *work[3];
  float *skip_gradient[CYTO_MAX_LEVELS];
  double *style, *style_gradient, *style_norm; /* (n,s), (n,s), (n) */
  float *block;                                /* memory of all of these; owned */
  double *numbers;
  CytoTrainWork shared;
} CytoTrainNet;

/* train-bind.c: parameters found in `weights`, gradients in `gradient` in the same order. */
bool cyto_train_net_bind(CytoTrainNet *net, CytoWeights *weights, float *gradient, CytoError *err);
/* Whether a tensor is a parameter: not an integer, not a running statistic. */
bool cyto_trainable(const CytoTensor *tensor);

/* train-plan.c: memory for batches of this shape; kept while the shape stays. */
bool cyto_train_net_plan(CytoTrainNet *net, size_t n, size_t h, size_t w, CytoError *err);
size_t cyto_train_net_memory(const CytoTrainNet *net, size_t n, size_t h, size_t w);
void cyto_train_net_clear(CytoTrainNet *net);
/* train-norm.c */
void cyto_norm_forward(CytoTrainNorm *norm, const CytoPlane *x, const float *v, unsigned halve);
/* From norm->sum and product: gradients of the norm's parameters, and the factors for combine. */
void cyto_norm_back(CytoTrainNorm *norm, const CytoPlane *x);
void cyto_norm_update(const CytoTrainNorm *norm);
/* g = gz·k1 + x·k2 + k3 (+ add) over the whole plane; add may be NULL or out. */
bool cyto_combine(CytoTrainWork *work, const CytoTrainNorm *norm, const CytoPlane *x,
                  const float *gz, const float *add, float *out, CytoError *err);

/* train-style.c */
void cyto_style_forward(CytoTrainNet *net, const CytoPlane *deepest);
void cyto_style_share(const CytoTrainNet *net, CytoTrainLayer *layer);
/* Gradients of the Linear layer; adds to net->style_gradient. */
void cyto_style_back(CytoTrainNet *net, const CytoTrainLayer *layer, const CytoPlane *x);
/* What every pixel of the deepest plane gets, (n,s). */
void cyto_style_spread(const CytoTrainNet *net, const CytoPlane *deepest, float *out);

/* train-proj.c: 1×1 without ReLU, at the size of x, which stands for twice that with halve. */
bool cyto_proj_forward(CytoTrainNet *net, CytoTrainLayer *proj, const CytoPlane *x, unsigned halve,
                       float *y, CytoError *err);
/* g (at the size of x): gradients of parameters, factors of the norm. */
bool cyto_proj_weights(CytoTrainNet *net, CytoTrainLayer *proj, const CytoPlane *x, const float *g,
                       CytoError *err);
/* gx += k1·Wᵀg; the rest of the norm is the caller's. */
bool cyto_proj_back(CytoTrainNet *net, const CytoTrainLayer *proj, const CytoPlane *x,
                    const float *g, float *gx, CytoError *err);

/* train-pool.c */
bool cyto_pool_forward(CytoTrainNet *net, const CytoPlane *x, const CytoPlane *y, CytoError *err);
bool cyto_pool_back(CytoTrainNet *net, const CytoPlane *x, const CytoPlane *y, const float *gy,
                    float *g, CytoError *err);
/* Sums of 2×2 pixels of g, which has the shape of `shape`. */
bool cyto_halve_back(CytoTrainNet *net, const CytoPlane *shape, const float *g, float *out,
                     CytoError *err);

/* One layer forward: x → y (+ residual), with the statistics of the batch. */
bool cyto_layer_forward(CytoTrainNet *net, CytoTrainLayer *layer, const CytoPlane *x,
                        unsigned halve, const CytoPlane *y, const float *residual,
                        unsigned residual_halve, CytoError *err);

/* One layer backward: g (of its output) → out, the gradient of x before norm and style (+ add).
 * With `factors` the norm of a projection from the same x joins in; out NULL = not wanted. gz is a
 * buffer of the size of x and may be out. */
typedef struct CytoBehind {
  CytoTrainLayer *layer;
  const CytoPlane *x;
  unsigned halve;
  const float *g;
  float *gz;
  const float *add;
  float *out;
  const CytoTrainNorm *factors;
} CytoBehind;
bool cyto_layer_back(CytoTrainNet *net, const CytoBehind *behind, CytoError *err);

/* train-basic.c: blocks without residuals. g: gradient of the block's output; gt: ends as that of
 * the skip in the decoder, a buffer in the encoder; gx: as for residual blocks, the deepest skip's
 * gradient being part of it. */
bool cyto_basic_forward(CytoTrainNet *net, CytoTrainBlock *block, CytoError *err);
bool cyto_basic_back(CytoTrainNet *net, CytoTrainBlock *block, float *g, float *gt, float *gx,
                     bool wanted, CytoError *err);
/* A layer's share of the joined weights, out of the whole and its gradient back into it. */
void cyto_share_take(CytoTrainLayer *layer);
void cyto_share_give(const CytoTrainLayer *layer);

/* train-forward.c, train-backward.c: x (N,C,H,W) → net->y; gy as net->y.data. */
bool cyto_train_net_forward(CytoTrainNet *net, const float *x, CytoError *err);
bool cyto_train_net_back(CytoTrainNet *net, const float *gy, CytoError *err);

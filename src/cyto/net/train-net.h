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
} CytoTrainLayer;

/* Residual block: a = proj(x) + layer1(layer0(x) [+ skip]); out = a + layer3(layer2(a)). */
typedef struct CytoTrainBlock {
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

/* train-plan.c: parameters found in `weights`, gradients in `gradient` in the same order. */
bool cyto_train_net_bind(CytoTrainNet *net, CytoWeights *weights, float *gradient, CytoError *err);
/* Memory for batches of this shape; kept while the shape stays. */
bool cyto_train_net_plan(CytoTrainNet *net, size_t n, size_t h, size_t w, CytoError *err);
size_t cyto_train_net_memory(const CytoTrainNet *net, size_t n, size_t h, size_t w);
void cyto_train_net_clear(CytoTrainNet *net);
/* Whether a tensor is a parameter: not an integer, not a running statistic. */
bool cyto_trainable(const CytoTensor *tensor);

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

/* train-forward.c, train-backward.c: x (N,C,H,W) → net->y; gy as net->y.data. */
bool cyto_train_net_forward(CytoTrainNet *net, const float *x, CytoError *err);
bool cyto_train_net_back(CytoTrainNet *net, const float *gy, CytoError *err);

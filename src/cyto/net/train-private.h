/* Inside of the trainer. Activations are channels-last, (N,H,W,C); gradients have the shape of what
 * they belong to. Everything is cut by image, and sums over images are taken in their order. */
#pragma once
#include "../base/parallel.h"
#include "conv.h"
#include "trainer.h"

typedef struct TrainParam {
  float *value, *grad; /* in the trainer's weights and its block of gradients */
  size_t count;
} TrainParam;

/* Batch norm of one step: y = x*scale + shift with the batch's mean and variance. */
typedef struct TrainNorm {
  size_t channels;
  TrainParam weight, bias;
  float *running_mean, *running_var, *tracked;
  double *mean, *var; /* (channels) of the batch; one block, owned */
  double count;       /* values of a channel */
  float *scale, *shift;
} TrainNorm;

typedef struct TrainConv {
  size_t in, out, taps;
  TrainParam weight, bias;
  CytoConv forward, backward; /* backward: gradient of the output → gradient of the input */
} TrainConv;

/* norm, ReLU, convolution; the projection has no ReLU; in the decoder a style comes first. */
typedef struct TrainLayer {
  TrainNorm norm;
  TrainConv conv;
  bool relu;
  size_t style; /* length of the style vector, 0 = none */
  TrainParam full_weight, full_bias;
} TrainLayer;

enum { TRAIN_PROJ = 4, TRAIN_LAYERS = 5 };

/* Activations of a residual block at one level, kept for the way back. */
typedef struct TrainBlock {
  TrainLayer layer[TRAIN_LAYERS]; /* conv_0..conv_3, proj */
  float *first, *middle, *third, *out;
} TrainBlock;

typedef struct TrainMemory {
  size_t n, h, w;
  unsigned threads;
  float *block; /* all of it; owned */
  float *input;
  float *pooled[CYTO_MAX_LEVELS], *skip_grad[CYTO_MAX_LEVELS];
  float *work[3], *wide; /* one picture of the largest layer; of the largest input */
  float *y, *dy;         /* (N,H,W,nout) */
  float *style, *style_grad, *style_norm; /* (N,S), (N,S), (N) */
  float *shift;                           /* (N,channels) */
  float *partial; /* (N,taps,in,out): gradients of the weights, image by image */
  double *sums;   /* (N,4,channels) */
  float *scratch; /* (threads, scratch_size) */
  size_t scratch_size;
} TrainMemory;

struct CytoTrainer {
  CytoWeights *weights;
  CytoOptim optim;
  CytoLayout layout;
  const CytoKernel *kernel;
  TrainBlock down[CYTO_MAX_LEVELS], up[CYTO_MAX_LEVELS];
  TrainLayer head;
  size_t params, values;         /* tensors; values of all of them */
  TrainParam *param;             /* (params), grad NULL where nothing is trained */
  float *grads, *first, *second; /* (all values); second is NULL for SGD */
  double steps;
  TrainMemory memory;
  CytoJob *job; /* of the step at work */
};

/* What goes into a layer. */
typedef struct TrainIo {
  size_t h, w;    /* of the output */
  const float *x; /* (N, h >> halve, w >> halve, in) */
  unsigned halve;
  const float *skip;     /* (N,h,w,in) added to x, or NULL */
  const float *residual; /* (N, h >> residual_halve, …, out), or NULL */
  unsigned residual_halve;
  float *y; /* (N,h,w,out) */
} TrainIo;

enum { CYTO_TRAIN_CHANNELS = 1024 };             /* the widest layer that can be trained */
size_t train_channels(const CytoLayout *layout); /* of the widest layer */

/* train-bind.c */
/* Layers of trainer->weights with their gradients and convolutions. */
bool train_bind(CytoTrainer *trainer, CytoError *err);
void train_unbind(CytoTrainer *trainer);
/* The layer's present weights into its two convolutions. */
bool train_pack(TrainLayer *layer, CytoError *err);

/* trainer.c: loss and gradients of all parameters, nothing else changes. */
bool train_gradients(CytoTrainer *trainer, const CytoBatch *batch, double *loss, CytoJob *job,
                     CytoError *err);

/* train-memory.c */
bool train_memory_init(CytoTrainer *trainer, size_t n, size_t h, size_t w, CytoError *err);
size_t train_memory_bytes(const CytoTrainer *trainer, size_t n, size_t h, size_t w,
                          unsigned threads);

/* train-layer.c; false when cancelled */
bool train_layer_forward(CytoTrainer *trainer, TrainLayer *layer, const TrainIo *io);
/* dy (N,h,w,out) → the gradients of the layer's weights, and dx (like x) = add + gradient of x;
 * add may be NULL or dx. A layer whose input needs no gradient gets dx NULL. With a skip, the
 * gradient of the skip is that of x. */
bool train_layer_backward(CytoTrainer *trainer, TrainLayer *layer, const TrainIo *io,
                          const float *dy, const float *add, float *dx);

/* Sums of 2×2 of x (N,2h,2w,c) into y (N,h,w,c). */
bool train_shrink(CytoTrainer *trainer, const float *x, size_t h, size_t w, size_t c, float *y);

/* train-norm.c */
bool train_norm_measure(CytoTrainer *trainer, TrainLayer *layer, const TrainIo *io);
/* The image's own shift: the norm's and the style's share. It belongs to the layer that was
 * measured or restored last. */
const float *train_norm_shift(const CytoTrainer *trainer, size_t image);
bool train_norm_restore(CytoTrainer *trainer, TrainLayer *layer, const TrainIo *io);
/* grad (like x): gradient after the ReLU; dx = add + gradient of x. The gradients of the norm and
 * of the style go where they belong. */
bool train_norm_backward(CytoTrainer *trainer, TrainLayer *layer, const TrainIo *io,
                         const float *grad, const float *add, float *dx);
/* Running statistics take in the batch's. */
void train_norm_commit(TrainNorm *norm);

/* train-weight.c */
size_t train_weight_scratch(const TrainConv *conv, size_t w); /* floats */
bool train_weight_backward(CytoTrainer *trainer, TrainLayer *layer, const TrainIo *io,
                           const float *dy);

/* train-net.c */
bool train_forward(CytoTrainer *trainer);
bool train_backward(CytoTrainer *trainer);

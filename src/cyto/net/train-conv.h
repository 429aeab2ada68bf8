/* A convolution in training: forward, gradient of its input, gradient of its weights, each over a
 * whole batch. 3×3 layers whose channels fill panels go through Winograd's F(4×4,3×3), all others
 * are plain sums. Pictures are (N,H,W,C). The cut of the work depends on shapes alone. */
#pragma once
#include "../base/job.h"
#include "kernel-train.h"

/* Memory that grows to what is asked for; old content is lost. */
typedef struct CytoRoom {
  float *data;
  size_t size;
} CytoRoom;
float *cyto_room(CytoRoom *room, size_t floats, CytoError *err);

/* What all layers share. */
typedef struct CytoTrainWork {
  const CytoKernel *kernel;
  const CytoTrainKernel *train;
  CytoJob *job;
  CytoRoom scratch, packed, partial;
} CytoTrainWork;
void cyto_train_work_clear(CytoTrainWork *work);

typedef struct CytoTrainConv {
  size_t in, out, taps;       /* taps = 9 or 1 */
  const float *weight, *bias; /* (out,in,k,k), (out) */
} CytoTrainConv;

/* The input: activations before norm and ReLU. */
typedef struct CytoTrainIn {
  size_t n, h, w; /* of the output */
  const float *x; /* (n, h >> halve, w >> halve, in) */
  unsigned halve;
  const float *scale; /* (in), or NULL = x as it is, without ReLU */
  const float *shift; /* (n,in): the style is part of it */
} CytoTrainIn;

typedef struct CytoTrainOut {
  float *y;              /* (n,h,w,out) */
  const float *residual; /* or NULL */
  unsigned residual_halve;
  const float *pivot;   /* (out) */
  double *sum, *square; /* (n,out): of y - pivot; NULL = not wanted */
} CytoTrainOut;

/* Gradient of the input behind norm and ReLU, at the size of x. */
typedef struct CytoTrainBack {
  const float *g; /* (n,h,w,out) */
  float *gz;
  const float *pivot;    /* (n,in) */
  double *sum, *product; /* (n,in): of gz, and of gz·(x - pivot) */
} CytoTrainBack;

bool cyto_train_forward(CytoTrainWork *work, const CytoTrainConv *conv, const CytoTrainIn *in,
                        const CytoTrainOut *out, CytoError *err);
bool cyto_train_back(CytoTrainWork *work, const CytoTrainConv *conv, const CytoTrainIn *in,
                     const CytoTrainBack *back, CytoError *err);
/* g_weight (out,in,k,k) and g_bias (out) are overwritten; g_bias may be NULL. */
bool cyto_train_weights(CytoTrainWork *work, const CytoTrainConv *conv, const CytoTrainIn *in,
                        const float *g, float *g_weight, float *g_bias, CytoError *err);

/* Inside: both forms, for their tests; Winograd only where it fits. */
bool cyto_train_fits(const CytoTrainWork *work, const CytoTrainConv *conv);
bool cyto_winograd_forward(CytoTrainWork *, const CytoTrainConv *, const CytoTrainIn *,
                           const CytoTrainOut *, CytoError *);
bool cyto_winograd_back(CytoTrainWork *, const CytoTrainConv *, const CytoTrainIn *,
                        const CytoTrainBack *, CytoError *);
bool cyto_winograd_weights(CytoTrainWork *, const CytoTrainConv *, const CytoTrainIn *,
                           const float *g, float *g_weight, float *g_bias, CytoError *);
bool cyto_plain_forward(CytoTrainWork *, const CytoTrainConv *, const CytoTrainIn *,
                        const CytoTrainOut *, CytoError *);
bool cyto_plain_back(CytoTrainWork *, const CytoTrainConv *, const CytoTrainIn *,
                     const CytoTrainBack *, CytoError *);
bool cyto_plain_weights(CytoTrainWork *, const CytoTrainConv *, const CytoTrainIn *, const float *g,
                        float *g_weight, float *g_bias, CytoError *);

/* Sums of partial sums (items, span, 2, channels) into (n, channels): slot k of item i belongs to
 * image first(i) + k. */
typedef struct CytoPartials {
  const float *data;
  size_t items, span, channels, n;
  size_t per_item, per_image; /* tiles or rows: item i starts in image i*per_item / per_image */
} CytoPartials;
void cyto_partials_add(const CytoPartials *partials, double *sum, double *product);

/* The inner loops of training, once for each instruction set: Winograd's F(4×4,3×3) of kernel.h
 * with its two gradients, and the plain loops around them. Pictures are (H,W,C). */
#pragma once
#include "kernel.h"

/* A 6×6 patch of inputs: pixel k is x + offset[k]. */
typedef struct CytoPatchIn {
  const float *x;
  const ptrdiff_t *offset;    /* (36) */
  const float *scale, *shift; /* (channels) norm and ReLU on the way; NULL = x as it is */
  size_t channels;
  float *v; /* v + f*step gets the channels of point f */
  size_t step;
} CytoPatchIn;

/* A 4×4 block of the gradient of outputs: pixel k is g + offset[k]; v is what the transposed
 * transform of outputs makes of it. */
typedef struct CytoPatchGrad {
  const float *g;
  const ptrdiff_t *offset; /* (16) */
  size_t channels;
  float *v;
  size_t step;
  float *sum; /* (channels) gets the 16 pixels added, or NULL */
} CytoPatchGrad;

/* A 4×4 block of outputs, or of the gradient of inputs, from m (36, step). */
typedef struct CytoTileOut {
  const float *m;
  size_t step, channels;
  size_t rows, columns; /* outputs inside the picture, 1..4 */
  float *out;
  size_t out_row;
  const float *bias, *residual; /* outputs alone; residual may be NULL */
  size_t residual_row;
  unsigned halve;     /* the residual, or s and out, have half the size */
  const float *pivot; /* (channels): sums are of differences from it */
  float *sum;         /* (channels) += y, or gradient */
  float *product;     /* (channels) += (y - pivot)², or gradient·(s - pivot) */
  const float *s;     /* gradient alone: the input before norm and ReLU */
  size_t s_row;
  const float *scale, *shift;
} CytoTileOut;

/* out[r][0..panel) += Σ a[k*a_step + r] · b[k*b_step + 0..panel) over k < depth, r < rows. */
typedef struct CytoOuter {
  const float *a, *b;
  size_t a_step, b_step, depth;
  float *out;
  size_t out_step;
} CytoOuter;

/* Gradient behind a norm: out = gz·k1 + s·k2 + k3 (+ add), channel by channel. */
typedef struct CytoCombine {
  const float *gz, *s, *add; /* add may be NULL */
  const float *k1, *k2, *k3;
  size_t channels, pixels;
  float *out; /* may be gz or add */
} CytoCombine;

/* Where the activation is 0 the gradient is: `pixels` pixels of one row. With halve, ga has two
 * rows of two pixels for each one of gz and s. */
typedef struct CytoMask {
  const float *ga, *s, *scale, *shift, *pivot;
  size_t ga_row, channels, pixels;
  unsigned halve;
  float *gz, *sum, *product;
} CytoMask;

typedef struct CytoTrainKernel {
  const char *name;  /* of the CytoKernel it goes with */
  size_t outer_rows; /* most rows of one call of outer; its panel is the kernel's */
  void (*patch_in)(const CytoPatchIn *patch);
  void (*patch_grad)(const CytoPatchGrad *patch);
  void (*tile_out)(const CytoTileOut *tile);
  void (*tile_back)(const CytoTileOut *tile);
  void (*outer)(const CytoOuter *o, size_t rows);
  /* Sums at the points, m + f*step, to the 9 weights of each lane, w (9, lanes). */
  void (*weights_back)(const float *m, size_t step, float *w);
  /* 3×3 weights (9, lanes) to the points u + f*step. */
  void (*weights_in)(const float *w, float *u, size_t step);
  void (*combine)(const CytoCombine *c);
  void (*mask)(const CytoMask *m);
  /* out = max(0, x·scale + shift), or x where scale is NULL. */
  void (*activate)(const float *x, const float *scale, const float *shift, size_t channels,
                   size_t pixels, float *out);
  /* sum += x - pivot, product += (x - pivot)². */
  void (*sums)(const float *x, const float *pivot, size_t channels, size_t pixels, float *sum,
               float *product);
  /* One row of outputs of max pooling, and its gradient added to g where the maximum was. */
  void (*pool)(const float *x, size_t row, size_t channels, size_t pixels, float *y);
  void (*pool_back)(const float *x, const float *gy, size_t row, size_t channels, size_t pixels,
                    float *g);
} CytoTrainKernel;

/* The one that goes with a kernel. */
const CytoTrainKernel *cyto_train_kernel(const CytoKernel *kernel);

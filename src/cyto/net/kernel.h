/* The inner loops of the network, once for each instruction set, chosen at run time. */
#pragma once
#include "../base/error.h"
#include <stddef.h>

/* One block of a convolution: `rows` output pixels by one panel of output channels. Pixel r of the
 * block reads input vectors of `depth` channels at a + tap[t] + r*stride for every tap. */
typedef struct CytoBlock {
  const float *a;
  size_t stride;        /* floats from one pixel to the next */
  const ptrdiff_t *tap; /* offsets of the kernel's positions, in floats */
  size_t taps, depth;
  const float *b;    /* (taps, depth, panel): weights of this panel */
  const float *next; /* wanted soon: asked for meanwhile, next_step floats a step of the sum */
  size_t next_step;
  const float *bias;     /* (panel) */
  const float *residual; /* added at the end, or NULL; pixel r at ((first + r) >> halve)*stride */
  size_t residual_stride, first;
  unsigned halve;
  float *out;
  size_t out_stride;
  size_t columns; /* channels of the panel that exist, 1..panel */
} CytoBlock;

/* Input of a convolution before batch norm and ReLU. */
typedef struct CytoActivate {
  const float *x;             /* what the first output is made of */
  const float *scale, *shift; /* (channels): y = max(0, x*scale + shift) */
  size_t channels, pixels;
  unsigned halve;  /* 1: x has half the width (nearest ×2 up-sampling) */
  unsigned second; /* 1: the first output is the second of the two that x makes */
  size_t x_row;    /* floats to the next row, which is asked for meanwhile */
} CytoActivate;

/* Products of pixels with one vector of weights, for layers of few outputs. */
enum { CYTO_DOTS_CHANNELS = 1024 };
typedef struct CytoDots {
  const float *a; /* (pixels, channels); channels fill vectors, up to CYTO_DOTS_CHANNELS */
  size_t channels, pixels;
  const float *weight; /* (channels), `step` floats apart */
  size_t step;
  float bias;
} CytoDots;

/* A patch of in_side² inputs of a Winograd convolution to its values at the points. */
typedef struct CytoPatch {
  const float *in;
  size_t row, channels;       /* floats from row to row */
  const float *scale, *shift; /* (channels): norm and ReLU on the way; NULL = as it is */
  float *v;                   /* v + f*step gets the channels of point f */
  size_t step;
} CytoPatch;

/* One block of outputs of a Winograd convolution: m is (points, step) with the sums of products.
 * Only the outputs of rows top..rows-1 and columns left..columns-1 are inside the picture; residual
 * and out point at the first of them. */
typedef struct CytoPatchOut {
  const float *m;
  size_t step, channels;
  const float *bias;            /* (channels) */
  const float *residual;        /* or NULL */
  size_t residual_row;          /* floats from row to row of the residual's own picture */
  unsigned halve;               /* the residual has half the size, */
  unsigned odd_row, odd_column; /* and the first output is the second of the two it is added to */
  float *out;
  size_t out_row;
  size_t top, left, rows, columns;
} CytoPatchOut;

/* Winograd's F(side×side,3×3): side² outputs from a patch of in_side² inputs, with as many points
 * of the inputs and points² of the weights: (i,j) of these multiplies (in_of[i], in_of[j]). */
typedef struct CytoWinograd {
  size_t side, in_side, points;
  unsigned doubles; /* 1: the inputs are at half the resolution, and blocks begin at odd pixels */
  unsigned char in_of[9];
  /* 3×3 weights (9, lanes) → u + f*step for all points f. */
  void (*weights_in)(const float *g, float *u, size_t step);
  void (*patch_in)(const CytoPatch *patch);
  void (*patch_out)(const CytoPatchOut *patch);
} CytoWinograd;

typedef struct CytoKernel {
  const char *name;
  size_t lanes; /* channels of one vector; the Winograd functions want multiples of it */
  size_t panel; /* output channels computed together */
  size_t rows;  /* output pixels computed together, at most */
  bool (*usable)(void);
  void (*block)(const CytoBlock *block, size_t rows);
  void (*activate)(const CytoActivate *row, float *out); /* out (pixels, channels) */
  void (*dots)(const CytoDots *dots, float *out);        /* out (pixels) */
  CytoWinograd winograd[4]; /* F(4×4), F(6×6), F(7×7), and 6×6 of doubled pictures */
} CytoKernel;

/* Fastest first, "portable" last; ends with NULL. Entries may not be usable on this machine. */
const CytoKernel *const *cyto_kernels(void);
/* The first usable one. */
const CytoKernel *cyto_kernel_best(void);
/* By name, or NULL when unknown or not usable here. */
const CytoKernel *cyto_kernel_named(const char *name);
/* The one that CYTOSCRIBE_KERNEL names, or else the best; NULL with err when it cannot be had. */
const CytoKernel *cyto_kernel_chosen(CytoError *err);

/* Convolution 3×3 (zero padding) or 1×1 over channels-last pictures (H,W,C), with everything that
 * surrounds it in the network: batch norm, ReLU and style before it, bias and residual after.
 */
#pragma once
#include "kernel.h"

typedef struct CytoConv {
  const CytoKernel *kernel;
  size_t in, out, taps;         /* channels; taps = 9 or 1 */
  const CytoWinograd *winograd; /* of 3×3 layers whose channels fill vectors; NULL = plain sum */
  float *weight; /* (panels, taps, in, panel), or (points, panels, in, panel); owned */
  float *bias;   /* (panels × panel), zero where no channel is, owned */
} CytoConv;

/* weight (out,in,k,k) with k*k = taps; in_scale and in_shift (both or neither NULL) fold a batch
 * norm without ReLU into a 1×1 convolution. */
bool cyto_conv_init(CytoConv *conv, const CytoKernel *kernel, size_t in, size_t out, size_t taps,
                    const float *weight, const float *bias, const float *in_scale,
                    const float *in_shift, CytoError *err);
void cyto_conv_clear(CytoConv *conv);
/* Other weights for the same layer, in the same memory; bias may be NULL. */
void cyto_conv_pack(CytoConv *conv, const float *weight, const float *bias, const float *in_scale,
                    const float *in_shift);

/* As above in a form of the caller's choice; a layer that Winograd cannot do is a plain sum in any
 * form. The last form is for up-sampled inputs alone, and takes no residual of half the size. */
typedef enum {
  CYTO_CONV_PLAIN,
  CYTO_CONV_F4,
  CYTO_CONV_F6,
  CYTO_CONV_F7,
  CYTO_CONV_DOUBLED
} CytoConvForm;
bool cyto_conv_init_as(CytoConv *conv, CytoConvForm form, const CytoKernel *kernel, size_t in,
                       size_t out, size_t taps, const float *weight, const float *bias,
                       const float *in_scale, const float *in_shift, CytoError *err);
/* The form cyto_conv_init takes, for inputs that are not up-sampled. */
CytoConvForm cyto_conv_form(size_t in, size_t out);
/* Values of a transformed weight: 36, 64, 81, 49, or the taps of a plain sum. */
size_t cyto_conv_points(const CytoConv *conv);

/* What goes in and out of one layer. */
typedef struct CytoConvIo {
  size_t h, w;                /* of the output */
  const float *x;             /* (h >> halve, w >> halve, in) */
  unsigned halve;             /* x is up-sampled ×2 by repetition */
  const float *scale, *shift; /* (in): batch norm and ReLU on load; NULL = x as it is, not
                                 halved */
  const float *residual;      /* (h >> residual_halve, …, out) added to the result, or NULL */
  unsigned residual_halve;
  float *y;      /* (h,w,out) */
  float *shared; /* cyto_conv_shared floats */
} CytoConvIo;

/* A layer is cut into items of a few rows, small enough for the second-level cache; the cut depends
 * on the shape alone, and every output value is summed in one fixed order. Layers of few pixels and
 * many channels are done in three parts, one after the other, that share memory. */
enum { CYTO_CONV_MOST_PARTS = 3 };
size_t cyto_conv_shared(const CytoConv *conv, size_t h, size_t w); /* floats; 0 = one part */
unsigned cyto_conv_parts(const CytoConv *conv, size_t h, size_t w);
size_t cyto_conv_items(const CytoConv *conv, unsigned part, size_t h, size_t w);
size_t cyto_conv_scratch(const CytoConv *conv, size_t h, size_t w); /* floats one item needs */
size_t cyto_conv_panels(const CytoConv *conv);
void cyto_conv_run(const CytoConv *conv, const CytoConvIo *io, unsigned part, size_t item,
                   float *scratch);

/* Inside of cyto_conv_run: a part of the input with its border of zeros, activated. Row i of it is
 * row top + i - 1 of the picture (top + i for 1×1), and columns likewise. */
typedef struct CytoWindow {
  size_t top, left, height, width;
} CytoWindow;
void cyto_conv_load(const CytoConv *conv, const CytoConvIo *io, const CytoWindow *window,
                    float *rows);

/* winograd.c */
void cyto_winograd_pack(const CytoConv *conv, const float *weight, float *out);
size_t cyto_winograd_shared(const CytoConv *conv, size_t h, size_t w);
size_t cyto_winograd_items(const CytoConv *conv, unsigned part, size_t h, size_t w);
size_t cyto_winograd_scratch(const CytoConv *conv, size_t h, size_t w);
void cyto_winograd_run(const CytoConv *conv, const CytoConvIo *io, unsigned part, size_t item,
                       float *scratch);

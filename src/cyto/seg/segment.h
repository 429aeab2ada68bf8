/* The road from an image to labels (algorithm.md §0.1). This file alone knows its order. */
#pragma once
#include "../base/image.h"
#include "../flow/follow.h"
#include "../pix/channels.h"
#include "../pix/normalize.h"
#include "model.h"

/* What the network has said so far, for a preview: sums of tiles that may still grow. Read-only,
 * for the length of the call. A run with estimated diameter makes three pictures of each plane. */
typedef struct CytoSoFar {
  bool first;           /* a new picture begins with this */
  size_t ny, nx;        /* of the picture, as the network sees the plane */
  size_t y0, y1;        /* rows of it that have changed */
  size_t pitch;         /* elements between rows of both: */
  const float *sum;     /* (ny,nx) cell probability (logit) times weight */
  const double *weight; /* (ny,nx) 0 where no tile was */
} CytoSoFar;

typedef struct CytoSegment {
  CytoChannels channels;
  bool all_channels; /* feed the first nchan channels as they are */
  CytoNormalize normalize;
  double diameter;       /* pixels; 0 = estimate (size model, else diam_labels) */
  double flow_threshold; /* 0 = no check */
  double cellprob_threshold;
  double niter;             /* 0 = from the diameter (§5.2) */
  int64_t min_size;         /* pixels; <= 0 keeps all */
  uint64_t max_size;        /* pixels; 0 = none */
  double max_size_fraction; /* 0.4 */
  bool resample;            /* dynamics at the image's size (default) */
  bool interpolate;         /* default true */
  bool augment;
  bool exclude_on_edges;
  double tile_overlap; /* 0.1 */
  size_t block;        /* 224 */
  bool drop_flow;      /* do not keep the flows: saves 12 bytes a pixel of a stack */
  /* Called in the thread that runs, after each batch of tiles; NULL = nobody looks. */
  void (*so_far)(void *data, const CytoSoFar *so_far);
  void *so_far_data;
} CytoSegment;

CytoSegment cyto_segment_defaults(void);

typedef struct CytoSegmented {
  CytoLabels labels; /* (planes, ny, nx), planes = nt*nz; numbering restarts in each plane */
  size_t fy, fx;
  float *flow;  /* (planes,3,fy,fx) dY,dX,cellprob: what the dynamics used; NULL when dropped, and
                   for networks without flows */
  float *score; /* of those: (planes,ny,nx) how much a pixel is cell; NULL when dropped */
  size_t style_size;
  float *style;          /* (planes,S) */
  double *diameter;      /* (planes) used */
  double diameter_style; /* first guess of the size model; 0 when it did not run */
  uint32_t *count;       /* (planes) cells */
} CytoSegmented;

bool cyto_segment(const CytoModel *model, const CytoImage *image, const CytoSegment *options,
                  CytoSegmented *out, CytoJob *job, CytoError *err);
void cyto_segmented_clear(CytoSegmented *result);

/* Bytes a run on an image of this shape takes at its peak, for limits and for `info`. */
size_t cyto_segment_memory(const CytoModel *model, const CytoImage *image,
                           const CytoSegment *options);
